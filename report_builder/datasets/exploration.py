"""What a table looks like before any model: correlations, classes, columns and their outliers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from report_builder.datasets.table import Floats, Integers, Table

TUKEY_FACTOR = 1.5
MOST_BINS = 40


@dataclass(frozen=True)
class ClassCounts:
    """Rows per class; `share` is that of the positives, `ratio` the larger class over the smaller."""

    negative: int
    positive: int
    share: float
    ratio: float


@dataclass(frozen=True)
class Summary:
    """One column in its own units; `std` has the denominator n - 1; zeros are counted, not removed."""

    name: str
    count: int
    mean: float
    std: float
    minimum: float
    lower_quartile: float
    median: float
    upper_quartile: float
    maximum: float
    zeros: int


@dataclass(frozen=True)
class Outliers:
    """Tukey's fences of every column, and the cells outside them.

    low, high: the fences, (d,). low_whisker, high_whisker: the outermost values inside them, (d,).
    mask: (rows, d). counts: (d,). counts_by_class: (2, d), negatives first.
    """

    low: Floats
    high: Floats
    low_whisker: Floats
    high_whisker: Floats
    mask: npt.NDArray[np.bool_]
    counts: Integers
    counts_by_class: Integers


@dataclass(frozen=True)
class Histogram:
    """Counts by class, (2, bins), negatives first, between edges (bins + 1,) in the column's units."""

    edges: Floats
    counts: Integers


def correlation_matrix(table: Table) -> Floats:
    """Pearson correlations of the features and, last, the target, (d + 1, d + 1).

    A constant column correlates with nothing; where the coefficient is undefined it is given as 0.
    """
    values = np.column_stack([table.features, table.target])
    centred = values - values.mean(axis=0)
    constant = np.ptp(values, axis=0) == 0
    centred[:, constant] = 0.0
    length = np.sqrt((centred**2).sum(axis=0))
    unit = centred / np.where(length > 0, length, 1.0)
    matrix = np.clip(unit.T @ unit, -1, 1)
    np.fill_diagonal(matrix, 1.0)
    return np.asarray(matrix)


def class_counts(table: Table) -> ClassCounts:
    """How many rows each class has, and how unbalanced they are."""
    negative, positive = (int(count) for count in np.bincount(table.target, minlength=2))
    smaller, larger = sorted((negative, positive))
    return ClassCounts(negative, positive, positive / len(table), larger / smaller)


def summaries(table: Table) -> tuple[Summary, ...]:
    """One summary per feature, in the table's order. Quartiles are interpolated linearly."""
    return tuple(
        _summary(name, column) for name, column in zip(table.feature_names, table.features.T, strict=True)
    )


def _summary(name: str, column: Floats) -> Summary:
    minimum, lower, median, upper, maximum = (float(q) for q in np.quantile(column, (0, 0.25, 0.5, 0.75, 1)))
    return Summary(
        name=name,
        count=len(column),
        mean=float(column.mean()),
        std=float(column.std(ddof=1)),
        minimum=minimum,
        lower_quartile=lower,
        median=median,
        upper_quartile=upper,
        maximum=maximum,
        zeros=int((column == 0).sum()),
    )


def tukey_fences(features: Floats, factor: float = TUKEY_FACTOR) -> tuple[Floats, Floats]:
    """Lower and upper fence per column, (d,): quartiles minus and plus `factor` quartile distances.

    Source: Tukey (1977), Exploratory Data Analysis, Addison-Wesley.
    """
    lower, upper = np.quantile(features, (0.25, 0.75), axis=0)
    return lower - factor * (upper - lower), upper + factor * (upper - lower)


def tukey_outliers(table: Table, factor: float = TUKEY_FACTOR) -> Outliers:
    """The cells outside their column's fences, with counts by class and the ends of a box plot's whiskers."""
    low, high = tukey_fences(table.features, factor)
    mask = (table.features < low) | (table.features > high)
    inside = np.ma.masked_array(table.features, mask)
    return Outliers(
        low=low,
        high=high,
        low_whisker=np.asarray(inside.min(axis=0)),
        high_whisker=np.asarray(inside.max(axis=0)),
        mask=mask,
        counts=mask.sum(axis=0),
        counts_by_class=np.stack([mask[table.target == label].sum(axis=0) for label in (0, 1)]),
    )


def histogram(table: Table, name: str) -> Histogram:
    """One column's histogram by class.

    The bins are numpy's "auto" rule (the finer of Sturges and Freedman-Diaconis), at most 40; a column of
    whole numbers gets bins that hold equally many of them. Raises InputError for an unknown column.
    """
    column = table.column(name)
    edges = np.histogram_bin_edges(column, bins="auto")
    if len(edges) - 1 > MOST_BINS:
        edges = np.histogram_bin_edges(column, bins=MOST_BINS)
    if np.all(column == np.round(column)):
        width = max(1, int(np.ceil(edges[1] - edges[0])))
        edges = np.arange(column.min(), column.max() + width + 1, width) - 0.5
    counts = np.stack([np.histogram(column[table.target == label], edges)[0] for label in (0, 1)])
    return Histogram(edges, counts)
