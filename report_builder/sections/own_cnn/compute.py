"""The held-out pictures of the user's own network, and the network: trained here, or as it was committed."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

import numpy as np
import torch

from report_builder.datasets.farmyard.labels import CLASSES
from report_builder.datasets.farmyard.splits import split_scenes
from report_builder.errors import InputError
from report_builder.models.classification import (
    accuracy_interval,
    class_scores,
    confident_errors,
    confused_pairs,
    confusion_counts,
)
from report_builder.models.farmnet import INPUT_SIZE
from report_builder.models.own_networks import load_own_network
from report_builder.pipeline.step import Values, Work

BATCH = 64
MOST_SHOWN = 6  # pictures of different classes
MOST_LISTED = 12  # errors and pairs that are named
COMMITTED, LOG = "data/farmnet.safetensors", "data/farmnet.training.json"


def hold_out(work: Work) -> Values:
    """The pictures that the network is not trained on."""
    return _farmyard(work)


def train(work: Work) -> Values:
    """The network with its history, its accuracy on every split, and its errors on the main one."""
    pictures = work.needs["own_pictures"].values
    arrays = work.needs["own_pictures"].arrays()
    values, history = _committed(work)
    network = load_own_network(
        values["architecture"],
        work.folder / "weights.safetensors",
        classes=len(pictures["classes"]),
        device=work.device,
    )
    logits = []
    with torch.no_grad():
        for start in range(0, len(arrays["labels"]), BATCH):
            pixels = torch.from_numpy(arrays["pixels"][start : start + BATCH]).permute(0, 3, 1, 2)
            logits.append(network(pixels.to(work.device).float() / 255).float().cpu())
    scores = torch.cat(logits)
    work.save(logits=scores.numpy(), **history)
    return {
        **values,
        "parameters": sum(weight.numel() for weight in network.parameters()),
        **_evaluated(work, arrays, scores.double().softmax(1).numpy()),
    }


def _farmyard(work: Work) -> Values:
    settings = work.settings
    if not settings["own_cnn.retrain"]:
        if settings["own_cnn.architecture"] != "farmnet":
            raise InputError(
                f"own_cnn.architecture = {settings['own_cnn.architecture']!r}: "
                "only FarmNet comes with weights; set own_cnn.retrain = true, or name a folder of pictures "
                "as own_cnn.images."
            )
        if settings["own_cnn.size"] != INPUT_SIZE:
            raise InputError(
                f"own_cnn.size = {settings['own_cnn.size']}: the weights that come with the project are for "
                f"{INPUT_SIZE}; set own_cnn.retrain = true for another size."
            )
    sizes = {"test": settings["own_cnn.test_scenes"], "hard": settings["own_cnn.hard_scenes"]}
    drawn = [split_scenes(name, count, settings["own_cnn.size"]) for name, count in sizes.items()]
    labels = np.concatenate([scenes.labels for scenes in drawn])
    work.save(
        pixels=np.concatenate([scenes.images for scenes in drawn]),
        labels=labels,
        splits=np.repeat(np.arange(len(drawn)), list(sizes.values())),
        objects=np.concatenate([scenes.objects for scenes in drawn]),
        parts=np.concatenate([scenes.parts for scenes in drawn]),
    )
    recipe = json.loads(work.files[LOG].read_text(encoding="utf-8"))["recipe"]
    per_class = (
        settings["own_cnn.scenes_per_class"] if settings["own_cnn.retrain"] else recipe["scenes_per_class"]
    )
    return {
        "source": "farmyard",
        "classes": list(CLASSES),
        "size": settings["own_cnn.size"],
        "splits": [{"name": name, "count": count} for name, count in sizes.items()],
        "main": 1,
        "counts": {
            "train": per_class * len(CLASSES),
            "validation": recipe["validation_per_class"] * len(CLASSES),
            **sizes,
        },
        # a scene of the class "none" has no object to find
        **_chosen(drawn[0].labels, len(CLASSES), settings, without=CLASSES.index("none")),
        "files": None,
    }


def _chosen(first: np.ndarray, classes: int, settings: Any, without: int | None = None) -> dict[str, Any]:
    """Places in the first split: the first pictures of each class, and one picture of a few classes."""
    of_class = [np.flatnonzero(first == label).tolist() for label in range(classes)]
    per_class = min(settings["own_cnn.pictures_per_class"], min(map(len, of_class)))
    known = [label for label in range(classes) if label != without]
    count = min(MOST_SHOWN, len(known))
    return {
        "chosen": [place for places in of_class for place in places[:per_class]],
        "per_class": per_class,
        "shown": [of_class[known[number * len(known) // count]][0] for number in range(count)],
    }


def _committed(work: Work) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    (work.folder / "weights.safetensors").write_bytes(work.files[COMMITTED].read_bytes())
    log = json.loads(work.files[LOG].read_text(encoding="utf-8"))
    epochs = log["epochs"]
    history = {
        "train_loss": np.array([epoch["loss"] for epoch in epochs]),
        "train_accuracy": np.array([epoch["accuracy"] for epoch in epochs]),
        "validation_accuracy": np.array([epoch["validation_accuracy"] for epoch in epochs]),
    }
    recipe = log["recipe"]
    return {
        "architecture": "farmnet",
        "trained_here": False,
        "epochs": len(epochs),
        "small_epochs": recipe["small_epochs"],
        "batch_size": recipe["batch_size"],
        "learning_rate": recipe["peak_learning_rate"],
    }, history


def _evaluated(work: Work, arrays: dict[str, np.ndarray], probabilities: np.ndarray) -> dict[str, Any]:
    pictures = work.needs["own_pictures"].values
    labels, splits, main = arrays["labels"], arrays["splits"], pictures["main"]
    predicted = probabilities.argmax(1)
    options = {"draws": work.settings["evaluation.bootstrap_draws"], "seed": work.settings["seed"]}
    accuracy = {}
    for number, split in enumerate(pictures["splits"]):
        right = (predicted == labels)[splits == number]
        interval = accuracy_interval(right, **options)
        accuracy[split["name"]] = {
            "accuracy": interval.value,
            "interval": [interval.low, interval.high],
            "errors": int((~right).sum()),
        }
    here = np.flatnonzero(splits == main)
    counts = confusion_counts(labels[here], predicted[here], len(pictures["classes"]))
    scores = class_scores(counts)
    known = np.where(np.isnan(scores.f1), -1.0, scores.f1)
    wrong = here[confident_errors(labels[here], probabilities[here])]
    return {
        "splits": accuracy,
        "confusion": counts.tolist(),
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
