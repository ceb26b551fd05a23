"""Inputs of growing size, and how time and memory grow with them."""

from __future__ import annotations

import csv
import math
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from PIL import Image

from report_builder.assets.diabetes import STANDIN_PARAMETERS
from report_builder.datasets.farmyard.splits import scene_class, split_scene
from report_builder.datasets.standin import draw_standin, read_parameters

SEED = 0


def write_table(path: Path, rows: int) -> Path:
    """A CSV of so many people of the stand-in's cohort, with its target."""
    table = draw_standin(read_parameters(STANDIN_PARAMETERS), rows, seed=SEED)
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow([*table.feature_names, "Outcome"])
        for features, target in zip(table.features.tolist(), table.target.tolist(), strict=True):
            writer.writerow([*(f"{value:g}" for value in features), int(target)])
    return path


def write_pictures(folder: Path, count: int) -> Path:
    """A folder of farmyard scenes, whose names carry their classes."""
    folder.mkdir(parents=True)
    for index in range(count):
        image = Image.fromarray(split_scene("test", index).image)
        image.save(folder / f"n{index:08d}_{scene_class(index)}.png")
    return folder


def growth(points: Sequence[dict[str, Any]], quantity: str) -> list[dict[str, Any]]:
    """From each size to the next: by how many times the size grew, and the quantity ("seconds" or "memory");
    the exponent of the power law between them (1 for linear growth); whether it grew no more than the size.

    points: {"size", quantity, …} by ascending size. Steps where the quantity is not known have no entry.
    """
    steps = []
    for before, after in pairwise(points):
        if before[quantity] is None or after[quantity] is None:
            continue
        size, grown = after["size"] / before["size"], after[quantity] / before[quantity]
        steps.append(
            {
                "from": before["size"],
                "to": after["size"],
                "size": size,
                "grown": grown,
                "exponent": math.log(grown) / math.log(size),
                "linear": grown <= size,
            }
        )
    return steps
