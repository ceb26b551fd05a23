"""How values are distributed in each class: bars of counts, histograms, box plots."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from report_builder.plots.curves import in_reading_order
from report_builder.plots.labels import axis_at_start, clipped, wrapped
from report_builder.plots.style import (
    ACCENT,
    CLASS_COLOURS,
    HAIRLINE,
    INK,
    QUIET,
    localise_axes,
    new_figure,
)
from report_builder.render.languages import Language
from report_builder.render.numbers import format_number

ACROSS = 4  # panels in a row
TOLD_APART = 400  # points beside each other on an axis of a panel; more would be drawn over each other


@dataclass(frozen=True)
class Counts:
    """Rows of the two classes, negative first, under one label; and how many of each are synthetic."""

    label: str
    rows: tuple[int, int]
    synthetic: tuple[int, int] = (0, 0)


@dataclass(frozen=True)
class ColumnHistogram:
    """Counts (2, bins), negative first, between edges (bins + 1,)."""

    label: str
    edges: np.ndarray
    counts: np.ndarray


@dataclass(frozen=True)
class Box:
    """A box plot's quartiles and whiskers, and the values (outliers,) outside them."""

    low: float
    lower: float
    median: float
    upper: float
    high: float
    outside: np.ndarray


def class_bars(
    groups: Sequence[Counts], classes: tuple[str, str], synthetic: str, count: str, language: Language
) -> Figure:
    """A bar per class and group, numbered; synthetic rows, where there are any, are the hatched part."""
    rtl = language.direction == "rtl"
    figure, axes = new_figure(height=20 + 6.5 * len(groups))
    axis = axes[0, 0]
    for place, group in enumerate(groups):
        for side, colour in enumerate(CLASS_COLOURS.values()):
            y, total, made = place + 0.4 * (side - 0.5), group.rows[side], group.synthetic[side]
            axis.barh(y, total - made, 0.36, color=colour)
            if made:
                axis.barh(y, made, 0.36, left=total - made, color="white", edgecolor=colour, hatch="////")
            axis.annotate(
                format_number(total, language),
                (total, y),
                xytext=(-3 if rtl else 3, 0),
                textcoords="offset points",
                ha="right" if rtl else "left",
                va="center",
            )
    axis.set_yticks(range(len(groups)), [clipped(group.label) for group in groups])
    axis.set_ylim(len(groups) - 0.45, -0.55)
    axis.set_xlim(0, 1.08 * max(max(group.rows) for group in groups))
    axis.set_xlabel(count)
    axis.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=7, steps=(1, 2, 5, 10)))
    axis.grid(axis="x", color=HAIRLINE)
    axis.tick_params(axis="y", length=0)
    if rtl:
        axis.invert_xaxis()
    axis_at_start(axis, language)
    axis.tick_params(axis="y", length=0)
    localise_axes(axis, language)
    made = any(any(group.synthetic) for group in groups)
    _class_legend(figure, classes, language, hatched=synthetic if made else None)
    return figure


def histograms(
    columns: Sequence[ColumnHistogram], classes: tuple[str, str], count: str, language: Language
) -> Figure:
    """A panel per column; the two classes are drawn over each other, not stacked."""
    figure, panels = _panels(len(columns), 27, language)
    for place, (panel, column) in enumerate(zip(panels, columns, strict=True)):
        for counts, colour in zip(column.counts, CLASS_COLOURS.values(), strict=True):
            panel.stairs(counts, column.edges, fill=True, color=colour, alpha=0.3)
            panel.stairs(counts, column.edges, color=colour, linewidth=0.9)
        panel.set_xlabel(wrapped(column.label, 22))
        panel.xaxis.set_major_locator(MaxNLocator(4))
        panel.yaxis.set_major_locator(MaxNLocator(4, integer=True))
        if place % ACROSS == 0:
            panel.set_ylabel(count)
        axis_at_start(panel, language)
        localise_axes(panel, language)
    _class_legend(figure, classes, language)
    return figure


def class_boxes(
    columns: Sequence[tuple[str, tuple[Box, Box]]], classes: tuple[str, str], language: Language
) -> Figure:
    """A panel per column, each on its own scale, with a box per class."""
    figure, panels = _panels(len(columns), 28, language)
    for panel, (label, boxes) in zip(panels, columns, strict=True):
        places = (2, 1) if language.direction == "rtl" else (1, 2)
        _boxes(panel, boxes, places, tuple(CLASS_COLOURS.values()), 0.55)
        panel.set_xticks(())
        panel.set_xlabel(wrapped(label, 22))
        axis_at_start(panel, language)
        panel.yaxis.set_major_locator(MaxNLocator(4))
        localise_axes(panel, language)
    _class_legend(figure, classes, language)
    return figure


def boxes_on_one_scale(
    panels: Sequence[tuple[str, Sequence[Box]]], labels: Sequence[str], language: Language
) -> Figure:
    """Panels beside each other with a lying box per column; within a panel all columns share the scale."""
    figure, axes = new_figure(height=16 + 4.4 * len(labels), columns=len(panels), sharey=True)
    ordered = in_reading_order(axes[0], language)
    places = tuple(range(len(labels)))
    for axis, (title, boxes) in zip(ordered, panels, strict=True):
        _boxes(axis, boxes, places, (ACCENT,) * len(labels), 0.6, orientation="horizontal")
        axis.set_xlabel(title)
        axis.grid(axis="x", color=HAIRLINE)
        axis.spines["left"].set_visible(False)
        axis.xaxis.set_major_locator(MaxNLocator(6))
        axis.set_yticks(places, [clipped(label) for label in labels])
        axis.tick_params(axis="y", length=0)
        localise_axes(axis, language)
        if language.direction == "rtl":
            axis.yaxis.tick_right()
            axis.tick_params(axis="y", length=0, labelright=axis is ordered[0], labelleft=False)
    ordered[0].set_ylim(len(labels) - 0.4, -0.6)
    return figure


def _boxes(
    axis: Axes, boxes: Sequence[Box], places: Sequence[int], colours: Sequence[str], width: float, **more: str
) -> None:
    stats = [
        {
            "whislo": b.low,
            "q1": b.lower,
            "med": b.median,
            "q3": b.upper,
            "whishi": b.high,
            "fliers": told_apart(b.outside),
        }
        for b in boxes
    ]
    drawn = axis.bxp(
        stats,
        positions=places,
        widths=width,
        patch_artist=True,
        manage_ticks=False,
        medianprops={"color": INK, "linewidth": 1.0},
        whiskerprops={"color": QUIET, "linewidth": 0.7},
        capprops={"color": QUIET, "linewidth": 0.7},
        flierprops={"marker": ".", "markersize": 3, "markeredgewidth": 0},
        **more,  # type: ignore[arg-type]
    )
    for patch, fliers, colour in zip(drawn["boxes"], drawn["fliers"], colours, strict=True):
        patch.set(facecolor=colour, alpha=0.55, edgecolor=colour)
        fliers.set(markerfacecolor=colour, alpha=0.6)


def told_apart(values: np.ndarray) -> np.ndarray:
    """Of sorted values (n,), those that can be seen beside each other on one axis: at most TOLD_APART + 1."""
    if len(values) <= TOLD_APART:
        return values
    places = np.round((values - values[0]) / (values[-1] - values[0]) * TOLD_APART)
    seen: np.ndarray = values[np.unique(places, return_index=True)[1]]
    return seen


def _panels(count: int, height: float, language: Language) -> tuple[Figure, list[Axes]]:
    """Small panels, ACROSS in a row of `height` mm, in reading order."""
    rows = -(-count // ACROSS)
    columns = min(count, ACROSS)
    figure, axes = new_figure(height=10 + height * rows, rows=rows, columns=columns)
    ordered = [axis for line in axes for axis in in_reading_order(line, language)]
    for axis in ordered[count:]:
        axis.set_visible(False)
    return figure, ordered[:count]


def _class_legend(
    figure: Figure, classes: tuple[str, str], language: Language, hatched: str | None = None
) -> None:
    from matplotlib.patches import Patch

    handles = [Patch(color=c, label=name) for c, name in zip(CLASS_COLOURS.values(), classes, strict=True)]
    if hatched is not None:
        handles.append(Patch(facecolor="white", edgecolor=QUIET, hatch="////", label=hatched))
    rtl = language.direction == "rtl"
    figure.legend(
        handles=handles[::-1] if rtl else handles,
        loc="outside lower center",
        ncols=len(handles),
        markerfirst=not rtl,
    )
