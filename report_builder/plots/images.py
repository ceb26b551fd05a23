"""Grids of pictures and of attribution maps, all maps of a figure on one colour scale."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import Normalize
from matplotlib.figure import Figure

from report_builder.plots.curves import in_reading_order
from report_builder.plots.style import DIVERGING, FULL, SEQUENTIAL, localise_axes, new_figure
from report_builder.render.languages import Language

CLIP = 99.5  # percentile of a map's size that is drawn as full colour
LABEL = 17.0  # mm beside the rows for their names
TITLE = 5.0  # mm above a row for its titles
BAR = 9.0  # mm below for a colour bar


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
    tops = np.percentile(np.abs(values), CLIP, axis=(1, 2), keepdims=True)
    tops = np.where(tops > 0, tops, np.abs(values).max(axis=(1, 2), keepdims=True))  # a map of few points
    return np.asarray(np.clip(np.divide(values, tops, out=np.zeros_like(values), where=tops > 0), -1, 1))


def as_pictures(pixels: np.ndarray) -> np.ndarray:
    """Pixels (n, 3, h, w) as pictures (n, h, w, 3) in [0, 1]."""
    return np.clip(np.moveaxis(pixels, 1, -1), 0, 1)


def image_grid(
    rows: Sequence[MapRow | PictureRow],
    language: Language,
    *,
    bar: str = "",
    width: float = FULL,
    label: float = LABEL,
) -> Figure:
    """Rows of pictures and maps, columns in reading order, the rows' names at the reading start.

    bar: what stands beside the colour bar of the signed maps; without signed maps there is no bar.
    label: mm for the names of the rows; 0 for none.
    """
    columns = max(len(_items(row)) for row in rows)
    cell = (width - label) / columns
    signed = any(isinstance(row, MapRow) and row.signed for row in rows)
    heights = [
        cell + (TITLE * (1 + max(t.count("\n") for t in row.titles)) if row.titles else 0) for row in rows
    ]
    height = sum(heights) + (BAR if signed and bar else 0) + 2
    figure, axes = new_figure(width, height, len(rows), columns)  # the layout gives all cells one size
    figure.get_layout_engine().set(w_pad=0.6 / 72, h_pad=0.6 / 72, wspace=0.01, hspace=0.01)  # type: ignore[union-attr,call-arg]
    shown: Any = None
    for row, places in zip(rows, axes, strict=True):
        ordered = in_reading_order(list(places), language)
        drawn = _draw_row(row, ordered)
        shown = drawn if isinstance(row, MapRow) and row.signed else shown
        if label:
            _name_row(ordered[0], row.label, language)
    if shown is not None and bar:
        colours = figure.colorbar(
            shown,
            ax=axes,
            location="bottom",
            orientation="horizontal",
            fraction=0.03,
            aspect=60,
            shrink=0.5,
            pad=0.01,
        )
        colours.outline.set_visible(False)
        colours.set_label(bar)
        colours.set_ticks([-1, 0, 1])
        localise_axes(colours.ax, language)
        if language.direction == "rtl":
            colours.ax.invert_xaxis()
    return figure


def _items(row: MapRow | PictureRow) -> np.ndarray:
    return row.pictures if isinstance(row, PictureRow) else row.maps


def _draw_row(row: MapRow | PictureRow, places: Sequence[Axes]) -> Any:
    shown: Any = None
    count = len(_items(row))
    maps = scaled(row.maps) if isinstance(row, MapRow) else None
    for index, axis in enumerate(places):
        axis.set_axis_off()
        if index >= count:
            continue
        if isinstance(row, PictureRow):
            axis.imshow(row.pictures[index], interpolation="bilinear")
        else:
            assert maps is not None
            shown = _draw_map(axis, row, maps[index], index)
        if row.titles:
            axis.set_title(row.titles[index], pad=2, fontsize=7)
    return shown


def _draw_map(axis: Axes, row: MapRow, values: np.ndarray, index: int) -> Any:
    norm = Normalize(-1, 1) if row.signed else Normalize(0, 1)
    colours = DIVERGING if row.signed else SEQUENTIAL
    if row.over is None:
        return axis.imshow(values, cmap=colours, norm=norm, interpolation="nearest")
    picture = row.over[index]
    box = (0, picture.shape[1], picture.shape[0], 0)
    axis.imshow(picture.mean(-1), cmap="gray", norm=Normalize(0, 1), extent=box)
    return axis.imshow(values, cmap=colours, norm=norm, alpha=0.6, extent=box, interpolation="bilinear")


def _name_row(axis: Axes, label: str, language: Language) -> None:
    """The row's name beside its first cell, on the side where reading starts."""
    rtl = language.direction == "rtl"
    axis.text(
        1.06 if rtl else -0.06,
        0.5,
        label,
        transform=axis.transAxes,
        ha="left" if rtl else "right",
        va="center",
        fontsize=7.5,
        linespacing=1.15,
    )
