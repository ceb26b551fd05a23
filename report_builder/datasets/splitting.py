"""Training, validation and test rows by two protocols, and how much leaks between them.

`clean_split` splits first and fits everything on the training rows. `reference_split` does as the
reference write-up did: it scales and balances the whole table and splits afterwards, so that rows
interpolated from training rows are tested on, and rows interpolated from test rows are trained on.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import numpy.typing as npt

from report_builder.datasets.cleaning import Imputation, fit_fill_values, impute, missing_mask
from report_builder.datasets.table import Floats, Integers, Table
from report_builder.errors import InputError

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Split:
    """Standardised rows of three disjoint parts.

    x_*: float64 (rows, d), standardised: value = x * stds + means. y_*: int64 (rows,), 0 or 1.
    rows_*: int64 (rows,), the row's index in the table that was split, -1 for a synthetic row.
    means, stds: (d,), of the rows that the scaler was fitted on, in the table's units.
    fill: (d,), what replaced missing values, NaN where nothing was replaced.
    """

    x_train: Floats
    y_train: Integers
    rows_train: Integers
    x_validation: Floats
    y_validation: Integers
    rows_validation: Integers
    x_test: Floats
    y_test: Integers
    rows_test: Integers
    means: Floats
    stds: Floats
    fill: Floats
    feature_names: tuple[str, ...]
    smote_neighbours: int

    @property
    def train_synthetic(self) -> Flags:
        return self.rows_train < 0

    @property
    def validation_synthetic(self) -> Flags:
        return self.rows_validation < 0

    @property
    def test_synthetic(self) -> Flags:
        return self.rows_test < 0

    def in_units(self, x: Floats) -> Floats:
        """Standardised rows (..., d) in the table's units."""
        return x * self.stds + self.means

    def to_arrays(self) -> dict[str, np.ndarray]:
        """The split as arrays that `numpy.savez` writes without pickle, by field name."""
        return {field.name: np.asarray(getattr(self, field.name)) for field in fields(self)}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, np.ndarray]) -> Split:
        """The inverse of `to_arrays`; other keys are left alone."""
        values: dict[str, Any] = {field.name: arrays[field.name] for field in fields(cls)}
        values["feature_names"] = tuple(str(name) for name in values["feature_names"])
        values["smote_neighbours"] = int(values["smote_neighbours"])
        return cls(**values)


def clean_split(
    table: Table,
    test: float = 0.2,
    validation: float = 0.1,
    *,
    seed: int,
    smote_neighbours: int = 5,
    zero_is_missing: Sequence[str] = (),
    imputation: Imputation = "median",
) -> Split:
    """Split with the table's share of each class in each part; then fill missing values, standardise
    and balance by SMOTE, all fitted on the training rows; only the training part gets synthetic rows.

    test, validation: shares of the table's rows, rounded up to whole rows.
    Raises InputError where a class has too few rows for a part or for SMOTE's neighbours.
    """
    train_rows, validation_rows, test_rows = _stratified_rows(table.target, test, validation, seed)
    missing = missing_mask(table, zero_is_missing)
    fill = fit_fill_values(table.features[train_rows], missing[train_rows], imputation)
    features = impute(table.features, missing, fill)
    means, stds = _fit_scaler(features[train_rows])
    x = (features - means) / stds
    x_train, y_train, origin = _balance(x[train_rows], table.target[train_rows], smote_neighbours, seed)
    return Split(
        x_train=x_train,
        y_train=y_train,
        rows_train=np.where(origin < 0, -1, train_rows[origin]),
        x_validation=x[validation_rows],
        y_validation=table.target[validation_rows],
        rows_validation=validation_rows,
        x_test=x[test_rows],
        y_test=table.target[test_rows],
        rows_test=test_rows,
        means=means,
        stds=stds,
        fill=fill,
        feature_names=table.feature_names,
        smote_neighbours=smote_neighbours,
    )


def reference_split(
    table: Table, test: float = 0.2, validation: float = 0.1, *, seed: int, smote_neighbours: int = 5
) -> Split:
    """Standardise and balance the whole table, then split at random, as the reference write-up did.

    Zeros stay as they are and the split is not stratified (its test sets had 111 to 89 and 89 to 107
    rows of the two classes). test, validation: shares of the balanced rows, rounded up.
    Raises InputError where a class has too few rows for SMOTE's neighbours or a part lacks a class.
    """
    means, stds = _fit_scaler(table.features)
    x, y, origin = _balance((table.features - means) / stds, table.target, smote_neighbours, seed)
    train_rows, validation_rows, test_rows = _part(
        np.random.default_rng(seed).permutation(len(y)), _part_sizes(len(y), test, validation)
    )
    for name, rows in (("training", train_rows), ("validation", validation_rows), ("test", test_rows)):
        if len(np.unique(y[rows])) < 2:
            raise InputError(
                f"The {name} part of the split would hold one class of '{table.target_name}' only: "
                f"{len(table)} rows are too few."
            )
    return Split(
        x_train=x[train_rows],
        y_train=y[train_rows],
        rows_train=origin[train_rows],
        x_validation=x[validation_rows],
        y_validation=y[validation_rows],
        rows_validation=origin[validation_rows],
        x_test=x[test_rows],
        y_test=y[test_rows],
        rows_test=origin[test_rows],
        means=means,
        stds=stds,
        fill=np.full(len(means), np.nan),
        feature_names=table.feature_names,
        smote_neighbours=smote_neighbours,
    )


def _part_sizes(rows: int, test: float, validation: float) -> tuple[int, int]:
    """Rows of the validation and of the test part."""
    if not (0 < test < 1 and 0 < validation < 1 and test + validation < 1):
        raise InputError(
            f"The shares of the test part ({test:g}) and of the validation part ({validation:g}) must be "
            "above 0 and leave rows for training."
        )
    # rounded first: 0.1 * 30 may come out as 3.0000000000000004
    return math.ceil(round(validation * rows, 9)), math.ceil(round(test * rows, 9))


def _part(order: Integers, sizes: tuple[int, int]) -> tuple[Integers, Integers, Integers]:
    """Shuffled rows cut into training, validation and test."""
    validation, test = sizes
    return order[validation + test :], order[test : validation + test], order[:test]


def _stratified_rows(target: Integers, test: float, validation: float, seed: int) -> tuple[Integers, ...]:
    """Rows of training, validation and test, each with the table's share of positives to within one row."""
    generator = np.random.default_rng(seed)
    validation_size, test_size = _part_sizes(len(target), test, validation)
    share = float(np.mean(target))
    positives = (round(validation_size * share), round(test_size * share))
    negatives = (validation_size - positives[0], test_size - positives[1])
    parts = []
    for label, label_sizes in ((0, negatives), (1, positives)):
        order = generator.permutation(np.flatnonzero(target == label))
        if min(label_sizes) < 1 or sum(label_sizes) >= len(order):
            raise InputError(
                f"The class {label} has {len(order)} of {len(target)} rows, too few for a training, a "
                "validation and a test part with both classes."
            )
        parts.append(_part(order, label_sizes))
    return tuple(generator.permutation(np.concatenate(pair)) for pair in zip(*parts, strict=True))


def _fit_scaler(features: Floats) -> tuple[Floats, Floats]:
    """Means and standard deviations (d,); 1 for a constant column."""
    from sklearn.preprocessing import StandardScaler

    scaler = StandardScaler().fit(features)
    return np.asarray(scaler.mean_), np.asarray(scaler.scale_)


def _balance(x: Floats, y: Integers, neighbours: int, seed: int) -> tuple[Floats, Integers, Integers]:
    """The rows and, after them, as many synthetic ones as make the classes equal; with each row's
    index in `x`, or -1.

    Source: Chawla, Bowyer, Hall and Kegelmeyer (2002), SMOTE, J. Artificial Intelligence Research 16.
    """
    from imblearn.over_sampling import SMOTE

    counts = np.bincount(y, minlength=2)
    fewest = int(counts.min())
    if fewest <= neighbours and counts[0] != counts[1]:
        raise InputError(
            f"SMOTE with {neighbours} neighbours needs at least {neighbours + 1} rows of each class, but "
            f"only {fewest} of the class {int(counts.argmin())} are there to balance."
        )
    x_all, y_all = SMOTE(k_neighbors=neighbours, random_state=seed).fit_resample(x, y)
    origin = np.full(len(y_all), -1, dtype=np.int64)
    origin[: len(y)] = np.arange(len(y))  # imbalanced-learn keeps the given rows first, in their order
    return np.asarray(x_all, dtype=np.float64), np.asarray(y_all, dtype=np.int64), origin
