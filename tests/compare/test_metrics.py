"""Metrics of two runs: antisymmetry, verdicts, what is missing."""

from __future__ import annotations

from copy import deepcopy

import pytest
from two_runs import METRICS, MODELS, results, run_of

from report_builder.compare.metrics import compare_metrics


def by_name(found):
    return {(row["group"], row["of"], row["measure"]): row for row in found["rows"]}


@pytest.mark.parametrize("sweep", [None, (0.01, 10)])
def test_the_other_way_round_all_differences_are_negative(sweep):
    first, second = run_of(results(1, sweep=sweep)), run_of(results(2))
    there, back = by_name(compare_metrics(first, second)), by_name(compare_metrics(second, first))
    assert there.keys() == back.keys()
    assert len(there) == 2 * len(MODELS) * len(METRICS)
    for name, row in there.items():
        assert row["difference"] == -back[name]["difference"] != 0
        assert row["noise"] == pytest.approx(back[name]["noise"])
        assert row["verdict"] == back[name]["verdict"]


@pytest.mark.parametrize("sweep", [None, (0.01, 10)])
def test_a_run_and_itself(sweep):
    run = run_of(results(1, sweep=sweep))
    found = compare_metrics(run, run)
    assert found["differing"] == 0
    assert {row["verdict"] for row in found["rows"]} == {"equal"}
    assert {row["difference"] for row in found["rows"]} == {0}
    assert found["only"] == {"A": [], "B": []}


@pytest.mark.parametrize(
    ("deviations", "verdict"), [(10, "beyond"), (-10, "beyond"), (0.1, "within"), (-0.1, "within")]
)
def test_a_difference_is_set_against_the_sweep_of_either_run(deviations, verdict):
    values = results(1, sweep=(0.01, 10))
    moved = deepcopy(values)
    moved["mlp"]["test"]["accuracy"] += 0.01 * deviations
    del moved["certainty"]
    for pair in ((values, moved), (moved, values)):
        row = by_name(compare_metrics(*map(run_of, pair)))["tabular", "mlp", "accuracy"]
        assert row["verdict"] == verdict
        assert row["noise"]["kind"] == "sweep"
        assert row["noise"]["runs"] == 10


def test_without_a_sweep_the_noise_is_that_of_the_samples_and_says_so():
    found = compare_metrics(run_of(results(1)), run_of(results(2)))
    assert {row["noise"]["kind"] for row in found["rows"]} == {"samples"}
    assert set(found["counts"]) == {"samples"}
    assert found["chance"] == 0


def test_a_sweep_of_one_seed_measures_no_noise():
    values = results(1, sweep=(0.01, 1))
    assert set(compare_metrics(run_of(values), run_of(results(2)))["counts"]) == {"samples"}


def test_without_any_noise_there_is_no_verdict():
    values = results(1)
    for model in ("mlp", "nam"):
        del values[model]["intervals"]
    found = compare_metrics(run_of(values), run_of(results(2)))
    assert found["counts"]["none"]["unknown"] == found["counts"]["none"]["compared"] == 2 * len(METRICS)


def test_the_counts_are_those_of_the_rows():
    found = compare_metrics(run_of(results(1, sweep=(0.003, 10))), run_of(results(2)))
    counts = found["counts"]["sweep"]
    verdicts = [row["verdict"] for row in found["rows"]]
    assert counts["compared"] == len(verdicts)
    assert {v: counts[v] for v in ("equal", "beyond", "within")} == {
        v: verdicts.count(v) for v in ("equal", "beyond", "within")
    }
    assert found["chance"] == pytest.approx(0.05 * len(verdicts))


def test_what_one_run_alone_has_is_named_and_not_compared():
    values = results(1)
    del values["baselines"]["forest"]
    found = compare_metrics(run_of(values), run_of(results(2)))
    assert found["only"]["A"] == []
    assert {(row["group"], row["of"]) for row in found["only"]["B"]} == {("tabular", "forest")}
    assert ("tabular", "forest", "auc") not in by_name(found)


def test_rounding_of_sums_is_no_difference():
    values = results(1)
    moved = deepcopy(values)
    moved["nam"]["test"]["auc"] += 1e-7
    assert compare_metrics(run_of(values), run_of(moved))["differing"] == 0
