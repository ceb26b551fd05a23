"""Small random shifts, scalings and rotations, a draw of its own for each image of a batch."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn


@dataclass(frozen=True)
class Jitter:
    """How far an image may move: up to `shift` pixels along each axis, scaled by a factor within 1 - scale to
    1 + scale, rotated by up to `degrees`. What moves in from outside is the image's mirror image.
    """

    shift: float = 0.0
    scale: float = 0.0
    degrees: float = 0.0

    def __post_init__(self) -> None:
        if min(self.shift, self.scale, self.degrees) < 0 or self.scale >= 1:
            raise ValueError(f"a jitter must not be negative, its scale below 1: {self}")

    @property
    def moves(self) -> bool:
        return max(self.shift, self.scale, self.degrees) > 0


def jittered(images: Tensor, jitter: Jitter, generators: Sequence[torch.Generator]) -> Tensor:
    """Copies (n, c, h, w) of the images, each moved by its own generator's draw; differentiable.

    Shifts without scaling or rotation are whole pixels and leave the values as they are. generators: n of
    them, on the CPU.
    """
    if not jitter.moves:
        return images
    # Four draws in any case, so that one kind of movement does not change the draws of another.
    draws = torch.stack([torch.rand(4, generator=g, dtype=torch.float64) for g in generators]) * 2 - 1
    down, right = (draws[:, :2] * jitter.shift).unbind(1)
    if jitter.scale == 0 and jitter.degrees == 0:
        return _rolled(images, down.round().long(), right.round().long())
    height, width = images.shape[2:]
    angle = draws[:, 2] * jitter.degrees * math.pi / 180
    zoom = 1 / (1 + draws[:, 3] * jitter.scale)
    cosine, sine = zoom * angle.cos(), zoom * angle.sin()
    # grid_sample counts from -1 to 1 over the height as over the width: a rotation needs their ratio.
    theta = torch.stack(
        [
            torch.stack([cosine, -sine * height / width, -2 * right / width], dim=1),
            torch.stack([sine * width / height, cosine, -2 * down / height], dim=1),
        ],
        dim=1,
    ).to(images)
    grid = nn.functional.affine_grid(theta, list(images.shape), align_corners=False)
    return nn.functional.grid_sample(
        images, grid, mode="bilinear", padding_mode="reflection", align_corners=False
    )


def _rolled(images: Tensor, down: Tensor, right: Tensor) -> Tensor:
    """Moved by whole pixels, mirrored at the borders."""
    height, width = images.shape[2:]
    margin = int(max(down.abs().max(), right.abs().max()))
    wide = nn.functional.pad(images, [margin] * 4, mode="reflect")
    return torch.stack(
        [
            image[:, margin - y : margin - y + height, margin - x : margin - x + width]
            for image, y, x in zip(wide, down.tolist(), right.tolist(), strict=True)
        ]
    )
