"""Growing inputs, and growth against that of a straight line."""

import pytest

from benchmarks.growth import growth, write_pictures, write_table
from report_builder.assets.photographs import class_in
from report_builder.datasets.farmyard.labels import CLASSES
from report_builder.datasets.pictures import read_picture


def points(power, fixed=0.0, sizes=(6, 12, 60)):
    return [{"size": n, "seconds": fixed + n**power, "memory": None} for n in sizes]


@pytest.mark.parametrize("power", [0.5, 1.0, 2.0])
def test_the_exponent_is_that_of_a_power_law(power):
    steps = growth(points(power), "seconds")
    assert [(step["from"], step["to"], step["size"]) for step in steps] == [(6, 12, 2), (12, 60, 5)]
    for step in steps:
        assert step["exponent"] == pytest.approx(power)
        assert step["grown"] == pytest.approx(step["size"] ** power)
    assert all(step["linear"] == (power < 1.5) for step in steps if power != 1.0)


def test_a_fixed_cost_beside_a_linear_one_is_no_worse_than_linear():
    assert all(step["linear"] and step["exponent"] < 1 for step in growth(points(1.0, fixed=20.0), "seconds"))


def test_what_is_not_known_has_no_growth():
    assert growth(points(1.0), "memory") == []


def test_the_table_has_its_rows_and_is_always_the_same(tmp_path):
    first, second = (write_table(tmp_path / f"{name}.csv", 100).read_text() for name in "ab")
    assert first == second
    lines = first.splitlines()
    assert len(lines) == 101
    assert lines[0].endswith(",Outcome")
    assert {line.rpartition(",")[2] for line in lines[1:]} == {"0", "1"}


def test_the_pictures_carry_their_classes(tmp_path):
    folder = write_pictures(tmp_path / "pictures", 3)
    files = sorted(folder.iterdir())
    assert [class_in(file.name) for file in files] == list(CLASSES[:3])
    assert read_picture(files[0]).pixels.shape == (112, 112, 3)
