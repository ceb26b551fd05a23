"""Scores of maps against masks and part maps: does an explanation look where it should?

A map is (h, w) and not negative; a signed attribution is turned into one by `magnitude`, or by keeping what
is positive. Ties are scored by their expectation under a random order, so that a constant map scores what
chance would.

Sources: Zhang et al. 2016, Top-down Neural Attention by Excitation Backprop (pointing game); Arras, Osman
and Samek 2022, CLEVR-XAI (mass and rank accuracy); Hesse, Schaub-Meyer and Roth 2023, FunnyBirds (part
importance).
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from report_builder.methods.agreement import Estimate
from report_builder.methods.rank_correlation import rank_correlation

# Two parts can only be ranked right or wrong: fewer than this many tell nothing.
MINIMUM_PARTS = 3


def magnitude(attributions: Tensor) -> Tensor:
    """Maps (n, h, w) of signed attributions (n, 3, h, w) or (n, h, w): absolute values, summed over
    channels.
    """
    return attributions.abs().sum(1) if attributions.ndim == 4 else attributions.abs()


def pointing_game(maps: Tensor, masks: Tensor) -> Tensor:
    """(n,): is the maximum of the map inside the mask? 1 or 0; with several maxima, the share inside.

    maps: (n, h, w), not negative. masks: (n, h, w) bool; the object, or one of its parts. Raises ValueError
    if the shapes differ, a map has a negative value or one that is not finite, or a mask is empty.
    """
    values, inside = _rows(maps, masks)
    top = values == values.amax(1, keepdim=True)
    return (top & inside).sum(1).to(values) / top.sum(1)


def mass_accuracy(maps: Tensor, masks: Tensor) -> Tensor:
    """(n,): share of the map's sum that lies inside the mask. Arguments and errors as in `pointing_game`.

    A map of zeros counts as the uniform map: the share of the area.
    """
    values, inside = _rows(maps, masks)
    values = torch.where(values.sum(1, keepdim=True) > 0, values, torch.ones_like(values))
    # Scaled first: the sum of very small values could underflow.
    values = values / values.amax(1, keepdim=True)
    return (values * inside).sum(1) / values.sum(1)


def rank_accuracy(maps: Tensor, masks: Tensor) -> Tensor:
    """(n,): of the k largest values, k being the pixels of the mask, the share inside the mask.

    Arguments and errors as in `pointing_game`.
    """
    values, inside = _rows(maps, masks)
    k = inside.sum(1, keepdim=True)
    threshold = values.sort(dim=1, descending=True).values.gather(1, k - 1)
    above, tied = values > threshold, values == threshold
    share = (tied & inside).sum(1).to(values) / tied.sum(1)
    return ((above & inside).sum(1) + (k[:, 0] - above.sum(1)) * share) / k[:, 0]


def part_sums(maps: Tensor, part_maps: Tensor, parts: Tensor) -> Tensor:
    """(n, p): sum of each map (n, h, w) over the pixels of `part_maps` (n, h, w) that carry each label of
    `parts` (p,). Maps may be signed: a part that speaks against the class gets a negative sum.
    """
    if maps.shape != part_maps.shape:
        raise ValueError(f"maps {tuple(maps.shape)} and part maps {tuple(part_maps.shape)} differ")
    return torch.stack([(maps * (part_maps == part)).sum((1, 2)) for part in parts.to(part_maps)], dim=1)


def part_importance(sums: NDArray[np.float64], drops: NDArray[np.float64]) -> NDArray[np.float64]:
    """(n,): per scene, Spearman correlation of the attribution of its parts with the true drops of the logit.

    sums: (n, p) from `part_sums`. drops: (n, p), logit of the scene less that of the same scene rendered
    without the part; NaN for a part that the scene does not have. NaN where a scene has fewer than three
    parts or drops that are all equal; 0 where the attributions are.

    Raises ValueError if the shapes differ or a sum is not finite.
    """
    if sums.shape != drops.shape or not np.isfinite(sums).all():
        raise ValueError(f"finite sums and drops of one shape are needed, not {sums.shape} and {drops.shape}")
    result = np.full(len(sums), np.nan)
    for i, (attribution, drop) in enumerate(zip(sums, drops, strict=True)):
        there = np.isfinite(drop)
        if there.sum() >= MINIMUM_PARTS and np.ptp(drop[there]) > 0:
            result[i] = rank_correlation(attribution[None, there], drop[None, there])[0]
    return result


def means_with_intervals(
    scores: Mapping[str, NDArray[np.float64]], *, seed: int, resamples: int = 2000
) -> dict[str, Estimate]:
    """Mean of each method's scores (n,) over the same n images, with its 95 % percentile-bootstrap interval.

    All methods share the resampled images: the intervals of a method do not depend on the others, and those
    of a difference come out by passing the difference as a method of its own.

    Raises ValueError for no scores, lengths that differ, or scores that are not finite.
    """
    table = np.array(list(scores.values()), dtype=np.float64)
    if table.ndim != 2 or table.size == 0 or not np.isfinite(table).all():
        raise ValueError("each method needs finite scores of the same images, at least one")
    n = table.shape[1]
    weights = np.random.default_rng(seed).multinomial(n, np.full(n, 1 / n), size=resamples) / n
    low, high = np.percentile(weights @ table.T, [2.5, 97.5], axis=0)
    return {
        name: Estimate(float(row.mean()), float(low[i]), float(high[i]))
        for i, (name, row) in enumerate(zip(scores, table, strict=True))
    }


def difference_of_means(
    first: NDArray[np.float64], second: NDArray[np.float64], *, seed: int, resamples: int = 2000
) -> Estimate:
    """Mean of `first` (n,) less mean of `second` (m,), two samples drawn apart, with its 95 %
    percentile-bootstrap interval.
    """
    random = np.random.default_rng(seed)
    means = []
    for values in (first, second):
        n = len(values)
        means.append(random.multinomial(n, np.full(n, 1 / n), size=resamples) @ values / n)
    low, high = np.percentile(means[0] - means[1], [2.5, 97.5])
    return Estimate(float(first.mean() - second.mean()), float(low), float(high))


def _rows(maps: Tensor, masks: Tensor) -> tuple[Tensor, Tensor]:
    """Maps and masks as (n, pixels), checked."""
    if maps.ndim != 3 or maps.shape != masks.shape:
        raise ValueError(f"maps {tuple(maps.shape)} and masks {tuple(masks.shape)} must be (n, h, w) alike")
    if not torch.isfinite(maps).all() or (maps < 0).any():
        raise ValueError("a map has values that are negative or not finite")
    inside = masks.flatten(1).bool()
    if not inside.any(1).all():
        raise ValueError("a mask is empty: leave out the images that do not show what is looked for")
    return maps.flatten(1), inside
