"""One scene: an animal of a class, or none, somewhere in a background among clutter, with exact masks."""

from __future__ import annotations

import copy
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from report_builder.datasets.farmyard.anatomy import CHIMERAS, LOOKS, Anatomy, Beast, Bird, Owl
from report_builder.datasets.farmyard.beasts import paint_beast
from report_builder.datasets.farmyard.birds import paint_bird, paint_owl
from report_builder.datasets.farmyard.canvas import Brush, Canvas
from report_builder.datasets.farmyard.clutter import paint_clutter
from report_builder.datasets.farmyard.fishes import paint_fish
from report_builder.datasets.farmyard.labels import CLASSES, OBJECT_PARTS
from report_builder.datasets.farmyard.scenery import paint_scenery

GENERATOR_VERSION = 1
MAX_CLUTTER = 4
# Random numbers come in streams, so that what one of them draws never moves what another draws
STREAMS = ("scenery", "clutter", "place", "animal", "front", "camera", "difficulty", "looks")
DIFFICULTIES = ("occlusion", "chimera", "darkness")


@dataclass(frozen=True)
class Scene:
    """image (n, n, 3) uint8 RGB; object (n, n) bool; parts (n, n) uint8, indices into PARTS.

    object: every pixel that the animal changes, be it by the width of a hair; outside it the scene without
    the animal is the same to the bit. parts: what is seen there, an object part exactly where the object
    is; where two parts meet, the one in front if it covers at least a quarter of the pixel.
    """

    image: npt.NDArray[np.uint8]
    object: npt.NDArray[np.bool_]
    parts: npt.NDArray[np.uint8]


def render(
    class_name: str,
    seed: int,
    size: int = 112,
    *,
    drop: Collection[str] = (),
    clutter: int | None = None,
    difficulty: str | None = None,
) -> Scene:
    """The scene of a class and a seed; the same on every machine up to rounding of the last bit.

    size: pixels of an edge. drop: object parts that are left out while all the rest stays as it is;
    OBJECT_PARTS leaves out the whole animal. clutter: how many things lie about (None: up to four, by the
    seed). difficulty: "occlusion" (something in front), "chimera" (a feature of another class) or "darkness".
    Two classes with one seed share background, clutter, place and light.
    Raises ValueError for an unknown class, part or difficulty, or a size under 16.
    """
    if class_name not in CLASSES:
        raise ValueError(f"unknown class {class_name!r}")
    if unknown := set(drop) - OBJECT_PARTS:
        raise ValueError(f"unknown object parts: {', '.join(sorted(unknown))}")
    if difficulty is not None and difficulty not in DIFFICULTIES:
        raise ValueError(f"unknown difficulty {difficulty!r}")
    if size < 16:
        raise ValueError(f"a scene of {size} pixels is too small")
    canvas, place, rng = copy.deepcopy(_behind(seed, size, clutter))
    animal = Brush(canvas, **place, drop=frozenset(drop))
    if class_name != "none":
        looks = LOOKS[class_name]
        if difficulty == "chimera":
            looks = CHIMERAS.get(class_name, looks)
        _paint_animal(animal, rng["animal"], looks[int(rng["looks"].integers(len(looks)))])
    if rng["front"].random() < 0.2:
        thing = Brush(
            canvas,
            rng["front"].uniform(-0.9, 0.9),
            rng["front"].uniform(0.4, 0.95),
            rng["front"].uniform(0.1, 0.2),
        )
        paint_clutter(thing, rng["front"])
    if difficulty == "occlusion":
        _hide(canvas, rng["difficulty"], animal)
    return Scene(
        image=_develop(canvas, rng["camera"], dark=difficulty == "darkness"),
        object=canvas.coverage > 0,
        parts=canvas.parts,
    )


# Several scenes that differ only in the animal, or in its parts, are often asked for in a row.
@lru_cache(maxsize=1)
def _behind(
    seed: int, size: int, clutter: int | None
) -> tuple[Canvas, Mapping[str, Any], Mapping[str, np.random.Generator]]:
    """All that lies behind the animal, where the animal stands, and the streams as they are left."""
    rng = {name: np.random.default_rng([GENERATOR_VERSION, seed, i]) for i, name in enumerate(STREAMS)}
    side = rng["camera"].uniform(0.35, 1.0) * rng["camera"].choice((-1, 1))
    canvas = Canvas(size, (side, -rng["camera"].uniform(0.5, 1.0), 1.0))
    paint_scenery(canvas, rng["scenery"])
    scale = rng["place"].uniform(0.34, 0.6)
    room = max(0.0, 1.0 - 0.88 * scale)
    place = {
        "x": rng["place"].uniform(-room, room),
        "y": rng["place"].uniform(-room, room),
        "scale": scale,
        "turn": rng["place"].uniform(-0.22, 0.22),
        "mirrored": bool(rng["place"].random() < 0.5),
    }
    count = int(rng["clutter"].integers(0, MAX_CLUTTER + 1))
    _scatter(canvas, rng["clutter"], count if clutter is None else clutter)
    if rng["place"].random() < 0.8:
        _shade(canvas, place["x"], place["y"] + 0.92 * scale, 0.72 * scale)
    return canvas, place, rng


def _paint_animal(brush: Brush, rng: np.random.Generator, anatomy: Anatomy) -> None:
    if isinstance(anatomy, Bird):
        paint_bird(brush, rng, anatomy)
    elif isinstance(anatomy, Beast):
        paint_beast(brush, rng, anatomy)
    elif isinstance(anatomy, Owl):
        paint_owl(brush, rng)
    else:
        paint_fish(brush, rng)


def _scatter(canvas: Canvas, rng: np.random.Generator, count: int) -> None:
    for _ in range(count):
        x, y, scale = rng.uniform(-1, 1), rng.uniform(-0.95, 1), rng.uniform(0.12, 0.32)
        if rng.random() < 0.5:
            _shade(canvas, x, y + 0.72 * scale, 0.7 * scale)
        paint_clutter(Brush(canvas, x, y, scale, rng.uniform(-0.4, 0.4), bool(rng.random() < 0.5)), rng)


def _hide(canvas: Canvas, rng: np.random.Generator, animal: Brush) -> None:
    """Two or three large things in front of the animal."""
    for _ in range(int(rng.integers(2, 4))):
        x = animal.x + animal.scale * rng.uniform(-0.75, 0.75)
        y = animal.y + animal.scale * rng.uniform(-0.6, 0.6)
        paint_clutter(
            Brush(canvas, x, y, animal.scale * rng.uniform(0.28, 0.44), rng.uniform(-0.4, 0.4)), rng
        )


def _shade(canvas: Canvas, x: float, y: float, width: float) -> None:
    """A soft shadow on the ground; it belongs to the scene, not to the thing above it."""
    away = ((canvas.x - np.float32(x)) / np.float32(width)) ** 2
    away = away + ((canvas.y - np.float32(y)) / np.float32(0.17 * width)) ** 2
    canvas.image *= 1 - np.float32(0.5) * np.clip(np.float32(1.2) - away, 0, 1)[..., None]


def _develop(canvas: Canvas, rng: np.random.Generator, *, dark: bool) -> npt.NDArray[np.uint8]:
    """Exposure, tint, uneven light and grain: pixel by pixel, so that masks stay exact."""
    size = canvas.size
    tint = rng.uniform(0.82, 1.15) * (1 + rng.uniform(-0.07, 0.07, 3))
    slope, angle = rng.uniform(0, 0.22), rng.uniform(0, 2 * np.pi)
    gamma, grain = rng.uniform(0.88, 1.15), rng.uniform(0, 0.02)
    noise = rng.standard_normal((size, size, 3)).astype(np.float32)
    light = 1 + np.float32(slope) * (
        canvas.x * np.float32(np.cos(angle)) + canvas.y * np.float32(np.sin(angle))
    )
    image = np.clip(canvas.image * tint.astype(np.float32) * light[..., None], 0, 1) ** np.float32(gamma)
    if dark:
        image, grain = image * np.float32(rng.uniform(0.3, 0.5)), rng.uniform(0.02, 0.05)
    image += np.float32(grain) * noise
    return np.asarray(np.clip(image, 0, 1) * 255 + 0.5).astype(np.uint8)
