"""Gradient SHAP (expected gradients): Integrated Gradients averaged over a background set, by sampling.

Sources: Erion et al. 2021, Improving performance of deep learning models with axiomatic attribution priors
and expected gradients; Lundberg and Lee 2017 (`shap.GradientExplainer`).
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn

from report_builder.methods.batching import MemoryBudget, image_cost
from report_builder.methods.gradients import gradient
from report_builder.methods.hooks import (
    as_input,
    check_inputs,
    class_scores,
    frozen,
    layer_input,
    replaced_input,
)
from report_builder.methods.integrated_gradients import Complete, logits_of


def gradient_shap(
    network: nn.Module,
    images: Tensor,
    classes: Tensor,
    background: Tensor,
    *,
    samples: int,
    seed: int,
    layer: str | None = None,
    memory: MemoryBudget | None = None,
) -> Complete:
    """Attributions to the images (n, 3, h, w), or to the input of the named layer (n, ...).

    background: (b, 3, h, w), in the space the network sees. Each sample is a point on the line between an
    image and a background image (at a layer: between their values there), both drawn uniformly; all images
    get the same draws, so that the result for one does not depend on the others. The completeness error
    shrinks with the root of `samples`.

    See `expected_gradients` for the errors.
    """
    if len(background) == 0 or samples < 1:
        raise ValueError(f"a background image and a sample are needed, not {len(background)} and {samples}")
    random = np.random.default_rng(seed)
    picks = torch.from_numpy(random.integers(len(background), size=samples))
    positions = torch.from_numpy(random.uniform(size=samples))
    return expected_gradients(
        network, images, classes, background, picks=picks, positions=positions, layer=layer, memory=memory
    )


def expected_gradients(
    network: nn.Module,
    images: Tensor,
    classes: Tensor,
    background: Tensor,
    *,
    picks: Tensor,
    positions: Tensor,
    layer: str | None = None,
    memory: MemoryBudget | None = None,
) -> Complete:
    """`gradient_shap` with given draws: background images `picks` (samples,) and `positions` (samples,) in
    [0, 1] on the line from the background image (0) to the image (1).

    Raises ValueError for inputs, a background or a layer that do not fit, NotApplicable where the layer's
    input is not one tensor or the network calls the layer twice.
    """
    check_inputs(images, classes)
    if background.shape[1:] != images.shape[1:] or len(background) == 0:
        raise ValueError(
            f"the background {tuple(background.shape)} does not fit the images {tuple(images.shape)}"
        )
    memory = memory or MemoryBudget.of(images.device)
    images, background = images.detach(), background.detach().to(images)
    cost = image_cost(network, images)

    def values_of(x: Tensor) -> Tensor:
        if layer is None:
            return x
        parts = memory.run(len(x), cost, lambda block: layer_input(network, as_input(x[block]), layer))
        return torch.cat(parts).to(images.dtype)

    ends, starts = values_of(images), values_of(background)
    picks, t = picks.to(images.device), positions.to(ends).view(-1, *[1] * (ends.ndim - 1))

    def sum_of(image_block: slice, sample_block: slice) -> Tensor:
        start = starts[picks[sample_block]]
        way = ends[image_block, None] - start
        points = start + t[sample_block] * way
        if layer is None:
            repeated = classes[image_block, None].expand(points.shape[:2]).flatten()
            slopes = gradient(network, points.flatten(0, 1), repeated, memory).view_as(points)
        else:
            numbers = range(image_block.start, image_block.stop)
            slopes = torch.stack(
                [
                    _layer_gradient(network, images[i : i + 1], classes[i], layer, points[i - numbers.start])
                    for i in numbers
                ]
            )
        return (slopes * way).sum(1)

    attributions = memory.sum_over_samples(len(images), len(picks), cost, sum_of) / len(picks)
    change = logits_of(network, images, classes, memory) - _mean_logits(network, background, classes, memory)
    return Complete.of(attributions, change)


def _layer_gradient(network: nn.Module, image: Tensor, target: Tensor, layer: str, values: Tensor) -> Tensor:
    """Gradients (m, ...) of the class logit with respect to a layer's inputs `values` (m, ...)."""
    with frozen(network):
        leaf = values.detach().clone().requires_grad_()
        with replaced_input(network, layer, leaf):
            logits = network(as_input(image))
        score = class_scores(logits, target.expand(len(leaf))).sum()
        (slopes,) = torch.autograd.grad(score, leaf)
    return slopes


def _mean_logits(network: nn.Module, background: Tensor, classes: Tensor, memory: MemoryBudget) -> Tensor:
    """The mean over the background of the logit of each of `classes` (n,): (n,)."""

    def block_of(block: slice) -> Tensor:
        with frozen(network), torch.no_grad():
            outputs: Tensor = network(as_input(background[block]))
        return outputs

    logits = torch.cat(memory.run(len(background), image_cost(network, background), block_of))
    return class_scores(logits.mean(0).expand(len(classes), -1), classes)
