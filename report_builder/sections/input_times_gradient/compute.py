"""Gradient x Input, DeepLIFT and Integrated Gradients from black: sums, scores, likeness, noise."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from report_builder.methods.agreement import Estimate
from report_builder.methods.applicability import NotApplicable
from report_builder.methods.deeplift import deeplift
from report_builder.methods.gradients import input_x_gradient
from report_builder.methods.integrated_gradients import Complete, integrated_gradients
from report_builder.methods.pixel_deletion import area_under_curve, deletion_curves, pixel_order
from report_builder.methods.rank_correlation import rank_correlation
from report_builder.methods.reference_maps import centre_prior, edge_maps, random_maps
from report_builder.methods.scores import magnitude, mass_accuracy, means_with_intervals, pointing_game
from report_builder.pipeline.step import Values, Work
from report_builder.sections.input_times_gradient.names import IMPROVEMENTS, PLAIN
from report_builder.sections.map_methods import REFERENCES
from report_builder.sections.own_network import HeldOut, held_out, load_own

SCORED = 39  # pictures at most
FEW_STEPS = 10  # of the path, at most, where many pictures are scored
DISTURBED = 6  # pictures that noise is put on
NOISE = 0.02  # standard deviation, of pixels in [0, 1]: hardly visible

Maps = dict[str, Tensor]


def compare(work: Work) -> Values:
    """Maps of the pictures shown with all steps; scores of more pictures with fewer."""
    module = load_own(work).module.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    described = work.needs["own_pictures"].values
    steps, seed = work.settings["integrated_gradients.steps"], work.settings["seed"]
    few = min(FEW_STEPS, steps)
    shown = held_out(work, described["shown"])
    results, left_out = _attribute(module, shown.pixels, shown.labels, steps)
    seen = held_out(work, _spread(described))
    scored, _ = _attribute(module, seen.pixels, seen.labels, few)
    maps = {name: result.attributions for name, result in scored.items()}
    work.save(
        labels=shown.labels.cpu().numpy(),
        **{name: result.attributions.sum(1).cpu().numpy() for name, result in results.items()},
    )
    known = None if seen.objects is None else seen.objects.flatten(1).any(1)
    options = {"seed": seed, "resamples": work.settings["evaluation.bootstrap_draws"]}
    if known is not None and bool(known.any()):
        assert seen.objects is not None
        sizes = {name: magnitude(values[known]) for name, values in maps.items()}
        sizes |= _references(seen.pixels[known], seed)
        scores = _on_objects(sizes, seen.objects[known], options)
    else:
        orders = {name: values.sum(1) for name, values in maps.items()} | _references(seen.pixels, seed)
        deletion_steps = work.settings["map_scores.deletion_steps"]
        areas = _deletion(module, seen.pixels, seen.labels, orders, deletion_steps, seed)
        scores = {"deletion": _ranked(areas, options, much_is_good=False)}
    return {
        "steps": steps,
        "few_steps": few,
        "shown": len(shown.labels),
        "pictures": len(seen.labels),
        "classes": sorted({int(label) for label in shown.labels}),
        "left_out": left_out,
        "change": results[PLAIN].change.tolist(),
        "sums": {name: (r.error + r.change).tolist() for name, r in results.items()},
        "completeness": {name: _missed(result) for name, result in results.items()},
        "opposite": int((scored[PLAIN].change * (scored[PLAIN].error + scored[PLAIN].change) < 0).sum()),
        "scores": scores,
        "alike": _alike(maps),
        "noise": {
            "sigma": NOISE,
            "pictures": min(DISTURBED, len(seen.labels)),
            "cosine": _noise(module, seen, maps, few, seed),
        },
    }


def _spread(described: Any) -> list[int]:
    """Of the chosen pictures, class after class, the first ones of all classes, then the second ones, ..."""
    chosen, each = described["chosen"], max(1, described["per_class"])
    turns = [place for turn in range(each) for place in chosen[turn::each]]
    return turns[:SCORED]


def _attribute(
    module: nn.Module, images: Tensor, classes: Tensor, steps: int
) -> tuple[dict[str, Complete], dict[str, str]]:
    """The maps of all methods from black, with what their sums miss, and why a method is left out."""
    path = integrated_gradients(module, images, classes, steps=steps)
    results = {PLAIN: Complete.of(input_x_gradient(module, images, classes), path.change)}
    left_out = {}
    try:
        results["deeplift"] = deeplift(module, images, classes)
    except NotApplicable as reason:
        left_out["deeplift"] = reason.key
    return {**results, "integrated_gradients": path}, left_out


def _missed(result: Complete) -> float:
    """What the sums miss of the logits' changes, as a share of these, over all pictures."""
    return float(result.error.abs().sum() / result.change.abs().sum().clamp_min(1e-12))


def _references(pixels: Tensor, seed: int) -> Maps:
    count, _, height, width = pixels.shape
    return {
        "random": random_maps(count, height, width, seed=seed).to(pixels),
        "centre_prior": centre_prior(height, width).to(pixels).expand(count, -1, -1),
        "edges": edge_maps(pixels),
    }


def _on_objects(sizes: Maps, objects: Tensor, options: dict[str, int]) -> dict[str, Values]:
    """Share of each map on the object, and whether its maximum lies there."""
    warm = {name: values.double() for name, values in sizes.items()}
    found = {
        "mass": {name: mass_accuracy(values, objects).cpu().numpy() for name, values in warm.items()},
        "pointing": {name: pointing_game(values, objects).cpu().numpy() for name, values in warm.items()},
    }
    return {name: _ranked(table, options) for name, table in found.items()}


def _deletion(
    module: nn.Module, images: Tensor, classes: Tensor, orders: Maps, steps: int, seed: int
) -> dict[str, np.ndarray]:
    """Area under the deletion curve of each picture; pixels go to the picture's mean colour."""
    places = torch.stack([pixel_order(values, seed=seed) for values in orders.values()])
    mean = images.mean((2, 3), keepdim=True)
    curves = deletion_curves(module, images, classes, places, baseline=mean, steps=steps)
    return dict(zip(orders, area_under_curve(curves.double()).cpu().numpy(), strict=True))


def _ranked(table: dict[str, np.ndarray], options: dict[str, int], much_is_good: bool = True) -> Values:
    """Means; what each improvement gains over Gradient x Input, and each method over each reference, on the
    same pictures: positive where it is better; between: the first improvement over the second.
    """
    sign = 1 if much_is_good else -1
    own = [name for name in (PLAIN, *IMPROVEMENTS) if name in table]
    gains = {name: sign * (table[name] - table[PLAIN]) for name in own if name != PLAIN}
    both = [name for name in IMPROVEMENTS if name in table]
    between = {"gain": sign * (table[both[0]] - table[both[-1]])}
    ahead = {
        name: means_with_intervals({r: sign * (table[name] - table[r]) for r in REFERENCES}, **options)
        for name in own
    }
    return {
        "count": len(table[PLAIN]),
        "means": _described(means_with_intervals(table, **options)),
        "gains": _described(means_with_intervals(gains, **options)),
        "between": _described(means_with_intervals(between, **options))["gain"] if len(both) > 1 else None,
        "ahead": {name: _described(found) for name, found in ahead.items()},
    }


def _described(estimates: dict[str, Estimate]) -> Values:
    return {name: {"value": e.value, "interval": [e.low, e.high]} for name, e in estimates.items()}


def _alike(maps: Maps) -> list[Values]:
    """Mean rank correlation over the pictures of the signed maps of each two methods."""
    flat = {name: values.sum(1).cpu().numpy() for name, values in maps.items()}
    names = list(flat)
    return [
        {
            "first": first,
            "second": second,
            "correlation": float(rank_correlation(flat[first], flat[second]).mean()),
        }
        for i, first in enumerate(names)
        for second in names[i + 1 :]
    ]


def _noise(module: nn.Module, seen: HeldOut, maps: Maps, steps: int, seed: int) -> dict[str, float]:
    """Mean cosine of each method's maps of the first pictures with those of the same under slight noise."""
    images, classes = seen.pixels[:DISTURBED], seen.labels[:DISTURBED]
    noise = torch.randn(images.shape, generator=torch.Generator().manual_seed(seed)).to(images)
    after, _ = _attribute(module, (images + NOISE * noise).clamp(0, 1), classes, steps)
    return {
        name: float(
            nn.functional.cosine_similarity(
                maps[name][:DISTURBED].flatten(1), result.attributions.flatten(1)
            ).mean()
        )
        for name, result in after.items()
    }
