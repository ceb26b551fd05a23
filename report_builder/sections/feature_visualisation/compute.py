"""Activation maximisation of one class: plain, with one regulariser after the other, and with all of them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import avg_pool2d, pad

from report_builder.methods.activation_maximisation import (
    Recipe,
    class_logit,
    maximise,
    robust_probability,
    total_variation,
)
from report_builder.methods.power_spectrum import high_frequency_share, power_spectrum
from report_builder.methods.rank_correlation import rank_correlation
from report_builder.methods.transformations import Jitter, jittered
from report_builder.models.networks import Network
from report_builder.pipeline.step import Values, Work
from report_builder.sections.seen import class_index, load, pictures

RATE = 0.05
COMPARED = 3  # seeds of the ablation, the first of those of the regularised pictures
SHIFT = 2  # pixels by which a picture is moved to see what of its answer stays
ROTATION = Jitter(degrees=5)
DRAWS = 32
BLOCK = 8  # pictures at a time
# Movements that no recipe has seen: three times as far as it moves pictures itself
UNSEEN = Jitter(shift=24, scale=0.4, degrees=40)
BINS = 28  # of the power spectrum
# A place is red if the mean red of its 5 x 5 pixels lies this much above their green and their blue
RED_MARGIN, RED_WINDOW = 0.25, 5

# What each step of the ablation adds to the recipe before it
_SHIFTED = Jitter(shift=8)
ADDED: dict[str, dict[str, Any]] = {
    "none": {},
    "total_variation": {"total_variation": 20.0},
    "shift": {"jitter": _SHIFTED},
    "blur": {"blur": 0.35, "blur_every": 8},
    "fourier": {"fourier": True},
    "rotation": {"jitter": replace(_SHIFTED, scale=0.2, degrees=15)},
}


def recipes(steps: int) -> dict[str, Recipe]:
    """The recipes of the ablation by what they add last; the last one has every regulariser."""
    recipe, found = Recipe(steps=steps, rate=RATE), {}
    for name, change in ADDED.items():
        recipe = replace(recipe, **change)
        found[name] = recipe
    return found


def unregularised(work: Work) -> Values:
    """Plain gradient ascent, and what shows that its pictures mean nothing."""
    network = load(work)
    seen = pictures(work, network)
    values, pixels = _maximised(work, network, "none", COMPARED)
    real = torch.cat([seen.pixels, network.denormalise(seen.background)])
    target = values["class"]["index"]
    logits = _logits(network, real)
    frequency, power = power_spectrum(real, bins=BINS)
    work.save(
        pixels=pixels.cpu().numpy(),
        frequency=frequency.cpu().numpy(),
        power=_spectrum(pixels),
        real_power=power.mean(0).cpu().numpy(),
    )
    return values | {
        "real": {
            "count": len(real),
            "high_frequencies": float(high_frequency_share(real).mean()),
            "logit": float(logits[:, target].max()),
            "red": float(_red(real).mean()),
        },
        "likeness": _likeness(pixels),
    }


def regularised(work: Work) -> Values:
    """Pictures of every seed with every regulariser, all in one batch."""
    network = load(work)
    count = work.settings["feature_visualisation"]["images"]
    values, pixels = _maximised(work, network, list(ADDED)[-1], max(count, COMPARED))
    work.save(pixels=pixels.cpu().numpy(), power=_spectrum(pixels))
    return values | {"shown": count, "likeness": _likeness(pixels)}


def ablation(work: Work) -> Values:
    """The recipes between plain ascent and all regularisers, on the same seeds, each one batch."""
    network = load(work)
    inner = list(ADDED)[1:-1]
    found = {name: _maximised(work, network, name, COMPARED) for name in inner}
    plain, full = (work.needs[name] for name in ("unregularised", "hens"))
    values = [plain.values, *(found[name][0] for name in inner), full.values]
    pixels = np.stack(
        [
            plain.arrays()["pixels"],
            *(found[name][1].cpu().numpy() for name in inner),
            full.arrays()["pixels"][:COMPARED],
        ]
    )
    work.save(pixels=pixels)
    rows: list[dict[str, Any]] = []
    for name, one in zip(ADDED, values, strict=True):
        first = one["images"][:COMPARED]
        means = {key: float(np.mean([image[key] for image in first])) for key in first[0]}
        rows.append({"added": name, **means, "each": [image["robust"] for image in first]})
    return {
        "rows": rows,
        "seeds": COMPARED,
        "gain": rows[-1]["robust"] - rows[0]["robust"],
        "largest": max(range(1, len(rows)), key=lambda i: rows[i]["robust"] - rows[i - 1]["robust"]),
    }


def _maximised(work: Work, network: Network, name: str, count: int) -> tuple[dict[str, Any], Tensor]:
    """`count` pictures by one recipe in one batch, and what the network says of each."""
    settings, seed = work.settings["feature_visualisation"], work.settings["seed"]
    target = class_index(network, settings["class_name"], "feature_visualisation.class_name")
    classes = torch.full((count,), target, device=work.device)
    recipe = recipes(settings["steps"])[name]
    images = maximise(
        class_logit(network.module, classes),
        recipe,
        seeds=[1000 * seed + number for number in range(count)],
        height=network.size,
        width=network.size,
        preprocess=network.normalise,
        like=torch.empty(0, device=work.device),
    )
    pixels = images.pixels
    probability = _logits(network, pixels).softmax(1)[:, target]
    robust = robust_probability(
        network.module, pixels, classes, UNSEEN, preprocess=network.normalise, seed=seed, draws=DRAWS
    )
    moved = {"shifted": _shifted(pixels), "rotated": _rotated(pixels, seed)}
    after = {key: _logits(network, copies.flatten(0, 1)) for key, copies in moved.items()}
    columns = {
        "logit": images.activation,
        "probability": probability,
        "robust": robust,
        "high_frequencies": high_frequency_share(pixels),
        "variation": total_variation(pixels),
        "red": _red(pixels),
        **{f"{k}_logit": v[:, target].reshape(-1, count).mean(0) for k, v in after.items()},
        **{f"{k}_probability": v.softmax(1)[:, target].reshape(-1, count).mean(0) for k, v in after.items()},
    }
    rows = [{key: float(column[i]) for key, column in columns.items()} for i in range(count)]
    means = {key: float(column.double().mean()) for key, column in columns.items()}
    values = {
        "class": {"name": settings["class_name"], "index": target},
        "images": rows,
        "mean": means,
        "least": {key: min(row[key] for row in rows) for key in ("probability", "robust")},
        "kept": {key: means[f"{key}_logit"] / means["logit"] for key in moved},
        "recipe": {
            "steps": recipe.steps,
            "rate": recipe.rate,
            "total_variation": recipe.total_variation,
            "shift": recipe.jitter.shift,
            "scale": recipe.jitter.scale,
            "degrees": recipe.jitter.degrees,
            "blur": recipe.blur,
            "blur_every": recipe.blur_every,
        },
        "moved": {"shift": SHIFT, "degrees": ROTATION.degrees},
        "unseen": {"shift": UNSEEN.shift, "scale": UNSEEN.scale, "degrees": UNSEEN.degrees, "draws": DRAWS},
    }
    return values, pixels


def _logits(network: Network, pixels: Tensor) -> Tensor:
    with torch.no_grad():
        return torch.cat(
            [network.module(network.normalise(pixels[i : i + BLOCK])) for i in range(0, len(pixels), BLOCK)]
        )


def _shifted(pixels: Tensor) -> Tensor:
    """(8, n, 3, h, w): moved by SHIFT pixels in the eight directions, mirrored at the borders."""
    height, width = pixels.shape[2:]
    wide = pad(pixels, [SHIFT] * 4, mode="reflect")
    corners = [(y, x) for y in (0, SHIFT, 2 * SHIFT) for x in (0, SHIFT, 2 * SHIFT) if (y, x) != (SHIFT,) * 2]
    return torch.stack([wide[:, :, y : y + height, x : x + width] for y, x in corners])


def _rotated(pixels: Tensor, seed: int) -> Tensor:
    """(8, n, 3, h, w): rotated at random."""
    generators = [torch.Generator().manual_seed(seed + i) for i in range(len(pixels))]
    return torch.stack([jittered(pixels, ROTATION, generators) for _ in range(8)])


def _spectrum(pixels: Tensor) -> np.ndarray:
    """(BINS,) mean power of the pictures."""
    mean: np.ndarray = power_spectrum(pixels, bins=BINS)[1].mean(0).cpu().numpy()
    return mean


def _likeness(pixels: Tensor) -> float:
    """Mean rank correlation of the pixels of pictures of different seeds, channels about their means."""
    flat = (pixels - pixels.mean((2, 3), keepdim=True)).cpu().numpy()
    pairs = [(i, j) for i in range(len(flat)) for j in range(i)]
    first, second = (flat[[pair[k] for pair in pairs]] for k in (0, 1))
    return float(rank_correlation(first, second).mean())


def _red(pixels: Tensor) -> Tensor:
    """(n,): share of places that are red; coloured noise has none, its mean is grey."""
    red, green, blue = avg_pool2d(pixels, RED_WINDOW, stride=1).unbind(1)
    return ((red - green > RED_MARGIN) & (red - blue > RED_MARGIN)).float().mean((1, 2))
