"""Whether the difference of two single runs is more than the noise.

The noise of the seed, where a sweep measured it. Let s be the standard deviation of a metric over the n runs
of a sweep, and X, Y two further runs of one setting. All being normal with the same variance sigma^2, X - Y
is normal with mean 0 and variance 2 sigma^2, and (n - 1) s^2 / sigma^2 is an independent chi-square of n - 1
degrees, so that (X - Y) / (s sqrt 2) has Student's t distribution of n - 1 degrees: with probability .95
    |X - Y| < t(.975, n - 1) s sqrt 2.
This is the prediction interval of a difference (Hahn and Meeker, Statistical Intervals, 1991, chapter 4,
where one new run is set against the mean of n and sqrt(1 + 1/n) stands instead: here both sides are single
runs, and no mean is estimated). Runs that are among the n make a false alarm rarer: where both are, s^2
contains their difference, and for n = 20 it comes in 3 % of all cases instead of 5 %. Two runs with one seed
share their data and their first weights, so that their difference has less noise than this.

Where both runs have a sweep of their own, the settings may have changed the noise as well: the variance of
X - Y is sA^2 + sB^2 (Welch 1947), which for equally many seeds is twice the pooled variance, and the degrees
are those of Satterthwaite (1946). One sweep that stands in both runs counts once.

Without a sweep there are only the runs' own 95 % bootstrap intervals, which hold the noise of the test
samples and nothing of the training: a weaker statement. The interval of the difference of two independent
estimates is recovered from their intervals (MOVER; Zou and Donner 2008); runs that share test samples are
more alike than that allows for.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from report_builder.verdicts import ADDITIVITY_TOLERANCE, CONFIDENCE_LEVEL

Kind = Literal["sweep", "samples"]


@dataclass(frozen=True)
class Spread:
    """Of a figure over the runs of a sweep: mean, standard deviation, number of runs (at least 2)."""

    mean: float
    sd: float
    runs: int


@dataclass(frozen=True)
class Noise:
    """What a difference must exceed in size; `runs`: of the sweep or sweeps that measured it."""

    kind: Kind
    bound: float
    runs: int | None = None


def equal(first: float, second: float) -> bool:
    """Whether two metrics differ by no more than sums of float32 in another order do."""
    return abs(second - first) <= ADDITIVITY_TOLERANCE


def of_sweeps(first: Spread | None, second: Spread | None) -> Noise | None:
    """The noise of the seed, from the sweep of either run or of both; None where neither has one."""
    from scipy.stats import t

    known = [spread for spread in (first, second) if spread is not None]
    if not known:
        return None
    if len(known) == 2 and known[0] != known[1]:
        variances = [spread.sd**2 for spread in known]
        variance = sum(variances)
        parts = sum(v**2 / (spread.runs - 1) for v, spread in zip(variances, known, strict=True))
        degrees = variance**2 / parts if parts else 1.0
        runs = sum(spread.runs for spread in known)
    else:
        variance, degrees, runs = 2 * known[0].sd ** 2, known[0].runs - 1, known[0].runs
    quantile = float(t.ppf((1 + CONFIDENCE_LEVEL) / 2, degrees))
    return Noise("sweep", quantile * math.sqrt(variance), runs)


def of_samples(
    first: float, first_interval: tuple[float, float], second: float, second_interval: tuple[float, float]
) -> Noise:
    """The noise of the test samples: how far the interval of the difference reaches towards zero."""
    if second >= first:
        arms = second - second_interval[0], first_interval[1] - first
    else:
        arms = second_interval[1] - second, first - first_interval[0]
    return Noise("samples", math.hypot(*arms))
