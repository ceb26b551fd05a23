"""Values of several rows over the stages of a procedure, as a heat map with numbers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.colors import Normalize
from matplotlib.figure import Figure

from report_builder.plots.labels import in_direction
from report_builder.plots.style import DIVERGING, FULL, INK, localise_axes, new_figure
from report_builder.render.languages import Language
from report_builder.render.numbers import format_number

ROW, FRAME = 5.6, 12.0  # mm
DARK = 0.6  # colours of larger values bear white numbers


def stage_heatmap(
    values: np.ndarray, rows: Sequence[str], stages: Sequence[str], bar: str, language: Language
) -> Figure:
    """Correlations (rows, stages) on the fixed scale from -1 to 1; stages in reading order.

    bar: what stands beside the colour bar.
    """
    rtl = language.direction == "rtl"
    shown = values[:, ::-1] if rtl else values
    figure, axes = new_figure(FULL, FRAME + ROW * len(rows))
    axis = axes[0, 0]
    picture = axis.imshow(
        shown, cmap=DIVERGING, norm=Normalize(-1, 1), aspect="auto", interpolation="nearest"
    )
    axis.set_xticks(range(len(stages)), list(stages)[::-1] if rtl else list(stages))
    axis.set_yticks(range(len(rows)), [in_direction(row, language) for row in rows])
    axis.xaxis.tick_top()
    axis.spines[:].set_visible(False)
    if rtl:
        axis.yaxis.tick_right()
    axis.tick_params(length=0)
    for (row, column), value in np.ndenumerate(shown):
        colour = "white" if abs(value) > DARK else INK
        text = format_number(float(value), language, digits=2)
        axis.text(column, row, text, ha="center", va="center", fontsize=7.5, color=colour)
    colours = figure.colorbar(picture, ax=axis, location="left" if rtl else "right", fraction=0.03, pad=0.02)
    colours.outline.set_visible(False)
    colours.set_label(bar)
    localise_axes(colours.ax, language)
    return figure
