"""The pictures of the user's own network: a folder that the settings name, else the farmyard's scenes.

A folder is laid out as torchvision's ImageFolder reads it: train/ and validation/ (or val/, or test/, or
both) with a folder per class in each, or a folder per class, which is split later.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from report_builder.assets.asset import Origin, write_atomically
from report_builder.assets.photographs import ENDINGS, FARMYARD_LICENCE, USER_LICENCE
from report_builder.assets.vision import Surroundings
from report_builder.datasets.picture_list import LOCATION
from report_builder.errors import InputError
from report_builder.pipeline.file_hashes import MEMORY, remembered_digest
from report_builder.pipeline.step import sha256_text

if TYPE_CHECKING:
    from report_builder.settings import OwnCnn

TRAIN = "train"
# Folders of pictures that are held out, and what their split is called
HELD_OUT = {"validation": "validation", "val": "validation", "test": "test"}
FEWEST_CLASSES, FEWEST_PICTURES = 2, 2


@dataclass(frozen=True)
class ListedPicture:
    """One picture file. file: its path inside the folder. split: None where the folder is not split."""

    path: Path
    file: str
    sha256: str
    class_name: str
    split: str | None


@dataclass(frozen=True)
class ImageFolder:
    """The pictures of a build. folder: None for the farmyard. files: "own_images", a JSON list of them."""

    folder: Path | None
    pictures: tuple[ListedPicture, ...]
    files: Mapping[str, Path]

    @property
    def farmyard(self) -> bool:
        return self.folder is None

    @property
    def values(self) -> dict[str, Any]:
        """What the steps are given."""
        return {"farmyard": self.farmyard}

    @property
    def asset_values(self) -> dict[str, Any]:
        """What the report prints of the pictures; no path of this machine is in it.

        sha256: over all files, by name; empty for the farmyard's scenes, which the build draws.
        """
        origin: Origin = "embedded" if self.folder is None else "settings"
        named = sorted((picture.file, picture.sha256) for picture in self.pictures)
        return {
            "origin": origin,
            "farmyard": self.farmyard,
            "file": "" if self.folder is None else self.folder.name,
            "count": len(self.pictures),
            "classes": sorted({picture.class_name for picture in self.pictures}),
            "sha256": sha256_text("".join(f"{digest}  {name}\n" for name, digest in named)) if named else "",
            "licence": FARMYARD_LICENCE if self.folder is None else USER_LICENCE,
        }

    def __str__(self) -> str:
        """Which pictures a network of one's own is trained on, for the command's first lines."""
        if self.folder is None:
            return "own network: drawn scenes of the farmyard (embedded)"
        classes = len({picture.class_name for picture in self.pictures})
        return f"own network: {len(self.pictures)} pictures of {classes} classes ({self.folder}, settings)"


def resolve_images(settings: OwnCnn, around: Surroundings) -> ImageFolder:
    """The pictures of the user's own network. Raises InputError for a folder that cannot serve."""
    kept = around.cache / "assets" / "own_images"
    if settings.images is None:
        return ImageFolder(None, (), {"own_images": _keep({"farmyard": True}, kept)})
    folder = around.project / settings.images
    try:
        pictures = tuple(_listed(folder, around.cache / MEMORY))
    except OSError as error:
        raise InputError(
            f"The folder of pictures {folder} cannot be read: {error.filename} ({error.strerror})."
        ) from None
    _check(folder, pictures)
    entries = [
        {
            "file": picture.file,
            "sha256": picture.sha256,
            "class": picture.class_name,
            "split": picture.split,
        }
        for picture in pictures
    ]
    # a folder of its own for each place, as two builds at once may look at equal pictures in two places
    kept /= sha256_text(str(folder.absolute()))[:32]
    listed = _keep(entries, kept)
    _write(kept / LOCATION, str(folder.absolute()))
    return ImageFolder(folder, pictures, {"own_images": listed})


def _listed(folder: Path, hashes: Path) -> Iterator[ListedPicture]:
    if not folder.is_dir():
        raise InputError(f"The settings name the pictures {folder} (own_cnn.images), which is no folder.")
    train = folder / TRAIN
    parts: list[tuple[Path, str | None]] = [(folder, None)]
    if train.is_dir() and _folders(train):
        held_out = [(folder / name, split) for name, split in HELD_OUT.items() if (folder / name).is_dir()]
        parts = [(train, TRAIN), *held_out] if held_out else [(train, None)]
    for part, split in parts:
        for place in _folders(part):
            for path in _pictures(place):
                name = path.relative_to(folder).as_posix()
                digest = remembered_digest(path, hashes)
                yield ListedPicture(path.absolute(), name, digest, place.name, split)


def _folders(folder: Path) -> list[Path]:
    """The folders in it by name, without those that systems put there."""
    return sorted(p for p in folder.iterdir() if p.is_dir() and not p.name.startswith((".", "__")))


def _pictures(folder: Path) -> list[Path]:
    return sorted(
        p
        for p in folder.rglob("*")
        if p.suffix.lower() in ENDINGS and not p.name.startswith(".") and p.is_file()
    )


def _check(folder: Path, pictures: tuple[ListedPicture, ...]) -> None:
    if not pictures:
        raise InputError(
            f"The folder {folder} (own_cnn.images) holds no pictures in a folder per class, "
            f"nor in {TRAIN}/ and validation/ with a folder per class."
        )
    splits = {picture.split for picture in pictures}
    first = TRAIN if splits != {None} else None
    counts = Counter(picture.class_name for picture in pictures if picture.split == first)
    if len(counts) < FEWEST_CLASSES:
        found = ", ".join(counts) or "none"
        raise InputError(
            f"The folder {folder} (own_cnn.images) needs pictures of at least {FEWEST_CLASSES} classes, "
            f"a folder for each; found: {found}."
        )
    few = sorted(name for name, count in counts.items() if count < FEWEST_PICTURES)
    if few:
        raise InputError(
            f"The folder {folder} (own_cnn.images) has fewer than {FEWEST_PICTURES} pictures "
            f"to train on of: {', '.join(few)}."
        )
    for split in sorted(split for split in splits - {first} if split):
        here = {picture.class_name for picture in pictures if picture.split == split}
        for lacking, names in ((TRAIN, here - counts.keys()), (split, counts.keys() - here)):
            if names:
                raise InputError(
                    f"The folder {folder} (own_cnn.images) has classes without a picture for {lacking}: "
                    f"{', '.join(sorted(names))}."
                )


def _keep(content: object, folder: Path) -> Path:
    """The JSON list, named by its content. The pictures are not copied: there may be many."""
    text = json.dumps(content, indent=1)
    listed = folder / f"list-{sha256_text(text)[:32]}.json"
    _write(listed, text)
    return listed


def _write(path: Path, text: str) -> None:
    try:
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            write_atomically(path, text)
    except OSError as error:
        raise InputError(
            f"The list of the pictures cannot be written to {path.parent} ({error.strerror})."
        ) from None
