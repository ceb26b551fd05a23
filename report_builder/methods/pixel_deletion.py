"""Deletion and insertion: does the probability follow the pixels in the order of the map?

Sources: Samek et al. 2017, Evaluating the Visualization of What a Deep Neural Network Has Learned (pixel
flipping); Petsiuk, Das and Saenko 2018, RISE (deletion and insertion curves and their area).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import torch
from torch import Tensor

from report_builder.methods.batching import MemoryBudget, images_at_once

Predict = Callable[[Tensor], Tensor]


def pixel_order(maps: Tensor, *, seed: int) -> Tensor:
    """(n, h, w) int64: each pixel's place, 0 for the largest value of its map. Equal values: in random order.

    Grad-CAM leaves much of an image at zero; in raster order those pixels would be taken from the top left.
    """
    flat = maps.flatten(1)
    shuffle = torch.randperm(flat.shape[1], generator=torch.Generator().manual_seed(seed)).to(maps.device)
    order = shuffle[flat[:, shuffle].argsort(dim=1, descending=True, stable=True)]
    places = torch.arange(flat.shape[1], device=maps.device).expand_as(order)
    return torch.empty_like(order).scatter_(1, order, places).view(maps.shape)


def deletion_curves(
    network: Predict,
    images: Tensor,
    classes: Tensor,
    places: Tensor,
    *,
    baseline: float | Tensor,
    direction: Literal["deletion", "insertion"] = "deletion",
    steps: int = 28,
    batch: int | None = None,
) -> Tensor:
    """Probability (..., n, steps + 1) of the target class as pixels change in their order, in equal steps.

    Deletion starts from the image and puts the baseline in; insertion starts from the baseline and puts the
    image in. network: (m, 3, h, w) -> logits (m, k). images: (n, 3, h, w). classes: (n,). places:
    (..., n, h, w) from `pixel_order`, of several maps of the same images at once: their curves share both
    ends, which are computed once. baseline: a number, or a tensor that broadcasts to the images (blurred
    copies of them).

    Raises ValueError if the places do not fit the images or `steps` is not within 1 to the pixels.
    """
    n, _, height, width = images.shape
    if places.shape[-3:] != (n, height, width) or not 1 <= steps <= height * width:
        raise ValueError(
            f"places {tuple(places.shape)} in {steps} steps do not fit images {tuple(images.shape)}"
        )
    covers = torch.as_tensor(baseline, dtype=images.dtype, device=images.device).expand_as(images)
    before, after = (images, covers) if direction == "deletion" else (covers, images)
    changed = torch.linspace(0, height * width, steps + 1, dtype=torch.float64).round().long()
    inner = changed[1:-1].to(images.device)
    flat = places.reshape(-1, height, width)
    budget = MemoryBudget(batch or images_at_once(images))

    def probabilities(shown: Tensor, image: Tensor) -> Tensor:
        return network(shown).softmax(1).gather(1, classes[image][:, None])[:, 0]

    ends, which = torch.cat([before, after]), torch.arange(2 * n, device=images.device) % n

    def between(block: slice) -> Tensor:
        index = torch.arange(block.start, block.stop, device=images.device)
        row, stage = index // len(inner), index % len(inner)
        image = row % n
        out = (flat[row] < inner[stage][:, None, None])[:, None]
        return probabilities(torch.where(out, after[image], before[image]), image)

    with torch.no_grad():
        outer = torch.cat(budget.run(2 * n, 1, lambda block: probabilities(ends[block], which[block])))
        middle = [outer[:0], *budget.run(len(flat) * len(inner), 1, between)]
    first, last = outer.view(2, n).repeat(1, len(flat) // n)[..., None]
    curves = torch.cat([first, torch.cat(middle).view(len(flat), len(inner)), last], dim=1)
    return curves.view(*places.shape[:-2], steps + 1)


def area_under_curve(curves: Tensor) -> Tensor:
    """(...) of curves (..., steps + 1), in their unit: trapezoidal area over the share of changed pixels.

    Of deletion curves small areas are good, of insertion curves large ones.
    """
    return torch.trapezoid(curves, dx=1 / (curves.shape[-1] - 1), dim=-1)
