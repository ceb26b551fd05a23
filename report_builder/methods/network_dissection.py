"""Which part of the object a filter finds, by exact masks.

Source: Bau, Zhou, Khosla, Oliva and Torralba 2017, Network Dissection: Quantifying Interpretability of Deep
Visual Representations.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

TOP = 0.005  # share of its values at which a filter counts as active
DETECTOR = 0.04  # overlap above which the source calls a filter a detector of the part


def active(maps: Tensor) -> Tensor:
    """(n, k, h, w) bool: where a filter is above the value that only a share TOP of its values exceeds, over
    all the maps (n, k, h, w); zero and less is never active.
    """
    values = maps.transpose(0, 1).flatten(1)
    rank = max(1, round(values.shape[1] * (1 - TOP)))
    threshold = values.kthvalue(rank, dim=1).values.clamp_min(0)
    return maps > threshold[:, None, None]


def counts_per_cell(masks: Tensor, height: int, width: int) -> Tensor:
    """(n, height, width): pixels of the masks (n, H, W) bool under each cell of a coarser map.

    Every pixel lies under one cell, as when the map is enlarged by repeating its values.
    """
    down, right = (
        _cells(size, cells, masks.device)
        for size, cells in zip(masks.shape[1:], (height, width), strict=True)
    )
    return down @ masks.float() @ right.T


@dataclass(frozen=True)
class PartCells:
    """Where parts lie, in the cells of a map: counted once for all filters of its size."""

    counts: Tensor  # (p, n, h, w): pixels of each part under each cell
    pixels: Tensor  # (1, h, w): all pixels under it

    @classmethod
    def of(cls, parts: Tensor, labels: Sequence[int], height: int, width: int) -> PartCells:
        """Of label maps (n, H, W), in which `labels` are looked for."""
        counts = torch.stack([counts_per_cell(parts == label, height, width) for label in labels])
        everything = torch.ones_like(parts[:1], dtype=torch.bool)
        return cls(counts, counts_per_cell(everything, height, width))


def part_overlap(found: Tensor, cells: PartCells, order: Tensor | None = None) -> Tensor:
    """(k, p): intersection over union of where each filter is active and each part, over all pictures.

    found: (n, k, h, w) bool from `active`. A part that no picture shows gets 0. order: (n,) the picture whose
    parts stand in for those of each picture, to see what overlap comes by chance.
    """
    counts = cells.counts if order is None else cells.counts[:, order]
    shared = found.transpose(0, 1).flatten(1).float() @ counts.flatten(1).T
    area = (found.sum(0) * cells.pixels).sum((1, 2))
    return shared / (area[:, None] + counts.sum((1, 2, 3)) - shared).clamp_min(1)


def share_inside(maps: Tensor, masks: Tensor) -> Tensor:
    """(k,): share of the positive part of each filter's maps (n, k, h, w), over all pictures, that lies in
    the masks (n, H, W) bool; NaN for a filter without any.
    """
    height, width = maps.shape[2:]
    pixels = counts_per_cell(torch.ones_like(masks[:1]), height, width)
    positive = maps.clamp_min(0).double()
    inside = (positive * counts_per_cell(masks, height, width)[:, None]).sum((0, 2, 3))
    return inside / (positive * pixels).sum((0, 2, 3))


def _cells(size: int, cells: int, device: torch.device) -> Tensor:
    """(cells, size): 1 where a pixel lies under a cell."""
    under = torch.arange(size, device=device) * cells // size
    return (under == torch.arange(cells, device=device)[:, None]).float()
