"""Zeros that stand for values nobody measured: rows dropped, missing values counted and filled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from report_builder.datasets.table import Floats, Integers, Table
from report_builder.errors import InputError

Imputation = Literal["median", "none"]


@dataclass(frozen=True)
class Cleaned:
    """A table without the rows whose zeros make them useless, and what was found on the way.

    kept_rows: (rows,), the index of each row of `table` in the table that was cleaned.
    dropped: rows with a zero, by column of `drop_zero`; a row with two zeros counts in both.
    dropped_rows: the number of rows dropped.
    missing_before, missing: zeros by column of `zero_is_missing`, before and after the rows were dropped.
    """

    table: Table
    kept_rows: Integers
    dropped: dict[str, int]
    dropped_rows: int
    missing_before: dict[str, int]
    missing: dict[str, int]


def clean(table: Table, drop_zero: Sequence[str] = (), zero_is_missing: Sequence[str] = ()) -> Cleaned:
    """Drop the rows with a zero in a column of `drop_zero`, and count the zeros of `zero_is_missing`.

    The missing values themselves stay zeros here: filling them needs the training rows (`impute`).
    Raises InputError for a column that is not there, and if fewer than two classes are left.
    """
    is_zero = {name: table.column(name) == 0 for name in (*drop_zero, *zero_is_missing)}
    dropped = np.zeros(len(table), dtype=np.bool_)
    for name in drop_zero:
        dropped |= is_zero[name]
    kept = table.take(~dropped)
    if len(np.unique(kept.target)) < 2:
        names = ", ".join(f"'{name}'" for name in drop_zero)
        raise InputError(
            f"After the rows with a zero in {names} are dropped, '{table.target_name}' has one class only."
        )
    return Cleaned(
        table=kept,
        kept_rows=np.flatnonzero(~dropped),
        dropped={name: int(is_zero[name].sum()) for name in drop_zero},
        dropped_rows=int(dropped.sum()),
        missing_before={name: int(is_zero[name].sum()) for name in zero_is_missing},
        missing={name: int((kept.column(name) == 0).sum()) for name in zero_is_missing},
    )


def missing_mask(table: Table, zero_is_missing: Sequence[str]) -> npt.NDArray[np.bool_]:
    """(rows, d), true where a zero of a column of `zero_is_missing` stands for a missing value."""
    mask = np.zeros(table.features.shape, dtype=np.bool_)
    for name in zero_is_missing:
        position = table.position(name)
        mask[:, position] = table.features[:, position] == 0
    return mask


def fit_fill_values(features: Floats, missing: npt.NDArray[np.bool_], imputation: Imputation) -> Floats:
    """The value that fills each column's missing cells, (d,); NaN for a column without any to fill.

    features and missing: (rows, d), of the training rows only, so that nothing of the test rows is used.
    "median": the median of the column's measured values. A median, because Insulin is skewed (its mean
    lies far in the tail); one constant, because a model of the missing half of Insulin would add
    structure that nobody measured, and because a constant keeps every row inside the range of real
    values, where a zero skin fold or blood pressure lies outside and pulls scale, outlier fences and
    dependence curves towards an impossible value. The price is a spike at the median and a weaker
    correlation of the column with everything else. It is not chosen for its score: over 60 clean splits of
    the Pima table a logistic regression's test AUC was .827 with it and .832 with the zeros left.
    A column without a measured value is left as it is.
    "none": zeros stay, as in the reference write-up.
    """
    fill = np.full(features.shape[1], np.nan)
    if imputation == "none":
        return fill
    for position in np.flatnonzero(missing.any(axis=0) & ~missing.all(axis=0)):
        fill[position] = np.median(features[~missing[:, position], position])
    return fill


def impute(features: Floats, missing: npt.NDArray[np.bool_], fill: Floats) -> Floats:
    """A copy of features (rows, d) whose missing cells hold their column's fill value, where it has one."""
    return np.where(missing & ~np.isnan(fill), fill, features)
