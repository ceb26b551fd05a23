"""Maps that look at no network: what an explanation must beat to have told anything.

Source: Adebayo et al. 2018, Sanity Checks for Saliency Maps (edge detectors look like explanations).
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

CENTRE_WIDTH = 0.25  # standard deviation of the centre prior, in image sides


def random_maps(count: int, height: int, width: int, *, seed: int) -> Tensor:
    """(count, height, width) of independent uniform values, float64 on the CPU, the same on every device."""
    generator = torch.Generator().manual_seed(seed)
    return torch.rand(count, height, width, generator=generator, dtype=torch.float64)


def centre_prior(height: int, width: int) -> Tensor:
    """(height, width) float64: a Gaussian bump in the middle, 1 at its peak: photographers centre what they
    show.
    """
    rows, columns = (
        (torch.arange(length, dtype=torch.float64) - (length - 1) / 2) / (CENTRE_WIDTH * length)
        for length in (height, width)
    )
    return torch.exp(-(rows[:, None] ** 2 + columns**2) / 2)


def edge_maps(images: Tensor) -> Tensor:
    """(n, h, w): length of the Sobel gradient of the mean over the channels; borders repeated."""
    grey = nn.functional.pad(images.mean(1, keepdim=True), [1] * 4, mode="replicate")
    smooth, slope = torch.tensor([1.0, 2.0, 1.0]).to(images), torch.tensor([-1.0, 0.0, 1.0]).to(images)
    kernels = torch.stack([smooth[:, None] * slope, slope[:, None] * smooth])[:, None] / 8
    return nn.functional.conv2d(grey, kernels).square().sum(1).sqrt()
