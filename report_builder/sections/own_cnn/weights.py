"""Where the user's own network comes from: trained here, or as it was committed with the project."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from report_builder.datasets.farmyard import augmentation
from report_builder.datasets.farmyard.labels import CLASSES
from report_builder.datasets.image_augmentation import shift_and_brighten
from report_builder.datasets.image_folder import TRAIN, class_names, read_list, read_pixels
from report_builder.farmyard.training import Recipe, cached_scenes
from report_builder.models.image_training import (
    Augment,
    LabelledImages,
    Progress,
    Schedule,
    even_batch,
    train_images,
)
from report_builder.models.own_networks import SMALL_VGG, finished, new_network, save_own_network
from report_builder.pipeline.step import Work

COMMITTED, LOG = "data/farmnet.safetensors", "data/farmnet.training.json"
WEIGHTS = "weights.safetensors"
Curves = dict[str, np.ndarray]


def obtain(work: Work) -> tuple[dict[str, Any], Curves]:
    """Write the weights; how they were trained, and their curves over the epochs, each (epochs,)."""
    if not work.needs["own"].values["farmyard"]:
        return _on_folder(work)
    return _on_farmyard(work) if work.settings["own_cnn.retrain"] else _committed(work)


def _committed(work: Work) -> tuple[dict[str, Any], Curves]:
    (work.folder / WEIGHTS).write_bytes(work.files[COMMITTED].read_bytes())
    log = json.loads(work.files[LOG].read_text(encoding="utf-8"))
    epochs = log["epochs"]
    history = {
        "train_loss": np.array([epoch["loss"] for epoch in epochs]),
        "train_accuracy": np.array([epoch["accuracy"] for epoch in epochs]),
        "validation_accuracy": np.array([epoch["validation_accuracy"] for epoch in epochs]),
    }
    recipe = log["recipe"]
    return {
        "architecture": SMALL_VGG,
        "trained_here": False,
        "epochs": len(epochs),
        "small_epochs": recipe["small_epochs"],
        "batch_size": recipe["batch_size"],
        "learning_rate": recipe["peak_learning_rate"],
        "batches": recipe["scenes_per_class"] * len(CLASSES) // recipe["batch_size"] * len(epochs),
    }, history


def _on_folder(work: Work) -> tuple[dict[str, Any], Curves]:
    size = work.needs["own_pictures"].values["size"]
    listed = read_list(
        work.files["own_images"],
        validation_share=work.settings["own_cnn.validation_share"],
        seed=work.settings["seed"],
    )
    names = class_names(listed)
    trained_on = [picture for picture in listed if picture.split == TRAIN]
    data = LabelledImages(
        read_pixels(trained_on, size),
        np.array([names.index(picture.class_name) for picture in trained_on], dtype=np.int64),
    )
    # the curves are of "validation" where there are two splits held out: the last of them
    arrays = work.needs["own_pictures"].arrays()
    rows = arrays["splits"] == arrays["splits"].max()
    validation = LabelledImages(arrays["pixels"][rows], arrays["labels"][rows])
    return _train(work, _schedule(work, len(data.labels)), data, validation, shift_and_brighten)


def _on_farmyard(work: Work) -> tuple[dict[str, Any], Curves]:
    size = work.needs["own_pictures"].values["size"]
    recipe = Recipe(scenes_per_class=work.settings["own_cnn.scenes_per_class"])
    train_count, validation_count = (
        per_class * len(CLASSES) for per_class in (recipe.scenes_per_class, recipe.validation_per_class)
    )
    schedule = _schedule(work, train_count, farmyard=recipe)
    to_draw = train_count + validation_count
    total = to_draw + _pictures_seen(schedule, train_count)
    with TemporaryDirectory() as passing:
        kept = work.resumes or Path(passing)
        drawn = [
            cached_scenes(
                "train", train_count, kept, size=size, told=lambda number: work.progress(number, total)
            ),
            cached_scenes(
                "validation",
                validation_count,
                kept,
                size=size,
                told=lambda number: work.progress(train_count + number, total),
            ),
        ]
    train, validation = (LabelledImages(scenes.images, scenes.labels) for scenes in drawn)
    return _train(work, schedule, train, validation, augmentation.augment, before=to_draw)


def _pictures_seen(schedule: Schedule, pictures: int) -> int:
    return pictures // schedule.batch_size * schedule.batch_size * schedule.epochs


def _schedule(work: Work, pictures: int, farmyard: Recipe | None = None) -> Schedule:
    """The settings' schedule; of the farmyard with the half-size epochs and the smoothing of its recipe."""
    epochs = work.settings["own_cnn.epochs"]
    return Schedule(
        seed=work.settings["seed"],
        epochs=epochs,
        batch_size=even_batch(pictures, work.settings["own_cnn.batch_size"]),
        peak_learning_rate=work.settings["own_cnn.learning_rate"],
        weight_decay=Recipe.weight_decay,
        label_smoothing=farmyard.label_smoothing if farmyard else 0.0,
        small_epochs=epochs // 2 if farmyard else 0,
    )


def _train(
    work: Work,
    schedule: Schedule,
    train: LabelledImages,
    validation: LabelledImages,
    augment: Augment,
    before: int = 0,
) -> tuple[dict[str, Any], Curves]:
    """Train; `before`: pictures that were drawn before, which count in the progress that is told."""
    pictures = work.needs["own_pictures"].values
    architecture, size = work.settings["own_cnn.architecture"], pictures["size"]
    total = before + _pictures_seen(schedule, len(train.labels))
    network = new_network(architecture, len(pictures["classes"]), schedule.seed, size=size)

    def tell(progress: Progress) -> None:
        batches = (progress.epoch - 1) * progress.steps + progress.step
        work.progress(before + batches * schedule.batch_size, total)

    trained, measured = train_images(
        network,
        schedule,
        train,
        validation,
        augment=augment,
        finish=finished,
        device=work.device,
        checkpoint=None if work.resumes is None else work.resumes / "checkpoint.pt",
        key=architecture,
        on_batch=tell,
    )
    save_own_network(trained, work.folder / WEIGHTS, size=size)
    curves = {
        "train_loss": [epoch["loss"] for epoch in measured],
        "train_accuracy": [epoch["accuracy"] for epoch in measured],
        "validation_loss": [epoch["validation_loss"] for epoch in measured],
        "validation_accuracy": [epoch["validation_accuracy"] for epoch in measured],
    }
    return {
        "architecture": architecture,
        "trained_here": True,
        "epochs": schedule.epochs,
        "small_epochs": schedule.small_epochs,
        "batch_size": schedule.batch_size,
        "learning_rate": schedule.peak_learning_rate,
        "batches": len(train.labels) // schedule.batch_size * schedule.epochs,
    }, {name: np.array(values) for name, values in curves.items()}
