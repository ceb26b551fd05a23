"""What a map of each method costs, and how far the methods agree."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import torch
from torch.nn.functional import adaptive_avg_pool2d, interpolate

from report_builder.methods.rank_correlation import rank_correlation
from report_builder.methods.scores import magnitude
from report_builder.pipeline.step import Values, Work

CELLS = 28  # maps are compared on so many by so many places: not by single pixels


def compare(work: Work) -> Values:
    """By method, the pictures that go through the network forwards, and those that come back as gradients;
    the rank correlation of the methods' maps.

    A pass from a layer on, or up to it, counts as a whole one. What a method takes from another's map, as
    Guided Grad-CAM does, is counted with it, each pass once. The methods left out have no entry.
    """
    left_out: dict[str, str] = {}
    for saved in work.needs.values():
        left_out |= saved.values.get("left_out", {})
    noisy = work.needs["smoothing"].values["samples"]
    paths = work.needs["path_maps"].values
    channels = work.needs["class_activation"].values.get("channels") or 0
    windows = work.needs["occlusion_maps"].values["windows"]
    perturbations = work.needs["lime_maps"].values["samples"]
    passes = {
        "saliency": (1, 1),
        "input_x_gradient": (1, 1),
        "guided_backpropagation": (1, 1),
        "deconvnet": (1, 1),
        "cam": (1, 0),
        "grad_cam": (1, 1),
        "guided_grad_cam": (1, 2),
        "score_cam": (channels + 2, 0),  # the picture and the blank one beside the masked ones
        "smooth_grad": (noisy, noisy),
        "smooth_guided": (noisy, noisy),
        "smooth_guided_grad_cam": (noisy + 1, noisy + 1),
        "integrated_gradients": (paths["steps"], paths["steps"]),
        "gradient_shap": (paths["samples"], paths["samples"]),
        "deeplift": (2, 1),
        "occlusion": (windows + 1, 0),
        "lime_image": (perturbations, 0),
    }
    costs = {
        name: {"forward": forward, "backward": backward, "total": forward + backward}
        for name, (forward, backward) in passes.items()
        if name not in left_out
    }
    totals = [cost["total"] for cost in costs.values()]
    return {
        "methods": costs,
        "left_out": {name: reason for name, reason in left_out.items() if name in passes},
        "count": len(costs),
        "least": min(totals),
        "most": max(totals),
        "agreement": _agreement(_maps(work, list(costs))),
    }


def _maps(work: Work, names: list[str]) -> dict[str, np.ndarray]:
    """The sizes of each method's maps, (n, CELLS, CELLS)."""
    found: dict[str, np.ndarray] = {}
    for saved in work.needs.values():
        for name, values in saved.arrays().items():
            if name in names:
                sizes = magnitude(torch.from_numpy(values).double())[:, None]
                if sizes.shape[-1] < CELLS:
                    sizes = interpolate(sizes, (CELLS, CELLS), mode="bilinear", align_corners=False)
                found[name] = adaptive_avg_pool2d(sizes, CELLS)[:, 0].numpy()
    return {name: found[name] for name in names}


def _agreement(maps: dict[str, np.ndarray]) -> Values:
    """Mean rank correlation over all pairs of methods and all pictures; the nearest pair and the farthest."""
    pairs = {
        pair: float(rank_correlation(maps[pair[0]], maps[pair[1]]).mean()) for pair in combinations(maps, 2)
    }
    ends = {"nearest": max(pairs, key=lambda p: pairs[p]), "farthest": min(pairs, key=lambda p: pairs[p])}
    return {
        "cells": CELLS,
        "mean": float(np.mean(list(pairs.values()))),
        **{key: {"methods": list(pair), "correlation": pairs[pair]} for key, pair in ends.items()},
    }
