"""Signals over time, one in each panel, with the stretch that matters shaded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from report_builder.plots.curves import in_reading_order
from report_builder.plots.labels import axis_at_start, clipped
from report_builder.plots.style import CATEGORY_COLOURS, FULL, INK, YELLOW, localise_axes, new_figure
from report_builder.render.languages import Language

IN_A_ROW = 4
TALL, AROUND = 20.0, 7.0  # mm: of a row of panels, and below them all


@dataclass(frozen=True)
class Trace:
    """A signal (channels, t) under a title; shaded: (t,) bool, or None."""

    title: str
    samples: np.ndarray
    shaded: np.ndarray | None = None


def traces(panels: Sequence[Trace], seconds: float, time: str, value: str, language: Language) -> Figure:
    """Panels in rows that share both axes. seconds: how long a signal lasts; time, value: names of the axes.

    Time runs from left to right in every language.
    """
    columns = min(len(panels), IN_A_ROW)
    rows = -(-len(panels) // columns)
    figure, axes = new_figure(
        FULL, rows * TALL + AROUND, rows=rows, columns=columns, sharex=True, sharey=True
    )
    places = [axis for line in axes for axis in in_reading_order(line, language)]
    for axis, panel in zip(places, panels, strict=False):
        draw_trace(axis, panel, seconds)
        localise_axes(axis, language)
    for axis in places[len(panels) :]:
        axis.set_axis_off()
    for line in axes:
        first = in_reading_order(line, language)[0]
        axis_at_start(first, language)
        first.set_ylabel(value)
        first.tick_params(labelright=language.direction == "rtl", labelleft=language.direction == "ltr")
        for axis in in_reading_order(line, language)[1:]:
            axis.tick_params(labelleft=False, left=False)
            axis.spines["left"].set_visible(False)
    for axis in axes[-1]:
        axis.set_xlabel(time)
    return figure


def draw_trace(axis: Axes, panel: Trace, seconds: float) -> None:
    """One signal with its shaded stretches."""
    samples = panel.samples.shape[-1]
    moments = np.arange(samples) * seconds / samples
    for start, stop in shaded_runs(panel.shaded):
        ends = (start * seconds / samples, stop * seconds / samples)
        axis.axvspan(*ends, color=YELLOW, alpha=0.45, linewidth=0)
    colours = (INK,) if len(panel.samples) == 1 else CATEGORY_COLOURS
    for index, channel in enumerate(panel.samples):
        axis.plot(moments, channel, color=colours[index % len(colours)], linewidth=0.8)
    axis.set_xlim(0, seconds)
    axis.set_title(clipped(panel.title), pad=2)


def shaded_runs(shaded: np.ndarray | None) -> list[tuple[int, int]]:
    """First sample and the one after the last of each stretch of True in (t,)."""
    if shaded is None:
        return []
    edges = np.flatnonzero(np.diff(np.concatenate([[False], shaded, [False]]).astype(np.int8)))
    return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))
