"""The scenes that come with the project, as PNG: two of each animal, with their part maps."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from report_builder.datasets.farmyard.labels import BACKGROUND, DISTRACTOR, PARTS
from report_builder.datasets.farmyard.scene import Scene, render
from report_builder.datasets.pictures import cut_files_refused
from report_builder.errors import InputError

FOLDER = Path(__file__).resolve().parents[3] / "data" / "farmyard"
# Chosen by eye: the animal whole and well seen
FIXED = (
    ("hen", 4_000_004), ("hen", 4_000_011), ("rooster", 4_000_105), ("rooster", 4_000_107),
    ("duck", 4_000_202), ("duck", 4_000_207), ("owl", 4_000_302), ("owl", 4_000_311),
    ("cat", 4_000_400), ("cat", 4_000_406), ("tabby", 4_000_510), ("tabby", 4_000_508),
    ("lynx", 4_000_604), ("lynx", 4_000_607), ("lion", 4_000_706), ("lion", 4_000_710),
    ("dog", 4_000_800), ("dog", 4_000_808), ("fox", 4_000_903), ("fox", 4_000_910),
    ("rabbit", 4_001_002), ("rabbit", 4_001_007), ("fish", 4_001_103), ("fish", 4_001_106),
)  # fmt: skip
# One colour per part, told apart by eye; the background is black and distractors are grey
PART_COLOURS = (
    (0, 0, 0), (230, 159, 0), (86, 180, 233), (0, 158, 115), (240, 228, 66),
    (0, 114, 178), (213, 94, 0), (204, 60, 90), (150, 20, 60), (204, 121, 167),
    (120, 200, 80), (90, 60, 160), (140, 90, 40), (60, 110, 60), (190, 110, 30),
    (255, 255, 255), (250, 180, 160), (170, 220, 220), (60, 60, 220), (110, 110, 110),
)  # fmt: skip


@dataclass(frozen=True)
class FixedScene:
    """A scene with its class name and file name (without ending)."""

    name: str
    class_name: str
    seed: int
    scene: Scene


def write_fixed_scenes(folder: Path = FOLDER) -> None:
    """Render the fixed scenes: NAME.png, RGB, and NAME.parts.png, whose palette indices are parts."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, class_name, seed in _named():
        scene = render(class_name, seed)
        Image.fromarray(scene.image).save(folder / f"{name}.png", optimize=True)
        parts = Image.fromarray(scene.parts, mode="P")
        parts.putpalette([value for colour in PART_COLOURS for value in colour])
        parts.save(folder / f"{name}.parts.png", optimize=True)


def load_fixed_scenes(folder: Path = FOLDER) -> tuple[FixedScene, ...]:
    """The fixed scenes in order, from the folder. Raises InputError for a missing or foreign file."""
    return tuple(
        FixedScene(name, class_name, seed, _read(folder, name)) for name, class_name, seed in _named()
    )


def _named() -> list[tuple[str, str, int]]:
    return [(f"{i:02d}_{class_name}", class_name, seed) for i, (class_name, seed) in enumerate(FIXED)]


def _read(folder: Path, name: str) -> Scene:
    try:
        with cut_files_refused():
            with Image.open(folder / f"{name}.png") as file:
                image = np.asarray(file.convert("RGB"))
            with Image.open(folder / f"{name}.parts.png") as file:
                parts = np.asarray(file)
    except OSError as error:
        raise InputError(f"The farmyard scene {name} in {folder} cannot be read: {error}.") from error
    if parts.dtype != np.uint8 or parts.shape != image.shape[:2] or parts.max() >= len(PARTS):
        raise InputError(f"The part map of the farmyard scene {name} in {folder} does not fit the scene.")
    return Scene(image=image, object=(parts != BACKGROUND) & (parts != DISTRACTOR), parts=parts)
