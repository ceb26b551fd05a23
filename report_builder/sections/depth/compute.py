"""Feature maps of a layer, and Grad-CAM at three depths for the two classes of the pair."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor

from report_builder.methods.activations import activations, strongest
from report_builder.methods.applicability import NotApplicable
from report_builder.methods.cam import grad_cam, upsample
from report_builder.methods.depths import depth_layers
from report_builder.methods.rank_correlation import rank_correlation
from report_builder.methods.scores import mass_accuracy
from report_builder.models.networks import Network
from report_builder.pipeline.step import Values, Work
from report_builder.sections.seen import Pictures, blocks, cam_layer, load, pair_of, pictures

SHOWN = 24  # feature maps in the grid


def look(work: Work) -> Values:
    """Depths, feature maps and Grad-CAM maps, on a picture of the pair's first class where there is one.

    Arrays: activations (k, h', w') and channels (k,); cams_<number of the layer> (2, h', w'), a map for each
    class of the pair on the picture chosen. No layers and no arrays for a network without feature maps.
    """
    network = load(work)
    seen = pictures(work, network)
    pair = pair_of(work, network)
    of_first = (seen.targets == pair[0]).nonzero()
    chosen = int(of_first[0]) if len(of_first) else 0
    with torch.no_grad():
        probabilities = network.module(seen.images[chosen : chosen + 1]).double().softmax(1)[0]
    values: Values = {
        "picture": chosen,
        "of_first": bool(len(of_first)),
        "pair": [
            {"index": c, "name": network.class_names[c], "probability": float(probabilities[c])} for c in pair
        ],
    }
    try:
        layers, left_out = _layers(work, network)
        return values | _look_inside(work, network, seen, chosen, pair, layers) | {"left_out": left_out}
    except NotApplicable as reason:
        return values | {"layers": [], "left_out": {"depth": reason.key}}


def _layers(work: Work, network: Network) -> tuple[list[str], dict[str, str]]:
    """Layers from the shallow to the deep one; Grad-CAM's alone where no other depths are known."""
    try:
        return list(depth_layers(network.module)), {}
    except NotApplicable as reason:
        return [cam_layer(work, network)], {"depth": reason.key}


def _look_inside(
    work: Work, network: Network, seen: Pictures, chosen: int, pair: tuple[int, int], layers: list[str]
) -> Values:
    shown = layers[len(layers) // 2]
    maps = activations(network.module, seen.images[chosen : chosen + 1], shown)
    top, channels = strongest(maps, SHOWN)
    arrays = {"activations": top[0].cpu().numpy(), "channels": channels[0].cpu().numpy()}
    own_maps = grad_cam(network.module, seen.images, seen.targets, layers)
    picture = seen.images[chosen : chosen + 1].expand(2, -1, -1, -1)
    cams = grad_cam(network.module, picture, torch.tensor(pair, device=picture.device), layers)
    described = []
    for number, layer in enumerate(layers):
        arrays[f"cams_{number}"] = cams[layer].cpu().numpy()
        described.append(
            _layer(network, seen, layer) | _compare(cams[layer]) | _masses(own_maps[layer], seen)
        )
    work.save(**arrays)
    active = torch.cat([maps.amax((2, 3)) > 0 for maps in _activations(network, seen, shown)])
    return {
        "layers": described,
        "grid": {
            "layer": shown,
            "shown": len(channels[0]),
            "channels": maps.shape[1],
            "height": maps.shape[2],
            "width": maps.shape[3],
            "dead": int((~active.any(0)).sum()),
            "dead_share": float(1 - active.any(0).float().mean()),
            "silent": int((~active[chosen]).sum()),
            "silent_share": float(1 - active[chosen].float().mean()),
            "strongest": int(channels[0, 0]),
        },
    }


def _layer(network: Network, seen: Pictures, layer: str) -> Values:
    """Size of the layer's maps, and the share of their values on all pictures that are not above zero."""
    zero = 0.0
    for maps in _activations(network, seen, layer):
        zero += float((maps <= 0).float().mean()) * len(maps)
        channels, height, width = maps.shape[1:]
    return {
        "name": layer,
        "channels": channels,
        "height": height,
        "width": width,
        "zero": zero / len(seen.images),
    }


def _activations(network: Network, seen: Pictures, layer: str) -> Iterator[Tensor]:
    """The layer's feature maps (m, k, h', w') of a block of pictures after the other."""
    for block in blocks(len(seen.images)):
        yield activations(network.module, seen.images[block], layer)


def _compare(cams: Tensor) -> Values:
    """The maps (2, h', w') of two classes: their rank correlation, and the first one's share of the sum of
    both (None where both are zero).
    """
    both = cams.double().cpu()
    sums = both.sum((1, 2))
    total = float(sums.sum())
    return {
        "correlation": float(rank_correlation(both[:1].numpy(), both[1:].numpy())[0]),
        "first_share": float(sums[0]) / total if total > 0 else None,
    }


def _masses(cams: Tensor, seen: Pictures) -> Values:
    """Mean over the pictures with an object of the share of Grad-CAM (n, h', w') of the class explained that
    lies on the object; nothing without masks.
    """
    if seen.objects is None:
        return {}
    there = seen.objects.flatten(1).any(1)
    if not there.any():
        return {}
    maps = upsample(cams, seen.objects.shape[1:])[there]
    return {
        "mass": float(mass_accuracy(maps, seen.objects[there]).mean()),
        "area": float(seen.objects[there].float().mean()),
        "masked": int(there.sum()),
    }
