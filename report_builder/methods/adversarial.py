"""Adversarial images in pixel space: FGSM, PGD and a random sign of the same size.

Pixels are RGB in [0, 1]. A step is taken and clamped there, and `preprocess` carries the result into the
space that the network sees: clamping normalised values to [0, 1] would by itself move pixels far more than
the attack does.

Sources: Goodfellow, Shlens and Szegedy 2015, Explaining and Harnessing Adversarial Examples (FGSM); Madry et
al. 2018, Towards Deep Learning Models Resistant to Adversarial Attacks (PGD).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from report_builder.methods.batching import MemoryBudget
from report_builder.methods.hooks import as_input

Network = Callable[[Tensor], Tensor]
Preprocess = Callable[[Tensor], Tensor]

# Step of PGD in units of epsilon / steps, as in the paper's code: the edge can be reached from any start.
STEP = 2.5


@dataclass(frozen=True)
class Outcome:
    """What became of n attacked images. Distances are in pixel values, [0, 1] per channel."""

    success: Tensor  # (n,) bool: the network names another class than the true one
    prediction: Tensor  # (n,) int64
    true_probability: Tensor  # (n,)
    wrong_probability: Tensor  # (n,) of the most probable other class
    wrong_class: Tensor  # (n,) int64, that class
    largest_change: Tensor  # (n,) L-infinity
    distance: Tensor  # (n,) L2


def loss_sign(
    network: Network, pixels: Tensor, classes: Tensor, *, preprocess: Preprocess, batch: int = 64
) -> Tensor:
    """Sign (n, 3, h, w) of the gradient of the cross-entropy by the pixels: where it grows.

    network: (m, 3, h, w) -> logits (m, k). preprocess: pixels to the network's space, differentiable. Fast
    gradient steps of any size and mask share one sign: see `step`.
    """

    def sign(block: slice) -> Tensor:
        with torch.inference_mode(False), torch.enable_grad():
            x = as_input(pixels[block]).requires_grad_()
            loss = nn.functional.cross_entropy(network(preprocess(x)), classes[block], reduction="sum")
            return torch.autograd.grad(loss, x)[0].sign()

    return torch.cat(MemoryBudget(batch).run(len(pixels), 1, sign))


def random_sign(pixels: Tensor, *, seed: int) -> Tensor:
    """-1 or 1 at random for every value of `pixels`: the control that any step of that size must beat."""
    draw = torch.randint(0, 2, pixels.shape, generator=torch.Generator().manual_seed(seed))
    return (2 * draw - 1).to(pixels)


def step(pixels: Tensor, sign: Tensor, epsilon: float, mask: Tensor | None = None) -> Tensor:
    """Pixels (n, 3, h, w) moved by `epsilon` along `sign` where `mask` (n, h, w) holds, clamped to [0, 1].

    epsilon: in pixel values (8 / 255, say). No mask: everywhere. Raises ValueError if pixels lie outside
    [0, 1] or epsilon is negative: clamping would then be a change of its own.
    """
    _check(pixels, epsilon)
    return (pixels + epsilon * _masked(sign, mask)).clamp(0, 1)


def fgsm(
    network: Network,
    pixels: Tensor,
    classes: Tensor,
    epsilon: float,
    *,
    preprocess: Preprocess,
    mask: Tensor | None = None,
    batch: int = 64,
) -> Tensor:
    """One step of size `epsilon` along the sign of the gradient; arguments as in `loss_sign` and `step`."""
    return step(
        pixels, loss_sign(network, pixels, classes, preprocess=preprocess, batch=batch), epsilon, mask
    )


def pgd(
    network: Network,
    pixels: Tensor,
    classes: Tensor,
    epsilon: float,
    *,
    preprocess: Preprocess,
    seed: int,
    steps: int = 10,
    mask: Tensor | None = None,
    batch: int = 64,
) -> Tensor:
    """`steps` signed steps from a random start, each projected onto the box of half-width `epsilon` about
    the pixels.

    Arguments as in `loss_sign` and `step`. Raises what `step` raises.
    """
    _check(pixels, epsilon)
    low, high = (pixels - epsilon).clamp_min(0), (pixels + epsilon).clamp_max(1)
    noise = torch.rand(pixels.shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    attacked = pixels + epsilon * _masked((2 * noise - 1).to(pixels), mask)
    for _ in range(steps):
        attacked = attacked.clamp(low, high)
        sign = loss_sign(network, attacked, classes, preprocess=preprocess, batch=batch)
        attacked = attacked + STEP * epsilon / steps * _masked(sign, mask)
    return attacked.clamp(low, high)


def outcome(
    network: Network,
    pixels: Tensor,
    attacked: Tensor,
    classes: Tensor,
    *,
    preprocess: Preprocess,
    batch: int = 64,
) -> Outcome:
    """Compare `attacked` (n, 3, h, w) with `pixels` and the true `classes` (n,).

    An image that the network had wrong before counts as a success: leave those out.
    """
    with torch.no_grad():
        probabilities = torch.cat(
            MemoryBudget(batch).run(
                len(attacked), 1, lambda block: network(preprocess(attacked[block])).softmax(1)
            )
        )
    true = probabilities.gather(1, classes[:, None])[:, 0]
    wrong = probabilities.scatter(1, classes[:, None], -1.0).max(1)
    prediction = probabilities.argmax(1)
    change = (attacked - pixels).flatten(1)
    return Outcome(
        success=prediction != classes,
        prediction=prediction,
        true_probability=true,
        wrong_probability=wrong.values,
        wrong_class=wrong.indices,
        largest_change=change.abs().amax(1),
        distance=change.norm(dim=1),
    )


def _masked(sign: Tensor, mask: Tensor | None) -> Tensor:
    return sign if mask is None else sign * mask[:, None].to(sign)


def _check(pixels: Tensor, epsilon: float) -> None:
    if epsilon < 0 or pixels.min() < 0 or pixels.max() > 1:
        raise ValueError("pixels must lie in [0, 1] and epsilon must not be negative")
