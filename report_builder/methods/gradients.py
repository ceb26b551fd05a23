"""Maps of the class logit's gradient with respect to the image.

All take images (n, 3, h, w) in the space the network sees and classes (n,) int64, and return (n, 3, h, w) in
their type and on their device. See `shared_passes` for the errors, and to get several at the price of fewer.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn

from report_builder.methods.batching import MemoryBudget
from report_builder.methods.passes import shared_passes
from report_builder.methods.rectifiers import Rule

# (network, images, classes, memory) -> maps (n, ...), each made of its own image alone
MapMethod = Callable[[nn.Module, Tensor, Tensor, MemoryBudget | None], Tensor]


def gradient(
    network: nn.Module, images: Tensor, classes: Tensor, memory: MemoryBudget | None = None
) -> Tensor:
    """The signed gradient of the class logit."""
    return _by(network, images, classes, "gradient", memory)


def saliency(
    network: nn.Module, images: Tensor, classes: Tensor, memory: MemoryBudget | None = None
) -> Tensor:
    """The gradient's absolute value (Simonyan et al. 2014, Deep Inside Convolutional Networks)."""
    return gradient(network, images, classes, memory).abs()


def input_x_gradient(
    network: nn.Module, images: Tensor, classes: Tensor, memory: MemoryBudget | None = None
) -> Tensor:
    """The image times the gradient (Shrikumar et al. 2016, Not Just a Black Box)."""
    return images.detach() * gradient(network, images, classes, memory)


def guided_backpropagation(
    network: nn.Module, images: Tensor, classes: Tensor, memory: MemoryBudget | None = None
) -> Tensor:
    """The gradient, gated at every rectifier (Springenberg et al. 2015, Striving for Simplicity)."""
    return _by(network, images, classes, "guided", memory)


def deconvnet(
    network: nn.Module, images: Tensor, classes: Tensor, memory: MemoryBudget | None = None
) -> Tensor:
    """The logit sent back through rectifiers that look at what comes back only (Zeiler and Fergus 2014)."""
    return _by(network, images, classes, "deconvnet", memory)


def stacked(*rules: Rule) -> MapMethod:
    """A method whose maps (n, len(rules), 3, h, w) hold the gradients by each rule, from one forward pass.

    For SmoothGrad of several maps over the same noisy copies.
    """

    def maps(
        network: nn.Module, images: Tensor, classes: Tensor, memory: MemoryBudget | None = None
    ) -> Tensor:
        gradients = shared_passes(network, images, classes, rules=rules, memory=memory).gradients
        return torch.stack([gradients[rule] for rule in rules], dim=1)

    return maps


def _by(
    network: nn.Module, images: Tensor, classes: Tensor, rule: Rule, memory: MemoryBudget | None
) -> Tensor:
    return shared_passes(network, images, classes, rules=(rule,), memory=memory).gradients[rule]
