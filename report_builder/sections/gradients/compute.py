"""The maps that one forward pass and three backward passes give, for all pictures shown."""

from __future__ import annotations

import torch
from torch import Tensor

from report_builder.methods.applicability import NotApplicable
from report_builder.methods.cam import guided_grad_cam
from report_builder.methods.passes import Passes, shared_passes
from report_builder.methods.rectifiers import Rule
from report_builder.models.networks import Network
from report_builder.pipeline.step import Values, Work
from report_builder.sections.on_object import on_object
from report_builder.sections.seen import Pictures, cam_layer, load, pictures

RULES: tuple[Rule, ...] = ("gradient", "guided", "deconvnet")
GATED = ("guided_backpropagation", "deconvnet", "guided_grad_cam")
WEIGHTED = ("grad_cam", "guided_grad_cam")


def explain(work: Work) -> Values:
    """The maps as arrays by method, (n, 3, s, s), and grad_cam (n, h', w'); the values say which are left out
    and how the maps compare with each other and with the masks.
    """
    network = load(work)
    shown = pictures(work, network)
    layer, passes, left_out = _passes(work, network, shown)
    maps = _maps(shown.images, passes, layer)
    work.save(**{name: values.cpu().numpy() for name, values in maps.items()})
    return {
        "layer": layer,
        "rectifiers": passes.rectifiers,
        "left_out": left_out,
        "maps_size": list(maps["grad_cam"].shape[1:]) if "grad_cam" in maps else None,
        "cosine": _cosines(maps),
        "negative": _negative(maps),
        "inside": on_object({name: maps[name] for name in maps if name != "gradient"}, shown.objects),
    }


def _passes(work: Work, network: Network, shown: Pictures) -> tuple[str | None, Passes, dict[str, str]]:
    """The passes for all that the network allows, the layer of Grad-CAM, and reasons by method left out."""
    left_out: dict[str, str] = {}
    layer: str | None = None
    rules = RULES
    try:
        layer = cam_layer(work, network)
    except NotApplicable as reason:
        left_out |= dict.fromkeys(WEIGHTED, reason.key)
    while True:  # at most three times: without gates, without a layer
        layers = [] if layer is None else [layer]
        try:
            passes = shared_passes(network.module, shown.images, shown.targets, rules=rules, layers=layers)
            return layer, passes, left_out
        except NotApplicable as reason:
            if reason.key == "no_rectifier":
                rules = ("gradient",)
                left_out |= dict.fromkeys(GATED, reason.key)
            elif layer is not None:
                layer = None
                left_out |= dict.fromkeys(WEIGHTED, reason.key)
            else:
                raise


def _maps(images: Tensor, passes: Passes, layer: str | None) -> dict[str, Tensor]:
    gradient = passes.gradients["gradient"]
    maps = {"gradient": gradient, "saliency": gradient.abs(), "input_x_gradient": images * gradient}
    if "guided" in passes.gradients:
        maps["guided_backpropagation"] = passes.gradients["guided"]
        maps["deconvnet"] = passes.gradients["deconvnet"]
    if layer is not None:
        maps["grad_cam"] = passes.grad_cams[layer]
        if "guided" in passes.gradients:
            maps["guided_grad_cam"] = guided_grad_cam(passes.gradients["guided"], passes.grad_cams[layer])
    return maps


def _cosines(maps: dict[str, Tensor]) -> dict[str, float]:
    """Mean cosine with guided backpropagation: of the plain gradient, of DeconvNet, and of the gradient that
    is clipped at the input only.
    """
    if "guided_backpropagation" not in maps:
        return {}
    guided = maps["guided_backpropagation"].flatten(1)
    others = {
        "gradient": maps["gradient"],
        "deconvnet": maps["deconvnet"],
        "clipped_at_the_input": maps["gradient"].clamp_min(0),
    }
    return {
        name: float(torch.cosine_similarity(guided, other.flatten(1)).mean())
        for name, other in others.items()
    }


def _negative(maps: dict[str, Tensor]) -> dict[str, float]:
    """Share of a signed map's sum of sizes that is negative, over all pictures."""
    return {
        name: float(maps[name].clamp_max(0).abs().sum() / maps[name].abs().sum().clamp_min(1e-30))
        for name in ("gradient", "guided_backpropagation", "deconvnet")
        if name in maps
    }
