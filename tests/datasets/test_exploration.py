"""Laws of the descriptive figures, against numpy and pandas."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from report_builder.datasets.cleaning import clean
from report_builder.datasets.exploration import (
    class_counts,
    correlation_matrix,
    histogram,
    summaries,
    tukey_outliers,
)
from report_builder.datasets.outlier_effect import TREATMENTS, outlier_effect
from report_builder.datasets.table import Table
from report_builder.errors import InputError


def small(features: list[list[float]], target: list[int]) -> Table:
    names = tuple("abcdefgh"[: len(features[0])])
    return Table(np.array(features, dtype=float), np.array(target), names, "y", "1")


def test_correlations_are_numpys_and_scale_free(cohort: Table) -> None:
    matrix = correlation_matrix(cohort)
    expected = np.corrcoef(np.column_stack([cohort.features, cohort.target]), rowvar=False)
    np.testing.assert_allclose(matrix, expected, atol=1e-12)
    scaled = Table(cohort.features * 3 - 5, cohort.target, cohort.feature_names, "Outcome", "1")
    np.testing.assert_allclose(correlation_matrix(scaled), matrix, atol=1e-12)


def test_the_correlations_of_the_write_up(real: Table) -> None:
    """Its Age-Pregnancies and SkinThickness-BMI are those of the whole table, its Glucose-Outcome of the
    cleaned one."""
    at = {name: position for position, name in enumerate((*real.feature_names, real.target_name))}
    whole = correlation_matrix(real)
    cleaned = correlation_matrix(clean(real, ["BMI", "Glucose"]).table)
    assert round(whole[at["Age"], at["Pregnancies"]], 2) == 0.54
    assert round(whole[at["SkinThickness"], at["BMI"]], 2) == 0.39
    assert round(cleaned[at["Glucose"], at["Outcome"]], 2) == 0.49


def test_a_constant_column_correlates_with_nothing() -> None:
    matrix = correlation_matrix(small([[0.1, 1], [0.1, 2], [0.1, 3]], [0, 0, 1]))
    assert matrix[0].tolist() == [1, 0, 0]
    assert np.isfinite(matrix).all()


def test_class_counts(cohort: Table) -> None:
    counts = class_counts(cohort)
    assert (counts.negative, counts.positive) == (500, 268)
    assert counts.ratio == pytest.approx(500 / 268)
    assert counts.share == pytest.approx(268 / 768)


def test_summaries_are_those_of_pandas(cohort: Table) -> None:
    described = pd.DataFrame(cohort.features, columns=list(cohort.feature_names)).describe()
    for summary in summaries(cohort):
        ours = [
            summary.count,
            summary.mean,
            summary.std,
            summary.minimum,
            summary.lower_quartile,
            summary.median,
            summary.upper_quartile,
            summary.maximum,
        ]
        np.testing.assert_allclose(ours, described[summary.name].to_numpy())
        assert summary.zeros == (cohort.column(summary.name) == 0).sum()


def test_tukey_outliers(cohort: Table) -> None:
    outliers = tukey_outliers(cohort)
    assert np.array_equal(outliers.counts_by_class.sum(axis=0), outliers.counts)
    assert np.all((outliers.low <= outliers.low_whisker) & (outliers.high_whisker <= outliers.high))
    for column, mask, low, high in zip(
        cohort.features.T, outliers.mask.T, outliers.low_whisker, outliers.high_whisker, strict=True
    ):
        assert np.array_equal(mask, (column < low) | (column > high))
    assert tukey_outliers(small([[1], [2], [3], [4], [100]], [0, 0, 0, 1, 1])).counts_by_class.tolist() == [
        [0],
        [1],
    ]


def test_histograms_count_every_row_once(cohort: Table) -> None:
    for name in cohort.feature_names:
        shown = histogram(cohort, name)
        assert shown.counts.sum(axis=1).tolist() == [500, 268]
        assert shown.counts.shape[1] == len(shown.edges) - 1 <= 45
        np.testing.assert_allclose(np.diff(shown.edges), shown.edges[1] - shown.edges[0])
    assert histogram(small([[5], [5], [5]], [0, 1, 1]), "a").counts.sum() == 3


def test_bins_of_whole_numbers_hold_equally_many(cohort: Table) -> None:
    edges = histogram(cohort, "Pregnancies").edges
    assert np.all(edges % 1 == 0.5)


def test_outlier_effect_is_seeded_and_complete(cohort: Table) -> None:
    effects = outlier_effect(cohort, seed=0)
    assert tuple(effect.treatment for effect in effects) == TREATMENTS
    kept, removed, clipped = effects
    assert removed.rows == (~tukey_outliers(cohort).mask.any(axis=1)).sum() < kept.rows == clipped.rows
    assert all(effect.auc.shape == (20,) and effect.coefficients.shape == (8,) for effect in effects)
    assert np.array_equal(outlier_effect(cohort, seed=0)[1].auc, removed.auc)


def test_without_outliers_the_treatments_agree() -> None:
    generator = np.random.default_rng(0)
    features = generator.uniform(size=(120, 2))
    table = Table(features, (features[:, 0] > 0.5).astype(np.int64), ("a", "b"), "y", "1")
    kept, removed, clipped = outlier_effect(table, seed=0)
    for effect in (removed, clipped):
        assert np.array_equal(effect.coefficients, kept.coefficients)
        assert np.array_equal(effect.auc, kept.auc)


def test_one_wild_value_ruins_only_the_untreated_model() -> None:
    generator = np.random.default_rng(0)
    x = generator.normal(size=(200, 1))
    y = (x[:, 0] + 0.5 * generator.normal(size=200) > 0).astype(np.int64)
    x[np.flatnonzero(y == 0)[:3]] = 1000.0
    kept, removed, clipped = outlier_effect(Table(x, y, ("a",), "y", "1"), seed=0)
    assert removed.auc.mean() > kept.auc.mean() + 0.05
    assert clipped.auc.mean() > kept.auc.mean() + 0.05


def test_a_treatment_that_loses_a_class_is_left_out() -> None:
    features = [[float(i % 7)] for i in range(60)] + [[100.0 + i] for i in range(6)]
    effects = outlier_effect(small(features, [0] * 60 + [1] * 6), seed=0)
    assert [effect.treatment for effect in effects] == ["kept", "clipped"]


def test_too_few_rows_for_the_folds() -> None:
    with pytest.raises(InputError, match=r"has 2 rows.*5 folds"):
        outlier_effect(small([[1], [2], [3], [4]], [0, 0, 1, 1]), seed=0)
