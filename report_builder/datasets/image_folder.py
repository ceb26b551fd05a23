"""The pictures of a folder with a class each: read, resized, split."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional

from report_builder.datasets.picture_list import read_entries
from report_builder.datasets.pictures import read_picture
from report_builder.errors import InputError

TRAIN = "train"
SMALLEST = 4  # pixels a side: digits and icons of eight are trained on, too


@dataclass(frozen=True)
class FolderPicture:
    """One picture file. file: what messages call it. split: "train", "validation" or "test"."""

    path: Path
    file: str
    sha256: str
    class_name: str
    split: str


def read_list(listed: Path, *, validation_share: float, seed: int) -> list[FolderPicture]:
    """The pictures of a list (see datasets/picture_list.py) in its order.

    Where the list has no splits, that share of each class is drawn for "validation": at least one picture of
    each class, and at least one is left for "train".
    """
    entries = read_entries(listed)
    splits = [entry["split"] for entry in entries]
    if None in splits:
        held_out = _held_out([entry["class"] for entry in entries], validation_share, seed)
        splits = ["validation" if out else TRAIN for out in held_out]
    return [
        FolderPicture(entry["path"], entry["file"], entry["sha256"], entry["class"], split)
        for entry, split in zip(entries, splits, strict=True)
    ]


def class_names(pictures: Sequence[FolderPicture]) -> list[str]:
    """All classes by name: their place is their index."""
    return sorted({picture.class_name for picture in pictures})


def read_pixels(pictures: Sequence[FolderPicture], size: int) -> NDArray[np.uint8]:
    """Pixels (n, size, size, 3), both sides of each picture resized, nothing cut off.

    Raises InputError for a picture that cannot be read, or that is not the one that was listed.
    """
    pixels = np.empty((len(pictures), size, size, 3), dtype=np.uint8)
    for place, picture in enumerate(pictures):
        read = torch.from_numpy(read_picture(picture.path, picture.file, smallest=SMALLEST).pixels)
        with picture.path.open("rb") as file:
            if hashlib.file_digest(file, "sha256").hexdigest() != picture.sha256:
                raise InputError(
                    f"The picture {picture.file} was changed since the build began; start it again."
                )
        resized = functional.interpolate(
            read.permute(2, 0, 1)[None].float(),
            size=(size, size),
            mode="bilinear",
            antialias=True,
            align_corners=False,
        )
        pixels[place] = resized[0].round().clamp(0, 255).byte().permute(1, 2, 0).numpy()
    return pixels


def _held_out(classes: Sequence[str], share: float, seed: int) -> NDArray[np.bool_]:
    generator = np.random.default_rng(seed)
    chosen = np.zeros(len(classes), dtype=bool)
    of_class: dict[str, list[int]] = {}
    for place, name in enumerate(classes):
        of_class.setdefault(name, []).append(place)
    for name in sorted(of_class):
        places = of_class[name]
        count = min(max(round(share * len(places)), 1), len(places) - 1)
        chosen[generator.choice(places, size=count, replace=False)] = True
    return chosen
