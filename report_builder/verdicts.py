"""All thresholds that choose a sentence, with their source, and the functions that apply them.

A verdict is the suffix of a catalog key, so that prose cannot contradict the table beside it.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass


@dataclass(frozen=True)
class Scale:
    """Names for the ranges of a value: `names[i]` holds from `bounds[i - 1]` up to below `bounds[i]`.

    A negative value lies below all bounds, unless the scale is one of `magnitude`, which ignores the sign.
    """

    bounds: tuple[float, ...]
    names: tuple[str, ...]
    source: str
    magnitude: bool = False

    def __call__(self, value: float) -> str:
        return self.names[bisect_right(self.bounds, abs(value) if self.magnitude else value)]


correlation = Scale(
    (0.1, 0.3, 0.5),
    ("negligible", "weak", "moderate", "strong"),
    "Cohen, Statistical Power Analysis for the Behavioral Sciences, 1988: r = .1, .3, .5",
    magnitude=True,
)
imbalance = Scale(
    (1.25, 3.0, 10.0),
    ("balanced", "mild", "moderate", "severe"),
    "ratio of the larger to the smaller class; own convention, 10:1 after He and Garcia, 2009",
)
discrimination = Scale(
    (0.6, 0.7, 0.8, 0.9),
    ("poor", "weak", "acceptable", "excellent", "outstanding"),
    "Hosmer and Lemeshow, Applied Logistic Regression, 2000: AUC .7, .8, .9",
)
agreement = Scale(
    (0.4, 0.6, 0.8),
    ("poor", "moderate", "good", "very_good"),
    "rank correlation; bounds of Landis and Koch, 1977, who set them for kappa; own names",
)
surrogate_fit = Scale(
    (0.3, 0.6, 0.8),
    ("poor", "moderate", "good", "very_good"),
    "R^2 of LIME's surrogate, weighted by the kernel; own convention",
)
overfitting = Scale(
    (0.02, 0.1),
    ("none", "slight", "clear"),
    "validation loss minus training loss at the last epoch, relative to the training loss; own convention",
)
effect = Scale(
    (0.05, 0.15, 0.3),
    ("negligible", "small", "medium", "large"),
    "range of a partial dependence curve, in probability; own convention",
)
contrary = Scale(
    (0.05, 0.2),
    ("parallel", "divided", "contrary"),
    "share of the rows whose own ICE curve slopes against the average curve; own convention",
)
survival = Scale(
    (0.3, 0.8),
    ("lost", "changed", "kept"),
    "rank correlation of a map with the one after weights are drawn anew; own convention",
)
# Shares of a map that differ by less than five points are called alike; own convention.
SAME_SHARE = 0.05
roughness = Scale(
    (1.25, 3.0),
    ("alike", "more", "far_more"),
    "share of a picture's power at high frequencies, as a multiple of real pictures'; own convention",
)
answer_kept = Scale(
    (0.5, 0.9),
    ("lost", "weakened", "kept"),
    "logit of a picture after a small movement, as a share of the logit before; own convention",
)
far_back = Scale(
    (0.1, 0.5, 2.0),
    ("lost", "fades", "even", "grows"),
    "size of the gradient in the first third of a signal, as a multiple of the last third's; own convention",
)
# Deletion scores or errors closer than this, in probability, are called alike; own convention.
SAME_DELETION = 0.01
saturation = Scale(
    (-0.1, 0.1, 0.5),
    ("falling", "saturated", "partly", "free"),
    "slope at the picture as a share of the mean slope on the way there; own convention",
)
# A gradient shorter than this share of its mean length along the path has all but vanished; own convention.
VANISHED_GRADIENT = 0.2
against_chance = Scale(
    (0.8, 1.25),
    ("below", "alike", "above"),
    "share of a map's bright points as a multiple of the area's share; own convention",
)
luck = Scale(
    (0.005, 0.02),
    ("small", "visible", "large"),
    "standard deviation over seeds; up to half a point leaves the second decimal; own convention",
)
repeated = Scale(
    (0.4, 0.8),
    ("not", "partly", "again"),
    "rank correlation of explanations under two seeds; the outer bounds of `agreement`; own convention",
)
band = Scale(
    (0.5, 1.0),
    ("again", "partly", "not"),
    "width of a curve's band over seeds, as a multiple of the range of the mean curve; own convention",
)
# An effect that changes its direction in more than this share of the runs has none to report; own convention.
SIGN_FLIPS = 0.1
# Below this many seeds a standard deviation is itself uncertain by a quarter or more; own convention.
FEW_SEEDS = 10
# An answer given to this share of all noisy pictures no longer depends on the picture; own convention.
ONE_ANSWER = 0.9
# A class with this probability has more than all others together.
NAMED = 0.5
# A picture whose class has this mean probability under movements keeps it nearly always; own convention.
ROBUST_PICTURE = 0.9
# Share of an attribution's total that a feature must exceed to be described by itself; own convention.
MENTION_SHARE = 0.05
# Two models differ only if the 95 % interval of their difference leaves out zero; the usual level.
CONFIDENCE_LEVEL = 0.95
# Normal quantile of a two-sided 95 % interval: a count further off is no accident of sampling.
NOTABLE_EXCESS = 1.96
# Skewness beyond which a distribution is called highly skewed (Bulmer, Principles of Statistics, 1979).
SKEWNESS_LIMIT = 1.0
# A coefficient that changes by a "small" correlation (Cohen, 1988) is worth a sentence; own convention.
NOTABLE_CORRELATION_CHANGE = 0.1
# Mean probability minus share of positives: five points visibly shift a calibration curve; own convention.
NOTABLE_SHIFT = 0.05
# Largest additivity error that counts as rounding of float32 sums (Lundberg and Lee, 2017, demand none).
ADDITIVITY_TOLERANCE = 1e-5
# Of the largest value: what sums of float32 in another order may differ by; own convention.
ROUNDING_TOLERANCE = 1e-4
# Sums of path attributions may miss the logit's change by this share (Sundararajan et al., 2017, section 5).
COMPLETENESS_TOLERANCE = 0.05

# "Most of a map" is more than half of it; the plain meaning of the word.
MAJORITY = 0.5
# Maps that differ by less, as a share of their largest value, are equal up to rounding; own convention.
EQUAL_MAPS = 1e-3

# So many columns of a table get a panel of their own; own convention
MOST_PANELS = 16
# And so many features, or cells of a grid, a row in a table about many runs; own convention
MOST_ROWS = 10

# Those that the pages print, by the names that results.json has them under
PRINTED = {
    "confidence_level": CONFIDENCE_LEVEL,
    "completeness_tolerance": COMPLETENESS_TOLERANCE,
    "false_alarms": round(1 - CONFIDENCE_LEVEL, 10),
    "most_panels": MOST_PANELS,
    "most_rows": MOST_ROWS,
    "same_deletion": SAME_DELETION,
    "saturation": list(saturation.bounds),
    "sign_flips": SIGN_FLIPS,
}


def negligible(r: float) -> bool:
    """Whether a correlation is so small that its sign says nothing."""
    return correlation(r) == "negligible"


def direction(value: float, tolerance: float = 0.0) -> str:
    """ "up", "down" or "flat"."""
    return "flat" if abs(value) <= tolerance else "up" if value > 0 else "down"


def monotonicity(trend: float) -> str:
    """What a curve with this rank correlation does: "up", "down" or, within .9, "mixed"; own convention."""
    return "mixed" if abs(trend) < 0.9 else "up" if trend > 0 else "down"


def curve_shape(reach: float, trend: float) -> str:
    """ "flat" for a negligible reach in probability, else the monotonicity of the curve."""
    return "flat" if effect(reach) == "negligible" else monotonicity(trend)


def similarity(correlation: float | None) -> str:
    """How alike two curves are: "alike", "partly", "different", "opposite", or "undefined".

    The bounds are those of `agreement`, applied to Pearson's correlation of the curves; own convention.
    """
    if correlation is None:
        return "undefined"
    low, high, _ = agreement.bounds
    if correlation <= -low:
        return "opposite"
    return "alike" if correlation >= high else "partly" if correlation >= low else "different"


def differs(interval: tuple[float, float] | list[float]) -> bool:
    """Whether an interval of a difference leaves out zero."""
    low, high = interval
    return low > 0 or high < 0
