"""Zeros dropped, counted and filled."""

from __future__ import annotations

import numpy as np
import pytest

from report_builder.datasets.cleaning import clean, fit_fill_values, impute, missing_mask
from report_builder.datasets.table import Table
from report_builder.errors import InputError


def test_the_real_counts(real: Table) -> None:
    cleaned = clean(real, ["BMI", "Glucose"], ["Insulin", "SkinThickness", "BloodPressure"])
    assert cleaned.missing_before == {"Insulin": 374, "SkinThickness": 227, "BloodPressure": 35}
    assert cleaned.dropped == {"BMI": 11, "Glucose": 5}
    assert (cleaned.dropped_rows, len(cleaned.table)) == (16, 752)


def test_kept_and_dropped_rows_partition_the_table(cohort: Table) -> None:
    cleaned = clean(cohort, ["BMI", "Glucose"], ["Insulin"])
    assert np.array_equal(cohort.features[cleaned.kept_rows], cleaned.table.features)
    assert np.array_equal(cohort.target[cleaned.kept_rows], cleaned.table.target)
    gone = np.setdiff1d(np.arange(len(cohort)), cleaned.kept_rows)
    assert len(gone) == cleaned.dropped_rows == len(cohort) - len(cleaned.table)
    assert np.all((cohort.column("BMI")[gone] == 0) | (cohort.column("Glucose")[gone] == 0))
    assert not np.any(cleaned.table.column("BMI") == 0)
    assert cleaned.missing["Insulin"] == (cleaned.table.column("Insulin") == 0).sum()


def test_nothing_to_drop_keeps_everything(cohort: Table) -> None:
    assert np.array_equal(clean(cohort).table.features, cohort.features)


def test_unknown_columns_and_a_lost_class_are_named(cohort: Table) -> None:
    with pytest.raises(InputError, match=r"'Glucos'.*'Glucose'"):
        clean(cohort, ["Glucos"])
    lost = Table(np.array([[0.0], [1.0]]), np.array([0, 1]), ("a",), "y", "1")
    with pytest.raises(InputError, match="one class only"):
        clean(lost, ["a"])


def test_only_missing_cells_are_filled_with_the_median_of_the_measured(cohort: Table) -> None:
    mask = missing_mask(cohort, ["Insulin", "BloodPressure"])
    fill = fit_fill_values(cohort.features, mask, "median")
    filled = impute(cohort.features, mask, fill)
    insulin = cohort.position("Insulin")
    measured = cohort.features[cohort.features[:, insulin] > 0, insulin]
    assert fill[insulin] == np.median(measured)
    assert np.array_equal(filled[~mask], cohort.features[~mask])
    assert np.array_equal(filled[mask], np.broadcast_to(fill, mask.shape)[mask])
    assert np.isnan(fill[cohort.position("SkinThickness")])


def test_without_imputation_or_measured_values_zeros_stay() -> None:
    features = np.array([[0.0, 1.0], [0.0, 0.0]])
    mask = features == 0
    assert np.array_equal(impute(features, mask, fit_fill_values(features, mask, "none")), features)
    assert impute(features, mask, fit_fill_values(features, mask, "median")).tolist() == [[0, 1], [0, 1]]
