"""Mean of a score over runs on random splits of the same rows, with the corrected resampled t-test.

Runs on resampled rows share most of their training rows, so their scores vary less than scores of fresh data
would, and the ordinary t-test finds differences that are not there. The correction widens the variance of the
mean from s^2 / n to s^2 (1 / n + rows tested / rows trained on).

Source: Nadeau and Bengio 2003, Inference for the Generalization Error, Machine Learning 52.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import t as student


@dataclass(frozen=True)
class ResampledMean:
    """A mean over n runs. sd: of the runs, with n - 1; low, high: of the interval of the mean; p: two-sided,
    for a mean of zero. All but the mean are None where there is one run only.
    """

    n: int
    mean: float
    sd: float | None
    low: float | None
    high: float | None
    p: float | None


def resampled_mean(values: ArrayLike, *, test_ratio: float, level: float = 0.95) -> ResampledMean:
    """Mean of `values` (n,), one per run, by the t distribution with n - 1 degrees of freedom.

    values: a metric, or the difference of two models on the same test rows of the same run. test_ratio: rows
    tested over rows trained on; 0 for runs on data of their own, which is the ordinary (paired) t-test.
    Equal values have an interval of no width, and p is 1 where they are zero and 0 where they are not.

    Raises ValueError for no values, values that are not finite, a negative ratio, or a level outside (0, 1).
    """
    x = np.asarray(values, dtype=np.float64)
    if x.ndim != 1 or len(x) == 0 or not np.isfinite(x).all():
        raise ValueError("finite values (n,) of at least one run are needed")
    if not (0 <= test_ratio < np.inf and 0 < level < 1):
        raise ValueError(f"a ratio of {test_ratio} and a level of {level} make no interval")
    n = len(x)
    if n == 1:
        return ResampledMean(n, float(x[0]), None, None, None, None)
    mean, sd = float(x.mean()), float(x.std(ddof=1))
    if np.ptp(x) == 0 or sd == 0:  # the rounding of the mean is no spread
        mean = float(x[0])
        return ResampledMean(n, mean, 0.0, mean, mean, float(mean == 0))
    error = sd * float(np.sqrt(1 / n + test_ratio))
    half = error * float(student.ppf((1 + level) / 2, n - 1))
    p = float(2 * student.sf(abs(mean) / error, n - 1))
    return ResampledMean(n, mean, sd, mean - half, mean + half, p)
