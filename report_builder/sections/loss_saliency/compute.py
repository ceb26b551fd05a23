"""Maps of the loss's gradient, what they share with those of the logit, and where their bright points are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from report_builder.methods.agreement import Estimate
from report_builder.methods.brightest import brightest, share_inside
from report_builder.methods.loss_gradient import ClassGradients, class_gradients
from report_builder.methods.rank_correlation import rank_correlation
from report_builder.methods.reference_maps import centre_prior, edge_maps
from report_builder.methods.scores import means_with_intervals
from report_builder.pipeline.step import Values, Work
from report_builder.sections.own_network import held_out, load_own

SCORED = 104  # pictures on which places are counted, as many of each class
MOST_CLASSES = 13  # shown
BRIGHT = 0.05  # share of the pixels that count as bright points
EDGES = 0.1  # share of the pixels, those of the greatest Sobel magnitude, that count as edges


def place(work: Work) -> Values:
    """Maps of the pictures shown, scaled to one each; statistics over more pictures of the first split."""
    network = load_own(work)
    pictures = work.needs["own_pictures"]
    labels = pictures.arrays()["labels"]
    shown = shown_places(pictures.values["chosen"], labels)
    scored = first_of_classes(pictures, SCORED)
    places = [*shown, *(place for place in scored if place not in set(shown))]
    seen = held_out(work, places)
    found = class_gradients(network.module, seen.pixels, seen.labels)
    maps = found.loss.abs().amax(1)
    tops = maps[: len(shown)].amax((1, 2), keepdim=True)
    scaled = torch.where(tops > 0, maps[: len(shown)] / tops, 0)
    work.save(shown=np.array(shown), maps=scaled.cpu().numpy().astype(np.float16))
    rows = [places.index(place) for place in scored]
    return {
        "shown": len(shown),
        "scored": len(scored),
        "classes": len(set(labels[shown].tolist())),
        "of_classes": len(pictures.values["classes"]),
        "bright": BRIGHT,
        "edges": EDGES,
        "against_logit": _against_logit(work, found, rows),
        "sizes": _sizes(found, rows),
        **_places(work, maps[rows], seen.pixels[rows], None if seen.objects is None else seen.objects[rows]),
        "per_class": _per_class(
            maps[rows],
            seen.pixels[rows],
            None if seen.objects is None else seen.objects[rows],
            labels[scored],
        ),
    }


def shown_places(chosen: Sequence[int], labels: NDArray[np.int64]) -> list[int]:
    """Of the pictures chosen, class after class, those of the classes that a figure has room for."""
    kept = list(dict.fromkeys(int(labels[place]) for place in chosen))[:MOST_CLASSES]
    return [place for place in chosen if labels[place] in kept]


def first_of_classes(pictures: Any, most: int) -> list[int]:
    """Places of at most that many pictures of the first split: the first of every class, then the second of
    every class, and so on.
    """
    arrays = pictures.arrays()
    first = np.flatnonzero(arrays["splits"] == 0)
    labels = arrays["labels"][first]
    turn = np.zeros(len(first), dtype=np.int64)
    for label in np.unique(labels):
        turn[labels == label] = np.arange((labels == label).sum())
    order = np.lexsort((labels, turn))
    return [int(place) for place in first[order[:most]]]


def _against_logit(work: Work, found: ClassGradients, rows: Sequence[int]) -> Values:
    """Rank correlation of the maps of loss and logit, per picture."""
    loss, logit = (values[rows].abs().amax(1).cpu() for values in (found.loss, found.logit))
    ranks = rank_correlation(loss, logit)
    return {**_estimate(work, ranks), "lowest": float(ranks.min())}


def _sizes(found: ClassGradients, rows: Sequence[int]) -> Values:
    """Length (L2) of both gradients among the surest and the least sure third of the pictures."""
    probability = found.probabilities[rows].double().cpu().numpy()
    lengths = {
        "loss": found.loss[rows].double().flatten(1).norm(dim=1).cpu().numpy(),
        "logit": found.logit[rows].double().flatten(1).norm(dim=1).cpu().numpy(),
    }
    order = np.argsort(probability, kind="stable")
    third = max(1, len(order) // 3)
    groups = {"unsure": order[:third], "sure": order[-third:]}
    return {
        "third": third,
        "probability": {name: float(np.median(probability[group])) for name, group in groups.items()},
        **{
            key: {
                "rank": float(rank_correlation(probability[None], values[None])[0]),
                **{name: float(np.median(values[group])) for name, group in groups.items()},
            }
            for key, values in lengths.items()
        },
    }


def _places(work: Work, maps: Tensor, pixels: Tensor, objects: Tensor | None) -> Values:
    """Shares of the bright points and of the whole map on edges and, where masks are known, on the object."""
    bright, edges = brightest(maps, BRIGHT).double(), brightest(edge_maps(pixels), EDGES).double()
    on_edges = {
        "bright": _estimate(work, share_inside(bright, edges)),
        "mass": _estimate(work, share_inside(maps, edges)),
    }
    there = None if objects is None else objects.flatten(1).any(1)
    if objects is None or there is None or not there.any():
        return {"on_edges": on_edges, "on_object": None}
    mask, bright, edges = objects[there].double(), bright[there], edges[there]
    regions = {
        "object_edges": mask * edges,
        "object_inside": mask * (1 - edges),
        "outside_edges": (1 - mask) * edges,
        "outside_flat": (1 - mask) * (1 - edges),
    }
    height, width = mask.shape[1:]
    inside = share_inside(bright, mask)
    references = {
        "edges": share_inside(brightest(edge_maps(pixels[there]), BRIGHT), mask),
        "centre_prior": share_inside(
            brightest(centre_prior(height, width).to(mask).expand_as(mask), BRIGHT), mask
        ),
    }
    return {
        "on_edges": on_edges,
        "on_object": {
            "pictures": len(mask),
            "area": float(mask.mean()),
            "bright": _estimate(work, inside),
            "mass": _estimate(work, share_inside(maps[there], mask)),
            "references": {
                name: {"value": float(values.mean()), "ahead": _estimate(work, inside - values)}
                for name, values in references.items()
            },
            "regions": {
                name: {
                    "area": float(region.mean()),
                    "bright": _estimate(work, share_inside(bright, region)),
                    "times": float(share_inside(bright, region).mean() / region.mean())
                    if region.any()
                    else 0.0,
                }
                for name, region in regions.items()
            },
        },
    }


def _per_class(
    maps: Tensor, pixels: Tensor, objects: Tensor | None, labels: NDArray[np.int64]
) -> list[Values]:
    """Means over the pictures of each class that is shown; None on the object where none is in sight."""
    bright, edges = brightest(maps, BRIGHT).double(), brightest(edge_maps(pixels), EDGES)
    on_edges = share_inside(bright, edges).cpu().numpy()
    rows = []
    for label in np.unique(labels)[:MOST_CLASSES]:
        own = torch.from_numpy(np.flatnonzero(labels == label)).to(maps.device)
        row: Values = {
            "class": int(label),
            "pictures": len(own),
            "edges": float(on_edges[labels == label].mean()),
        }
        if objects is not None:
            mask = objects[own].double()
            seen = mask.flatten(1).any(1)
            row["area"] = float(mask.mean())
            row["object"] = float(share_inside(bright[own][seen], mask[seen]).mean()) if seen.any() else None
        rows.append(row)
    return rows


def _estimate(work: Work, values: Tensor | NDArray[np.float64]) -> Values:
    numbers = values.cpu().numpy() if isinstance(values, Tensor) else values
    found: Estimate = means_with_intervals(
        {"": numbers}, seed=work.settings["seed"], resamples=work.settings["evaluation.bootstrap_draws"]
    )[""]
    return {"value": found.value, "interval": [found.low, found.high]}
