"""How far two attributions of the same rows agree, with bootstrap intervals over the rows.

Source of the measures: Krishna et al. 2022, The Disagreement Problem in Explainable Machine Learning.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import rankdata

Floats = NDArray[np.float64]
BLOCK = 2**20  # numbers of bootstrap samples that are held at once: 8 MB, however many rows there are


@dataclass(frozen=True)
class Estimate:
    """A mean over rows with its 95 % percentile-bootstrap interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Agreement:
    """Agreement of two attribution matrices: 1 is perfect; signs at random give .5, ranks at random 0."""

    spearman: Estimate  # rank correlation of the absolute values within a row
    sign: Estimate  # share of values with the same sign
    jaccard: Estimate  # overlap of the two sets of the `top` largest absolute values of a row
    top: int


def agreement(
    first: ArrayLike, second: ArrayLike, *, seed: int, top: int = 3, resamples: int = 2000
) -> Agreement:
    """Compare two attribution matrices (n, d) row by row.

    A row of equal absolute values has no ranks and is left out of the Spearman mean. Equal absolute values at
    the edge of the top set go to the lower feature index. A zero agrees in sign with a zero only.

    Raises ValueError if the matrices differ in shape, hold no rows or values that are not finite, if `top` is
    not within 1 to d, or if no row has ranks.
    """
    a, b = np.asarray(first, dtype=np.float64), np.asarray(second, dtype=np.float64)
    if a.ndim != 2 or a.shape != b.shape or len(a) == 0:
        raise ValueError(f"two attribution matrices of one shape are needed, not {a.shape} and {b.shape}")
    if not (np.isfinite(a).all() and np.isfinite(b).all()):
        raise ValueError("the attributions hold values that are not finite")
    if not 1 <= top <= a.shape[1]:
        raise ValueError(f"top must be within 1 to {a.shape[1]}, not {top}")
    spearman = _row_correlation(rankdata(np.abs(a), axis=1), rankdata(np.abs(b), axis=1))
    ranked = spearman[np.isfinite(spearman)]
    if len(ranked) == 0:
        raise ValueError("no row has absolute values to rank in both matrices")
    random = np.random.default_rng(seed)
    return Agreement(
        spearman=mean_with_interval(ranked, resamples, random),
        sign=mean_with_interval((np.sign(a) == np.sign(b)).mean(1), resamples, random),
        jaccard=mean_with_interval(_jaccard(_top(a, top), _top(b, top)), resamples, random),
        top=top,
    )


def target_correlation(features: ArrayLike, target: ArrayLike) -> Floats:
    """Pearson correlation (d,) of each column of `features` (n, d) with `target` (n,); NaN where constant.

    With a target of two classes this is the point-biserial correlation. Raises ValueError if the lengths
    differ.
    """
    x, y = np.asarray(features, dtype=np.float64), np.asarray(target, dtype=np.float64)
    if x.ndim != 2 or y.shape != x.shape[:1]:
        raise ValueError(f"features {x.shape} and target {y.shape} must have one length")
    return _row_correlation(x.T, np.broadcast_to(y, x.T.shape))


def _row_correlation(a: Floats, b: Floats) -> Floats:
    """Pearson correlation of each row of `a` with the same row of `b`; NaN where one of them is constant."""
    defined = (np.ptp(a, axis=1) > 0) & (np.ptp(b, axis=1) > 0)
    result = np.full(len(a), np.nan)
    x = a[defined] - a[defined].mean(1, keepdims=True)
    y = b[defined] - b[defined].mean(1, keepdims=True)
    result[defined] = (x * y).sum(1) / np.sqrt((x**2).sum(1) * (y**2).sum(1))
    return result.clip(-1, 1)


def _top(values: Floats, top: int) -> NDArray[np.bool_]:
    order = np.argsort(-np.abs(values), axis=1, kind="stable")[:, :top]
    chosen = np.zeros(values.shape, dtype=np.bool_)
    np.put_along_axis(chosen, order, True, axis=1)
    return chosen


def _jaccard(a: NDArray[np.bool_], b: NDArray[np.bool_]) -> Floats:
    shared, either = (a & b).sum(1, dtype=np.float64), (a | b).sum(1, dtype=np.float64)
    overlap: Floats = shared / either
    return overlap


def mean_with_interval(per_row: Floats, resamples: int, random: np.random.Generator) -> Estimate:
    """The mean of `per_row` (n,). The resamples are drawn in blocks of bounded size."""
    step = max(1, BLOCK // len(per_row))
    means = [
        per_row[random.integers(len(per_row), size=(min(step, resamples - start), len(per_row)))].mean(1)
        for start in range(0, resamples, step)
    ]
    low, high = np.percentile(np.concatenate(means), [2.5, 97.5])
    return Estimate(float(per_row.mean()), float(low), float(high))
