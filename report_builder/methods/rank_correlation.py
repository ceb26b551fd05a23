"""Spearman's rank correlation, row by row."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import rankdata


def rank_correlation(first: ArrayLike, second: ArrayLike) -> NDArray[np.float64]:
    """Spearman correlation (n,) of each row of `first` (n, ...) with the same row of `second`; ties share
    ranks.

    A row of equal values ranks nothing: its correlation is 0. Raises ValueError if the shapes differ or if
    values are not finite.
    """
    a, b = np.asarray(first, dtype=np.float64), np.asarray(second, dtype=np.float64)
    if a.ndim < 2 or a.shape != b.shape:
        raise ValueError(f"two arrays of one shape (n, ...) are needed, not {a.shape} and {b.shape}")
    if not (np.isfinite(a).all() and np.isfinite(b).all()):
        raise ValueError("values that are not finite have no ranks")
    x, y = (rankdata(values.reshape(len(values), -1), axis=1) for values in (a, b))
    x, y = x - x.mean(1, keepdims=True), y - y.mean(1, keepdims=True)
    norm = np.sqrt((x**2).sum(1) * (y**2).sum(1))
    result: NDArray[np.float64] = np.divide((x * y).sum(1), norm, out=np.zeros(len(x)), where=norm > 0)
    return result.clip(-1, 1)
