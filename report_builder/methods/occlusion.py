"""Occlusion sensitivity: how far the output falls when a window of the image is covered.

Source: Zeiler and Fergus 2014, Visualizing and Understanding Convolutional Networks.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import product

import torch
from torch import Tensor

from report_builder.methods.batching import MemoryBudget, images_at_once

Predict = Callable[[Tensor], Tensor]


@dataclass(frozen=True)
class Windows:
    """Square windows that slide over an image; the last one of a row or column is cut off at the edge."""

    height: int
    width: int
    size: int
    stride: int

    def __post_init__(self) -> None:
        if not 1 <= self.size <= min(self.height, self.width):
            raise ValueError(f"a window of {self.size} does not fit {self.height} x {self.width} pixels")
        if not 1 <= self.stride <= self.size:
            raise ValueError(f"a stride of {self.stride} must be within 1 to the window's {self.size}")

    @property
    def rows(self) -> list[tuple[int, int]]:
        return self._intervals(self.height)

    @property
    def columns(self) -> list[tuple[int, int]]:
        return self._intervals(self.width)

    @property
    def boxes(self) -> list[tuple[int, int, int, int]]:
        """(top, bottom, left, right) of every window, row by row; bottom and right are exclusive."""
        return [(*row, *column) for row, column in product(self.rows, self.columns)]

    def spread(self, drops: Tensor) -> Tensor:
        """Map (n, height, width): mean of `drops` (n, windows) over the windows that cover the pixel."""
        over_rows = _covering(self.rows, self.height).to(drops)
        over_columns = _covering(self.columns, self.width).to(drops)
        grid = drops.view(-1, len(over_rows), len(over_columns))
        covered = over_rows.sum(0)[:, None] * over_columns.sum(0)
        return over_rows.T @ grid @ over_columns / covered

    def _intervals(self, length: int) -> list[tuple[int, int]]:
        count = -(-(length - self.size) // self.stride) + 1
        return [(i * self.stride, min(i * self.stride + self.size, length)) for i in range(count)]


def occlusion(
    network: Predict,
    images: Tensor,
    classes: Tensor,
    *,
    window: int = 16,
    stride: int = 8,
    baseline: float | Tensor = 0.0,
    batch: int | None = None,
) -> Tensor:
    """Drop of the target output when a pixel is covered, mean over the windows that cover it: (n, h, w).

    network: (m, 3, h, w) -> (m, k). images: (n, 3, h, w). classes: (n,). window, stride: pixels. baseline:
    what a window shows, a number or a tensor that broadcasts to one image (3, h, w). batch: images per
    forward pass (without it as many as suit the device).

    Raises ValueError if the window does not fit the images, or if the stride leaves pixels between windows.
    """
    n, _, height, width = images.shape
    windows = Windows(height, width, window, stride)
    boxes = windows.boxes
    # A window is the product of an interval of rows and one of columns.
    rows, columns = (
        _covering([box[axis : axis + 2] for box in boxes], length).bool().to(images.device)
        for axis, length in ((0, height), (2, width))
    )
    cover = torch.as_tensor(baseline, dtype=images.dtype, device=images.device)

    def covered(block: slice) -> Tensor:
        index = torch.arange(block.start, block.stop, device=images.device)
        which, image = index % len(boxes), index // len(boxes)
        mask = (rows[which][:, :, None] & columns[which][:, None, :])[:, None]
        return target_output(network, torch.where(mask, cover, images[image]), classes[image])

    budget = MemoryBudget(batch or images_at_once(images))  # an image counts one
    with torch.no_grad():
        before = torch.cat(
            budget.run(n, 1, lambda block: target_output(network, images[block], classes[block]))
        )
        after = torch.cat(budget.run(n * len(boxes), 1, covered))
    return windows.spread(before[:, None] - after.view(n, len(boxes)))


def target_output(network: Predict, images: Tensor, classes: Tensor) -> Tensor:
    """The output (m,) of each image's own class; images (m, 3, h, w), classes (m,)."""
    return network(images).gather(1, classes[:, None])[:, 0]


def _covering(intervals: list[tuple[int, ...]] | list[tuple[int, int]], length: int) -> Tensor:
    """(intervals, length): 1 where the interval covers the position."""
    position = torch.arange(length)
    bounds = torch.tensor(intervals)
    return ((position >= bounds[:, :1]) & (position < bounds[:, 1:])).to(torch.get_default_dtype())
