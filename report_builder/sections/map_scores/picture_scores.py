"""Scores of the maps of the pictures shown, by the network that they explain."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from report_builder.methods.reference_maps import centre_prior, edge_maps, random_maps
from report_builder.methods.scores import mass_accuracy, pointing_game
from report_builder.pipeline.step import Values, Work
from report_builder.sections.map_methods import ORDER, REFERENCES
from report_builder.sections.map_scores.measures import deletion_and_insertion, full_size, heat
from report_builder.sections.seen import blocks, load, pictures

SOURCES = ("gradient_maps", "class_activation", "smoothing", "path_maps", "occlusion_maps", "lime_maps")
SHOWN = (*ORDER, "from_mean_colour")


def score(work: Work) -> Values:
    """Per method, means over the pictures: deletion and insertion, and against masks where they are known."""
    network = load(work)
    seen = pictures(work, network)
    height, width = seen.images.shape[-2:]
    seed, steps = work.settings["seed"], work.settings["map_scores.deletion_steps"]
    random = random_maps(len(seen.images), height, width, seed=seed).float()
    areas: dict[str, dict[str, list[np.ndarray]]] = {}
    inside: dict[str, dict[str, list[Tensor]]] = {}
    for block in blocks(len(seen.images)):
        maps = _maps(work, block) | {
            "random": random[block],
            "centre_prior": centre_prior(height, width).float().expand(len(random[block]), -1, -1),
            "edges": edge_maps(seen.pixels[block]).cpu(),
        }
        sized = {name: full_size(values, (height, width)) for name, values in maps.items()}
        images, classes = seen.images[block], seen.targets[block]
        found = deletion_and_insertion(network.module, images, classes, sized, steps=steps, seed=seed)
        objects = None if seen.objects is None else seen.objects[block].cpu()
        for name, values in sized.items():
            for way, area in found[name].items():
                areas.setdefault(name, {}).setdefault(way, []).append(area)
            for key, scores in _against(values, objects).items():
                inside.setdefault(name, {}).setdefault(key, []).append(scores)
    means = {
        name: {way: float(np.concatenate(area).mean()) for way, area in areas[name].items()}
        | {key: float(torch.cat(scores).mean()) for key, scores in inside.get(name, {}).items()}
        for name in areas
    }
    own = [name for name in means if name not in REFERENCES]
    return {
        "count": len(seen.images),
        "methods": own,
        "scores": means,
        "best": {
            "deletion": min(own, key=lambda name: means[name]["deletion"]),
            "insertion": max(own, key=lambda name: means[name]["insertion"]),
        },
    }


def _maps(work: Work, block: slice) -> dict[str, Tensor]:
    """The maps of these pictures by method, in the order of the methods."""
    found: dict[str, Tensor] = {}
    for source in SOURCES:
        for name, values in work.needs[source].arrays().items():
            found[name] = torch.from_numpy(values[block].copy())  # the other pictures' maps are let go
    return {name: found[name] for name in SHOWN if name in found}


def _against(maps: Tensor, objects: Tensor | None) -> dict[str, Tensor]:
    """Scores (n,) of maps against masks, where there are any."""
    if objects is None:
        return {}
    warm = heat(maps).double()
    return {"pointing": pointing_game(warm, objects), "mass": mass_accuracy(warm, objects)}
