"""The maps that one forward pass and three backward passes give, for all pictures shown."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor

from report_builder.methods.applicability import NotApplicable
from report_builder.methods.cam import guided_grad_cam, upsample
from report_builder.methods.passes import Passes, shared_passes
from report_builder.methods.rectifiers import Rule
from report_builder.methods.scores import magnitude, mass_accuracy, pointing_game
from report_builder.pipeline.step import Values, Work
from report_builder.sections.seen import Pictures, cam_layer, load, pictures

RULES: tuple[Rule, ...] = ("gradient", "guided", "deconvnet")


def explain(work: Work) -> Values:
    """The maps as arrays by method, (n, 3, s, s), and grad_cam (n, h', w'); the values say which were left out
    and how the maps compare with each other and with the masks.
    """
    network = load(work)
    shown = pictures(work, network)
    layer = cam_layer(work, network)
    left_out: dict[str, str] = {}
    try:
        passes = shared_passes(network.module, shown.images, shown.targets, rules=RULES, layers=(layer,))
    except NotApplicable as reason:
        if reason.key != "no_rectifier":
            raise
        left_out = dict.fromkeys(("guided_backpropagation", "deconvnet", "guided_grad_cam"), reason.key)
        passes = shared_passes(network.module, shown.images, shown.targets, layers=(layer,))
    maps = _maps(shown.images, passes, layer)
    work.save(**{name: values.cpu().numpy() for name, values in maps.items()})
    return {
        "layer": layer,
        "rectifiers": passes.rectifiers,
        "left_out": left_out,
        "rows": list(maps["grad_cam"].shape[1:]),
        "cosine": _cosines(maps),
        "inside": _inside(shown, maps),
    }


def _maps(images: Tensor, passes: Passes, layer: str) -> dict[str, Tensor]:
    gradient = passes.gradients["gradient"]
    maps = {
        "saliency": gradient.abs(),
        "input_x_gradient": images * gradient,
        "gradient": gradient,
        "grad_cam": passes.grad_cams[layer],
    }
    if "guided" in passes.gradients:
        maps["guided_backpropagation"] = passes.gradients["guided"]
        maps["deconvnet"] = passes.gradients["deconvnet"]
        maps["guided_grad_cam"] = guided_grad_cam(passes.gradients["guided"], passes.grad_cams[layer])
    return maps


def _cosines(maps: dict[str, Tensor]) -> dict[str, float]:
    """Mean cosine with real guided backpropagation: of the plain gradient, and of the gradient clipped at the
    input only, which the write-up took for it.
    """
    if "guided_backpropagation" not in maps:
        return {}
    guided = maps["guided_backpropagation"].flatten(1)
    others = {"gradient": maps["gradient"], "clipped_at_the_input": maps["gradient"].clamp_min(0)}
    return {
        name: float(torch.cosine_similarity(guided, other.flatten(1)).mean())
        for name, other in others.items()
    }


def _inside(shown: Pictures, maps: dict[str, Tensor]) -> dict[str, Any]:
    """Per map, mean share of its sum inside the object and share of pictures whose maximum lies there."""
    if shown.objects is None:
        return {}
    size = shown.images.shape[-2:]
    found: dict[str, Any] = {"area": float(np.mean(shown.objects.cpu().numpy()))}
    for name, values in maps.items():
        if name == "gradient":
            continue
        sizes = upsample(values, size) if values.ndim == 3 else magnitude(values)
        found[name] = {
            "mass": float(mass_accuracy(sizes.double(), shown.objects).mean()),
            "pointing": float(pointing_game(sizes.double(), shown.objects).mean()),
        }
    return found
