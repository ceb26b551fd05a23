"""A square matrix of signed values as a heat map."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.colors import Normalize
from matplotlib.figure import Figure

from report_builder.plots.labels import clipped
from report_builder.plots.style import DIVERGING, FULL, INK, localise_axes, new_figure, text_alignment
from report_builder.render.languages import Language
from report_builder.render.numbers import format_number

MOST_NUMBERED = 14  # rows up to which the cells have room for their number


def correlation_heatmap(matrix: np.ndarray, labels: Sequence[str], bar: str, language: Language) -> Figure:
    """Correlations (n, n) on the fixed scale from -1 to 1; columns in reading order.

    bar: what stands beside the colour bar.
    """
    rows = len(labels)
    rtl = language.direction == "rtl"
    shown = matrix[:, ::-1] if rtl else matrix
    figure, axes = new_figure(FULL, min(26 + 7.0 * rows, 130))
    axis = axes[0, 0]
    picture = axis.imshow(
        shown, cmap=DIVERGING, norm=Normalize(-1, 1), aspect="auto", interpolation="nearest"
    )
    size = 7.5 if rows <= MOST_NUMBERED else 5.5
    shortened = [clipped(label) for label in labels]
    slanted = {"rotation": 35, "ha": "right", "rotation_mode": "anchor"}
    upright = {"rotation": 90}
    axis.set_xticks(
        range(rows), shortened[::-1] if rtl else shortened, **(slanted if rows <= MOST_NUMBERED else upright)
    )
    axis.set_yticks(range(rows), shortened)
    axis.tick_params(length=0, labelsize=size)
    axis.spines[:].set_visible(False)
    if text_alignment("start", language) == "right":
        axis.yaxis.tick_right()
        axis.tick_params(axis="y", length=0)
    if rows <= MOST_NUMBERED:
        for (row, column), value in np.ndenumerate(shown):
            colour = "white" if abs(value) > 0.6 else INK
            text = format_number(value, language, digits=2)
            axis.text(column, row, text, ha="center", va="center", fontsize=7.5, color=colour)
    colours = figure.colorbar(picture, ax=axis, location="left" if rtl else "right", fraction=0.03, pad=0.02)
    colours.outline.set_visible(False)
    colours.set_label(bar)
    localise_axes(colours.ax, language)
    return figure
