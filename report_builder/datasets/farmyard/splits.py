"""Which scenes are for training, validation and test: seeds that never meet, classes in equal numbers."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context

import numpy as np
import numpy.typing as npt

from report_builder.datasets.farmyard.labels import CLASSES, REMOVABLE_PARTS
from report_builder.datasets.farmyard.scene import DIFFICULTIES, GENERATOR_VERSION, MAX_CLUTTER, Scene, render

SPLIT_SEEDS = 1_000_000  # a split is at most this long
SPLITS = ("train", "validation", "test", "hard")
DROP_PROBABILITY = 0.3
CROWDED_SHARE = 0.3
MAX_TRAINING_CLUTTER = 9


@dataclass(frozen=True)
class Scenes:
    """n scenes of s pixels a side.

    images (n, s, s, 3) uint8; labels (n,) int64 into CLASSES; objects (n, s, s) bool; parts (n, s, s) uint8.
    """

    images: npt.NDArray[np.uint8]
    labels: npt.NDArray[np.int64]
    objects: npt.NDArray[np.bool_]
    parts: npt.NDArray[np.uint8]


def scene_seed(split: str, index: int) -> int:
    """The seed of a split's scene. Raises ValueError for an unknown split or an index outside it."""
    if split not in SPLITS or not 0 <= index < SPLIT_SEEDS:
        raise ValueError(f"no scene {index} in split {split!r}")
    return SPLITS.index(split) * SPLIT_SEEDS + index


def scene_class(index: int) -> str:
    """Classes take turns."""
    return CLASSES[index % len(CLASSES)]


def split_scene(split: str, index: int, size: int = 112, *, clutter: int | None = None) -> Scene:
    """Scene `index` of "train", "validation", "test" or "hard".

    Training scenes lack each removable part with probability 0.3, and some are crowded. A hard scene is
    partly hidden, a chimera or dark. Raises ValueError as `scene_seed` does.
    """
    seed, name = scene_seed(split, index), scene_class(index)
    if split == "train":
        rng = np.random.default_rng([GENERATOR_VERSION, seed, 99])
        drop = [part for part in REMOVABLE_PARTS[name] if rng.random() < DROP_PROBABILITY]
        crowd = int(rng.integers(MAX_CLUTTER + 1, MAX_TRAINING_CLUTTER + 1))
        if rng.random() < CROWDED_SHARE and clutter is None:
            clutter = crowd
        return render(name, seed, size, drop=drop, clutter=clutter)
    difficulty = DIFFICULTIES[index // len(CLASSES) % len(DIFFICULTIES)] if split == "hard" else None
    return render(name, seed, size, clutter=clutter, difficulty=difficulty)


def split_scenes(
    split: str,
    count: int,
    size: int = 112,
    *,
    clutter: int | None = None,
    workers: int = 1,
    told: Callable[[int], None] = lambda _: None,
) -> Scenes:
    """The first `count` scenes of a split, in several processes if asked to. told: how many are drawn."""
    one = partial(split_scene, split, size=size, clutter=clutter)
    scenes: list[Scene] = []
    with ExitStack() as stack:
        drawn: Iterable[Scene] = map(one, range(count))
        if workers > 1:
            context = get_context("spawn")
            pool = stack.enter_context(ProcessPoolExecutor(workers, mp_context=context))
            drawn = pool.map(one, range(count), chunksize=64)
        for scene in drawn:
            scenes.append(scene)
            told(len(scenes))
    return Scenes(
        images=np.stack([scene.image for scene in scenes]),
        labels=np.arange(count, dtype=np.int64) % len(CLASSES),
        objects=np.stack([scene.object for scene in scenes]),
        parts=np.stack([scene.parts for scene in scenes]),
    )


def content_hash(scenes: Scenes) -> str:
    """SHA-256 over images and labels, in hexadecimal."""
    digest = hashlib.sha256(np.ascontiguousarray(scenes.images).data)
    digest.update(np.ascontiguousarray(scenes.labels, "<i8").data)
    return digest.hexdigest()
