"""What is measured of a map: where it looks, whether its order of pixels and its sums over parts hold."""

from __future__ import annotations

from typing import Literal

import numpy as np
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
    network: nn.Module, images: Tensor, classes: Tensor, order: Tensor, blurred: Tensor, steps: int
) -> dict[str, np.ndarray]:
    """Areas (n,) under both curves. Deletion ends at the mean colour, insertion starts from a blur."""
    mean = images.mean((2, 3), keepdim=True)
    ways: tuple[tuple[Direction, Tensor], ...] = (("deletion", mean), ("insertion", blurred))
    found: dict[str, np.ndarray] = {}
    for direction, baseline in ways:
        curves = deletion_curves(
            network, images, classes, order, baseline=baseline, direction=direction, steps=steps
        )
        found[direction] = area_under_curve(curves.double()).cpu().numpy()
    return found


def blur(images: Tensor) -> Tensor:
    """Copies in which nothing small can be made out: a tenth of the resolution."""
    size = images.shape[-2:]
    small = interpolate(images, [max(1, edge // BLUR) for edge in size], mode="bilinear", antialias=True)
    return interpolate(small, size, mode="bilinear", align_corners=False)


def places(name: str, maps: Tensor, seed: int) -> Tensor:
    """The order of a map's pixels for `deletion_and_insertion`."""
    return pixel_order(relevance(name, maps), seed=seed)
