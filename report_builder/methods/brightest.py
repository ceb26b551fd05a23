"""The brightest pixels of maps, and how much of them lies in a region."""

from __future__ import annotations

import torch
from torch import Tensor


def brightest(maps: Tensor, share: float) -> Tensor:
    """(n, h, w): 1 for the brightest `share` of each map's pixels, 0 for the others.

    maps: (n, h, w). At least one pixel counts. Pixels that are equal at the threshold share what is left, so
    that a constant map has `share` everywhere and chance stays chance. Raises ValueError for a share that is
    not within 0 and 1.
    """
    if not 0 < share <= 1:
        raise ValueError(f"a share lies within 0 and 1, not {share}")
    values = maps.flatten(1)
    count = max(1, round(share * values.shape[1]))
    threshold = values.topk(count, dim=1).values[:, -1:]
    above, tied = values > threshold, values == threshold
    left = (count - above.sum(1, keepdim=True)).to(values)
    return (above + tied * left / tied.sum(1, keepdim=True)).view(maps.shape)


def share_inside(weights: Tensor, regions: Tensor) -> Tensor:
    """(n,): of the sum of each (n, h, w) `weights`, not negative, the share in its region (n, h, w), 0 to 1.

    Weights of zeros count as uniform: the share is the region's area.
    """
    values, inside = weights.double().flatten(1), regions.double().flatten(1)
    tops = values.amax(1, keepdim=True)
    values = torch.where(tops > 0, values / tops.clamp_min(torch.finfo(torch.double).tiny), 1.0)
    return (values * inside).sum(1) / values.sum(1)
