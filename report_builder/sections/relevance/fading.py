"""How the size of a relevance fades with the distance from the end of a signal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

BLOCKS = 20  # stretches over which sizes are averaged before their logarithm is fitted
THIRDS = 3

Floats = NDArray[np.float64]


def fading(sizes: Floats, sampling_rate: float) -> dict[str, float | None]:
    """What is left far back of sizes (t,) along a signal.

    ratio: mean over the first third of the samples as a multiple of that over the last third. half: seconds
    in which the fitted exponential halves going back in time; None where it does not fall. fit: R^2 of the
    straight line through the logarithms. Both are None for sizes that are zero over a stretch.
    """
    third = max(len(sizes) // THIRDS, 1)
    early, late = float(sizes[:third].mean()), float(sizes[-third:].mean())
    blocks = np.array([block.mean() for block in np.array_split(sizes, min(BLOCKS, len(sizes)))])
    ratio = early / late if late > 0 else None
    if len(blocks) < THIRDS or (blocks <= 0).any():
        return {"ratio": ratio, "half": None, "fit": None}
    back = np.arange(len(blocks))[::-1] * len(sizes) / len(blocks) / sampling_rate
    logs = np.log(blocks)
    slope, offset = np.polyfit(back, logs, 1)
    spread = float(((logs - logs.mean()) ** 2).sum())
    missed = float(((logs - slope * back - offset) ** 2).sum())
    return {
        "ratio": ratio,
        "half": float(np.log(2) / -slope) if slope < 0 else None,
        "fit": 1 - missed / spread if spread > 0 else None,
    }


def by_third(
    planted: NDArray[np.bool_],
    scored: NDArray[np.int64],
    correct: Mapping[str, NDArray[np.bool_]],
    pointing: Mapping[str, Mapping[str, Floats]],
) -> list[dict[str, Any]]:
    """For the early, middle and late third of a signal: how many abnormalities have their middle there, how
    many of these each network names correctly, and how often each method points at them.

    planted: (m, t) of all test signals, empty rows where there is nothing. scored: (n,) places among them.
    correct: by network (m,). pointing: by network and method (n,). Means are None where there is none.
    """
    length = planted.shape[1]
    abnormal = planted.any(1)
    middles = (planted * np.arange(length)).sum(1) / np.maximum(planted.sum(1), 1)
    thirds = np.where(abnormal, np.minimum(middles * THIRDS // length, THIRDS - 1), -1)
    return [
        {
            "count": int((thirds == third).sum()),
            "scored": int((thirds[scored] == third).sum()),
            "accuracy": {kind: _mean(right[thirds == third]) for kind, right in correct.items()},
            "pointing": {
                kind: {name: _mean(hits[thirds[scored] == third]) for name, hits in methods.items()}
                for kind, methods in pointing.items()
            },
        }
        for third in range(THIRDS)
    ]


def _mean(values: NDArray[Any]) -> float | None:
    return float(values.mean()) if len(values) else None
