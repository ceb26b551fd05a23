"""What the filters of a layer answer to: orientations, colours, classes.

A filter's response to a picture is the mean of the positive part of its map. Every statistic is a share, so
that it does not change when a filter is scaled. NaN where a filter does not respond at all.

Sources: Ringach, Shapley and Hawken 2002, Orientation Selectivity in Macaque V1 (circular variance);
Rafegas, Vanrell, Alexandre and Arias 2020, Understanding Trained CNNs by Indexing Neuron Selectivity (colour
selectivity); Kelley 1935, An Unbiased Correlation Ratio Measure (epsilon squared).
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from torch import Tensor

STRONGEST = 10  # pictures on which colour selectivity is measured, those that the filter answers most to


def responses(maps: Tensor) -> Tensor:
    """(n, k): the mean of the positive part of each map of (n, k, h, w)."""
    return maps.clamp_min(0).mean((2, 3))


def gratings(
    size: int, *, orientations: int, periods: Sequence[float], phases: int, like: Tensor | None = None
) -> Tensor:
    """Grey gratings of full contrast: pixels (orientations, periods, phases, 3, size, size) in [0, 1].

    Their stripes run at i * 180 / orientations degrees, anticlockwise from horizontal; periods in pixels.
    """
    like = torch.empty(0) if like is None else like
    place = torch.arange(size, dtype=torch.float64) - (size - 1) / 2
    angles = torch.arange(orientations, dtype=torch.float64) * math.pi / orientations
    # Across the stripes; rows count downwards.
    across = angles.cos()[:, None, None] * place[:, None] + angles.sin()[:, None, None] * place
    waves = torch.stack([2 * math.pi * across / period for period in periods], dim=1)
    shifts = torch.arange(phases, dtype=torch.float64) * 2 * math.pi / (2 * phases)
    pictures = (1 + (waves[:, :, None] + shifts[:, None, None]).sin()) / 2
    return pictures[:, :, :, None].expand(-1, -1, -1, 3, -1, -1).to(like)


def orientation_selectivity(answers: Tensor) -> Tensor:
    """(k,): 1 - circular variance of the responses to gratings (orientations, periods, phases, k).

    Averaged over the phases, at the period with the strongest response: 0 for equal responses to all
    orientations, 1 for a response to a single one.
    """
    tuning = answers.double().mean(2)
    best = tuning.amax(0).argmax(0)  # (k,) the period
    curves = tuning.gather(1, best[None, None].expand(len(tuning), 1, -1))[:, 0]
    # An orientation is the same after half a turn, so that its angle counts twice.
    doubled = torch.arange(len(curves), dtype=torch.float64, device=curves.device) * 2 * math.pi / len(curves)
    vector = torch.hypot((curves * doubled.cos()[:, None]).sum(0), (curves * doubled.sin()[:, None]).sum(0))
    return vector / curves.sum(0)


def grey(pixels: Tensor) -> Tensor:
    """Pictures (n, 3, h, w) without colour: every channel is the mean of the three."""
    return pixels.mean(1, keepdim=True).expand_as(pixels)


def colour_selectivity(coloured: Tensor, without: Tensor) -> Tensor:
    """(k,): the share of the response that is lost when the pictures are made grey.

    coloured, without: responses (n, k) to the same pictures with and without colour. Taken over the pictures
    that the filter answers most to. 0 where nothing is lost, 1 where all is; below 0 where grey excites more.
    """
    count = min(STRONGEST, len(coloured))
    top = coloured.argsort(dim=0, descending=True, stable=True)[:count]
    return 1 - without.gather(0, top).double().sum(0) / coloured.gather(0, top).double().sum(0)


def class_selectivity(answers: Tensor, labels: Tensor) -> Tensor:
    """(k,): the share of the variance of the responses (n, k) between pictures that their class explains.

    Epsilon squared: the share explained, less what as many classes explain by chance; 1 where pictures of a
    class get one response, near 0 (on either side) where the class makes no difference. Raises ValueError
    unless there are at least two classes, and more pictures than classes.
    """
    classes, members = torch.unique(labels, return_inverse=True)
    if not 1 < len(classes) < len(answers):
        raise ValueError(f"{len(classes)} classes among {len(answers)} pictures: no variance within classes")
    values = answers.double()
    kinds = torch.nn.functional.one_hot(members).to(values)
    means = (kinds.T @ values) / kinds.sum(0)[:, None]
    within = (values - kinds @ means).square().sum(0) / (len(values) - len(classes))
    return 1 - within / values.var(0)
