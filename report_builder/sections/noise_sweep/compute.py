"""SmoothGrad at five sizes of noise, each scored, and what the network answers to the noisy copies."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from report_builder.methods.batching import MemoryBudget
from report_builder.methods.hooks import class_scores
from report_builder.methods.passes import shared_passes
from report_builder.methods.power_spectrum import high_frequency_share
from report_builder.methods.rank_correlation import rank_correlation
from report_builder.methods.scores import magnitude, mass_accuracy, means_with_intervals, pointing_game
from report_builder.methods.smoothing import smooth_grad
from report_builder.pipeline.step import Values, Work
from report_builder.sections.own_network import HeldOut, OwnNetwork, held_out, load_own

# Copies and noise, times the range of the picture, as the assignment lists them; the gradient itself first
CELLS = ((1, 0.0), (50, 0.75), (10, 1.0), (10, 2.0), (10, 3.0), (10, 4.0))
REPEATED = 4  # pictures whose maps are made again from other draws
SHOWN = 4


def sweep(work: Work) -> Values:
    """Maps (cells, shown, s, s), each divided by its maximum, and the scores of each cell."""
    network = load_own(work)
    seen = held_out(work, work.needs["own_pictures"].values["shown"][: work.settings["noise_sweep.pictures"]])
    seed = work.settings["seed"]
    maps: list[Tensor] = []
    answers: list[Values] = []
    again: list[NDArray[np.float64] | None] = []
    for copies, sigma in CELLS:
        signed, answer = _smooth(network, seen, copies, sigma, seed)
        maps.append(magnitude(signed))
        answers.append(answer)
        if sigma:
            some = slice(0, min(REPEATED, len(seen.labels)))
            other, _ = _smooth(network, seen, copies, sigma, seed + 1, some)
            again.append(rank_correlation(maps[-1][some].cpu(), magnitude(other).cpu()))
        else:
            again.append(None)
    tops = torch.stack(maps).amax((2, 3), keepdim=True)
    scaled = torch.where(tops > 0, torch.stack(maps) / tops, 0)
    work.save(maps=scaled[:, :SHOWN].cpu().numpy().astype(np.float16))
    masks = seen.objects
    there = None if masks is None else masks.flatten(1).any(1)
    if masks is None or there is None or not there.any():
        masks = there = None
    return {
        "pictures": len(seen.labels),
        "shown": min(SHOWN, len(seen.labels)),
        "repeated": min(REPEATED, len(seen.labels)),
        "with_object": 0 if there is None else int(there.sum()),
        "area": None if masks is None else float(masks[there].double().mean()),
        "cells": [
            {
                "copies": copies,
                "sigma": sigma,
                **_scores(work, cell, maps[0], seen, there),
                "repeated": None if repeated is None else _estimate(work, repeated),
                **answer,
            }
            for (copies, sigma), cell, answer, repeated in zip(CELLS, maps, answers, again, strict=True)
        ],
    }


def gradient_and_answer(
    network: nn.Module, images: Tensor, classes: Tensor, memory: MemoryBudget | None = None
) -> Tensor:
    """(n, 3 * h * w + 1 + k): the gradient of the class logit, the probability of the class, and 1 at the
    class that the network answers. Their means over noisy copies cost what that of the gradient does.
    """
    passes = shared_passes(network, images, classes, memory=memory)
    probability = class_scores(passes.logits.softmax(1), classes)
    answers = nn.functional.one_hot(passes.logits.argmax(1), passes.logits.shape[1]).to(probability)
    return torch.cat([passes.gradients["gradient"].flatten(1), probability[:, None], answers], dim=1)


def _smooth(
    network: OwnNetwork, seen: HeldOut, copies: int, sigma: float, seed: int, some: slice = slice(None)
) -> tuple[Tensor, Values]:
    """The mean signed gradient (n, 3, s, s), and what the network answers to the copies."""
    pixels, labels = seen.pixels[some], seen.labels[some]
    means = smooth_grad(
        network.module,
        pixels,
        labels,
        samples=copies,
        sigma=sigma,
        seed=seed,
        map_of=gradient_and_answer,
    )
    size = pixels[0].numel()
    answers = means[:, size + 1 :].double()
    frequency = answers.mean(0)
    return means[:, :size].reshape(pixels.shape), {
        "probability": float(means[:, size].double().mean()),
        "kept": float(class_scores(answers, labels).mean()),
        "commonest": int(frequency.argmax()),
        "commonest_share": float(frequency.max()),
    }


def _scores(work: Work, maps: Tensor, plain: Tensor, seen: HeldOut, there: Tensor | None) -> Values:
    fine = high_frequency_share(maps[:, None].double())
    found: Values = {
        "rank": _estimate(work, rank_correlation(maps.cpu(), plain.cpu())),
        "others": _between_pictures(maps),
        "fine": float(fine[fine.isfinite()].mean()) if fine.isfinite().any() else None,
        "mass": None,
        "hits": None,
    }
    if there is not None and seen.objects is not None:
        sizes, masks = maps[there].double(), seen.objects[there]
        found["mass"] = _estimate(work, mass_accuracy(sizes, masks).cpu().numpy())
        found["hits"] = int((pointing_game(sizes, masks) == 1).sum())
    return found


def _between_pictures(maps: Tensor) -> float | None:
    """Mean rank correlation of the maps of two different pictures, over all pairs."""
    pairs = list(combinations(range(len(maps)), 2))
    if not pairs:
        return None
    first, second = (maps[list(side)].cpu() for side in zip(*pairs, strict=True))
    return float(rank_correlation(first, second).mean())


def _estimate(work: Work, values: NDArray[np.float64]) -> Values:
    """The mean over the pictures with its 95 % bootstrap interval."""
    found = means_with_intervals(
        {"": values}, seed=work.settings["seed"], resamples=work.settings["evaluation.bootstrap_draws"]
    )[""]
    return {"value": found.value, "interval": [found.low, found.high]}
