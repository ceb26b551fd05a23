"""Pictures with a map beside each, a row per class, in blocks beside each other."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.figure import Figure

from report_builder.plots.images import GAP, TALLEST, draw_map, scaled
from report_builder.plots.sheet import LABEL_SIZE, Sheet
from report_builder.plots.style import FULL
from report_builder.plots.text_fit import cut
from report_builder.render.languages import Language

PAIRS = 6  # of a picture and its map in a line across the page
LABEL = 16.5  # mm beside a row for its text
BETWEEN, BESIDE = 2.0, 0.2  # mm from block to block, and from a picture to its map


@dataclass(frozen=True)
class ClassRow:
    """Pictures (n, h, w, 3) of one class and their maps (n, h, w), not negative; the lines beside them."""

    lines: Sequence[str]
    pictures: np.ndarray
    maps: np.ndarray


def class_blocks(rows: Sequence[ClassRow], language: Language) -> Figure:
    """The classes down the first block, then down the next one; each map scaled by itself."""
    pairs = max(len(row.maps) for row in rows)
    across = min(max(1, PAIRS // pairs), len(rows))
    down = math.ceil(len(rows) / across)
    room = (FULL - BETWEEN * (across - 1)) / across - LABEL
    pitch = min(room / (2 * pairs), TALLEST / down, FULL / 12)
    size = pitch - (GAP + BESIDE) / 2
    block_width = LABEL + 2 * pairs * pitch
    margin = (FULL - across * block_width - (across - 1) * BETWEEN) / 2
    sheet = Sheet.of(FULL, down * pitch, language)
    for number, row in enumerate(rows):
        block, line = divmod(number, down)
        start, top = margin + block * (block_width + BETWEEN) + LABEL, line * pitch
        lines = [cut(text, LABEL - GAP, LABEL_SIZE) for text in row.lines]
        sheet.name(start - GAP, top + size / 2, lines)
        for index, (picture, values) in enumerate(zip(row.pictures, scaled(row.maps), strict=True)):
            at = start + 2 * index * pitch
            sheet.cell(at, top, size).imshow(picture, interpolation="bilinear", aspect="auto")
            draw_map(sheet.cell(at + size + BESIDE, top, size), values, signed=False)
    return sheet.figure
