"""What is measured of a map: where it looks, whether its order of pixels and its sums over parts hold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import interpolate

from report_builder.methods.cam import upsample
from report_builder.methods.pixel_deletion import area_under_curve, deletion_curves, pixel_order
from report_builder.methods.scores import magnitude

Direction = Literal["deletion", "insertion"]

BLUR = 10  # how many times coarser the blurred copies are
# Methods that share out the logit: the sign of their maps speaks for or against the class. The size of the
# others says how sensitive the logit is, whatever the sign.
EVIDENCE = frozenset(
    {
        "input_x_gradient",
        "cam",
        "integrated_gradients",
        "from_mean_colour",
        "gradient_shap",
        "deeplift",
        "occlusion",
        "lime_image",
    }
)


def full_size(maps: Tensor, size: tuple[int, int]) -> Tensor:
    """Maps (n, h', w') upsampled to the image's size; maps (n, 3, h, w) as they are."""
    return maps if maps.ndim == 4 or maps.shape[-2:] == size else upsample(maps, size)


def heat(maps: Tensor) -> Tensor:
    """What the eye is drawn to, (n, h, w) and not negative: over channels the sum of sizes, of a map without
    channels the positive part.
    """
    return magnitude(maps) if maps.ndim == 4 else maps.clamp_min(0)


def relevance(name: str, maps: Tensor) -> Tensor:
    """The order in which a method would remove pixels, (n, h, w): evidence with its sign, else the heat."""
    if name in EVIDENCE:
        return maps.sum(1) if maps.ndim == 4 else maps
    return heat(maps)


def deletion_and_insertion(
    network: nn.Module,
    images: Tensor,
    classes: Tensor,
    maps: Mapping[str, Tensor],
    *,
    steps: int,
    seed: int,
) -> dict[str, dict[Direction, np.ndarray]]:
    """Per method the areas (n,) under both curves. Deletion ends at the mean colour, insertion starts from a
    blur. maps: (n, h, w) or (n, 3, h, w) by method; seed: of the order of equal values.
    """
    orders = [pixel_order(relevance(name, values), seed=seed) for name, values in maps.items()]
    places = torch.stack(orders).to(images.device)
    mean = images.mean((2, 3), keepdim=True)
    ways: tuple[tuple[Direction, Tensor], ...] = (("deletion", mean), ("insertion", blur(images)))
    found: dict[str, dict[Direction, np.ndarray]] = {name: {} for name in maps}
    for direction, baseline in ways:
        curves = deletion_curves(
            network, images, classes, places, baseline=baseline, direction=direction, steps=steps
        )
        for name, areas in zip(maps, area_under_curve(curves.double()).cpu().numpy(), strict=True):
            found[name][direction] = areas
    return found


def blur(images: Tensor) -> Tensor:
    """Copies in which nothing small can be made out: a tenth of the resolution."""
    size = images.shape[-2:]
    small = interpolate(images, [max(1, edge // BLUR) for edge in size], mode="bilinear", antialias=True)
    return interpolate(small, size, mode="bilinear", align_corners=False)
