"""What happens to a prediction as features are taken out in the order of an explanation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from report_builder.plots.curves import in_reading_order, legend_below
from report_builder.plots.labels import wrapped
from report_builder.plots.style import (
    GREEN,
    PURPLE,
    QUIET,
    localise_axes,
    new_figure,
    panel_letter,
)
from report_builder.render.languages import Language

LINES = {"lime": (GREEN, "-", "o"), "shap": (PURPLE, "-", "s"), "random": (QUIET, "--", None)}


def deletion_panels(
    panels: Sequence[tuple[str, Mapping[str, np.ndarray]]],
    names: Mapping[str, str],
    language: Language,
    *,
    xlabel: str,
    ylabel: str,
) -> Figure:
    """Panels beside each other, each a title and a curve (d + 1,) per key of LINES; names: of the keys."""
    figure, axes = new_figure(height=50, columns=len(panels), sharey=True)
    for index, ((title, curves), axis) in enumerate(
        zip(panels, in_reading_order(axes[0], language), strict=True)
    ):
        for key, (colour, line, marker) in LINES.items():
            axis.plot(curves[key], line, color=colour, marker=marker, markersize=3, label=names[key])
        axis.set_title(title, pad=3)
        axis.set_xlabel(xlabel)
        axis.xaxis.set_major_locator(MaxNLocator(5, integer=True))
        axis.grid(axis="y")
        panel_letter(axis, index, language)
        localise_axes(axis, language)
    axes[0, 0].set_ylabel(wrapped(ylabel, 22))
    legend_below(figure, axes[0, 0], language)
    return figure
