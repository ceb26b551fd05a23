"""The held-out pictures of the user's own network: the farmyard's scenes, or those of a folder."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from typing import Any

import numpy as np

from report_builder.datasets.farmyard.labels import CLASSES
from report_builder.datasets.farmyard.scene import DIFFICULTIES
from report_builder.datasets.farmyard.splits import scene_seed, split_scenes
from report_builder.datasets.image_folder import TRAIN, class_names, read_list, read_pixels
from report_builder.errors import InputError
from report_builder.models.farmnet import INPUT_SIZE
from report_builder.models.own_networks import SMALL_VGG
from report_builder.pipeline.step import Values, Work

MOST_SHOWN = 6  # pictures of different classes
LOG = "data/farmnet.training.json"
HELD_OUT = ("test", "validation")  # of a folder, the first that it has counts


def hold_out(work: Work) -> Values:
    """The pictures that the network is not trained on."""
    return _farmyard(work) if work.needs["own"].values["farmyard"] else _folder(work)


def _folder(work: Work) -> Values:
    settings = work.settings
    listed = read_list(
        work.files["own_images"],
        validation_share=settings["own_cnn.validation_share"],
        seed=settings["seed"],
    )
    names = class_names(listed)
    counts = Counter(picture.split for picture in listed)
    splits = [split for split in HELD_OUT if counts[split]]
    pictures = [picture for split in splits for picture in listed if picture.split == split]
    labels = np.array([names.index(picture.class_name) for picture in pictures], dtype=np.int64)
    work.save(
        pixels=read_pixels(pictures, settings["own_cnn.size"]),
        labels=labels,
        splits=np.array([splits.index(picture.split) for picture in pictures], dtype=np.int64),
    )
    trained_on = [picture for picture in listed if picture.split == TRAIN]
    known = {picture.sha256 for picture in trained_on}
    per_class = Counter(picture.class_name for picture in trained_on)
    return {
        "source": "folder",
        "classes": names,
        "class_count": len(names),
        "size": settings["own_cnn.size"],
        "splits": [{"name": split, "count": counts[split]} for split in splits],
        "main": 0,
        "counts": {split: counts[split] for split in (TRAIN, *splits)},
        "class_size": {"smallest": min(per_class.values()), "largest": max(per_class.values())},
        "repeated": sum(picture.sha256 in known for picture in pictures),
        "split_here": json.loads(work.files["own_images"].read_text(encoding="utf-8"))[0]["split"] is None,
        **_chosen(labels[: counts[splits[0]]], len(names), settings),
        "files": [picture.file for picture in pictures],
    }


def _farmyard(work: Work) -> Values:
    settings = work.settings
    if not settings["own_cnn.retrain"]:
        if settings["own_cnn.architecture"] != SMALL_VGG:
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
        difficulties=np.arange(sizes["hard"]) // len(CLASSES) % len(DIFFICULTIES),
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
        "class_count": len(CLASSES),
        "size": settings["own_cnn.size"],
        "difficulties": list(DIFFICULTIES),
        "splits": [{"name": name, "count": count} for name, count in sizes.items()],
        "main": 1,
        "counts": {
            TRAIN: per_class * len(CLASSES),
            "validation": recipe["validation_per_class"] * len(CLASSES),
            **sizes,
        },
        "class_size": {"smallest": per_class, "largest": per_class},
        "repeated": len(_seeds({TRAIN: per_class * len(CLASSES)}) & _seeds(sizes)),
        "split_here": False,
        # a scene of the class "none" has no object to find
        **_chosen(drawn[0].labels, len(CLASSES), settings, without=CLASSES.index("none")),
        "files": None,
    }


def _seeds(sizes: Mapping[str, int]) -> set[int]:
    """The seeds of the first scenes of each split."""
    return {scene_seed(split, i) for split, count in sizes.items() for i in range(count)}


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
