"""Relevance under both networks; its worth against the truth, or without it when samples are masked."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from report_builder.methods.agreement import Estimate
from report_builder.methods.integrated_gradients import Complete
from report_builder.methods.one_row import OneRow
from report_builder.methods.pixel_deletion import area_under_curve, deletion_curves, pixel_order
from report_builder.methods.scores import mass_accuracy, means_with_intervals, pointing_game
from report_builder.pipeline.step import Values, Work
from report_builder.sections.own_signals import load_signal_network, test_signals
from report_builder.sections.relevance import METHODS, NETWORKS, REFERENCES
from report_builder.sections.relevance.fading import by_third, fading
from report_builder.sections.relevance.maps import (
    FINER,
    Budget,
    at_rest,
    heat,
    kept,
    occlusion_window,
    references,
    relevance,
)

BACKGROUND = 50  # training signals that Gradient SHAP draws from
SCORED_BUDGET = 20  # copies and draws for each signal that is scored and not shown
DELETION_STEPS = 10


def attribute(work: Work) -> Values:
    """Maps of the signals shown, for their own classes; scores on those scored; sizes by sample.

    Arrays: `shown.<method>` (s, t); with the truth `pointing.<method>` and `mass.<method>` (n,), without it
    `deletion.<method>` (n,); `fade` (t,), the size of the gradient.
    """
    network = load_signal_network(work, work.parameters["kind"])
    signals, settings = work.needs["signals"], work.settings
    values = signals.values
    window = occlusion_window(values["sampling_rate"], values["length"])
    background = _background(work)
    budget = Budget(
        settings["integrated_gradients.steps"],
        settings["smooth_grad.samples"],
        settings["smooth_grad.sigma"],
        settings["gradient_shap.samples"],
        settings["seed"],
    )
    small = budget.reduced(SCORED_BUDGET)
    shown, scored = (test_signals(work, values[name]) for name in ("shown", "scored"))
    drawn = relevance(network, shown.signals, shown.labels, background, budget, window)
    found = relevance(network, scored.signals, scored.labels, background, small, window)
    maps = found.maps | references(scored.signals, settings["seed"])
    if scored.planted is not None:
        scores = _against_truth(maps, scored.planted)
    else:
        scores = _deletion(network, scored.signals, scored.labels, maps, settings["seed"])
    fade = _fade(found.slopes)
    arrays = {f"shown.{name}": array for name, array in drawn.maps.items()} | scores | {"fade": fade}
    work.save(**{name: array.cpu().numpy() for name, array in arrays.items()})
    return {
        "steps": budget.steps,
        "copies": budget.copies,
        "draws": budget.draws,
        "sigma": budget.sigma,
        "background": len(background),
        "window": window[0],
        "window_seconds": window[0] / values["sampling_rate"],
        "stride": window[1],
        "scored_copies": small.copies,
        "scored_draws": small.draws,
        "completeness": _completeness(found.rounds, budget.steps),
        "fade": fading(fade.numpy(), values["sampling_rate"]),
    }


def compare(work: Work) -> Values:
    """Means with intervals of every score, who is ahead of the rules, and where the truth is hard."""
    found = {kind: work.needs[f"relevance.{kind}"].arrays() for kind in NETWORKS}
    signals = work.needs["signals"]
    scored, held = np.asarray(signals.values["scored"]), signals.arrays()
    correct = {
        kind: work.needs[f"signal_models.{kind}"].arrays()["test_logits"].argmax(1) == held["test_y"]
        for kind in NETWORKS
    }
    truth = f"mass.{METHODS[0]}" in found[NETWORKS[0]]
    kinds = {"pointing": True, "mass": True} if truth else {"deletion": False}
    options = {"seed": work.settings["seed"], "resamples": work.settings["evaluation.bootstrap_draws"]}
    result: Values = {
        "truth": truth,
        "count": len(scored),
        "accuracy": {kind: float(right[scored].mean()) for kind, right in correct.items()},
    }
    result["scores"] = {
        score: {
            kind: _ranked(
                {name: arrays[f"{score}.{name}"] for name in (*METHODS, *REFERENCES)},
                1 if much_is_good else -1,
                options,
            )
            for kind, arrays in found.items()
        }
        for score, much_is_good in kinds.items()
    }
    if truth:
        hits = {
            kind: {name: arrays[f"pointing.{name}"] for name in (*METHODS, *REFERENCES)}
            for kind, arrays in found.items()
        }
        planted = held["test_planted"]
        result["area"] = float(planted[scored].mean())
        result["classes"] = _by_class(
            signals.values["classes"],
            held["test_y"][scored],
            planted[scored],
            hits,
            {kind: right[scored] for kind, right in correct.items()},
        )
        result["thirds"] = by_third(planted, scored, correct, hits)
    return result


def _ranked(table: dict[str, np.ndarray], sign: int, options: dict[str, int]) -> Values:
    """beating: the methods ahead of every rule on the same signals, by the interval of the difference."""
    means = means_with_intervals(table, **options)
    ahead = {
        rule: means_with_intervals({name: sign * (table[name] - table[rule]) for name in METHODS}, **options)
        for rule in REFERENCES
    }
    return {
        "means": {name: _described(estimate) for name, estimate in means.items()},
        "best": max(METHODS, key=lambda name: sign * means[name].value),
        "best_rule": max(REFERENCES, key=lambda name: sign * means[name].value),
        "ahead_of": {
            rule: {name: _described(estimate) for name, estimate in found.items()}
            for rule, found in ahead.items()
        },
        "beating": [name for name in METHODS if all(ahead[rule][name].low > 0 for rule in REFERENCES)],
    }


def _by_class(
    names: list[str],
    labels: np.ndarray,
    planted: np.ndarray,
    hits: dict[str, dict[str, np.ndarray]],
    correct: dict[str, np.ndarray],
) -> list[Values]:
    """The pointing game by abnormality; all arrays are of the scored signals."""
    return [
        {
            "name": names[label],
            "count": int((labels == label).sum()),
            "area": float(planted[labels == label].mean()),
            "accuracy": {kind: float(right[labels == label].mean()) for kind, right in correct.items()},
            "pointing": {
                kind: {name: float(values[labels == label].mean()) for name, values in methods.items()}
                for kind, methods in hits.items()
            },
        }
        for label in sorted(set(labels.tolist()))
    ]


def _background(work: Work) -> Tensor:
    """Training signals, drawn once for all classes alike."""
    train = work.needs["signals"].arrays()["train_x"]
    random = np.random.default_rng(work.settings["seed"])
    chosen = random.choice(len(train), size=min(BACKGROUND, len(train)), replace=False)
    return torch.from_numpy(train[np.sort(chosen)]).to(work.device)


def _fade(slopes: Tensor) -> Tensor:
    """The mean of slopes (n, t) over the signals, each first divided by its own mean: few have huge ones."""
    own = slopes.cpu().double()
    means = own.mean(1, keepdim=True)
    return (own / means)[means[:, 0] > 0].mean(0) if (means > 0).any() else torch.zeros(slopes.shape[1])


def _against_truth(maps: dict[str, Tensor], planted: Tensor) -> dict[str, Tensor]:
    masks, scores = planted[:, None].cpu(), {}
    for name, values in maps.items():
        warm = heat(values)[:, None].double().cpu()
        scores[f"pointing.{name}"] = pointing_game(warm, masks)
        scores[f"mass.{name}"] = mass_accuracy(warm, masks)
    return scores


def _deletion(
    network: nn.Module, signals: Tensor, classes: Tensor, maps: dict[str, Tensor], seed: int
) -> dict[str, Tensor]:
    """Area under the probability while samples go to rest, those that speak most for the class first."""
    rows = signals.unsqueeze(2)
    orders = torch.stack([pixel_order(values[:, None], seed=seed) for values in maps.values()])
    steps = min(DELETION_STEPS, rows.shape[-1])
    curves = deletion_curves(OneRow(network), rows, classes, orders, baseline=at_rest(rows), steps=steps)
    areas = area_under_curve(curves.cpu().double())
    return {f"deletion.{name}": area for name, area in zip(maps, areas, strict=True)}


def _completeness(rounds: list[Complete], steps: int) -> Values:
    """On how many signals the sums of Integrated Gradients agree with the logit's change, in the first round
    and in the last one, and the most steps that a signal got.
    """
    return {
        "count": len(rounds[0].change),
        "first": int(kept(rounds[0]).sum()),
        "last": int(kept(rounds[-1]).sum()),
        "most_steps": steps * FINER ** (len(rounds) - 1),
    }


def _described(estimate: Estimate) -> dict[str, Any]:
    return {"value": estimate.value, "interval": [estimate.low, estimate.high]}
