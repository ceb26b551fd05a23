"""Blocks of small pictures side by side, and pictures lit where something answers to them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.figure import Figure
from PIL import Image

from report_builder.plots.images import GAP, scaled, title_lines
from report_builder.plots.sheet import LINE, Sheet
from report_builder.plots.style import FULL
from report_builder.render.languages import Language

BETWEEN = 4.0  # mm from block to block
DARK = 0.35  # brightness that is left where nothing answers


@dataclass(frozen=True)
class Block:
    """heading: above all. columns: above each column. rows: what stands above a row, and its pictures, each
    (h, w, 3) in [0, 1], as many as columns.
    """

    heading: str
    columns: Sequence[str]
    rows: Sequence[tuple[str, Sequence[np.ndarray]]]


def lit(picture: np.ndarray, answer: np.ndarray) -> np.ndarray:
    """A picture (h, w, 3) as bright as the map (h', w') is high there; the map is scaled by itself."""
    height, width = picture.shape[:2]
    values = Image.fromarray(scaled(answer[None])[0].astype(np.float32))
    light = np.clip(np.asarray(values.resize((width, height), Image.Resampling.BILINEAR)), 0, 1)
    return np.asarray(picture * (DARK + (1 - DARK) * light[..., None]))


def picture_blocks(blocks: Sequence[Block], language: Language) -> Figure:
    """The blocks from where the language starts to read, over the full width; all have as many columns."""
    columns = len(blocks[0].columns)
    pitch = (FULL - BETWEEN * (len(blocks) - 1)) / (len(blocks) * columns)
    room = pitch * columns - GAP
    headings = [title_lines(block.heading, room) for block in blocks]
    names = [[title_lines(name, pitch - GAP) for name in block.columns] for block in blocks]
    above = LINE * max(len(lines) for lines in headings) + GAP
    top = above + LINE * max(len(lines) for block in names for lines in block) + GAP
    head = LINE + GAP
    sheet = Sheet.of(FULL, top + (head + pitch) * max(len(block.rows) for block in blocks), language)
    for number, block in enumerate(blocks):
        start = number * (pitch * columns + BETWEEN)
        sheet.title(start, above - GAP, room, headings[number])
        for column, lines in enumerate(names[number]):
            sheet.title(start + column * pitch, top - GAP, pitch - GAP, lines)
        for row, (name, pictures) in enumerate(block.rows):
            y = top + row * (head + pitch) + head
            sheet.title(start, y - GAP, room, title_lines(name, room))
            for column, picture in enumerate(pictures):
                axis = sheet.cell(start + column * pitch, y, pitch - GAP)
                axis.imshow(picture, interpolation="auto", aspect="auto")
    return sheet.figure
