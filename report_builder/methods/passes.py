"""One forward pass, and one backward pass for each rule, shared by every map that can be made of them.

Saliency, Input x Gradient and Grad-CAM at any number of layers are made of one backward pass; guided
backpropagation and DeconvNet each need one of their own, through the same forward pass.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from report_builder.methods.applicability import NotApplicable
from report_builder.methods.batching import MemoryBudget, image_cost
from report_builder.methods.hooks import as_input, capture, check_inputs, class_scores, frozen
from report_builder.methods.rectifiers import GatedRectifiers, Rule


@dataclass(frozen=True)
class Passes:
    """What the passes brought back for n images.

    logits: (n, classes). gradients: by rule, (n, 3, h, w), of the class logit with respect to the images.
    grad_cams: by layer, (n, h', w') at the layer's own resolution, not negative.
    rectifiers: how many the backward passes went through by their rule; 0 where no rule asked for it.
    """

    logits: Tensor
    gradients: dict[Rule, Tensor]
    grad_cams: dict[str, Tensor]
    rectifiers: int


def shared_passes(
    network: nn.Module,
    images: Tensor,
    classes: Tensor,
    *,
    rules: Sequence[Rule] = ("gradient",),
    layers: Sequence[str] = (),
    memory: MemoryBudget | None = None,
) -> Passes:
    """The gradients by `rules` and the Grad-CAM maps at `layers` from one forward pass.

    images: (n, 3, h, w) in the space the network sees. classes: (n,) int64.

    Raises ValueError for inputs or layers that do not fit, and NotApplicable ("no_rectifier") for guided
    backpropagation or DeconvNet in a network without rectifiers, or for a layer without feature maps.
    """
    check_inputs(images, classes)
    memory = memory or MemoryBudget.of(images.device)
    parts = memory.run(
        len(images),
        image_cost(network, images),
        lambda block: _pass_block(network, images[block], classes[block], tuple(rules), tuple(layers)),
    )
    return Passes(
        torch.cat([part.logits for part in parts]),
        {rule: torch.cat([part.gradients[rule] for part in parts]) for rule in rules},
        {layer: torch.cat([part.grad_cams[layer] for part in parts]) for layer in layers},
        parts[0].rectifiers,
    )


def _pass_block(
    network: nn.Module, images: Tensor, classes: Tensor, rules: tuple[Rule, ...], layers: tuple[str, ...]
) -> Passes:
    gated = any(rule != "gradient" for rule in rules)
    gate = GatedRectifiers()
    with frozen(network):
        x = as_input(images).requires_grad_(bool(rules))
        with ExitStack() as stack:
            outputs = stack.enter_context(capture(network, layers))
            if gated:
                stack.enter_context(gate)
            logits = network(x)
        if gated and gate.count == 0:
            raise NotApplicable(
                "no_rectifier", "the network calls no rectifier (ReLU) whose gradient could be gated"
            )
        score = class_scores(logits, classes).sum()
        gradients: dict[Rule, Tensor] = {}
        grad_cams: dict[str, Tensor] = {}
        # Grad-CAM uses the true gradient: it comes with that rule's pass, or from one that ends at the layer
        passes: list[Rule] = list(dict.fromkeys((*rules, "gradient") if layers else rules))
        for number, rule in enumerate(passes):
            gate.rule = rule
            wanted = [x] if rule in rules else []
            if rule == "gradient":
                wanted += [outputs[layer] for layer in layers]
            back = list(torch.autograd.grad(score, wanted, retain_graph=number + 1 < len(passes)))
            if rule in rules:
                gradients[rule] = back.pop(0).contiguous()
            for layer, gradient in zip(layers, back, strict=False):
                grad_cams[layer] = class_map(layer, outputs[layer].detach().to(x), gradient.to(x))
    return Passes(logits.detach(), gradients, grad_cams, gate.count)


def class_map(layer: str, activations: Tensor, gradients: Tensor) -> Tensor:
    """Grad-CAM (n, h', w') of feature maps (n, k, h', w') and the logit's gradient by them.

    Selvaraju et al. 2017: each map weighted by its mean gradient, the sum rectified.
    """
    if activations.ndim != 4:
        raise NotApplicable(
            "layer_without_maps", f"the output of the layer {layer!r} is not a set of feature maps"
        )
    weights = gradients.mean((2, 3))
    return torch.einsum("nk,nkhw->nhw", weights, activations).clamp_min(0)
