"""Lanes of boxes joined by arrows: the order of operations."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch, Patch

from report_builder.plots.style import ACCENT, FULL, GREEN, INK, ORANGE, QUIET, new_figure
from report_builder.render.languages import Language

Tone = Literal["plain", "good", "bad"]
_FILLS = {"plain": "#EEF1F4", "good": "#CBE9DF", "bad": "#F9DFB0"}
_EDGES = {"plain": QUIET, "good": GREEN, "bad": ORANGE}
_ARROW = {"arrowstyle": "-|>", "color": QUIET, "shrinkA": 0, "shrinkB": 0, "linewidth": 0.8}
_BOX, _GAP = 1.0, 0.22


@dataclass(frozen=True)
class Lane:
    """A title and its operations in order, each with the tone that says what it was fitted on."""

    title: str
    boxes: Sequence[tuple[str, Tone]]


def flow(lanes: Sequence[Lane], meanings: Sequence[tuple[Tone, str]], language: Language) -> Figure:
    """Lanes over each other, boxes from where the language starts to read; meanings: the legend."""
    rtl = language.direction == "rtl"
    longest = max(len(lane.boxes) for lane in lanes)
    figure, axes = new_figure(FULL, 8 + 22.0 * len(lanes))
    axis = axes[0, 0]
    axis.set_axis_off()
    for row, lane in enumerate(lanes):
        axis.text(0, row - 0.46, lane.title, ha="right" if rtl else "left", va="center", color=ACCENT)
        for place, (text, tone) in enumerate(lane.boxes):
            start = place * (_BOX + _GAP)
            axis.add_patch(
                FancyBboxPatch(
                    (start + 0.04, row - 0.26),
                    _BOX - 0.08,
                    0.56,
                    boxstyle="round,pad=0.03,rounding_size=0.06",
                    facecolor=_FILLS[tone],
                    edgecolor=_EDGES[tone],
                )
            )
            lines = textwrap.fill(text, 15, break_long_words=False)
            axis.text(start + _BOX / 2, row + 0.02, lines, ha="center", va="center", fontsize=7, color=INK)
            if place:
                axis.annotate(
                    "",
                    (start, row + 0.02),
                    (start - _GAP, row + 0.02),
                    arrowprops={
                        "arrowstyle": "-|>",
                        "color": QUIET,
                        "shrinkA": 0,
                        "shrinkB": 0,
                        "linewidth": 0.8,
                    },
                )
    width = longest * (_BOX + _GAP) - _GAP
    axis.set_xlim((width, 0) if rtl else (0, width))
    axis.set_ylim(len(lanes) - 0.6, -0.6)
    handles = [Patch(facecolor=_FILLS[tone], edgecolor=_EDGES[tone], label=text) for tone, text in meanings]
    figure.legend(
        handles=handles[::-1] if rtl else handles,
        loc="outside lower center",
        ncols=len(handles),
        markerfirst=not rtl,
    )
    return figure
