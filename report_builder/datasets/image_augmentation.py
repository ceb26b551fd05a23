"""What training pictures of unknown subjects go through: only what leaves a digit or a text readable."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn.functional import pad

MOST_SHIFT = 0.06  # of the edge
MOST_BRIGHTNESS = 0.2


def shift_and_brighten(images: Tensor, generator: torch.Generator) -> Tensor:
    """Images (n, 3, h, w) in [0, 1], each moved by a few pixels, its edges repeated, and lighter or darker.

    Nothing is mirrored or turned: that makes one digit, letter or sign of another.
    """
    count, _, height, width = images.shape
    down, across = (max(1, round(MOST_SHIFT * edge)) for edge in (height, width))
    padded = pad(images, (across, across, down, down), mode="replicate")
    top = torch.randint(0, 2 * down + 1, (count,), generator=generator)
    left = torch.randint(0, 2 * across + 1, (count,), generator=generator)
    moved = torch.stack(
        [
            image[:, y : y + height, x : x + width]
            for image, y, x in zip(padded, top.tolist(), left.tolist(), strict=True)
        ]
    )
    factors = 1 + MOST_BRIGHTNESS * (2 * torch.rand(count, generator=generator) - 1)
    return (moved * factors.view(-1, 1, 1, 1)).clamp(0, 1)
