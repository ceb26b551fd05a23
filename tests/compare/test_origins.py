"""What went into two runs, and when they are called identical."""

from __future__ import annotations

from copy import deepcopy

import pytest
from two_runs import certainty, results, run_of

from report_builder.compare.comparison import compare
from report_builder.compare.origins import compare_origins


def names(rows):
    return [row["name"] for row in rows]


def changed(**tables):
    """A run with other values at dotted names."""
    values = deepcopy(results(1))
    for dotted, value in tables.items():
        *path, last = dotted.split("__")
        place = values
        for key in path:
            place = place.setdefault(key, {})
        place[last] = value
    return run_of(values)


def test_settings_are_named_with_both_values_and_turn_round():
    first, second = run_of(results(1)), changed(settings__mlp__epochs=30)
    assert compare_origins(first, second)["settings"] == [{"name": "mlp.epochs", "A": 15, "B": 30}]
    assert compare_origins(second, first)["settings"] == [{"name": "mlp.epochs", "A": 30, "B": 15}]


def test_a_setting_that_one_run_does_not_know_lacks_its_value():
    (row,) = compare_origins(run_of(results(1)), changed(settings__mlp__dropout=0.2))["settings"]
    assert row == {"name": "mlp.dropout", "B": 0.2}


@pytest.mark.parametrize(
    ("change", "kind", "name"),
    [
        ({"run__device": "cuda"}, "machine", "device"),
        ({"run__versions__torch": "2.14.0"}, "machine", "versions.torch"),
        ({"assets__table__sha256": "f" * 64}, "inputs", "table.sha256"),
    ],
)
def test_machine_and_inputs(change, kind, name):
    first, second = run_of(results(1)), changed(**change)
    found = compare_origins(first, second)
    assert {key: names(rows) for key, rows in found.items() if rows} == {kind: [name]}
    assert not compare(first, second)["identical"]


def test_where_an_input_was_looked_for_is_no_difference():
    found = compare_origins(run_of(results(1)), changed(assets__table__reasons=["elsewhere"]))
    assert not any(found.values())


def test_an_input_of_one_run_alone_is_one_row():
    second = changed(assets__signals={"origin": "settings", "file": "x.csv", "sha256": "1" * 64})
    (row,) = compare_origins(run_of(results(1)), second)["inputs"]
    assert row == {"name": "signals.origin", "B": "settings"}


def test_a_run_is_identical_with_itself_and_with_itself_swept():
    values = results(1)
    swept = {**values, "certainty": certainty(0.1, 5)}
    assert compare(run_of(values), run_of(values))["identical"]
    assert compare(run_of(values), run_of(swept))["identical"]
    assert compare(run_of(values), run_of(swept))["swept"] == ["B"]


def test_results_that_differ_without_a_cause_are_named():
    values = deepcopy(results(1))
    values["nam"]["bias"] = 0.5
    found = compare(run_of(results(1)), run_of(values))
    assert not found["identical"]
    assert found["steps"] == ["nam"]
