"""Confusion matrices beside each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.figure import Figure

from report_builder.plots.curves import in_reading_order
from report_builder.plots.style import FULL, INK, new_figure, panel_letter
from report_builder.render.languages import Language
from report_builder.render.numbers import format_number


@dataclass(frozen=True)
class ConfusionPanel:
    """Counts (2, 2), rows true and columns predicted, negative first; title: whose they are."""

    title: str
    counts: np.ndarray


def confusion_matrices(
    panels: Sequence[ConfusionPanel], classes: tuple[str, str], true: str, predicted: str, language: Language
) -> Figure:
    """Each cell with its count and its share of the true class, which is also its shade."""
    from matplotlib.colors import LinearSegmentedColormap

    shades = LinearSegmentedColormap.from_list("share", ["#FFFFFF", "#CFE0E6", "#6FA8BC"])
    figure, axes = new_figure(min(FULL, 53.0 * len(panels) + 1), 50, columns=len(panels))
    order = in_reading_order((0, 1), language)
    for index, (panel, axis) in enumerate(zip(panels, in_reading_order(axes[0], language), strict=True)):
        share = panel.counts / np.maximum(panel.counts.sum(1, keepdims=True), 1)
        axis.imshow(share[:, order], cmap=shades, vmin=0, vmax=1, aspect="equal")
        for row in (0, 1):
            for place, column in enumerate(order):
                count = format_number(int(panel.counts[row, column]), language)
                part = format_number(float(share[row, column]), language, percent=True, digits=0)
                axis.text(place, row - 0.08, count, ha="center", va="center", fontsize=12, color=INK)
                axis.text(place, row + 0.22, part, ha="center", va="center", fontsize=7.5, color=INK)
        axis.set_xticks((0, 1), [classes[column] for column in order])
        axis.set_yticks((0, 1), classes, rotation=90, va="center")
        axis.tick_params(length=0)
        axis.spines[:].set_visible(False)
        axis.set_xticks((0.5,), minor=True)
        axis.set_yticks((0.5,), minor=True)
        axis.tick_params(which="minor", length=0)
        axis.grid(which="minor", color="white", linewidth=2)
        axis.set_xlabel(predicted)
        axis.set_ylabel(true)
        axis.set_title(panel.title)
        if len(panels) > 1:
            panel_letter(axis, index, language)
    return figure
