"""Curves with bands over a few settings of one quantity, in lettered panels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from report_builder.plots.curves import in_reading_order
from report_builder.plots.style import CATEGORY_COLOURS, localise_axes, new_figure, panel_letter
from report_builder.render.languages import Language
from report_builder.render.numbers import localise_digits

_DASHES: tuple[str | tuple[int, tuple[float, ...]], ...] = ("-", (0, (5, 1.5)), (0, (1.2, 1)))


@dataclass(frozen=True)
class BandCurve:
    """Values (k,) with their intervals, at the first k settings."""

    label: str
    values: Sequence[float]
    low: Sequence[float]
    high: Sequence[float]


@dataclass(frozen=True)
class BandPanel:
    """One panel of shares or probabilities, 0 to 1."""

    ylabel: str
    curves: Sequence[BandCurve]


def band_curves(
    panels: Sequence[BandPanel],
    settings: Sequence[float],
    xlabel: str,
    language: Language,
    *,
    columns: int = 2,
) -> Figure:
    """Panels in reading order; the settings stand at equal distances."""
    rows = -(-len(panels) // columns)
    figure, axes = new_figure(height=47.0 * rows, rows=rows, columns=columns)
    places = np.arange(len(settings))
    ordered = [axis for line in axes for axis in in_reading_order(list(line), language)]
    for index, (axis, panel) in enumerate(zip(ordered, panels, strict=True)):
        for number, curve in enumerate(panel.curves):
            colour, at = CATEGORY_COLOURS[number], places[: len(curve.values)]
            axis.plot(
                at, curve.values, color=colour, linestyle=_DASHES[number], marker="o", label=curve.label
            )
            axis.fill_between(at, curve.low, curve.high, color=colour, alpha=0.15, linewidth=0)
        axis.set_ylim(-0.03, 1.03)
        axis.set_xticks(places, [localise_digits(f"{value:g}", language) for value in settings])
        axis.set_ylabel(panel.ylabel)
        axis.set_xlabel(xlabel)
        axis.grid(axis="y")
        _legend_above(axis, language)
        panel_letter(axis, index, language)
        localise_axes(axis, language)
    return figure


def _legend_above(axis: Axes, language: Language) -> None:
    """One row above the panel, at the end away from its letter, where it covers no curve."""
    rtl = language.direction == "rtl"
    handles, labels = axis.get_legend_handles_labels()
    axis.legend(
        handles[::-1] if rtl else handles,
        labels[::-1] if rtl else labels,
        loc="lower left" if rtl else "lower right",
        bbox_to_anchor=(0 if rtl else 1, 1),
        borderaxespad=0.1,
        ncols=len(handles),
        markerfirst=not rtl,
        handlelength=2,
        columnspacing=1,
    )
