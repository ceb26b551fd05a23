"""Scores of many methods with their intervals, beside those of the references that they must beat."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.figure import Figure

from report_builder.plots.curves import in_reading_order
from report_builder.plots.labels import in_direction
from report_builder.plots.style import (
    BLUE,
    HAIRLINE,
    QUIET,
    VERMILION,
    localise_axes,
    new_figure,
    panel_letter,
)
from report_builder.render.languages import Language

ROW, FRAME = 4.3, 16.0  # mm for a row, and for all that is not a row


@dataclass(frozen=True)
class ScorePanel:
    """A score of every row with its interval; `line` is the value to beat, drawn through all rows."""

    label: str
    values: Sequence[float]
    intervals: Sequence[tuple[float, float]]
    line: float


def score_dots(panels: Sequence[ScorePanel], rows: Sequence[str], first: int, language: Language) -> Figure:
    """Panels beside each other with shared rows, the first row on top; from row `first` on: references."""
    figure, axes = new_figure(height=FRAME + ROW * len(rows), columns=len(panels), sharey=True)
    ordered = in_reading_order(axes[0], language)
    for index, (panel, axis) in enumerate(zip(panels, ordered, strict=True)):
        axis.axvline(panel.line, color=VERMILION, linewidth=0.8, linestyle=(0, (4, 2)))
        for row, (value, interval) in enumerate(zip(panel.values, panel.intervals, strict=True)):
            colour = BLUE if row < first else QUIET
            axis.plot(interval, [row, row], color=colour, linewidth=1.2)
            axis.plot(value, row, "o" if row < first else "D", color=colour, markersize=3.5)
        axis.axhline(first - 0.5, color=HAIRLINE, linewidth=0.8)
        axis.grid(axis="x", color=HAIRLINE)
        axis.set_xlabel(panel.label)
        axis.spines["left"].set_visible(False)
        axis.set_yticks(range(len(rows)), [in_direction(row, language) for row in rows])
        axis.tick_params(axis="y", length=0)
        panel_letter(axis, index, language)
        localise_axes(axis, language)
    ordered[0].set_ylim(len(rows) - 0.5, -0.5)
    if language.direction == "rtl":
        for axis in ordered:
            axis.yaxis.tick_right()
            axis.tick_params(axis="y", length=0, labelright=axis is ordered[0])
    return figure
