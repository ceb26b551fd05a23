"""The user's own network: its held-out pictures, its training or its committed weights, its errors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import numpy as np

from report_builder.models.classification import (
    accuracy_interval,
    class_scores,
    confident_errors,
    confused_pairs,
    confusion_counts,
)
from report_builder.models.image_training import predict
from report_builder.models.own_networks import load_own_network
from report_builder.pipeline.step import Values, Work
from report_builder.sections.own_cnn import held_out, weights

MOST_CLASSES = 40  # in the printed confusion matrix
MOST_LISTED = 12  # errors and pairs that are named
LEVEL = 0.95


def hold_out(work: Work) -> Values:
    """The pictures that the network is not trained on."""
    return held_out.hold_out(work)


def train(work: Work) -> Values:
    """The network with its curves, its accuracy on every split, and its errors on the main one."""
    pictures = work.needs["own_pictures"].values
    arrays = work.needs["own_pictures"].arrays()
    values, curves = weights.obtain(work)
    network = load_own_network(
        values["architecture"],
        work.folder / weights.WEIGHTS,
        classes=len(pictures["classes"]),
        device=work.device,
    )
    logits = predict(network, arrays["pixels"], work.device)
    work.save(logits=logits.numpy(), **curves)
    return {
        **values,
        "final": {name: float(course[-1]) for name, course in curves.items()},
        "before_full_size": _before_full_size(values, curves),
        "parameters": sum(weight.numel() for weight in network.parameters()),
        **_evaluated(work, arrays, logits.double().softmax(1).numpy()),
    }


def _printed(known: np.ndarray) -> dict[str, Any]:
    """The classes of the printed matrix: all, or those recognised worst, in their order."""
    worst = np.argsort(np.where(known < 0, 2.0, known), kind="stable")[:MOST_CLASSES]
    return {"classes": sorted(worst.tolist()), "count": len(worst)}


def _by_difficulty(
    pictures: Mapping[str, Any], arrays: dict[str, np.ndarray], right: np.ndarray
) -> dict[str, Any] | None:
    """Of the farmyard's hard scenes, how many of each kind are right; the kind with the most errors."""
    if "difficulties" not in arrays:
        return None
    kinds = {
        name: {"count": int(chosen.sum()), "errors": int((~right[chosen]).sum())}
        for number, name in enumerate(pictures["difficulties"])
        if (chosen := arrays["difficulties"] == number).any()
    }
    return {
        "kinds": kinds,
        "worst": max(kinds, key=lambda name: kinds[name]["errors"] / kinds[name]["count"]),
    }


def _before_full_size(values: dict[str, Any], curves: dict[str, np.ndarray]) -> dict[str, float] | None:
    """The highest validation accuracy of the epochs at half size, and the first one after them."""
    small = values["small_epochs"]
    if not 0 < small < values["epochs"]:
        return None
    course = curves["validation_accuracy"]
    return {"highest": float(course[:small].max()), "next": float(course[small])}


def _evaluated(work: Work, arrays: dict[str, np.ndarray], probabilities: np.ndarray) -> dict[str, Any]:
    pictures = work.needs["own_pictures"].values
    labels, splits, main = arrays["labels"], arrays["splits"], pictures["main"]
    predicted = probabilities.argmax(1)
    draws, seed = work.settings["evaluation.bootstrap_draws"], work.settings["seed"]
    accuracy = {}
    for number, split in enumerate(pictures["splits"]):
        right = (predicted == labels)[splits == number]
        interval = accuracy_interval(right, draws=draws, seed=seed, level=LEVEL)
        accuracy[split["name"]] = {
            "accuracy": interval.value,
            "interval": [interval.low, interval.high],
            "errors": int((~right).sum()),
            "count": len(right),
        }
    here = np.flatnonzero(splits == main)
    counts = confusion_counts(labels[here], predicted[here], len(pictures["classes"]))
    scores = class_scores(counts)
    known = np.where(np.isnan(scores.f1), -1.0, scores.f1)
    right = predicted[here] == labels[here]
    wrong = here[confident_errors(labels[here], probabilities[here])]
    return {
        "splits": accuracy,
        "difficulties": _by_difficulty(pictures, arrays, right),
        "level": LEVEL,
        "majority": float(counts.sum(1).max() / counts.sum()),
        "confidence": {
            name: float(probabilities[here[chosen]].max(1).mean()) if chosen.any() else None
            for name, chosen in (("right", right), ("wrong", ~right))
        },
        "confusion": counts.tolist(),
        "matrix": _printed(known),
        "classes": [
            {
                "count": int(counts[k].sum()),
                **{
                    name: None if np.isnan(values[k]) else float(values[k])
                    for name, values in scores._asdict().items()
                },
            }
            for k in range(len(counts))
        ],
        "pairs": [asdict(pair) for pair in confused_pairs(counts)[:MOST_LISTED]],
        "best": int(known.argmax()),
        "worst": int(np.where(known < 0, 2.0, known).argmin()),
        "error_count": len(wrong),
        "errors": [
            {
                "place": int(place),
                "true": int(labels[place]),
                "predicted": int(predicted[place]),
                "probability": float(probabilities[place].max()),
            }
            for place in wrong[:MOST_LISTED]
        ],
    }
