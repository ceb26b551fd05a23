"""The stand-in behaves as the real table does, and holds none of its rows."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from report_builder.datasets.fit_standin import (
    all_correlations,
    fit_parameters,
    logistic_regression_auc,
    main,
)
from report_builder.datasets.standin import draw_standin, read_parameters, stratified_ranks
from report_builder.datasets.table import Table
from report_builder.errors import InputError

SEEDS = range(5)


@pytest.mark.parametrize("seed", SEEDS)
def test_draws_are_like_the_table_that_was_fitted(parameters: dict[str, Any], seed: int) -> None:
    measured = parameters["measured"]
    drawn = draw_standin(parameters, seed=seed)
    assert np.abs(all_correlations(drawn) - np.array(measured["correlations"])).max() < 0.13
    assert abs(logistic_regression_auc(drawn) - measured["logistic_regression_auc"]) < 0.03
    for name, zeros in measured["zeros"].items():
        assert abs((drawn.column(name) == 0).sum() - zeros) <= 0.15 * zeros
    assert (len(drawn), int(drawn.target.sum())) == (768, 268)


def test_the_recorded_measures_are_those_of_the_real_table(parameters: dict[str, Any], real: Table) -> None:
    measured = parameters["measured"]
    np.testing.assert_allclose(all_correlations(real), measured["correlations"], atol=6e-5)
    assert logistic_regression_auc(real) == pytest.approx(measured["logistic_regression_auc"], abs=1e-3)
    assert measured["zeros"] == {name: int((real.column(name) == 0).sum()) for name in real.feature_names}


def test_no_row_of_the_real_table_is_drawn(parameters: dict[str, Any], real: Table) -> None:
    rows = {row.tobytes() for row in real.features}
    for seed in SEEDS:
        assert not any(row.tobytes() in rows for row in draw_standin(parameters, seed=seed).features)


def test_refitting_gives_the_committed_parameters(parameters: dict[str, Any], real: Table) -> None:
    refitted = json.loads(json.dumps(fit_parameters(real)))
    assert refitted.keys() == parameters.keys()
    for label in ("0", "1"):
        for key in ("zero_share", "quantiles", "correlation"):
            np.testing.assert_allclose(
                np.ravel(refitted["classes"][label][key]),
                np.ravel(parameters["classes"][label][key]),
                atol=2e-3,
            )


def test_values_have_the_decimals_of_the_original(parameters: dict[str, Any], cohort: Table) -> None:
    for column, places in zip(cohort.features.T, parameters["decimals"], strict=True):
        assert np.array_equal(column, np.round(column, places))
    for j, column in enumerate(cohort.features.T):
        tables = [fitted["quantiles"][j] for fitted in parameters["classes"].values()]
        measured = column[column != 0]
        assert measured.min() >= np.min(tables)
        assert measured.max() <= np.max(tables)


def test_a_seed_is_one_cohort(parameters: dict[str, Any], cohort: Table) -> None:
    assert np.array_equal(draw_standin(parameters, seed=1).features, cohort.features)
    assert not np.array_equal(draw_standin(parameters, seed=2).features, cohort.features)


def test_the_number_of_rows_is_free_but_not_tiny(parameters: dict[str, Any]) -> None:
    for rows in (60, 2000):
        drawn = draw_standin(parameters, rows, seed=0)
        assert len(drawn) == rows
        assert abs(drawn.target.mean() - parameters["positive_share"]) < 1 / rows
    with pytest.raises(ValueError, match="too few"):
        draw_standin(parameters, 20, seed=0)


def test_stratified_ranks_keep_the_order_and_fill_the_interval() -> None:
    generator = np.random.default_rng(0)
    scores = generator.standard_normal((50, 3))
    ranks = stratified_ranks(scores, generator)
    assert np.array_equal(np.argsort(ranks, axis=0), np.argsort(scores, axis=0))
    assert np.array_equal(np.sort(np.floor(ranks * 50), axis=0), np.tile(np.arange(50.0)[:, None], 3))


def test_damaged_parameters_are_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        read_parameters(tmp_path / "absent.json")
    path = tmp_path / "parameters.json"
    for text in ("{", "{}", "[]"):
        path.write_text(text)
        with pytest.raises(InputError, match="damaged"):
            read_parameters(path)


def test_the_command_answers_wrong_use_with_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    assert main([str(tmp_path / "absent.csv")]) == 2
    assert "is not there" in capsys.readouterr().err
