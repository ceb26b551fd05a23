"""SmoothGrad: the mean of a map over noisy copies of the image."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from itertools import accumulate, pairwise

import numpy as np
import torch
from torch import Tensor, nn

from report_builder.methods.batching import MemoryBudget, image_cost
from report_builder.methods.gradients import MapMethod, gradient
from report_builder.methods.hooks import check_inputs


def smooth_grad(
    network: nn.Module,
    images: Tensor,
    classes: Tensor,
    *,
    samples: int,
    sigma: float,
    seed: int,
    map_of: MapMethod = gradient,
    memory: MemoryBudget | None = None,
) -> Tensor:
    """The mean of `map_of` over `samples` noisy copies of each image, in the shape of its maps.

    See `smooth_grad_sweep`, of which this is one step.
    """
    return smooth_grad_sweep(
        network, images, classes, counts=(samples,), sigma=sigma, seed=seed, map_of=map_of, memory=memory
    )[0]


def smooth_grad_sweep(
    network: nn.Module,
    images: Tensor,
    classes: Tensor,
    *,
    counts: Sequence[int],
    sigma: float,
    seed: int,
    map_of: MapMethod = gradient,
    memory: MemoryBudget | None = None,
) -> Tensor:
    """The means over the first n copies, for each n of the ascending `counts`, at the price of the last:
    (counts, n, ...).

    The noise is normal, in the space the network sees, and nothing is clipped; its standard deviation is
    `sigma` times max - min of the image. Every image gets the same draws, so that its map does not depend on
    the others.

    Source: Smilkov et al. 2017, SmoothGrad: removing noise by adding noise. Their map is the signed gradient.
    Raises ValueError for inputs, counts or a sigma that do not fit, and what `map_of` raises.
    """
    check_inputs(images, classes)
    if sigma < 0 or not counts or counts[0] < 1 or list(counts) != sorted(set(counts)):
        raise ValueError(
            f"counts must ascend from 1 or more and sigma not be negative: {list(counts)}, {sigma}"
        )
    memory = memory or MemoryBudget.of(images.device)
    cost = image_cost(network, images)
    images = images.detach()
    scale = sigma * (images.amax((1, 2, 3), keepdim=True) - images.amin((1, 2, 3), keepdim=True))

    # Drawn once for all images where that fits: on a GPU, drawing takes longer than the network's passes
    fits = counts[-1] * images[0].nbytes <= memory.limit
    drawn = normal_draws(images, range(counts[-1]), seed) if fits else None

    def sum_of(first: int, image_block: slice, sample_block: slice) -> Tensor:
        numbers = range(first + sample_block.start, first + sample_block.stop)
        draws = (
            drawn[numbers.start : numbers.stop] if drawn is not None else normal_draws(images, numbers, seed)
        )
        noisy = images[image_block, None] + scale[image_block, None] * draws
        repeated = classes[image_block, None].expand(-1, len(draws))
        maps = map_of(network, noisy.flatten(0, 1), repeated.flatten(), memory)
        return maps.reshape(*noisy.shape[:2], *maps.shape[1:]).sum(1)

    sums = [
        memory.sum_over_samples(len(images), count - first, cost, partial(sum_of, first))
        for first, count in pairwise((0, *counts))
    ]
    return torch.stack([total / count for total, count in zip(accumulate(sums), counts, strict=True)])


def normal_draws(images: Tensor, numbers: Sequence[int], seed: int) -> Tensor:
    """Standard normal noise (len(numbers), 3, h, w) in the images' type; draw j depends on the seed and j
    only.

    Drawn on the CPU, so that every device sees the same noise.
    """
    generator = torch.Generator()
    draws = []
    for number in numbers:
        state = np.random.SeedSequence([seed, number]).generate_state(1, np.uint64)
        generator.manual_seed(int(state[0]))
        draws.append(torch.randn(images.shape[1:], generator=generator))
    return torch.stack(draws).to(images)
