"""Occlusion in time: how far the output falls when a stretch of a signal is flattened.

Source: Zeiler and Fergus 2014, Visualizing and Understanding Convolutional Networks, in one dimension.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from report_builder.methods.batching import MemoryBudget, images_at_once
from report_builder.methods.occlusion import target_output

Predict = Callable[[Tensor], Tensor]


def occlusion_in_time(
    network: Predict,
    signals: Tensor,
    classes: Tensor,
    *,
    window: int,
    stride: int,
    fill: Tensor,
    batch: int | None = None,
) -> Tensor:
    """Drop of the target output when a sample is covered, mean over the windows that cover it: (n, t).

    network: (m, c, t) -> (m, k). signals: (n, c, t). classes: (n,). window, stride: samples; a window covers
    all channels, and the last one is cut off at the end. fill: what a window shows, broadcast to the signals.
    batch: signals per forward pass.

    Raises ValueError if the window does not fit or the stride leaves samples between windows.
    """
    n, _, length = signals.shape
    if not 1 <= window <= length or not 1 <= stride <= window:
        raise ValueError(f"windows of {window} every {stride} samples do not cover {length} samples")
    starts = torch.arange(0, length - window + stride, stride, device=signals.device)
    positions = torch.arange(length, device=signals.device)
    cover = fill.to(signals).expand_as(signals)
    covers = (positions >= starts[:, None]) & (positions < starts[:, None] + window)  # (windows, t)

    def covered(block: slice) -> Tensor:
        index = torch.arange(block.start, block.stop, device=signals.device)
        which, signal = index % len(starts), index // len(starts)
        shown = torch.where(covers[which][:, None], cover[signal], signals[signal])
        return target_output(network, shown, classes[signal])

    budget = MemoryBudget(batch or images_at_once(signals))  # a signal counts one
    with torch.no_grad():
        before = torch.cat(
            budget.run(n, 1, lambda block: target_output(network, signals[block], classes[block]))
        )
        after = torch.cat(budget.run(n * len(starts), 1, covered))
    drops = before[:, None] - after.view(n, len(starts))
    weights = covers.to(drops)
    return drops @ weights / weights.sum(0)
