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
    """Probability (n, steps + 1) of the target class as pixels change in their order, in steps of equal size.

    Deletion starts from the image and puts the baseline in; insertion starts from the baseline and puts the
    image in. network: (m, 3, h, w) -> logits (m, k). images: (n, 3, h, w). classes: (n,). places: (n, h, w)
    from `pixel_order`. baseline: a number, or a tensor that broadcasts to the images (blurred copies of
    them).

    Raises ValueError if the places do not fit the images or `steps` is not within 1 to the pixels.
    """
    n, _, height, width = images.shape
    if places.shape != (n, height, width) or not 1 <= steps <= height * width:
        raise ValueError(
            f"places {tuple(places.shape)} in {steps} steps do not fit images {tuple(images.shape)}"
        )
    covers = torch.as_tensor(baseline, dtype=images.dtype, device=images.device).expand_as(images)
    before, after = (images, covers) if direction == "deletion" else (covers, images)
    changed = (
        torch.linspace(0, height * width, steps + 1, dtype=torch.float64).round().long().to(images.device)
    )

    def probability(block: slice) -> Tensor:
        index = torch.arange(block.start, block.stop, device=images.device)
        image, stage = index // (steps + 1), index % (steps + 1)
        out = (places[image] < changed[stage][:, None, None])[:, None]
        probabilities = network(torch.where(out, after[image], before[image])).softmax(1)
        return probabilities.gather(1, classes[image][:, None])[:, 0]

    with torch.no_grad():
        return torch.cat(
            MemoryBudget(batch or images_at_once(images)).run(n * (steps + 1), 1, probability)
        ).view(n, steps + 1)


def area_under_curve(curves: Tensor) -> Tensor:
    """(n,) in the curves' unit: trapezoidal area over the share of changed pixels, from 0 to 1.

    Of deletion curves small areas are good, of insertion curves large ones.
    """
    return torch.trapezoid(curves, dx=1 / (curves.shape[1] - 1), dim=1)
