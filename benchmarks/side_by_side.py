"""One task done by us and by a peer, in turn in one process, so that the ratios compare like with like."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Task = Callable[[], Sequence[Floats]]
Clock = Callable[[], float]
CLOCKS: dict[str, Clock] = {"processor": time.process_time, "wall": time.perf_counter}

# A first pair of runs that takes longer than this (seconds) counts: what it warms up is small beside it
LONG = 10.0


@dataclass(frozen=True)
class Spread:
    """Of a quantity over the runs."""

    median: float
    low: float
    high: float

    @classmethod
    def of(cls, values: Iterable[float]) -> Spread:
        known = list(values)
        return cls(statistics.median(known), min(known), max(known))

    def __str__(self) -> str:
        return f"{self.median:.2f} [{self.low:.2f}, {self.high:.2f}]"


@dataclass(frozen=True)
class Comparison:
    """Both functions return the same attributions or curves, as one array or several.

    key: the method. sizes: how many images, samples and the like, by name.
    """

    key: str
    task: str
    peer: str
    ours: Task
    theirs: Task
    sizes: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Outcome:
    """Seconds are medians over the runs; a ratio is the peer's seconds by ours, within one run.

    The agreement is that of the worst array: the largest difference, the L2 norm of the difference by that
    of the peer's array, and the cosine.
    """

    key: str
    task: str
    peer: str
    sizes: dict[str, int]
    ours_seconds: float
    peer_seconds: float
    ratio: float
    ratio_low: float
    ratio_high: float
    runs: int
    largest_difference: float
    relative_difference: float
    cosine: float

    def __str__(self) -> str:
        return (
            f"{self.task:<49} {self.peer:<22} {self.ours_seconds:8.3f} s {self.peer_seconds:8.3f} s"
            f"  x{self.ratio:.2f} [{self.ratio_low:.2f}, {self.ratio_high:.2f}]"
            f"  differs by {self.largest_difference:.1e} ({self.relative_difference:.1e} in L2),"
            f" cosine {self.cosine:.4f}"
        )


def measure(
    comparison: Comparison, runs: int, *, enough: float = float("inf"), clock: Clock = time.perf_counter
) -> Outcome:
    """Time both sides in turn: `runs` times, or, from the second run on, until `enough` seconds have passed.

    A pair of runs before them warms both sides up. clock: in seconds; that of the processor's time leaves out
    the time that other programs take from this one.
    """
    pairs: list[tuple[float, float]] = []
    ours, first = _timed(comparison.ours, clock)
    theirs, second = _timed(comparison.theirs, clock)
    if ours + theirs >= LONG:
        pairs.append((ours, theirs))
    while len(pairs) < runs and (len(pairs) < 2 or sum(map(sum, pairs)) < enough):
        pairs.append((_timed(comparison.ours, clock)[0], _timed(comparison.theirs, clock)[0]))
    ratio = Spread.of(theirs / ours for ours, theirs in pairs)
    both = list(zip(first, second, strict=True))
    return Outcome(
        key=comparison.key,
        task=comparison.task,
        peer=comparison.peer,
        sizes=comparison.sizes,
        ours_seconds=statistics.median(ours for ours, _ in pairs),
        peer_seconds=statistics.median(theirs for _, theirs in pairs),
        ratio=ratio.median,
        ratio_low=ratio.low,
        ratio_high=ratio.high,
        runs=len(pairs),
        largest_difference=max(float(np.abs(a - b).max()) for a, b in both),
        relative_difference=max(float(np.linalg.norm(a - b) / np.linalg.norm(b)) for a, b in both),
        cosine=min(float((a * b).sum() / np.linalg.norm(a) / np.linalg.norm(b)) for a, b in both),
    )


def _timed(task: Task, clock: Clock) -> tuple[float, Sequence[Floats]]:
    start = clock()
    result = task()
    return clock() - start, result
