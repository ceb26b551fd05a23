"""Partial dependence over ICE curves, two models beside each other for each feature."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from report_builder.plots.curves import MODEL_STYLES, in_reading_order
from report_builder.plots.style import HAIRLINE, INK, QUIET, localise_axes, new_figure, panel_letter
from report_builder.render.languages import Language

PAIRS = 2  # features beside each other, each with a panel per model
MODELS = ("mlp", "nam")


@dataclass(frozen=True)
class FeaturePanels:
    """One feature: grid (g,) and deciles (9,) in the table's units, and the curves of each model of MODELS.

    average: model -> (g,). ice: model -> (curves, g).
    """

    label: str
    grid: np.ndarray
    deciles: np.ndarray
    average: dict[str, np.ndarray]
    ice: dict[str, np.ndarray]


@dataclass(frozen=True)
class FanPanel:
    """ICE curves (curves, g) of one model over a grid (g,), with a title."""

    model: str
    title: str
    grid: np.ndarray
    ice: np.ndarray


def dependence_panels(
    features: Sequence[FeaturePanels], names: dict[str, str], ylabel: str, language: Language
) -> Figure:
    """Small multiples on one scale from 0 to 1; marks at the foot are the deciles of the data.

    names: model -> the title of its panels.
    """
    columns = min(PAIRS, len(features))
    rows = -(-len(features) // columns)
    figure, axes = new_figure(height=23 * rows + 6, rows=rows, columns=2 * columns, sharey=True)
    for number, line in enumerate(axes):
        ordered = in_reading_order(line, language)
        for place in range(columns):
            index = columns * number + place
            pair = ordered[2 * place : 2 * place + 2]
            if index < len(features):
                _pair(pair, features[index], names if number == 0 else {}, language)
            else:
                for axis in pair:
                    axis.set_visible(False)
        first = next(axis for axis in line if axis.get_visible())
        first.set_ylabel(ylabel)
        first.tick_params(labelleft=True)
    axes[0, 0].set_ylim(-0.02, 1.02)
    return figure


def ice_fans(panels: Sequence[FanPanel], xlabel: str, ylabels: Sequence[str], language: Language) -> Figure:
    """One row of ICE curves with their average; the panels of equal `ylabels` share their scale."""
    figure, axes = new_figure(height=47, columns=len(panels))
    ordered = in_reading_order(axes[0], language)
    for index, (panel, axis) in enumerate(zip(panels, ordered, strict=True)):
        _curves(axis, panel.grid, panel.ice, panel.ice.mean(0), panel.model)
        axis.set_title(panel.title)
        axis.set(xlabel=xlabel, ylabel=ylabels[index])
        axis.xaxis.set_major_locator(MaxNLocator(nbins=5))
        panel_letter(axis, index, language)
        localise_axes(axis, language)
    for label in set(ylabels):
        same = [axis for axis, own in zip(ordered, ylabels, strict=True) if own == label]
        limits = [axis.get_ylim() for axis in same]
        for axis in same:
            axis.set_ylim(min(low for low, _ in limits), max(high for _, high in limits))
    return figure


def _pair(pair: Sequence[Axes], feature: FeaturePanels, names: dict[str, str], language: Language) -> None:
    for axis, model in zip(pair, MODELS, strict=True):
        _curves(axis, feature.grid, feature.ice[model], feature.average[model], model)
        inside = (feature.deciles >= feature.grid[0]) & (feature.deciles <= feature.grid[-1])
        marks = feature.deciles[inside]
        axis.plot(marks, np.zeros_like(marks), "|", color=INK, markersize=5, markeredgewidth=0.7)
        axis.set_title(names.get(model, ""), color=MODEL_STYLES[model][0], fontweight="bold", pad=3)
        axis.xaxis.set_major_locator(MaxNLocator(nbins=4))
        axis.grid(axis="y")
        localise_axes(axis, language)
    left = pair[0] if language.direction == "ltr" else pair[1]
    left.set_xlabel(feature.label, x=1.04)  # one name under both panels


def _curves(axis: Axes, grid: np.ndarray, ice: np.ndarray, average: np.ndarray, model: str) -> None:
    """A grid of one point is drawn as points."""
    marker = "o" if len(grid) == 1 else ""
    axis.plot(
        grid, ice.T, color=QUIET, alpha=0.22, linewidth=0.45, marker=marker, markersize=2, rasterized=True
    )
    axis.plot(grid, average, color="white", linewidth=3.2)
    axis.plot(grid, average, color=MODEL_STYLES[model][0], linewidth=2, marker=marker)
    axis.spines["bottom"].set_color(HAIRLINE)
