"""The signals and their split; a network trained on them and measured on the test signals."""

from __future__ import annotations

from dataclasses import asdict

import numpy as np
import torch

from report_builder.datasets.heartbeats import CLASSES, LOWEST_RATE, simulate
from report_builder.datasets.signal_files import read_signals
from report_builder.datasets.signal_split import split_signals
from report_builder.errors import InputError
from report_builder.models.classification import (
    accuracy_interval,
    class_scores,
    confused_pairs,
    confusion_counts,
)
from report_builder.models.evaluation import mcnemar
from report_builder.models.signal_networks import SAMPLES_PER_STEP, new_signal_network, save_signal_network
from report_builder.models.signal_training import signal_logits, train_signal_network
from report_builder.pipeline.step import Values, Work
from report_builder.sections.signals import KINDS
from report_builder.verdicts import CONFIDENCE_LEVEL

VALIDATION_SHARE = 0.2  # of the signals that are not for testing
SHOWN_CLASSES = 12  # whose signals are drawn: more make a page of them


def prepare(work: Work) -> Values:
    """Arrays: <part>_x (n, c, t) float32 and <part>_y (n,) of "train", "validation" and "test"; test_planted
    (n, t) bool where the signals are simulated.

    Raises InputError for a file that cannot serve, and for too low a sampling rate of simulated signals.
    """
    settings = work.settings
    simulated = work.needs["signal_source"].values["simulated"]
    arrays: dict[str, np.ndarray] = {}
    classes: tuple[str, ...] = CLASSES
    if simulated:
        if settings["signals.sampling_rate"] < LOWEST_RATE:
            raise InputError(
                f"Heartbeats are simulated with at least {LOWEST_RATE:g} samples per second "
                "(signals.sampling_rate)."
            )
        generator = np.random.default_rng(settings["seed"])
        labels = generator.permutation(np.arange(settings["signals.simulated"]) % len(CLASSES))
        beats = simulate(labels, seed=settings["seed"], sampling_rate=settings["signals.sampling_rate"])
        signals, planted = beats.signals[:, None], beats.planted
    else:
        table = read_signals(work.files["signals"], settings["signals.label"])
        signals, labels, classes = table.signals, table.labels, table.classes
        planted = np.zeros((len(labels), 0), dtype=np.bool_)
    split = split_signals(
        labels,
        test_share=settings["signals.test_share"],
        validation_share=VALIDATION_SHARE,
        seed=settings["seed"],
    )
    parts = {"train": split.train, "validation": split.validation, "test": split.test}
    for name, rows in parts.items():
        arrays |= {f"{name}_x": signals[rows], f"{name}_y": labels[rows]}
    if simulated:
        arrays["test_planted"] = planted[split.test]
    work.save(**arrays)
    per_class = _by_class(arrays["test_y"], len(classes))
    counted = {name: np.bincount(labels[rows], minlength=len(classes)) for name, rows in parts.items()}
    return {
        "simulated": simulated,
        "classes": list(classes),
        "class_count": len(classes),
        "channels": signals.shape[1],
        "length": signals.shape[2],
        "sampling_rate": settings["signals.sampling_rate"],
        "seconds": signals.shape[2] / settings["signals.sampling_rate"],
        "total": len(labels),
        "counts": {name: len(rows) for name, rows in parts.items()},
        "per_class": {name: counts.tolist() for name, counts in counted.items()},
        "majority": int(counted["test"].max()) / len(split.test),
        "shown": [
            int(place)
            for places in per_class[:SHOWN_CLASSES]
            for place in places[: settings["signals.shown_per_class"]]
        ],
        "shown_classes": min(len(classes), SHOWN_CLASSES),
        "scored": _scored(per_class, settings["signals.scored"], abnormal_only=simulated),
        "planted_share": float(arrays["test_planted"].mean()) if simulated else None,
    }


def train(work: Work) -> Values:
    """Arrays: test_logits (n, k) and the course of training. Weights: weights.safetensors."""
    signals, settings = work.needs["signals"], work.settings
    arrays, values = signals.arrays(), signals.values
    network = new_signal_network(
        work.parameters["kind"],
        channels=values["channels"],
        classes=len(values["classes"]),
        hidden=settings["signals.hidden"],
        seed=settings["seed"],
    )
    history = train_signal_network(
        network,
        (arrays["train_x"], arrays["train_y"]),
        (arrays["validation_x"], arrays["validation_y"]),
        epochs=settings["signals.epochs"],
        batch_size=settings["signals.batch_size"],
        learning_rate=settings["signals.learning_rate"],
        noise=settings["signals.noise"],
        seed=settings["seed"],
        device=work.device,
        progress=work.progress,
    )
    save_signal_network(network, work.folder / "weights.safetensors")
    logits = signal_logits(network, torch.from_numpy(arrays["test_x"]).to(work.device)).cpu().numpy()
    work.save(test_logits=logits, **history.to_arrays())
    labels, predicted = arrays["test_y"], logits.argmax(1)
    accuracy = accuracy_interval(
        labels == predicted,
        draws=settings["evaluation.bootstrap_draws"],
        seed=settings["seed"],
        level=CONFIDENCE_LEVEL,
    )
    counts = confusion_counts(labels, predicted, len(values["classes"]))
    scores, pairs = class_scores(counts), confused_pairs(counts)
    return {
        "accuracy": accuracy.value,
        "interval": [accuracy.low, accuracy.high],
        "level": CONFIDENCE_LEVEL,
        "confusion": counts.tolist(),
        "recall": _where_known(scores.recall),
        "precision": _where_known(scores.precision),
        "errors": int((labels != predicted).sum()),
        "confused": asdict(pairs[0]) if pairs else None,
        "parameters": sum(parameter.numel() for parameter in network.parameters()),
        "epochs": len(history.train_loss),
        "kept_epoch": history.kept_epoch,
        "validation_accuracy": float(history.validation_accuracy[history.kept_epoch - 1]),
        "steps": -(-values["length"] // SAMPLES_PER_STEP),
        "samples_per_step": SAMPLES_PER_STEP,
    }


def compare(work: Work) -> Values:
    """Whether the networks err equally often on the same test signals."""
    labels = work.needs["signals"].arrays()["test_y"]
    right = [
        (work.needs[f"signal_models.{kind}"].arrays()["test_logits"].argmax(1) == labels).astype(float)
        for kind in KINDS
    ]
    test = mcnemar(np.ones(len(labels)), *right)
    return {
        **dict(zip((f"only_{kind}" for kind in KINDS), (test.only_first, test.only_second), strict=True)),
        "p": test.p_value,
        "told_apart": test.p_value < 1 - CONFIDENCE_LEVEL,
    }


def _where_known(shares: np.ndarray) -> list[float | None]:
    """None where a class is never predicted."""
    return [float(share) if np.isfinite(share) else None for share in shares]


def _by_class(labels: np.ndarray, classes: int) -> list[np.ndarray]:
    """Places of the test signals of each class, ascending."""
    return [np.flatnonzero(labels == index) for index in range(classes)]


def _scored(per_class: list[np.ndarray], count: int, *, abnormal_only: bool) -> list[int]:
    """Equally many of each class as far as there are; none of the class normal, where nothing is planted."""
    groups = per_class[1:] if abnormal_only else per_class
    in_turn = [
        int(places[rank])
        for rank in range(max(len(places) for places in groups))
        for places in groups
        if rank < len(places)
    ]
    return sorted(in_turn[:count])
