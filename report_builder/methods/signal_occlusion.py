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
    fill: Tensor | None = None,
    batch: int | None = None,
) -> Tensor:
    """Drop of the target output when a sample is covered, mean over the windows that cover it: (n, t).

    network: (m, c, t) -> (m, k). signals: (n, c, t). classes: (n,). window, stride: samples; a window covers
    all channels, and the last one is cut off at the end. fill: what a window shows, broadcast to the signals;
    without it the straight line between the samples on both sides of the window (at an end of the signal,
    the one sample beside it), which takes a wave away and leaves no step. batch: signals per forward pass.

    Raises ValueError if the window does not fit or the stride leaves samples between windows.
    """
    n, _, length = signals.shape
    if not 1 <= window <= length or not 1 <= stride <= window:
        raise ValueError(f"windows of {window} every {stride} samples do not cover {length} samples")
    starts = torch.arange(0, length - window + stride, stride, device=signals.device)
    positions = torch.arange(length, device=signals.device)
    covers = (positions >= starts[:, None]) & (positions < starts[:, None] + window)  # (windows, t)

    def covered(block: slice) -> Tensor:
        index = torch.arange(block.start, block.stop, device=signals.device)
        which, signal = index % len(starts), index // len(starts)
        shown = signals[signal]
        if fill is None:
            cover = _bridge(shown, starts[which], window)
        else:
            cover = fill.to(shown).expand_as(signals)[signal]
        return target_output(network, torch.where(covers[which][:, None], cover, shown), classes[signal])

    budget = MemoryBudget(batch or images_at_once(signals))  # a signal counts one
    with torch.no_grad():
        before = torch.cat(
            budget.run(n, 1, lambda block: target_output(network, signals[block], classes[block]))
        )
        after = torch.cat(budget.run(n * len(starts), 1, covered))
    drops = before[:, None] - after.view(n, len(starts))
    weights = covers.to(drops)
    return drops @ weights / weights.sum(0)


def _bridge(signals: Tensor, starts: Tensor, window: int) -> Tensor:
    """Signals (m, c, t) as straight lines, each through the samples on both sides of its window."""
    length = signals.shape[-1]
    if window == length:  # nothing stands beside it
        return signals.mean(-1, keepdim=True).expand_as(signals)
    left, right = starts - 1, starts + window
    sides = torch.where(left < 0, right, left), torch.where(right >= length, left, right)
    ends = [signals.gather(2, at[:, None, None].expand(-1, signals.shape[1], 1)) for at in sides]
    way = (torch.arange(length, device=signals.device) - left[:, None]).to(signals) / (window + 1)
    return ends[0] + (ends[1] - ends[0]) * way[:, None]
