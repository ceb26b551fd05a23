"""How alike explanations of the same things come out when they are computed again: pairs of runs compared.

Throughout, a run is a row: a vector (d,) of importance, or a map, which is flattened. All pairs are
compared at once by matrix products, so that hundreds of maps cost no more than their ranking.

Sources: Alvarez-Melis and Jaakkola 2018, On the Robustness of Interpretability Methods; Krishna et al. 2022,
The Disagreement Problem in Explainable Machine Learning (rank correlation, overlap of the top, signs).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


def pairwise_rank_correlation(runs: ArrayLike) -> Floats:
    """Spearman's correlation (n, n) of runs (n, ...); ties share ranks.

    A run of equal values ranks nothing: its correlation with any run, itself included, is 0. Raises
    ValueError for values that are not finite.
    """
    rows = _rows(runs)
    ranks = np.empty(rows.shape)
    for row, rank in zip(rows, ranks, strict=True):
        # as scipy's rankdata, whose stable sort takes four times as long
        _, place, count = np.unique(row, return_inverse=True, return_counts=True)
        rank[:] = (np.cumsum(count) - (count - 1) / 2)[place]
    ranks -= ranks.mean(1, keepdims=True)
    return _cosines(ranks)


def pairwise_cosine(runs: ArrayLike) -> Floats:
    """Cosine (n, n) of runs (n, ...); 0 with a run of zeros. Raises ValueError for values that are not
    finite.
    """
    return _cosines(_rows(runs).astype(np.float64))


def pairwise_top_overlap(runs: ArrayLike, *, top: int) -> Floats:
    """Jaccard overlap (n, n) of the sets of the `top` largest absolute values of runs (n, d).

    Equal values at the edge go to the lower index. Raises ValueError if `top` is not within 1 to d.
    """
    rows = _rows(runs)
    if not 1 <= top <= rows.shape[1]:
        raise ValueError(f"top must be within 1 to {rows.shape[1]}, not {top}")
    chosen = np.zeros(rows.shape)
    first = np.argsort(-np.abs(rows), axis=1, kind="stable")[:, :top]
    np.put_along_axis(chosen, first, 1.0, axis=1)
    shared: Floats = chosen @ chosen.T
    return shared / (2 * top - shared)


def minority_share(signed: ArrayLike) -> Floats:
    """Share (d,) of the runs whose sign is the rarer one, of signed values (n, d): 0 to .5.

    NaN (undefined) and zero count for neither sign; a column of nothing else gives NaN.
    """
    values = np.asarray(signed, dtype=np.float64)
    positive, negative = (values > 0).sum(0), (values < 0).sum(0)
    known = positive + negative
    result: Floats = np.divide(
        np.minimum(positive, negative), known, out=np.full(known.shape, np.nan), where=known > 0
    )
    return result


def of_pairs(matrix: Floats) -> Floats:
    """The entries (n (n - 1) / 2,) of a symmetric matrix (n, n) that compare two different runs."""
    first, second = np.triu_indices(len(matrix), k=1)
    entries: Floats = matrix[first, second]
    return entries


def _rows(runs: ArrayLike) -> NDArray[np.floating]:
    rows = np.asarray(runs)
    if rows.ndim < 2 or rows.size == 0:
        raise ValueError(f"runs (n, ...) are needed, not {rows.shape}")
    if not np.isfinite(rows).all():
        raise ValueError("the runs hold values that are not finite")
    return rows.reshape(len(rows), -1)


def _cosines(rows: Floats) -> Floats:
    """Of rows (n, d), which are scaled in place: they may be large."""
    length = np.sqrt(np.einsum("ij,ij->i", rows, rows))[:, None]
    np.divide(rows, length, out=rows, where=length > 0)
    product: Floats = rows @ rows.T
    return product.clip(-1, 1)
