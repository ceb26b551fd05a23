"""What a file of signals must be, and the one sentence for everything else."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from report_builder.datasets.signal_files import FEWEST_SAMPLES, FEWEST_SIGNALS, read_signals
from report_builder.errors import InputError

SAMPLES, SIGNALS = FEWEST_SAMPLES + 4, 2 * FEWEST_SIGNALS
VALUES = np.random.default_rng(1).normal(size=(SIGNALS, SAMPLES)).round(3)
LABELS = ["10", "9"] * FEWEST_SIGNALS


def csv(folder: Path, values=VALUES, labels=LABELS, *, name: str = "label", first: bool = False) -> Path:
    path = folder / "mine.csv"
    header = [f"s{n}" for n in range(len(values[0]))]
    rows = [header, *([str(v) for v in row] for row in values)]
    cells = [
        [label, *row] if first else [*row, label] for row, label in zip(rows, [name, *labels], strict=True)
    ]
    path.write_text("\n".join(",".join(row) for row in cells) + "\n", encoding="utf-8")
    return path


def npz(folder: Path, **arrays: object) -> Path:
    path = folder / "mine.npz"
    np.savez(path, **arrays)
    return path


def message(path: Path, label: str = "label") -> str:
    with pytest.raises(InputError) as caught:
        read_signals(path, label)
    text = str(caught.value)
    assert text.endswith((".", "?"))
    assert "\n" not in text
    assert path.name in text
    return text


@pytest.mark.parametrize("first", [True, False])
def test_a_csv_has_a_row_per_signal_wherever_the_class_stands(tmp_path, first):
    table = read_signals(csv(tmp_path, first=first), "label")
    assert table.signals.dtype == np.float32
    np.testing.assert_allclose(table.signals[:, 0], VALUES, rtol=1e-6)
    assert table.classes == ("9", "10")  # numbers by value
    np.testing.assert_array_equal(table.labels, [1, 0] * FEWEST_SIGNALS)


@pytest.mark.parametrize("channels", [None, 1, 3])
def test_an_npz_has_signals_with_or_without_channels(tmp_path, channels):
    signals = VALUES if channels is None else np.repeat(VALUES[:, None], channels, axis=1)
    table = read_signals(npz(tmp_path, signals=signals, label=np.array(LABELS)), "label")
    assert table.signals.shape == (SIGNALS, channels or 1, SAMPLES)
    assert table.classes == ("9", "10")


def test_csv_and_npz_say_the_same(tmp_path):
    one = read_signals(csv(tmp_path), "label")
    other = read_signals(npz(tmp_path, signals=VALUES, kind=np.array(LABELS, dtype=int)), "kind")
    np.testing.assert_array_equal(one.signals, other.signals)
    np.testing.assert_array_equal(one.labels, other.labels)
    assert one.classes == other.classes


def test_classes_of_text_are_in_the_order_of_the_alphabet(tmp_path):
    table = read_signals(csv(tmp_path, labels=["b", "a"] * FEWEST_SIGNALS), "label")
    assert table.classes == ("a", "b")


def test_a_csv_that_is_not_so_is_refused(tmp_path):
    assert "no column named 'class'" in message(csv(tmp_path), "class")
    assert "no column named 'labl'" in message(csv(tmp_path), "labl")
    texts = VALUES.astype(str).tolist()
    texts[2][3] = "high"
    assert "Row 4" in message(csv(tmp_path, texts))
    assert "'high' in the column 's3'" in message(csv(tmp_path, texts))
    texts[2][3] = ""
    assert "no value in the column 's3'" in message(csv(tmp_path, texts))
    texts[2][3] = "nan"
    assert "'nan'" in message(csv(tmp_path, texts))
    assert "at least 16" in message(csv(tmp_path, VALUES[:, :15]))
    assert "one class only ('x')" in message(csv(tmp_path, labels=["x"] * SIGNALS))
    few = ["a"] * (SIGNALS - 2) + ["b"] * 2
    assert "fewer than 5 signals of the class 'b'" in message(csv(tmp_path, labels=few))
    assert "Signal 3 of mine.csv has no class" in message(csv(tmp_path, labels=["a", "b", "", *LABELS[3:]]))
    flat = VALUES.copy()
    flat[4] = 2
    assert "Signal 5 of mine.csv is constant" in message(csv(tmp_path, flat))


def test_rows_of_several_lengths_are_refused(tmp_path):
    path = csv(tmp_path, first=True)
    lines = path.read_text(encoding="utf-8").splitlines()
    shorter = [*lines[:3], lines[3].rpartition(",")[0], *lines[4:]]
    path.write_text("\n".join(shorter), encoding="utf-8")
    assert "equally many samples" in message(path)
    path.write_text("\n".join([*lines[:3], f"{lines[3]},1", *lines[4:]]), encoding="utf-8")
    message(path)


def test_header_alone_and_classes_alone_are_refused(tmp_path):
    path = csv(tmp_path)
    path.write_text("label,a\n", encoding="utf-8")
    assert "no signals" in message(path)
    path.write_text("label\na\n", encoding="utf-8")
    assert "no samples" in message(path)


def test_an_npz_that_is_not_so_is_refused(tmp_path):
    labels = np.array(LABELS)
    assert "no array named 'signals'" in message(npz(tmp_path, x=VALUES, label=labels))
    assert "no array named 'kind', as signals.label asks" in message(
        npz(tmp_path, signals=VALUES, label=labels), "kind"
    )
    assert "shapes" in message(npz(tmp_path, signals=VALUES, label=labels[1:]))
    assert "shapes" in message(npz(tmp_path, signals=VALUES[0], label=labels))
    assert "does not hold numbers" in message(npz(tmp_path, signals=VALUES.astype(str), label=labels))
    broken = VALUES.copy()
    broken[3, 2] = np.nan
    assert "Signal 4" in message(npz(tmp_path, signals=broken, label=labels))
    ragged = np.array([list(row[: 16 + n % 3]) for n, row in enumerate(VALUES)], dtype=object)
    assert "equally many samples" in message(npz(tmp_path, signals=ragged, label=labels))
    path = tmp_path / "mine.npz"
    path.write_bytes(b"no archive")
    assert "cannot be read" in message(path)
    with path.open("wb") as stream:
        np.save(stream, VALUES)  # one array, no archive of them
    assert "cannot be read" in message(path)
