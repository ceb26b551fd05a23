"""Heat maps over the values of two settings, with the number in each cell and the chosen cell framed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from report_builder.plots.curves import in_reading_order
from report_builder.plots.labels import axis_at_start
from report_builder.plots.style import INK, ORANGE, SEQUENTIAL, new_figure, panel_letter
from report_builder.render.languages import Language
from report_builder.render.numbers import format_number

ROW, FRAME = 8.0, 18.0  # mm for a row of cells, and for all that is not a row
DARK = 0.55  # brightness below which a cell's number is white
Place = tuple[int, int]


@dataclass(frozen=True)
class SettingPanel:
    """title: what the numbers are. values (r, c), NaN where no run of a cell is left.

    framed: the cell that was chosen; dashed: one that another rule would choose. low_is_good: the lowest
    value is drawn brightest, else the highest.
    """

    title: str
    values: np.ndarray
    framed: Place | None
    dashed: Place | None = None
    low_is_good: bool = False


def setting_map(
    panels: Sequence[SettingPanel],
    rows: tuple[str, Sequence[str]],
    columns: tuple[str, Sequence[str]],
    language: Language,
) -> Figure:
    """Panels beside each other; rows, columns: the setting's name and its values, columns in reading order.

    Of a grid with one setting `rows` has one value without text.
    """
    figure, axes = new_figure(height=FRAME + ROW * len(rows[1]), columns=len(panels))
    for index, (panel, axis) in enumerate(zip(panels, in_reading_order(axes[0], language), strict=True)):
        _panel(axis, panel, language)
        rtl = language.direction == "rtl"
        axis.set_xticks(range(len(columns[1])), columns[1])
        axis.set_xlabel(columns[0])
        if rtl:
            axis.invert_xaxis()
        axis_at_start(axis, language)
        axis.set_yticks(range(len(rows[1])), rows[1])
        axis.set_ylabel(rows[0])
        axis.tick_params(length=0)
        axis.spines[:].set_visible(False)
        axis.text(0.5, 1.04, panel.title, transform=axis.transAxes, ha="center", va="bottom", fontsize=8.0)
        panel_letter(axis, index, language)
    return figure


def _panel(axis: Axes, panel: SettingPanel, language: Language) -> None:
    known = panel.values[np.isfinite(panel.values)]
    norm = Normalize(float(known.min()), float(known.max()) + 1e-12)
    colours = colormaps[f"{SEQUENTIAL}_r" if panel.low_is_good else SEQUENTIAL]
    axis.imshow(
        np.ma.masked_invalid(panel.values), cmap=colours, norm=norm, aspect="auto", interpolation="nearest"
    )
    for (row, column), value in np.ndenumerate(panel.values):
        if np.isfinite(value):
            shade = np.dot(colours(norm(value))[:3], (0.299, 0.587, 0.114))
            text, colour = format_number(value, language, digits=3), "white" if shade < DARK else INK
        else:
            text, colour = "–", INK
        axis.text(column, row, text, ha="center", va="center_baseline", fontsize=7.5, color=colour)
    for place, style in ((panel.dashed, (0, (2, 1.2))), (panel.framed, "-")):
        if place is not None:
            _frame(axis, place, style)


def _frame(axis: Axes, place: Place, style: str | tuple[int, tuple[float, float]]) -> None:
    row, column = place
    box = (column - 0.46, row - 0.44)
    for colour, width, dashes in (("white", 3.4, "-"), (ORANGE, 1.9, style)):
        axis.add_patch(
            Rectangle(box, 0.92, 0.88, fill=False, edgecolor=colour, linewidth=width, linestyle=dashes)
        )
