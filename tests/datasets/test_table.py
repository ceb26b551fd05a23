"""What a CSV file must be, and the one sentence for everything else."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from report_builder.datasets.table import Table, read_csv_table
from report_builder.errors import InputError


def write(folder: Path, content: str | bytes) -> Path:
    path = folder / "input.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def message(path: Path, target: str = "y", positive: str | None = None) -> str:
    with pytest.raises(InputError) as caught:
        read_csv_table(path, target, positive)
    text = str(caught.value)
    assert text.endswith(".")
    assert "\n" not in text
    return text


def test_reads_numbers_and_target_wherever_it_stands(tmp_path: Path) -> None:
    table = read_csv_table(write(tmp_path, "a,y,b\n1,0,-2.5\n 3 ,1,4e2\n"), "y")
    assert table.feature_names == ("a", "b")
    assert table.features.tolist() == [[1, -2.5], [3, 400]]
    assert (table.target.tolist(), table.positive, table.target_name) == ([0, 1], "1", "y")
    assert (table.features.dtype, table.target.dtype) == (np.float64, np.int64)


@pytest.mark.parametrize(
    "names",
    [
        ("a<b>", "A&B", "$x_1$", "C:\\n", "\u200fسن", "😀", ' "q" ', "a,b", "two\nlines"),
        ("Unnamed: 0", "a", "a.1", "NA", "1"),
    ],
)
def test_names_are_kept_as_they_are(tmp_path: Path, names: tuple[str, ...]) -> None:
    header = ",".join('"' + name.replace('"', '""') + '"' for name in names)
    rows = "".join(",".join(["1"] * len(names)) + f",{y}\n" for y in (0, 1))
    table = read_csv_table(write(tmp_path, f"{header},y\n{rows}"), "y")
    assert table.feature_names == names
    assert Table.from_arrays(table.to_arrays()).feature_names == names


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    values=st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=2, max_size=20),
)
def test_every_finite_number_survives_exactly(tmp_path: Path, values: list[float]) -> None:
    rows = "".join(f"{value!r},{number % 2}\n" for number, value in enumerate(values))
    table = read_csv_table(write(tmp_path, "a,y\n" + rows), "y")
    assert table.column("a").tolist() == values


@pytest.mark.parametrize("start", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_byte_order_mark_and_line_ends(tmp_path: Path, start: bytes, end: str) -> None:
    text = end.join(["a,y", "1,0", "", "2,1", "", ""])
    assert read_csv_table(write(tmp_path, start + text.encode()), "y").column("a").tolist() == [1, 2]


def test_positive_chooses_the_class(tmp_path: Path) -> None:
    path = write(tmp_path, "a,y\n1,cat\n2,dog\n3,hen\n4,dog\n")
    assert read_csv_table(path, "y", "dog").target.tolist() == [0, 1, 0, 1]
    assert "3 classes ('cat', 'dog', 'hen')" in message(path)
    assert "never holds 'cow' but 'cat', 'dog', 'hen'" in message(path, positive="cow")
    numbers = write(tmp_path, "a,y\n1,1.0\n2,2.0\n")
    assert read_csv_table(numbers, "y", "1").target.tolist() == [1, 0]
    assert read_csv_table(numbers, "y").target.tolist() == [0, 1]
    assert read_csv_table(write(tmp_path, "a,y\n1,no\n2,yes\n"), "y").positive == "yes"


@pytest.mark.parametrize(
    ("content", "parts"),
    [
        ("", ["input.csv is empty"]),
        (" \n\n", ["is empty"]),
        ("a,y\n", ["column names, but no rows"]),
        ("a,Y\n1,0\n", ["no column named 'y'", "nearest name is 'Y'"]),
        ("a,b\n1,0\n", ["no column named 'y'", "there are 'a', 'b'"]),
        ("a;y\n1;0\n", ["no column named 'y'", "separated by commas"]),
        ("y\n1\n0\n", ["no column beside the target"]),
        ("a,b,c,y\nu,1,x,0\nv,2,w,1\n", ["columns 'a', 'c'"]),
        ("a,b,y\n1,2,0\n3,4,1\n5,six,1\n", ["Row 4", "the text 'six'", "column 'b'"]),
        ("a,b,y\n1,2,0\n\n3,,1\n", ["Row 4", "a blank cell", "column 'b'"]),
        ("a,b,y\n1,2,0\n3\n", ["Row 3", "a blank cell", "column 'b'"]),
        ("a,b,y\n1,2,0\n-inf,1,1\n", ["Row 3", "infinite value ('-inf')", "column 'a'"]),
        ("a,b,y\n1,1e999,0\n1,1,1\n", ["Row 2", "infinite", "column 'b'"]),
        ("a,b,y\n1,nan,0\n1,1,1\n", ["Row 2", "NaN", "column 'b'"]),
        ("a,b,y\n1,1_0,0\n1,1,1\n1,2,1\n", ["Row 2", "the text '1_0'"]),
        ("a,y\n1,0\n2,\n3,1\n", ["Row 3", "a blank cell in the target column 'y'"]),
        ("a,y\n1,0\n2,nan\n3,1\n", ["Row 3", "target column 'y'"]),
        ("a,y\n1,1\n2,1\n", ["one class only ('1')"]),
        ("a,b,a,y\n1,2,3,0\n", ["more than one column named 'a'"]),
        ("a,,y\n1,2,0\n", ["Column 2 of input.csv has no name"]),
        ("a,y\n1,0,7\n", ["not a well-formed CSV file"]),
        ('a,y\n"1,0\n', ["not a well-formed CSV file"]),
        ("a,y\n1,é\n".encode("latin-1"), ["not in UTF-8", "row 2", "0xE9"]),
        ("a,y\n1,0\n".encode("utf-16"), ["UTF-16"]),
        (b"a,y\n1,\x000\n", ["zero bytes"]),
    ],
)
def test_bad_files_get_one_clear_sentence(tmp_path: Path, content: str | bytes, parts: list[str]) -> None:
    text = message(write(tmp_path, content))
    for part in parts:
        assert part in text


def test_files_that_cannot_be_opened(tmp_path: Path) -> None:
    assert "absent & gone.csv is not there" in message(tmp_path / "absent & gone.csv")
    assert "cannot be read" in message(tmp_path)


def test_an_unknown_feature_is_answered_with_the_nearest(cohort: Table) -> None:
    with pytest.raises(InputError, match=r"no feature named 'bmi'.*nearest name is 'BMI'"):
        cohort.column("bmi")


def test_arrays_give_the_table_back(cohort: Table, tmp_path: Path) -> None:
    np.savez(tmp_path / "table.npz", allow_pickle=False, **cohort.to_arrays())
    with np.load(tmp_path / "table.npz", allow_pickle=False) as archive:
        back = Table.from_arrays(archive)
    assert np.array_equal(back.features, cohort.features)
    assert np.array_equal(back.target, cohort.target)
    assert (back.feature_names, back.target_name, back.positive) == (
        cohort.feature_names,
        cohort.target_name,
        cohort.positive,
    )
