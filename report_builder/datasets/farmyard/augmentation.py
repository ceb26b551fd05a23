"""What training images go through, and the same faults at fixed strength for testing; images in [0, 1]."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn.functional import conv2d, pad

LUMA = (0.299, 0.587, 0.114)
CORRUPTIONS = ("blur", "grey", "noise")
TEST_BLUR = 1.5
TEST_NOISE = 0.1
MAX_NOISE = 0.15


def blur(images: Tensor, sigma: float) -> Tensor:
    """Gaussian blur of (n, 3, h, w), sigma in pixels, edges repeated."""
    reach = max(1, round(3 * sigma))
    offsets = torch.arange(-reach, reach + 1, dtype=images.dtype, device=images.device)
    kernel = torch.exp(-0.5 * (offsets / sigma) ** 2)
    kernel = (kernel / kernel.sum()).expand(3, 1, 1, -1)
    padded = pad(images, (reach,) * 4, mode="replicate")
    return conv2d(conv2d(padded, kernel, groups=3), kernel.transpose(2, 3), groups=3)


def grey(images: Tensor) -> Tensor:
    """Luma (ITU-R BT.601) in all three channels."""
    weights = torch.tensor(LUMA, dtype=images.dtype, device=images.device).view(1, 3, 1, 1)
    return (images * weights).sum(1, keepdim=True).expand_as(images)


def noise(images: Tensor, sigma: float | Tensor, generator: torch.Generator) -> Tensor:
    """Normal noise added to each value, then clipped to [0, 1]. The numbers are drawn on the CPU."""
    drawn = torch.randn(images.shape, generator=generator, dtype=images.dtype).to(images.device)
    return (images + sigma * drawn).clamp(0, 1)


def corrupt(images: Tensor, corruption: str, seed: int) -> Tensor:
    """The images (n, 3, h, w) under "blur", "grey" or "noise" of the strength that accuracy is tested at.

    Raises ValueError for another corruption.
    """
    if corruption == "blur":
        return blur(images, TEST_BLUR)
    if corruption == "grey":
        return grey(images)
    if corruption == "noise":
        return noise(images, TEST_NOISE, torch.Generator().manual_seed(seed))
    raise ValueError(f"unknown corruption {corruption!r}")


def augment(images: Tensor, generator: torch.Generator) -> Tensor:
    """Mirrored, blurred, grey, of another gamma or noisy, each image by its own chance; (n, 3, h, w)."""
    count = len(images)

    def chance(probability: float) -> Tensor:
        return torch.rand(count, generator=generator) < probability

    def uniform(low: float, high: float, number: int) -> Tensor:
        return (low + (high - low) * torch.rand(number, generator=generator)).view(-1, 1, 1, 1)

    images = images.clone()
    chosen = chance(0.5)
    images[chosen] = images[chosen].flip(-1)
    chosen = chance(0.2)
    images[chosen] = blur(images[chosen], float(uniform(0.5, 2.0, 1)))
    chosen = chance(0.15)
    images[chosen] = grey(images[chosen])
    chosen = chance(0.4)
    images[chosen] = images[chosen].clamp_min(1e-4) ** uniform(0.6, 1.7, int(chosen.sum()))
    chosen = chance(0.3)
    images[chosen] = noise(images[chosen], uniform(0.0, MAX_NOISE, int(chosen.sum())), generator)
    return images
