"""All methods on the same pictures: a column per method, a row per picture, in blocks that fit the page."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.figure import Figure

from report_builder.plots.images import GAP, draw_map, scaled, title_lines
from report_builder.plots.sheet import BAR, LINE, Sheet
from report_builder.render.languages import Language

WIDTH = 132.0  # mm: the index of the methods has room below
MOST_METHODS = 8  # in a row beside the picture


@dataclass(frozen=True)
class MethodMaps:
    """Maps (n, h, w) or (n, c, h, w) of one method."""

    name: str
    maps: np.ndarray
    signed: bool


def method_grid(
    pictures: np.ndarray,
    name: str,
    methods: Sequence[MethodMaps],
    language: Language,
    bar: str = "",
    width: float = WIDTH,
) -> Figure:
    """Pictures (n, h, w, 3), called `name`, then the methods' maps of them.

    bar: what the colour bars of the maps show; without it there are none. width: mm.
    """
    blocks = math.ceil(len(methods) / MOST_METHODS)
    per_block = math.ceil(len(methods) / blocks)
    pitch = width / (per_block + 1)
    titles = [title_lines(text, pitch - GAP) for text in (name, *(method.name for method in methods))]
    above = LINE * max(len(lines) for lines in titles) + GAP
    block_height = above + len(pictures) * pitch + GAP
    sheet = Sheet.of(width, blocks * block_height + (BAR if bar else 0), language)
    for block in range(blocks):
        top = block * block_height + above
        chosen = range(block * per_block, min((block + 1) * per_block, len(methods)))
        sheet.title(0, top - GAP, pitch - GAP, titles[0])
        for row, picture in enumerate(pictures):
            axis = sheet.cell(0, top + row * pitch, pitch - GAP)
            axis.imshow(picture, interpolation="bilinear", aspect="auto")
        for column, number in enumerate(chosen, start=1):
            sheet.title(column * pitch, top - GAP, pitch - GAP, titles[number + 1])
            for row, values in enumerate(scaled(methods[number].maps)):
                axis = sheet.cell(column * pitch, top + row * pitch, pitch - GAP)
                draw_map(axis, values, methods[number].signed)
    if bar:
        sheet.bars(blocks * block_height - GAP, sorted({method.signed for method in methods}), bar)
    return sheet.figure
