"""CAM where the network allows it, Score-CAM, and how they compare with Grad-CAM."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import torch
from torch import Tensor

from report_builder.methods.activations import activations
from report_builder.methods.applicability import NotApplicable
from report_builder.methods.cam import class_activation_map, upsample
from report_builder.methods.hooks import capture, class_scores, frozen
from report_builder.methods.rank_correlation import rank_correlation
from report_builder.methods.score_cam import score_cam
from report_builder.methods.scores import magnitude
from report_builder.models.networks import Network
from report_builder.pipeline.step import Values, Work
from report_builder.sections.on_object import on_object
from report_builder.sections.seen import Pictures, averaged_module, load, pictures


def explain(work: Work) -> Values:
    """Arrays score_cam and, where the network allows it, cam (n, h', w'); what is left out, and why."""
    network = load(work)
    shown = pictures(work, network)
    before = work.needs["gradient_maps"]
    layer: str | None = before.values["layer"]
    maps: dict[str, Tensor] = {}
    left_out: dict[str, str] = {}
    try:
        maps["cam"] = class_activation_map(network.module, shown.images, shown.targets)
    except NotApplicable as reason:
        left_out["cam"] = reason.key
    if layer is None:
        left_out["score_cam"] = before.values["left_out"]["grad_cam"]
    else:
        maps["score_cam"] = score_cam(averaged_module(work, network), shown.images, shown.targets, layer)
    work.save(**{name: values.cpu().numpy() for name, values in maps.items()})
    return {
        "layer": layer,
        "left_out": left_out,
        "inside": on_object(maps, shown.objects),
        **({} if layer is None else _beside_grad_cam(work, network, shown, layer, maps)),
    }


def _beside_grad_cam(
    work: Work, network: Network, shown: Pictures, layer: str, maps: dict[str, Tensor]
) -> Values:
    arrays = work.needs["gradient_maps"].arrays()
    grad_cam = arrays["grad_cam"]
    return {
        "channels": activations(network.module, shown.images[:1], layer).shape[1],
        "weights_alike": _weights_alike(network, shown, layer),
        "grad_cam_off_cam": _difference(maps.get("cam"), grad_cam),
        "rank_of_score_cam": float(rank_correlation(maps["score_cam"].cpu().numpy(), grad_cam).mean()),
        "rank_if_normalised_first": _normalised_first(arrays),
    }


def _weights_alike(network: Network, shown: Pictures, layer: str) -> float | None:
    """Mean cosine, over pairs of pictures, of Grad-CAM's weights for one class, that of the first picture.

    One where CAM applies: there the weights are the class's row of the last layer, whatever the picture.
    None for a single picture.
    """
    weights = []
    for image in shown.images[:, None]:  # one at a time: a wide network keeps all its feature maps
        with frozen(network.module):
            with capture(network.module, [layer]) as outputs:
                logits = network.module(image)
            score = class_scores(logits, shown.targets[:1]).sum()
            (gradient,) = torch.autograd.grad(score, outputs[layer])
        weights.append(gradient.mean((2, 3)).flatten().double())
    cosines = [float(torch.cosine_similarity(a, b, dim=0)) for a, b in combinations(weights, 2)]
    return float(np.mean(cosines)) if cosines else None


def _difference(cam: Tensor | None, grad_cam: np.ndarray) -> float | None:
    """Largest difference of the rectified CAM and Grad-CAM, each divided by its largest value.

    Zero where global pooling and one linear layer follow the layer (Selvaraju et al. 2017, section 3.1).
    None where there is no CAM, or Grad-CAM's layer is of another size.
    """
    if cam is None or cam.shape != grad_cam.shape:
        return None
    first, second = (
        values / np.maximum(values.max((1, 2), keepdims=True), np.finfo(np.float32).tiny)
        for values in (cam.clamp_min(0).cpu().numpy(), grad_cam)
    )
    return float(np.abs(first - second).max())


def _normalised_first(arrays: dict[str, np.ndarray]) -> float | None:
    """Rank correlation of Guided Grad-CAM with a product of maps that were brought to 0 to 1 before."""
    if "guided_grad_cam" not in arrays:
        return None
    right, guided, cam = (
        torch.from_numpy(arrays[name]) for name in ("guided_grad_cam", "guided_backpropagation", "grad_cam")
    )
    wrong = _by_range(guided) * _by_range(upsample(cam, right.shape[-2:])[:, None])
    return float(rank_correlation(magnitude(wrong).numpy(), magnitude(right).numpy()).mean())


def _by_range(values: Tensor) -> Tensor:
    """Each map (n, k, h, w) brought to the range 0 to 1."""
    low, high = values.amin((1, 2, 3), keepdim=True), values.amax((1, 2, 3), keepdim=True)
    return (values - low) / torch.where(high > low, high - low, 1)
