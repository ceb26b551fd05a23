"""Horizontal bars with a sign: one panel for each explained sample."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from report_builder.plots.style import (
    CLASS_COLOURS,
    QUIET,
    localise_axes,
    new_figure,
    panel_letter,
    text_alignment,
)
from report_builder.render.languages import Language

ROW, FRAME = 3.8, 7.5  # mm: height of a bar with its gap, and of what surrounds the bars of a panel


@dataclass(frozen=True)
class BarPanel:
    """Bars from the top down: what each is for, its signed value, and the value as text.

    title: what stands over the panel.
    """

    title: str
    labels: Sequence[str]
    values: Sequence[float]
    texts: Sequence[str]


def signed_bars(panels: Sequence[BarPanel], xlabel: str, language: Language) -> Figure:
    """Panels over each other on one scale; bars have the colour of the class that they speak for."""
    heights = [ROW * len(panel.values) + FRAME for panel in panels]
    figure, axes = new_figure(height=sum(heights) + 6, rows=len(panels), sharex=True, height_ratios=heights)
    for index, (panel, axis) in enumerate(zip(panels, axes[:, 0], strict=True)):
        _draw(axis, panel, language)
        if len(panels) > 1:
            panel_letter(axis, index, language)
    reach = max(abs(value) for panel in panels for value in panel.values) or 1.0
    axes[0, 0].set_xlim(-1.28 * reach, 1.28 * reach)
    axes[-1, 0].set_xlabel(xlabel)
    return figure


def colour_of(value: float) -> str:
    """The colour of the class towards which a contribution pushes."""
    return CLASS_COLOURS["positive" if value >= 0 else "negative"]


def shortened(text: str, most: int) -> str:
    """The text, cut to so many characters where it is longer; users' columns may have names of any length."""
    return text if len(text) <= most else f"{text[: most - 1]}…"


def labels_at_start(axes: Axes, language: Language) -> None:
    """Row labels on the side where the language starts to read."""
    if text_alignment("start", language) == "right":
        axes.yaxis.tick_right()
        axes.spines["left"].set_visible(False)
    axes.tick_params(axis="y", length=0)


def _draw(axes: Axes, panel: BarPanel, language: Language) -> None:
    rows = range(len(panel.values))
    axes.barh(rows, panel.values, color=[colour_of(value) for value in panel.values], height=0.68)
    axes.axvline(0, color=QUIET, linewidth=0.6)
    for row, value, text in zip(rows, panel.values, panel.texts, strict=True):
        axes.annotate(
            text,
            (value, row),
            xytext=(2.5 if value >= 0 else -2.5, 0),
            textcoords="offset points",
            ha="left" if value >= 0 else "right",
            va="center",
            fontsize=7,
        )
    axes.set_yticks(rows, panel.labels)
    axes.set_ylim(len(panel.values) - 0.4, -0.6)
    axes.set_title(panel.title, loc="center", pad=3)
    labels_at_start(axes, language)
    axes.spines["left"].set_visible(False)
    localise_axes(axes, language)
