"""Values with intervals, one line per model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.figure import Figure

from report_builder.plots.curves import in_reading_order
from report_builder.plots.style import (
    HAIRLINE,
    localise_axes,
    new_figure,
    panel_letter,
)
from report_builder.render.languages import Language


@dataclass(frozen=True)
class DotSeries:
    """One value per row, with (low, high) where an interval is known; None: the row has no value."""

    label: str
    colour: str
    marker: str
    values: Sequence[float | None]
    intervals: Sequence[tuple[float, float] | None]


@dataclass(frozen=True)
class DotPanel:
    label: str
    series: Sequence[DotSeries]


def interval_dots(panels: Sequence[DotPanel], rows: Sequence[str], language: Language) -> Figure:
    """Panels beside each other with shared rows, the first row on top."""
    figure, axes = new_figure(height=15 + 8.5 * len(rows), columns=len(panels), sharey=True)
    ordered = in_reading_order(axes[0], language)
    for index, (panel, axis) in enumerate(zip(panels, ordered, strict=True)):
        for number, series in enumerate(panel.series):
            shift = 0.22 * (number - (len(panel.series) - 1) / 2)
            for row, (value, interval) in enumerate(zip(series.values, series.intervals, strict=True)):
                if interval is not None:
                    axis.plot(interval, [row + shift] * 2, color=series.colour, linewidth=1.2)
                if value is not None:
                    axis.plot(value, row + shift, series.marker, color=series.colour, markersize=4.5)
            axis.plot([], [], series.marker, color=series.colour, markersize=4.5, label=series.label)
        axis.grid(axis="x", color=HAIRLINE)
        axis.set_xlabel(panel.label)
        axis.spines["left"].set_visible(False)
        axis.tick_params(axis="y", length=0)
        axis.set_yticks(range(len(rows)), rows)
        panel_letter(axis, index, language)
        localise_axes(axis, language)
    ordered[0].set_ylim(len(rows) - 0.5, -0.5)
    if language.direction == "rtl":
        for axis in ordered:
            axis.yaxis.tick_right()
            axis.tick_params(axis="y", length=0, labelright=axis is ordered[0])
    handles, labels = ordered[0].get_legend_handles_labels()
    if language.direction == "rtl":
        handles, labels = handles[::-1], labels[::-1]
    figure.legend(
        handles,
        labels,
        loc="outside lower center",
        ncols=len(handles),
        markerfirst=language.direction == "ltr",
    )
    return figure
