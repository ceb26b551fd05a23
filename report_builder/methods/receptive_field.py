"""Receptive fields: how much of the picture a unit of a layer can see."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from report_builder.methods.hooks import as_input, frozen, output_of


def receptive_field(network: nn.Module, images: Tensor, layer: str) -> int:
    """Side in pixels of the square around what the unit in the middle of the layer's maps depends on.

    Measured: the pixels where the gradient of the unit, in any channel and on any of the images (n, 3, h, w),
    is not zero. A rectifier or a maximum hides a path on some images, so give several that differ, noise for
    example. The size of the images where the field is larger than they are. Source: Luo, Li, Urtasun and
    Zemel 2016, Understanding the Effective Receptive Field in Deep Convolutional Neural Networks.
    """
    with frozen(network):
        pixels = as_input(images).requires_grad_()
        maps = output_of(network, pixels, layer)
        middle = maps[:, :, maps.shape[2] // 2, maps.shape[3] // 2]
        (gradient,) = torch.autograd.grad(middle.sum(), [pixels])
    seen = (gradient != 0).any(0).any(0)
    return max(_extent(seen.any(1)), _extent(seen.any(0)))


def _extent(seen: Tensor) -> int:
    places = seen.nonzero()
    return int(places.max() - places.min()) + 1 if len(places) else 0
