"""Holm's correction of p-values of several tests.

Source: Holm 1979, A Simple Sequentially Rejective Multiple Test Procedure, Scandinavian Journal of
Statistics 6.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray


def holm(p_values: ArrayLike) -> NDArray[np.float64]:
    """Corrected p-values (n,) of p-values (n,), in their order.

    To reject where the corrected one is below a keeps the chance of any false rejection below a. Raises
    ValueError for values outside [0, 1].
    """
    p = np.asarray(p_values, dtype=np.float64)
    if p.ndim != 1 or not ((p >= 0) & (p <= 1)).all():
        raise ValueError("p-values (n,) within 0 and 1 are needed")
    order = np.argsort(p, kind="stable")
    steps = np.maximum.accumulate(p[order] * np.arange(len(p), 0, -1)).clip(max=1)
    corrected = np.empty_like(p)
    corrected[order] = steps
    return corrected
