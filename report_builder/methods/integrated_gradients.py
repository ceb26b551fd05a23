"""Integrated Gradients: the gradient along the straight line from a baseline to the image.

Source: Sundararajan, Taly and Yan 2017, Axiomatic Attribution for Deep Networks.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from report_builder.methods.batching import MemoryBudget, image_cost
from report_builder.methods.gradients import gradient
from report_builder.methods.hooks import as_input, check_inputs, class_scores, frozen


@dataclass(frozen=True)
class Complete:
    """Attributions that should add up to the change of the logit, and by how much they miss it.

    change: (n,), the class logit of the image minus that of the baseline (its mean over a background set).
    error: (n,), the sum of the attributions minus `change`; 0 where the method is exact.
    """

    attributions: Tensor  # the shape of what is attributed to
    change: Tensor
    error: Tensor

    @classmethod
    def of(cls, attributions: Tensor, change: Tensor) -> Complete:
        return cls(attributions, change, attributions.flatten(1).sum(1) - change)


def integrated_gradients(
    network: nn.Module,
    images: Tensor,
    classes: Tensor,
    *,
    baseline: Tensor | None = None,
    steps: int = 50,
    memory: MemoryBudget | None = None,
) -> Complete:
    """Attributions (n, 3, h, w) by Gauss-Legendre quadrature with `steps` nodes.

    baseline: (3, h, w) or one per image (n, 3, h, w); zero without it, which is the mean colour where the
    network's images are normalised by their mean.
    Raises ValueError for inputs or a baseline that do not fit, or fewer than one step.
    """
    check_inputs(images, classes)
    memory = memory or MemoryBudget.of(images.device)
    images = images.detach()
    start = baselines_like(images, baseline)
    if steps < 1:
        raise ValueError(f"at least one step is needed, not {steps}")
    nodes, weights = (torch.from_numpy(a / 2).to(images) for a in np.polynomial.legendre.leggauss(steps))
    nodes, weights = (nodes + 0.5)[:, None, None, None], weights[:, None, None, None]
    way = images - start

    def sum_of(image_block: slice, step_block: slice) -> Tensor:
        points = start[image_block, None] + nodes[step_block] * way[image_block, None]
        repeated = classes[image_block, None].expand(points.shape[:2])
        gradients = gradient(network, points.flatten(0, 1), repeated.flatten(), memory)
        return (gradients.view_as(points) * weights[step_block]).sum(1)

    means = memory.sum_over_samples(len(images), steps, image_cost(network, images), sum_of)
    change = logits_of(network, images, classes, memory) - logits_of(network, start, classes, memory)
    return Complete.of(way * means, change)


def baselines_like(images: Tensor, baseline: Tensor | None) -> Tensor:
    """The baseline of every image: (n, 3, h, w), zero for None. Raises ValueError if it does not fit."""
    if baseline is None:
        return torch.zeros_like(images)
    if baseline.shape not in (images.shape, images.shape[1:]):
        raise ValueError(
            f"the baseline {tuple(baseline.shape)} does not fit the images {tuple(images.shape)}"
        )
    return baseline.detach().to(images).expand_as(images)


def logits_of(network: nn.Module, images: Tensor, classes: Tensor, memory: MemoryBudget) -> Tensor:
    """The class logits (n,), without gradients."""

    def block_of(block: slice) -> Tensor:
        with frozen(network), torch.no_grad():
            return class_scores(network(as_input(images[block])), classes[block])

    return torch.cat(memory.run(len(images), image_cost(network, images), block_of))
