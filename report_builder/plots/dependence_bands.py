"""Partial dependence over the seeds of a sweep: the mean curve of each model in the band of all runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, MaxNLocator

from report_builder.plots.curves import MODEL_STYLES, in_reading_order, legend_below
from report_builder.plots.labels import wrapped
from report_builder.plots.style import localise_axes, new_figure
from report_builder.render.languages import Language

COLUMNS = 4  # features beside each other
WIDEST = 24  # characters of a line of a feature's name
PROBABILITIES = (0, 0.25, 0.5, 0.75, 1)
HEAD = 0.3  # of the curves' height: room above them for a line of a name
ROW, FRAME = 23.5, 6.0  # mm for a row of panels, and for the legend


@dataclass(frozen=True)
class Band:
    """A model's mean curve (g,) and the ends (g,) of its band."""

    mean: np.ndarray
    low: np.ndarray
    high: np.ndarray


@dataclass(frozen=True)
class FeatureBands:
    """One feature: grid (g,) in the table's units, and a band for each model of MODEL_STYLES shown."""

    label: str
    grid: np.ndarray
    bands: Mapping[str, Band]


def dependence_bands(
    features: Sequence[FeatureBands], names: Mapping[str, str], ylabel: str, language: Language
) -> Figure:
    """Small multiples on one vertical scale. names: model -> its name in the legend."""
    columns = min(COLUMNS, len(features))
    rows = -(-len(features) // columns)
    figure, axes = new_figure(height=FRAME + ROW * rows, rows=rows, columns=columns, sharey=True)
    for number, line in enumerate(axes):
        for place, axis in enumerate(in_reading_order(line, language)):
            index = number * columns + place
            if index >= len(features):
                axis.set_visible(False)
                continue
            _panel(axis, features[index], names, language)
            if place == 0:
                axis.set_ylabel(ylabel)
            at_start = place == 0
            if language.direction == "rtl":
                axis.yaxis.set_label_position("right")
                axis.yaxis.tick_right()
                axis.spines["left"].set_visible(False)
                axis.spines["right"].set_visible(True)
                axis.tick_params(labelright=at_start)
            else:
                axis.tick_params(labelleft=at_start)
    low, high = axes[0, 0].get_ylim()
    lines = max(wrapped(feature.label, WIDEST).count("\n") + 1 for feature in features)
    axes[0, 0].set_ylim(low, high + HEAD * lines * (high - low))
    legend_below(figure, in_reading_order(axes[0], language)[0], language)
    return figure


def _panel(axis: Axes, feature: FeatureBands, names: Mapping[str, str], language: Language) -> None:
    for model, band in feature.bands.items():
        colour, dashes = MODEL_STYLES[model]
        axis.fill_between(feature.grid, band.low, band.high, color=colour, alpha=0.32, linewidth=0)
        axis.plot(feature.grid, band.mean, color=colour, linestyle=dashes, linewidth=1.1, label=names[model])
    axis.text(
        0.03,
        0.97,
        wrapped(feature.label, WIDEST),
        transform=axis.transAxes,
        ha="left",
        va="top",
        fontsize=7.5,
    )
    axis.xaxis.set_major_locator(MaxNLocator(nbins=4))
    axis.yaxis.set_major_locator(FixedLocator(PROBABILITIES))  # none above one, where the name stands
    axis.grid(axis="y")
    localise_axes(axis, language)
