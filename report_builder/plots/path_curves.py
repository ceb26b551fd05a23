"""What changes along the path from a baseline to a picture: medians and quartiles over pictures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.figure import Figure

from report_builder.plots.curves import in_reading_order, legend_below
from report_builder.plots.labels import in_direction, wrapped
from report_builder.plots.style import (
    GREEN,
    HAIRLINE,
    PURPLE,
    localise_axes,
    new_figure,
    panel_letter,
)
from report_builder.render.languages import Language

LINES = {"logit": (GREEN, "-"), "probability": (PURPLE, (0, (4, 1.5)))}


@dataclass(frozen=True)
class PathPanel:
    """ylabel: of the panel. quartiles: (3, m) of each key of LINES."""

    ylabel: str
    quartiles: Mapping[str, np.ndarray]


def path_curves(
    positions: np.ndarray,
    panels: Sequence[PathPanel],
    names: Mapping[str, str],
    xlabel: str,
    language: Language,
) -> Figure:
    """Panels beside each other over the positions (m,) from 0 to 1; names: of the keys of LINES."""
    figure, axes = new_figure(height=48, columns=len(panels))
    for index, (panel, axis) in enumerate(zip(panels, in_reading_order(axes[0], language), strict=True)):
        for key, (colour, line) in LINES.items():
            low, middle, high = panel.quartiles[key]
            axis.fill_between(positions, low, high, color=colour, alpha=0.18, linewidth=0)
            axis.plot(positions, middle, color=colour, linestyle=line, label=names[key])
        axis.axhline(1, color=HAIRLINE, linewidth=0.8, zorder=0)
        axis.set(xlim=(0, 1), xlabel=in_direction(xlabel, language), ylabel=wrapped(panel.ylabel, 17))
        axis.set_ylim(bottom=min(0, axis.get_ylim()[0]))
        panel_letter(axis, index, language)
        localise_axes(axis, language)
    legend_below(figure, axes[0, 0], language)
    return figure
