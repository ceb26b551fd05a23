"""Shape functions of an additive model, each over the distribution of its feature."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.figure import Figure

from report_builder.plots.curves import in_reading_order
from report_builder.plots.style import ACCENT, HAIRLINE, QUIET, localise_axes, new_figure
from report_builder.render.languages import Language

COLUMNS = 4
LONGEST = 22  # characters of a label that fit under a panel


@dataclass(frozen=True)
class ShapePanel:
    """One feature: grid (points,) and its data (rows,) in the table's units, shape (points,) in logits.

    low, high: the ends of the range in which most of the data lie; outside it the curve is drawn thin.
    """

    label: str
    grid: np.ndarray
    shape: np.ndarray
    data: np.ndarray
    low: float
    high: float


def shape_functions(panels: Sequence[ShapePanel], ylabel: str, language: Language) -> Figure:
    """Small multiples on one vertical scale; the histogram under each curve has no scale of its own.

    The scale is that of the well supported parts: the thin ends may leave a panel.
    """
    columns = min(COLUMNS, len(panels))
    rows = -(-len(panels) // columns)
    figure, axes = new_figure(height=36 * rows + 3, rows=rows, columns=columns, sharey=True)
    inside = [panel.shape[_bulk(panel)] for panel in panels]
    low = min(float(shape.min()) for shape in inside)
    high = max(float(shape.max()) for shape in inside)
    reach = max(high - low, 1e-6)
    low, high = low - 0.15 * reach, high + 0.15 * reach
    floor = low - 0.3 * reach
    places = [axis for line in axes for axis in in_reading_order(line, language)]
    for index, axis in enumerate(places):
        if index >= len(panels):
            axis.set_visible(False)
            continue
        panel = panels[index]
        counts, edges = np.histogram(panel.data, bins=24)
        heights = 0.27 * reach * counts / max(counts.max(), 1)
        axis.bar(edges[:-1], heights, np.diff(edges), bottom=floor, align="edge", color=HAIRLINE, linewidth=0)
        axis.axhline(0, color=QUIET, linewidth=0.6)
        axis.plot(panel.grid, panel.shape, color=ACCENT, linewidth=0.7)
        bulk = _bulk(panel)
        axis.plot(panel.grid[bulk], panel.shape[bulk], color=ACCENT, linewidth=1.9)
        axis.set_xlabel(_broken(panel.label))
        axis.set_ylim(floor, high)
        localise_axes(axis, language)
    figure.supylabel(ylabel, fontsize=8.0)  # one for all rows: a panel is too low for it
    return figure


def _bulk(panel: ShapePanel) -> np.ndarray:
    """Where the grid lies in the range of most data; all of it where the range falls between two points."""
    inside = (panel.grid >= panel.low) & (panel.grid <= panel.high)
    return inside if inside.any() else np.ones_like(inside)


def _broken(label: str) -> str:
    """A long label with its unit, which stands in brackets at its end, on a second line; a longer one cut."""
    name, bracket, unit = label.rpartition(" (")
    lines = [label] if len(label) <= LONGEST or not bracket else [name, f"({unit}"]
    return "\n".join(line if len(line) <= LONGEST + 4 else f"{line[: LONGEST + 3]}…" for line in lines)
