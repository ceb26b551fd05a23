"""Filters at three depths: what they answer to, and the inputs that excite some of them most."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import adaptive_avg_pool2d

from report_builder.datasets.farmyard.labels import OBJECT_PARTS, PARTS
from report_builder.methods.applicability import NotApplicable
from report_builder.methods.batching import MemoryBudget, image_cost
from report_builder.methods.depths import depth_layers
from report_builder.methods.filter_statistics import (
    STRONGEST,
    class_selectivity,
    colour_selectivity,
    gratings,
    grey,
    orientation_selectivity,
    responses,
)
from report_builder.methods.hooks import as_input, capture, frozen, layer_output
from report_builder.methods.network_dissection import (
    DETECTOR,
    TOP,
    PartCells,
    active,
    part_overlap,
    share_inside,
)
from report_builder.methods.receptive_field import receptive_field
from report_builder.methods.scores import difference_of_means, means_with_intervals
from report_builder.pipeline.step import Values, Work
from report_builder.sections.filters.ascent import canvas_size, described_recipe, inputs_that_excite
from report_builder.sections.own_network import HeldOut, OwnNetwork, held_out, load_own

MOST = 260  # held-out pictures that are looked at
ORIENTATIONS, PERIODS, PHASES = 12, (4, 8, 16, 32), 2  # of the gratings; periods in pixels
NOISE = 4  # pictures of noise on which the receptive field is measured
CELLS = 56  # a side at most of the maps whose overlap with parts is counted
ORDERS = 5  # times that the pictures' parts change places, for what overlaps by chance


def look(work: Work) -> Values:
    """Statistics of all filters of three layers, and the most exciting inputs of some.

    Arrays, by the layer's number: maps_<i> (filters, h', w') on the picture that excites each most; free_<i>,
    regularised_<i> (filters, 3, c, c) uint8. No layers and no arrays where three depths are not known.
    """
    network = load_own(work)
    places = _places(work.needs["own_pictures"].values["splits"])
    seen = held_out(work, places)
    try:
        layers = depth_layers(network.module)
        found = _Looked.at(network, seen, layers)
    except NotApplicable as reason:
        return {"layers": [], "left_out": reason.key}
    described, statistics = [], []
    arrays: dict[str, np.ndarray] = {}
    for number, layer in enumerate(layers):
        one, each, kept = _layer(work, network, seen, found, layer, places)
        described.append(one)
        statistics.append(each)
        arrays |= {f"{name}_{number}": array for name, array in kept.items()}
    work.save(**arrays)
    return {
        "layers": described,
        "left_out": None,
        "changes": _changes(work, statistics),
        "pictures": len(places),
        "area": None if seen.objects is None else float(seen.objects.float().mean()),
        "gratings": {"orientations": ORIENTATIONS, "shortest": min(PERIODS), "longest": found.longest},
        "strongest": min(STRONGEST, len(places)),
        "dissection": {"top": TOP, "detector": DETECTOR},
        "recipe": described_recipe(),
    }


def _places(splits: list[dict[str, Any]]) -> list[int]:
    """The pictures of the first split, or so many of them, evenly spaced."""
    count = splits[0]["count"]
    return [int(place) for place in np.linspace(0, count - 1, min(count, MOST)).round()]


class _Looked:
    """Responses of all filters, by layer: to the pictures, to the pictures in grey, to gratings; and their
    maps on the pictures, where it is known what lies where.
    """

    def __init__(self) -> None:
        self.coloured: dict[str, Tensor] = {}
        self.without: dict[str, Tensor] = {}
        self.gratings: dict[str, Tensor] = {}
        self.maps: dict[str, Tensor] = {}
        self.longest = 0

    @classmethod
    def at(cls, network: OwnNetwork, seen: HeldOut, layers: tuple[str, ...]) -> _Looked:
        looked, module = cls(), network.module
        periods = [period for period in PERIODS if period <= network.size]
        shown = gratings(
            network.size, orientations=ORIENTATIONS, periods=periods, phases=PHASES, like=seen.pixels
        )
        looked.longest = max(periods)
        looked.coloured, looked.maps = _responses(module, seen.pixels, layers, maps=seen.parts is not None)
        looked.without, _ = _responses(module, grey(seen.pixels), layers)
        answers, _ = _responses(module, shown.flatten(0, 2), layers)
        looked.gratings = {name: one.reshape(*shown.shape[:3], -1) for name, one in answers.items()}
        return looked


def _responses(
    network: nn.Module, images: Tensor, layers: tuple[str, ...], *, maps: bool = False
) -> tuple[dict[str, Tensor], dict[str, Tensor]]:
    """By layer: responses (n, k), and where asked for the maps (n, k, h', w') of at most CELLS a side."""

    def look_at(block: slice) -> dict[str, tuple[Tensor, Tensor]]:
        with frozen(network), torch.no_grad(), capture(network, layers) as outputs:
            network(as_input(images[block]))
        return {name: (responses(_maps(outputs[name])), _coarse(outputs[name], maps)) for name in layers}

    blocks = MemoryBudget.of(images.device).run(len(images), image_cost(network, images), look_at)
    answers, kept = ({name: torch.cat([b[name][i] for b in blocks]) for name in layers} for i in (0, 1))
    return answers, kept if maps else {}


def _maps(output: Tensor) -> Tensor:
    """Checked: maps of a square picture are square, and what has its channels last is not taken for maps."""
    if output.ndim != 4 or output.shape[2] != output.shape[3]:
        raise NotApplicable("layer_without_maps", "a layer's output is not a set of feature maps")
    return output


def _coarse(maps: Tensor, wanted: bool) -> Tensor:
    if not wanted:
        return maps[:, :0, :0, :0]
    return adaptive_avg_pool2d(maps, min(CELLS, maps.shape[2]))


def _layer(
    work: Work, network: OwnNetwork, seen: HeldOut, found: _Looked, layer: str, places: list[int]
) -> tuple[Values, dict[str, np.ndarray], dict[str, np.ndarray]]:
    """What is printed of a layer, each statistic of its live filters, and the arrays of those shown."""
    seed = work.settings["seed"]
    coloured = found.coloured[layer]
    live = (coloured.amax(0) > 0).nonzero()[:, 0]
    each = _statistics(seen, found, layer, live, seed) if len(live) else {}
    generator = torch.Generator().manual_seed(seed)
    noise = torch.rand(NOISE, 3, network.size, network.size, generator=generator).to(seen.pixels)
    described: Values = {
        "name": layer,
        "channels": coloured.shape[1],
        "dead": coloured.shape[1] - len(live),
        "side": layer_output(network.module, seen.pixels[:1], layer).shape[2],
        "receptive": receptive_field(network.module, noise, layer),
        "statistics": {
            name: _estimate(work, values) for name, values in each.items() if not name.startswith("_")
        },
    }
    if "part" in each:
        described["parts"] = _detected(each)
    shown = live[
        torch.linspace(0, len(live) - 1, min(work.settings["filters"]["per_layer"], len(live))).round().long()
    ]
    if not len(shown):
        return described | {"shown": [], "canvas": None, "ascent": None}, each, {}
    about, arrays = _excite(work, network, seen, coloured, layer, shown, places)
    return described | about, each, arrays


def _statistics(seen: HeldOut, found: _Looked, layer: str, live: Tensor, seed: int) -> dict[str, np.ndarray]:
    """Each statistic (filters,) of the live filters; NaN where it is not defined for one.

    "_label" is the part that each overlaps most, no statistic. Computed on the processor, which has float64.
    """
    live = live.cpu()
    coloured, labels = found.coloured[layer].cpu()[:, live], seen.labels.cpu()
    columns = {
        "orientation": orientation_selectivity(found.gratings[layer].cpu()[..., live]),
        "colour": colour_selectivity(coloured, found.without[layer].cpu()[:, live]),
    }
    classes = len(torch.unique(labels))
    if 1 < classes < len(coloured):
        columns["class"] = class_selectivity(coloured, labels)
    if seen.parts is not None and seen.objects is not None:
        maps = found.maps[layer].cpu()[:, live]
        wanted = [number for number, part in enumerate(PARTS) if part in OBJECT_PARTS]
        where, cells = active(maps), PartCells.of(seen.parts.cpu(), wanted, *maps.shape[2:])
        best = part_overlap(where, cells).max(1)
        generator = torch.Generator().manual_seed(seed)
        orders = [torch.randperm(len(maps), generator=generator) for _ in range(ORDERS)]
        by_chance = [part_overlap(where, cells, order).amax(1) for order in orders]
        columns |= {
            "part": best.values,
            "chance": torch.stack(by_chance).mean(0),
            "object": share_inside(maps, seen.objects.cpu()),
            "_label": torch.tensor(wanted)[best.indices],
        }
    return {name: column.double().numpy() for name, column in columns.items()}


def _estimate(work: Work, values: np.ndarray) -> Values | None:
    """The mean with its bootstrap interval over the filters for which the statistic is defined."""
    known = values[np.isfinite(values)]
    if not len(known):
        return None
    settings = work.settings
    one = means_with_intervals(
        {"mean": known}, seed=settings["seed"], resamples=settings["evaluation.bootstrap_draws"]
    )["mean"]
    return {"mean": one.value, "interval": [one.low, one.high], "filters": len(known)}


def _detected(each: Mapping[str, np.ndarray]) -> Values:
    """How many filters overlap a part as Network Dissection asks of a detector, and their commonest part."""
    detectors = (each["part"] > DETECTOR) & (each["part"] > each["chance"])
    labels, counts = np.unique(each["_label"][detectors].astype(int), return_counts=True)
    most = None if not len(labels) else PARTS[labels[counts.argmax()]]
    return {
        "detectors": int(detectors.sum()),
        "kinds": len(labels),
        "most": most,
        "most_count": int(counts.max()) if len(counts) else 0,
    }


def _excite(
    work: Work,
    network: OwnNetwork,
    seen: HeldOut,
    coloured: Tensor,
    layer: str,
    shown: Tensor,
    places: list[int],
) -> tuple[Values, dict[str, np.ndarray]]:
    """The strongest picture of each filter shown, the inputs that excite it most, and what they reached."""
    strongest, picture = coloured[:, shown].max(0)
    maps = layer_output(network.module, seen.pixels[picture], layer)
    canvas = canvas_size(network.module, layer, network.size, seen.pixels)
    inputs, reached = inputs_that_excite(
        network.module,
        layer,
        shown,
        strongest,
        size=canvas,
        settings=work.settings["filters"],
        seed=work.settings["seed"],
    )
    rows = torch.arange(len(shown), device=shown.device)
    arrays = {
        "maps": maps[rows, shown].clamp_min(0).cpu().numpy(),
        "free": _bytes(inputs["shown"]),
        "regularised": _bytes(inputs["regularised"]),
    }
    filters = [
        {"channel": int(channel), "place": places[int(picture[i])], "response": float(strongest[i])}
        | {name: float(values[i]) for name, values in reached.items()}
        for i, channel in enumerate(shown)
    ]
    free = inputs["free"]
    return {
        "shown": filters,
        "canvas": canvas,
        "range": [float(free.amin((1, 2, 3)).mean()), float(free.amax((1, 2, 3)).mean())],
        # the typical multiple; the middle, for one filter that a picture hardly excites not to be all of it
        "ascent": {name: float(np.median(values.cpu().numpy())) for name, values in reached.items()},
    }, arrays


def _bytes(pixels: Tensor) -> np.ndarray:
    array: np.ndarray = (pixels.clamp(0, 1) * 255).round().byte().cpu().numpy()
    return array


def _changes(work: Work, statistics: list[dict[str, np.ndarray]]) -> Values:
    """From the early to the late layer: difference of the means with its bootstrap interval."""
    changes: Values = {}
    for name, early in statistics[0].items():
        late = statistics[-1].get(name, np.empty(0))
        known = [values[np.isfinite(values)] for values in (early, late)]
        if name.startswith("_") or not all(len(values) for values in known):
            continue
        one = difference_of_means(
            known[1],
            known[0],
            seed=work.settings["seed"],
            resamples=work.settings["evaluation.bootstrap_draws"],
        )
        changes[name] = {"difference": one.value, "interval": [one.low, one.high]}
    return changes
