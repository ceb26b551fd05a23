"""Which rows are drawn where a figure would hold more of them than can be seen."""

from __future__ import annotations

import numpy as np


def spaced(order: np.ndarray, most: int) -> np.ndarray:
    """At most so many entries of `order` (n,), evenly spaced and with both ends."""
    if len(order) <= most:
        return order
    kept: np.ndarray = order[np.linspace(0, len(order) - 1, most).round().astype(int)]
    return kept
