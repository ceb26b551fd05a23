"""Scores of the maps of the pictures shown, by the network that they explain."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from report_builder.methods.reference_maps import centre_prior, edge_maps, random_maps
from report_builder.methods.scores import mass_accuracy, pointing_game
from report_builder.pipeline.step import Values, Work
from report_builder.sections.map_methods import ORDER, REFERENCES
from report_builder.sections.map_scores.measures import deletion_and_insertion, full_size, heat
from report_builder.sections.seen import load, pictures

SOURCES = ("gradient_maps", "class_activation", "smoothing", "path_maps", "occlusion_maps", "lime_maps")


def score(work: Work) -> Values:
    """Per method, means over the pictures: deletion and insertion, and against masks where they are known."""
    network = load(work)
    seen = pictures(work, network)
    height, width = seen.images.shape[-2:]
    arrays = {name: a for source in SOURCES for name, a in work.needs[source].arrays().items()}
    shown = (*ORDER, "from_mean_colour")
    maps = {name: torch.from_numpy(np.asarray(arrays[name])) for name in shown if name in arrays}
    seed, steps = work.settings["seed"], work.settings["map_scores.deletion_steps"]
    maps |= {
        "random": random_maps(len(seen.images), height, width, seed=seed).float(),
        "centre_prior": centre_prior(height, width).float().expand(len(seen.images), -1, -1),
        "edges": edge_maps(seen.pixels).cpu(),
    }
    sized = {name: full_size(values, (height, width)) for name, values in maps.items()}
    areas = deletion_and_insertion(network.module, seen.images, seen.targets, sized, steps=steps, seed=seed)
    objects = None if seen.objects is None else seen.objects.cpu()
    found: dict[str, Any] = {}
    for name, values in sized.items():
        found[name] = {key: float(areas[name][key].mean()) for key in areas[name]}
        if objects is not None:
            warm = heat(values).double()
            found[name]["pointing"] = float(pointing_game(warm, objects).mean())
            found[name]["mass"] = float(mass_accuracy(warm, objects).mean())
    own = [name for name in found if name not in REFERENCES]
    return {
        "count": len(seen.images),
        "methods": own,
        "scores": found,
        "best": {
            "deletion": min(own, key=lambda name: found[name]["deletion"]),
            "insertion": max(own, key=lambda name: found[name]["insertion"]),
        },
    }
