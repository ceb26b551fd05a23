"""Steps on the user's own network: FarmNet with its committed weights, or one trained on a small folder."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from vision_steps import VisionRun

from report_builder.datasets.picture_list import LOCATION
from report_builder.pipeline.step import Saved, Step, Work
from report_builder.sections.own_cnn import SECTION

# Settings that make every step on the own network a matter of a second or two
SMALL_OWN = {
    "own_cnn.test_scenes": 39,
    "own_cnn.hard_scenes": 39,
    "own_cnn.pictures_per_class": 2,
}
SMALL_FOLDER = {
    "own_cnn.size": 32,
    "own_cnn.epochs": 2,
    "own_cnn.batch_size": 8,
}
FOLDER_CLASSES = {"blue": (40, 60, 200), "green": (40, 190, 60), "red": (200, 50, 40)}


class OwnRun(VisionRun):
    """Runs steps one after the other on the user's own network."""

    def __init__(self, folder: Path, images: Path, small: Mapping[str, Any], *, farmyard: bool) -> None:
        super().__init__(folder, {}, {"own_images": images})
        self.saved = {"own": Saved.given("own", {"farmyard": farmyard})}
        self.small = dict(small)

    def work(self, step: Step, settings: Mapping[str, Any] | None = None) -> Work:
        return super().work(step, {**self.small, **(settings or {})})


def own_run(folder: Path) -> OwnRun:
    """FarmNet with its committed weights on a few scenes of the farmyard: its two steps are done."""
    images = folder / "own_images.json"
    images.write_text(json.dumps({"farmyard": True}), encoding="utf-8")
    return _done(OwnRun(folder, images, SMALL_OWN, farmyard=True))


def folder_run(folder: Path, counts: Mapping[str, int] | None = None) -> OwnRun:
    """A network trained on a small folder of pictures in a class's colour, with noise: its steps are done."""
    return _done(folder_steps(folder, counts))


def folder_steps(folder: Path, counts: Mapping[str, int] | None = None) -> OwnRun:
    """The same before its steps. counts: pictures of each class of FOLDER_CLASSES."""
    entries = []
    generator = np.random.default_rng(3)
    for name, colour in FOLDER_CLASSES.items():
        for number in range((counts or {}).get(name, 20)):
            path = folder / "pictures" / name / f"{number:02}.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            noise = generator.normal(colour, 40, size=(36, 40, 3)).clip(0, 255).astype(np.uint8)
            Image.fromarray(noise).save(path)
            digest = hashlib.sha256(path.read_bytes()).hexdigest()
            file = path.relative_to(folder / "pictures").as_posix()
            entries.append({"file": file, "sha256": digest, "class": name, "split": None})
    images = folder / "own_images.json"
    images.write_text(json.dumps(entries), encoding="utf-8")
    (folder / LOCATION).write_text(str(folder / "pictures"), encoding="utf-8")
    return OwnRun(folder, images, SMALL_FOLDER, farmyard=False)


def _done(run: OwnRun) -> OwnRun:
    for step in SECTION.steps:
        run.run(step)
    return run
