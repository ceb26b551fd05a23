"""Score-CAM: feature maps weighted by the score of the image seen through each of them; no gradients."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from report_builder.methods.applicability import NotApplicable
from report_builder.methods.batching import MemoryBudget, image_cost
from report_builder.methods.hooks import as_input, check_inputs, class_scores, frozen, layer_output

EPSILON = 1e-8


def score_cam(
    network: nn.Module,
    images: Tensor,
    classes: Tensor,
    layer: str,
    memory: MemoryBudget | None = None,
    *,
    strongest: int | None = None,
) -> Tensor:
    """Score-CAM (n, h', w') at the layer's resolution, not negative.

    Each of the layer's feature maps, brought to the image's size and to the range 0 to 1, masks the image;
    the softmax over the maps of the class logits weighs them. One forward pass per map and image, except that
    constant maps mask the whole image and share one. strongest: of each image, only so many maps, those that
    vary most, are tried; the others count as constant (without it all are).

    Source: Wang et al. 2020, Score-CAM: Score-Weighted Visual Explanations.
    Raises ValueError for inputs or a layer that do not fit, NotApplicable for a layer without feature maps.
    """
    check_inputs(images, classes)
    memory = memory or MemoryBudget.of(images.device)
    cost = image_cost(network, images)
    x = as_input(images)
    maps = torch.cat(memory.run(len(x), cost, lambda block: layer_output(network, x[block], layer))).to(x)
    if maps.ndim != 4:
        raise NotApplicable(
            "layer_without_maps", f"the output of the layer {layer!r} is not a set of feature maps"
        )
    with frozen(network), torch.no_grad():
        blank = network(torch.zeros_like(x[:1])).expand(len(x), -1)
        scores = class_scores(blank, classes)[:, None].repeat(1, maps.shape[1])
        tried = maps.amax((2, 3)) > maps.amin((2, 3))
        if strongest is not None:
            most = maps.std((2, 3)).topk(min(strongest, maps.shape[1])).indices
            tried &= torch.zeros_like(tried).scatter(1, most, True)
        image, channel = torch.nonzero(tried, as_tuple=True)
        masked = memory.run(
            len(image),
            cost,
            lambda block: _masked_scores(network, x, maps, classes, image[block], channel[block]),
        )
        if masked:
            scores[image, channel] = torch.cat(masked)
        return torch.einsum("nk,nkhw->nhw", scores.softmax(1), maps).clamp_min(0)


def _masked_scores(
    network: nn.Module, x: Tensor, maps: Tensor, classes: Tensor, image: Tensor, channel: Tensor
) -> Tensor:
    """Class logits (m,) of the images `image` (m,) masked by their feature maps `channel` (m,)."""
    masks = functional.interpolate(
        maps[image, channel][:, None], size=x.shape[-2:], mode="bilinear", align_corners=True
    )
    low, high = masks.amin((2, 3), keepdim=True), masks.amax((2, 3), keepdim=True)
    masked = x[image] * ((masks - low) / (high - low + EPSILON))
    return class_scores(network(masked.contiguous(memory_format=torch.channels_last)), classes[image])
