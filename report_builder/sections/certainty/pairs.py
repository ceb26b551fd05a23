"""Which models the runs tell apart: paired differences over the seeds, with Holm's correction."""

from __future__ import annotations

from itertools import combinations

import numpy as np

from report_builder.methods.holm import holm
from report_builder.methods.resampled_t import resampled_mean
from report_builder.pipeline.step import Values
from report_builder.sections.certainty.metrics import LOWER_IS_BETTER, Scores
from report_builder.verdicts import CONFIDENCE_LEVEL


def compared(scores: Scores) -> Values:
    """Every pair of models by "<first>_<second>" and metric; differences are the first less the second.

    p: of the corrected resampled t-test; p_holm: corrected over all pairs of one metric; told_apart:
    whether it lies below 1 less the level of confidence. wins: seeds in which the first is better, in which
    both are equal, in which the second is better. All of a metric is None where no run has it of both
    models.
    """
    pairs = list(combinations(scores.table, 2))
    result: Values = {f"{first}_{second}": {} for first, second in pairs}
    for metric in next(iter(scores.table.values())):
        found = {f"{a}_{b}": _pair(scores, a, b, metric) for a, b in pairs}
        known = {name: pair["p"] for name, pair in found.items() if pair and pair["p"] is not None}
        corrected = dict(zip(known, holm(list(known.values())), strict=True))
        for name, pair in found.items():
            if pair:
                p = float(corrected[name]) if name in corrected else None
                pair |= {"p_holm": p, "told_apart": p is not None and p < 1 - CONFIDENCE_LEVEL}
            result[name][metric] = pair
    return result


def told_apart(part: str, found: Values) -> list[Values]:
    """The pairs of `compared` that the runs tell apart, with the better model."""
    return [
        {"part": part, "pair": name, "metric": metric, "better": pair["better"]}
        for name, metrics in found.items()
        for metric, pair in metrics.items()
        if pair and pair["told_apart"]
    ]


def _pair(scores: Scores, first: str, second: str, metric: str) -> Values | None:
    difference = scores.table[first][metric] - scores.table[second][metric]
    known = difference[np.isfinite(difference)]
    if len(known) == 0:
        return None
    found = resampled_mean(known, test_ratio=scores.ratio(first), level=CONFIDENCE_LEVEL)
    gain = -known if metric in LOWER_IS_BETTER else known
    ahead = -found.mean if metric in LOWER_IS_BETTER else found.mean
    return {
        "difference": found.mean,
        "sd": found.sd,
        "interval": None if found.low is None else [found.low, found.high],
        "p": found.p,
        "wins": [int((gain > 0).sum()), int((gain == 0).sum()), int((gain < 0).sum())],
        "better": None if ahead == 0 else first if ahead > 0 else second,
        "seeds": found.n,
    }
