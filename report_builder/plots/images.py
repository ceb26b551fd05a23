"""Grids of pictures and of attribution maps, all maps of a figure on one colour scale."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import Normalize
from matplotlib.figure import Figure

from report_builder.plots.sheet import BAR, LABEL_SIZE, LINE, TITLE_SIZE, Sheet, colours
from report_builder.plots.style import FULL
from report_builder.plots.text_fit import cut, fitted, width_of
from report_builder.render.languages import Language

CLIP = 99.5  # percentile of a map's size that is drawn as full colour
LABEL = 17.0  # mm beside the rows for their names
GAP = 1.0  # mm between cells
TALLEST = 150.0  # mm of a grid without its titles: it stands on one page with its caption


@dataclass(frozen=True)
class MapRow:
    """One row of a grid: a map for each picture.

    maps: (n, h, w) or (n, c, h, w), whose channels are summed. over: pictures (n, s, s, 3) to lay the maps
    upon. titles: above each map.
    """

    label: str
    maps: np.ndarray
    signed: bool
    over: np.ndarray | None = None
    titles: Sequence[str] = ()


@dataclass(frozen=True)
class PictureRow:
    """One row of pictures (n, h, w, 3) in [0, 1]."""

    label: str
    pictures: np.ndarray
    titles: Sequence[str] = ()


def flat(maps: np.ndarray) -> np.ndarray:
    """Maps (n, h, w): the channels of (n, c, h, w) summed."""
    return np.asarray(maps.sum(1) if maps.ndim == 4 else maps)


def scaled(maps: np.ndarray) -> np.ndarray:
    """Each map divided by the 99.5th percentile of its size and cut off there: within -1 to 1."""
    values = flat(maps)
    sizes = np.abs(values)
    tops = np.percentile(sizes, CLIP, axis=(1, 2), keepdims=True)
    tops = np.where(tops > 0, tops, sizes.max(axis=(1, 2), keepdims=True))  # a map of few points
    return np.asarray(np.clip(np.divide(values, tops, out=np.zeros_like(values), where=tops > 0), -1, 1))


def as_pictures(pixels: np.ndarray) -> np.ndarray:
    """Pixels (n, 3, h, w) as pictures (n, h, w, 3) in [0, 1]."""
    return np.asarray(np.clip(np.moveaxis(pixels, 1, -1), 0, 1))


def image_grid(
    rows: Sequence[MapRow | PictureRow],
    language: Language,
    *,
    bar: str = "",
    width: float = FULL,
    label: float = LABEL,
    tallest: float = TALLEST,
    grey: bool = False,
) -> Figure:
    """Rows of pictures and maps, columns in reading order, the rows' names at the reading start.

    Cells fill the width unless few columns of many rows would then be higher than `tallest` mm without their
    titles; they stand in the middle then. bar: what the colour bars of the maps show; without signed maps
    there is no bar. label: mm for the names of the rows, more where a word needs more; 0 for none. grey: maps
    in grey, zero of signed ones mid-grey.
    """
    columns = max(len(_items(row)) for row in rows)
    names = [fitted(row.label, label - GAP, LABEL_SIZE) if label and row.label else [] for row in rows]
    label = max(label, *(width_of(line, LABEL_SIZE) + GAP for name in names for line in name), 0)
    pitch = min((width - label) / columns, tallest / len(rows))
    label += (width - label - pitch * columns) / 2
    titles = [[title_lines(title, pitch - GAP) for title in row.titles] for row in rows]
    tops = [
        LINE * max((len(lines) for lines in above), default=0) + (GAP if above else 0) for above in titles
    ]
    signed = [row.signed for row in rows if isinstance(row, MapRow)]
    bars = sorted(set(signed)) if bar and any(signed) else []
    sheet = Sheet.of(width, sum(tops) + pitch * len(rows) + (BAR if bars else 0), language)
    y = 0.0
    for row, name, above, top in zip(rows, names, titles, tops, strict=True):
        y += top
        maps = scaled(row.maps) if isinstance(row, MapRow) else None
        for index in range(len(_items(row))):
            start = label + index * pitch
            axis = sheet.cell(start, y, pitch - GAP)
            if isinstance(row, PictureRow):
                axis.imshow(row.pictures[index], interpolation="bilinear", aspect="auto")
            else:
                assert maps is not None
                over = None if row.over is None else row.over[index]
                draw_map(axis, maps[index], row.signed, over, grey)
            if above:
                sheet.title(start, y - GAP, pitch - GAP, above[index])
        sheet.name(label - GAP, y + (pitch - GAP) / 2, name)
        y += pitch
    if bars:
        sheet.bars(y, bars, bar, grey)
    return sheet.figure


def coloured(maps: np.ndarray, signed: bool) -> np.ndarray:
    """Maps as pictures (n, h, w, 3), each scaled by itself."""
    low = -1.0 if signed else 0.0
    return np.asarray(colours(signed)((scaled(maps) - low) / (1 - low))[..., :3])


def title_lines(text: str, room: float) -> list[str]:
    """The lines of a title above a cell of `room` mm."""
    return [cut(line, room + GAP / 2, TITLE_SIZE) for line in fitted(text, room, TITLE_SIZE)]


def _items(row: MapRow | PictureRow) -> np.ndarray:
    return row.pictures if isinstance(row, PictureRow) else row.maps


def draw_map(
    axis: Axes, values: np.ndarray, signed: bool, picture: np.ndarray | None = None, grey: bool = False
) -> None:
    """A map that is scaled already, upon the picture (h, w, 3) in grey where there is one."""
    norm = Normalize(-1 if signed else 0, 1)
    if picture is None:
        axis.imshow(values, cmap=colours(signed, grey), norm=norm, interpolation="auto", aspect="auto")
        return
    box = (0, picture.shape[1], picture.shape[0], 0)
    axis.imshow(picture.mean(-1), cmap="gray", norm=Normalize(0, 1), extent=box, aspect="auto")
    axis.imshow(
        values,
        cmap=colours(signed, grey),
        norm=norm,
        alpha=0.6,
        extent=box,
        interpolation="bilinear",
        aspect="auto",
    )
