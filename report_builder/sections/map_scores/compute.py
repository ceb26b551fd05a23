"""The scenes, the scores of each family's maps on them, and the ranking of all methods."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from scipy.stats import rankdata
from torch import Tensor

from report_builder.datasets.farmyard.labels import CLASSES, DEFINING_PART, PARTS
from report_builder.datasets.farmyard.splits import Scenes, split_scenes
from report_builder.farmyard.acceptance import MIN_PART_PIXELS, part_drops
from report_builder.methods.agreement import Estimate
from report_builder.methods.rank_correlation import rank_correlation
from report_builder.methods.scores import (
    mass_accuracy,
    means_with_intervals,
    part_importance,
    part_sums,
    pointing_game,
)
from report_builder.models.farmnet import FarmNet
from report_builder.models.image_training import to_tensor
from report_builder.pipeline.step import Values, Work
from report_builder.sections.map_methods import REFERENCES
from report_builder.sections.map_scores import FAMILIES, FARMNET
from report_builder.sections.map_scores.measures import (
    deletion_and_insertion,
    full_size,
    heat,
    relevance,
)
from report_builder.sections.scene_maps import (
    BACKGROUND,
    LIME_SAMPLES,
    LIME_SEGMENTS,
    MAPS,
    OCCLUSION_WINDOW,
    RANDOM_FAMILIES,
    RANDOM_METHODS,
    SCORE_CAM_MAPS,
    Budget,
    Maps,
    scored_network,
)

RESEEDED = 6  # scenes whose random maps are made again with another seed
# Scores by name: whether much of it is good
SCORES = {
    "pointing": True,
    "mass": True,
    "pointing_part": True,
    "part_importance": True,
    "deletion": False,
    "insertion": True,
}


def draw_scenes(work: Work) -> Values:
    """Test scenes with an animal, their masks, and what the class logit loses when a part is not drawn."""
    network = scored_network(work.files[FARMNET], work.device)
    drawn = split_scenes("test", work.settings["map_scores.scenes"])
    kept = np.flatnonzero(drawn.labels != CLASSES.index("none"))
    scenes = Scenes(drawn.images[kept], drawn.labels[kept], drawn.objects[kept], drawn.parts[kept])
    drops = part_drops(network.cpu(), scenes, kept)
    network.to(work.device)
    images = to_tensor(scenes.images)
    with torch.no_grad():
        predicted = torch.cat(
            [network(block.to(work.device)).argmax(1).cpu() for block in torch.split(images, 16)]
        )
    defining = np.array([PARTS.index(DEFINING_PART[CLASSES[label]]) for label in scenes.labels])
    shown = (scenes.parts == defining[:, None, None]).sum((1, 2)) >= MIN_PART_PIXELS
    work.save(
        images=scenes.images,
        labels=scenes.labels,
        objects=scenes.objects,
        parts=scenes.parts,
        drops=np.nan_to_num(drops),
        measured=np.isfinite(drops),
        defining=defining,
        defining_shown=shown,
    )
    return {
        "count": len(kept),
        "classes": len(set(scenes.labels.tolist())),
        "accuracy": float((predicted.numpy() == scenes.labels).mean()),
        "area": float(scenes.objects.mean()),
        "defining_shown": int(shown.sum()),
        "parts_removed": int(np.isfinite(drops).sum()),
    }


def score_family(work: Work) -> Values:
    """Arrays `<score>.<method>` of one family: (scenes,), or fewer where a score needs what a scene lacks."""
    network, scenes = scored_network(work.files[FARMNET], work.device), work.needs["scenes"].arrays()
    family, settings = work.parameters["family"], work.settings["map_scores"]
    images = to_tensor(scenes["images"]).to(work.device)
    classes = torch.from_numpy(scenes["labels"]).to(work.device)
    budget = Budget(settings["samples"], work.settings["smooth_grad.sigma"], work.settings["seed"])
    maps = MAPS[family](network, images, classes, budget)
    size = (images.shape[-2], images.shape[-1])
    sized = {name: full_size(values, size).cpu() for name, values in maps.items()}
    arrays: dict[str, np.ndarray] = {}
    for name, values in sized.items():
        for score, found in _against_masks(name, values, scenes).items():
            arrays[f"{score}.{name}"] = found
    count = min(settings["deletion_scenes"], len(images))
    areas = deletion_and_insertion(
        network,
        images[:count],
        classes[:count],
        {name: values[:count] for name, values in sized.items()},
        steps=settings["deletion_steps"],
        seed=work.settings["seed"],
    )
    arrays |= {f"{score}.{name}": found for name, scores in areas.items() for score, found in scores.items()}
    work.save(**arrays)
    return {"methods": list(maps), "seeds": _seeds(work, network, images, classes, budget, sized)}


def rank(work: Work) -> Values:
    """Means with intervals and ranks per score and method; mean ranks; who is ahead of the references."""
    arrays: dict[str, np.ndarray] = {}
    seeds: dict[str, float] = {}
    for family in FAMILIES:
        saved = work.needs[f"scene_scores.{family}"]
        arrays |= saved.arrays()
        seeds |= saved.values["seeds"]
    methods = [name for family in FAMILIES for name in work.needs[f"scene_scores.{family}"].values["methods"]]
    own = [name for name in methods if name not in REFERENCES]
    options = {"seed": work.settings["seed"], "resamples": work.settings["evaluation.bootstrap_draws"]}
    scores: dict[str, Any] = {}
    places_of: dict[str, list[float]] = {name: [] for name in own}
    for score, much_is_good in SCORES.items():
        table = {name: arrays[f"{score}.{name}"] for name in methods}
        means = means_with_intervals(table, **options)
        sign = 1 if much_is_good else -1
        order = sorted(own, key=lambda name: -sign * means[name].value)
        for name, place in places({name: sign * means[name].value for name in own}).items():
            places_of[name].append(place)
        scores[score] = {
            "count": len(next(iter(table.values()))),
            "best": order[0],
            "worst": order[-1],
            "tied": _tied(table, own, order[0], options),
            "means": {name: _described(estimate) for name, estimate in means.items()},
            "ahead_of": {reference: _ahead(table, own, reference, sign, options) for reference in REFERENCES},
        }
        scores[score]["beaten"] = {
            reference: sum(found["interval"][0] > 0 for found in ahead.values())
            for reference, ahead in scores[score]["ahead_of"].items()
        }
    mean_ranks = {name: float(np.mean(found)) for name, found in places_of.items()}
    ranked = sorted(own, key=lambda name: mean_ranks[name])
    random_head = work.needs["randomisation"].values["head"]
    return {
        "methods": len(own),
        "ranked": ranked,
        "mean_ranks": mean_ranks,
        "ranks": {name: dict(zip(SCORES, found, strict=True)) for name, found in places_of.items()},
        "scores": scores,
        "baseline": _baseline(arrays, options),
        "seeds": seeds,
        "seeds_order": sorted(seeds, key=lambda name: seeds[name]),
        "reseeded": RESEEDED,
        "random_head": {name: random_head[name] for name in ranked if name in random_head},
        "agreement": _agreement(scores, own),
        "reduced": {
            "window": OCCLUSION_WINDOW,
            "lime_segments": LIME_SEGMENTS,
            "lime_samples": LIME_SAMPLES,
            "background": BACKGROUND,
            "score_cam_maps": SCORE_CAM_MAPS,
        },
    }


def places(values: Mapping[str, float]) -> dict[str, float]:
    """The rank of each method, 1 for the greatest value; equal values share the mean of their ranks."""
    ranks = rankdata([-value for value in values.values()], method="average")
    return {name: float(rank) for name, rank in zip(values, ranks, strict=True)}


def _against_masks(name: str, maps: Tensor, scenes: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    warm = heat(maps).double()
    objects, parts = torch.from_numpy(scenes["objects"]), torch.from_numpy(scenes["parts"])
    shown = torch.from_numpy(scenes["defining_shown"])
    defining = parts[shown] == torch.from_numpy(scenes["defining"])[shown, None, None]
    signed = relevance(name, maps).double()
    if name == "random":  # signed noise: the sums of noise that is not negative would follow the areas
        signed = signed - 0.5
    sums = part_sums(signed, parts.long(), torch.arange(len(PARTS))).numpy()
    drops = np.where(scenes["measured"], scenes["drops"], np.nan)
    importance = part_importance(sums, drops)
    return {
        "pointing": pointing_game(warm, objects).numpy(),
        "mass": mass_accuracy(warm, objects).numpy(),
        "pointing_part": pointing_game(warm[shown], defining).numpy(),
        "part_importance": importance[np.isfinite(importance)],
    }


def _seeds(
    work: Work, network: FarmNet, images: Tensor, classes: Tensor, budget: Budget, first: Maps
) -> dict[str, float]:
    """Mean rank correlation of a random method's maps with those of another seed."""
    if work.parameters["family"] not in RANDOM_FAMILIES:
        return {}
    some = slice(0, RESEEDED)
    other = Budget(budget.samples, budget.sigma, budget.seed + 1)
    again = MAPS[work.parameters["family"]](network, images[some], classes[some], other)
    return {
        name: float(rank_correlation(heat(first[name][some]).numpy(), heat(values.cpu()).numpy()).mean())
        for name, values in again.items()
        if name in RANDOM_METHODS
    }


def _described(estimate: Estimate) -> Values:
    return {"value": estimate.value, "interval": [estimate.low, estimate.high]}


def _ahead(
    table: dict[str, np.ndarray], own: list[str], reference: str, sign: int, options: dict[str, int]
) -> dict[str, Values]:
    """Per method, how far it is ahead of the reference on the same scenes, with its interval."""
    ahead = {name: sign * (table[name] - table[reference]) for name in own}
    return {name: _described(found) for name, found in means_with_intervals(ahead, **options).items()}


def _tied(table: dict[str, np.ndarray], own: list[str], best: str, options: dict[str, int]) -> int:
    """How many methods, the best among them, cannot be told apart from the best on the same scenes."""
    differences = means_with_intervals({name: table[name] - table[best] for name in own}, **options)
    return sum(found.low <= 0 <= found.high for found in differences.values())


def _baseline(arrays: dict[str, np.ndarray], options: dict[str, int]) -> dict[str, Values]:
    """What Integrated Gradients gain, on the same scenes, by the mean colour as their baseline."""
    gains = {}
    for score, much_is_good in SCORES.items():
        gain = arrays[f"{score}.from_mean_colour"] - arrays[f"{score}.integrated_gradients"]
        gains[score] = means_with_intervals({"gain": gain if much_is_good else -gain}, **options)["gain"]
    return {score: _described(gain) for score, gain in gains.items()}


def _agreement(scores: dict[str, Any], own: list[str]) -> list[Values]:
    """Rank correlation between the orders in which two scores put the methods, the least first."""
    values = {
        score: [(1 if SCORES[score] else -1) * found["means"][name]["value"] for name in own]
        for score, found in scores.items()
    }
    names = list(values)
    pairs = [
        {
            "first": first,
            "second": second,
            "correlation": float(rank_correlation([values[first]], [values[second]])[0]),
        }
        for i, first in enumerate(names)
        for second in names[i + 1 :]
    ]
    return sorted(pairs, key=lambda pair: float(pair["correlation"]))
