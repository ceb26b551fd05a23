"""Logit, probability and their gradients along the straight line from a baseline to the image.

Where the slope at the image is small although the value has changed on the way, the network is saturated
there: Sundararajan, Taly and Yan 2017, Axiomatic Attribution for Deep Networks, section 2.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from report_builder.methods.batching import MemoryBudget
from report_builder.methods.hooks import check_inputs
from report_builder.methods.integrated_gradients import baselines_like
from report_builder.methods.loss_gradient import class_gradients


@dataclass(frozen=True)
class Profile:
    """One quantity at m positions (m,) of each of n paths; the first is the baseline, the last the image.

    values: (n, m). slopes: (n, m), the derivative by the position, which is the sum of gradient x (image -
    baseline). sizes: (n, m), the length (L2) of the gradient.
    """

    positions: Tensor
    values: Tensor
    slopes: Tensor
    sizes: Tensor

    @property
    def change(self) -> Tensor:
        """(n,): the value at the image less that at the baseline."""
        return self.values[:, -1] - self.values[:, 0]

    @property
    def integral(self) -> Tensor:
        """(n,): the slopes integrated by the trapezoidal rule: the change, but for the rule's error."""
        return torch.trapezoid(self.slopes, self.positions, dim=1)

    @property
    def mean_size(self) -> Tensor:
        """(n,): the mean length of the gradient along the path, by the same rule."""
        return torch.trapezoid(self.sizes, self.positions, dim=1)


@dataclass(frozen=True)
class PathProfile:
    """The class logit and the softmax probability of the class along the same paths."""

    logit: Profile
    probability: Profile


def path_profile(
    network: nn.Module,
    images: Tensor,
    classes: Tensor,
    *,
    positions: Sequence[float],
    baseline: Tensor | None = None,
    memory: MemoryBudget | None = None,
) -> PathProfile:
    """What the network and its gradients do at these positions, which ascend from 0 to 1.

    images: (n, 3, h, w). classes: (n,) int64. baseline: (3, h, w) or (n, 3, h, w); zero without it.
    Raises ValueError for inputs, positions or a baseline that do not fit.
    """
    check_inputs(images, classes)
    if list(positions) != sorted(set(positions)) or positions[0] != 0 or positions[-1] != 1:
        raise ValueError(f"the positions must ascend from 0 to 1: {list(positions)}")
    start = baselines_like(images, baseline)
    memory = memory or MemoryBudget.of(images.device)
    way = images.detach() - start
    logit, probability = [], []
    for position in positions:
        found = class_gradients(network, start + position * way, classes, memory)
        logit.append(_along(found.scores, found.logit, way))
        probability.append(_along(found.probabilities, found.probability, way))
    places = torch.tensor(list(positions), dtype=images.dtype, device=images.device)
    return PathProfile(_profile(places, logit), _profile(places, probability))


def _along(values: Tensor, gradients: Tensor, way: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    return values, (gradients * way).flatten(1).sum(1), gradients.flatten(1).norm(dim=1)


def _profile(positions: Tensor, points: list[tuple[Tensor, Tensor, Tensor]]) -> Profile:
    return Profile(positions, *(torch.stack(part, dim=1) for part in zip(*points, strict=True)))
