"""Every run of a sweep as a dot, with the mean over the seeds and its interval, one line per model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from report_builder.plots.curves import in_reading_order
from report_builder.plots.labels import axis_at_start, in_direction
from report_builder.plots.style import (
    HAIRLINE,
    ORANGE,
    QUIET,
    localise_axes,
    new_figure,
    panel_letter,
)
from report_builder.render.languages import Language

ROW, FRAME = 6.0, 16.0  # mm for a row, and for all that is not a row
CLOUD = 0.3  # of a row: how far the dots of its runs are spread on either side
SPREAD = 0.6180339887  # the golden ratio's part after the point spreads any number of dots evenly


@dataclass(frozen=True)
class SeedRow:
    """runs (n,): one value for each seed. interval: of the mean; None where one seed allows none."""

    name: str
    runs: np.ndarray
    interval: tuple[float, float] | None


@dataclass(frozen=True)
class SeedPanel:
    label: str
    rows: Sequence[SeedRow]


def seed_dots(panels: Sequence[SeedPanel], run: str, mean: str, language: Language) -> Figure:
    """Panels beside each other; one with the rows of the panel before it does not name them again.

    run, mean: what the dots and the marks with an interval are called in the legend.
    """
    most = max(len(panel.rows) for panel in panels)
    figure, axes = new_figure(height=FRAME + ROW * most, columns=len(panels))
    before: list[str] = []
    for index, (panel, axis) in enumerate(zip(panels, in_reading_order(axes[0], language), strict=True)):
        for place, row in enumerate(panel.rows):
            _row(axis, place, row, run if place == 0 else "", mean if place == 0 else "")
        names = [in_direction(row.name, language) for row in panel.rows]
        axis_at_start(axis, language)
        axis.set_yticks(range(len(names)), names if names != before else [""] * len(names))
        axis.tick_params(axis="y", length=0)
        axis.set_ylim(most - 0.5, -0.5)
        axis.grid(axis="x", color=HAIRLINE)
        axis.spines[["left", "right"]].set_visible(False)
        axis.xaxis.set_major_locator(MaxNLocator(nbins=4))
        axis.margins(x=0.06)
        axis.set_xlabel(panel.label)
        panel_letter(axis, index, language)
        localise_axes(axis, language)
        before = names
    rtl = language.direction == "rtl"
    handles, labels = axes[0, 0].get_legend_handles_labels()
    figure.legend(
        handles[::-1] if rtl else handles,
        labels[::-1] if rtl else labels,
        loc="outside lower center",
        ncols=len(handles),
        markerfirst=not rtl,
    )
    return figure


def _row(axis: Axes, place: int, row: SeedRow, run: str, mean: str) -> None:
    spread = (np.arange(1, len(row.runs) + 1) * SPREAD) % 1
    heights = place + CLOUD * (2 * spread - 1) if len(row.runs) > 1 else np.array([place])
    axis.plot(
        row.runs,
        heights,
        "o",
        color=QUIET,
        alpha=0.4,
        markersize=2.6,
        markeredgewidth=0,
        label=run or None,
        rasterized=True,
    )
    if row.interval is None:
        return
    axis.plot(row.interval, [place, place], color="white", linewidth=3.4, solid_capstyle="butt")
    axis.plot(
        [row.interval[0], row.runs.mean(), row.interval[1]],
        [place] * 3,
        "-D",
        color=ORANGE,
        linewidth=1.9,
        markersize=4.2,
        markevery=[1],
        markeredgecolor="white",
        markeredgewidth=0.5,
        label=mean or None,
    )
