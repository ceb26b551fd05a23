"""CAM where the network allows it, Score-CAM, and how they compare with Grad-CAM."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from report_builder.methods.activations import activations
from report_builder.methods.applicability import NotApplicable
from report_builder.methods.cam import class_activation_map, upsample
from report_builder.methods.rank_correlation import rank_correlation
from report_builder.methods.score_cam import score_cam
from report_builder.methods.scores import magnitude, mass_accuracy, pointing_game
from report_builder.pipeline.step import Values, Work
from report_builder.sections.seen import Pictures, cam_layer, load, pictures


def explain(work: Work) -> Values:
    """Arrays score_cam and, where the network allows it, cam (n, h', w'); what is left out."""
    network = load(work)
    shown = pictures(work, network)
    layer = cam_layer(work, network)
    grad_cam = work.needs["gradient_maps"].arrays()["grad_cam"]
    maps = {"score_cam": score_cam(network.module, shown.images, shown.targets, layer).cpu()}
    left_out: dict[str, str] = {}
    try:
        maps["cam"] = class_activation_map(network.module, shown.images, shown.targets).cpu()
    except NotApplicable as reason:
        left_out["cam"] = reason.key
    work.save(**{name: values.numpy() for name, values in maps.items()})
    return {
        "layer": layer,
        "left_out": left_out,
        "channels": activations(network.module, shown.images[:1], layer).shape[1],
        "rank_with_grad_cam": {
            name: float(rank_correlation(values.numpy(), grad_cam).mean())
            for name, values in maps.items()
            if values.shape == grad_cam.shape
        },
        "grad_cam_off_cam": _difference(maps.get("cam"), grad_cam),
        "inside": _inside(shown, maps),
        "product": _product(work),
    }


def _difference(cam: Tensor | None, grad_cam: np.ndarray) -> float | None:
    """Largest difference of the rectified CAM and Grad-CAM, each divided by its largest value.

    Zero where global pooling and one linear layer follow the layer (Selvaraju et al. 2017, section 3.1).
    """
    if cam is None or cam.shape != grad_cam.shape:
        return None
    first, second = (
        values / np.maximum(values.max((1, 2), keepdims=True), 1e-30)
        for values in (cam.clamp_min(0).numpy(), grad_cam)
    )
    return float(np.abs(first - second).max())


def _inside(shown: Pictures, maps: dict[str, Tensor]) -> dict[str, dict[str, float]]:
    """Per map, mean share of its positive part inside the object, and how often its maximum lies there."""
    if shown.objects is None:
        return {}
    objects = shown.objects.cpu()
    found = {}
    for name, values in maps.items():
        sizes = upsample(values.clamp_min(0), objects.shape[-2:]).double()
        found[name] = {
            "mass": float(mass_accuracy(sizes, objects).mean()),
            "pointing": float(pointing_game(sizes, objects).mean()),
        }
    return found


def _product(work: Work) -> dict[str, float]:
    """What normalising before multiplying does to Guided Grad-CAM: its rank correlation with the right map."""
    arrays = {name: torch.from_numpy(a) for name, a in work.needs["gradient_maps"].arrays().items()}
    if "guided_grad_cam" not in arrays:
        return {}
    right = magnitude(arrays["guided_grad_cam"])
    guided, cam = arrays["guided_backpropagation"], upsample(arrays["grad_cam"], right.shape[-2:])
    normalised = (
        _by_range(guided.flatten(1)).view_as(guided) * _by_range(cam.flatten(1)).view_as(cam)[:, None]
    )
    return {
        "rank_if_normalised_first": float(rank_correlation(normalised.sum(1).numpy(), right.numpy()).mean())
    }


def _by_range(values: Tensor) -> Tensor:
    low, high = values.amin(1, keepdim=True), values.amax(1, keepdim=True)
    return (values - low) / torch.where(high > low, high - low, 1)
