"""How additive contributions carry a prediction from its base value: force plot, waterfall and beeswarm.

Source of the three displays: Lundberg et al. 2018 and 2020; drawn anew, so that they exist in both languages.
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Polygon

from report_builder.plots.bars import colour_of, labels_at_start, shortened
from report_builder.plots.curves import in_reading_order
from report_builder.plots.style import (
    ACCENT,
    INK,
    QUIET,
    SEQUENTIAL,
    localise_axes,
    new_figure,
    panel_letter,
    text_alignment,
)
from report_builder.render.languages import Language

FORCE_HEIGHT = 41.0  # mm of one sample's panel
WATERFALL_ROW, WATERFALL_FRAME = 3.9, 14.5


@dataclass(frozen=True)
class ForcePanel:
    """One explained sample, its features from the largest contribution to the smallest.

    base, output: both ends of the sum, with their texts. names, values: each feature and its value, as text;
    labels: both together.
    contributions: what each adds, with `texts`. labelled: how many of the first a force plot names.
    """

    title: str
    base: float
    output: float
    base_text: str
    output_text: str
    names: Sequence[str]
    values: Sequence[str]
    labels: Sequence[str]
    contributions: Sequence[float]
    texts: Sequence[str]
    labelled: int


def force_plot(panels: Sequence[ForcePanel], xlabel: str, language: Language) -> Figure:
    """Arrows that push the prediction up (from the left) and down (from the right) until they meet at it."""
    figure, axes = new_figure(height=FORCE_HEIGHT * len(panels) + 5, rows=len(panels))
    for index, (panel, axis) in enumerate(zip(panels, axes[:, 0], strict=True)):
        _prepare_force(axis, panel, language)
        if len(panels) > 1:
            panel_letter(axis, index, language)
    axes[-1, 0].set_xlabel(xlabel)
    figure.draw_without_rendering()  # the layout must stand before texts can be measured
    for panel, axis in zip(panels, axes[:, 0], strict=True):
        _label_arrows(axis, panel)
    return figure


def _arrows(panel: ForcePanel) -> list[tuple[int, float, float]]:
    """(feature, tail, head) of each arrow: all lead to the output, the largest stand next to it."""
    arrows = []
    for sign in (1, -1):
        head = panel.output
        for index, contribution in enumerate(panel.contributions):
            if contribution * sign > 0:
                arrows.append((index, head - contribution, head))
                head -= contribution
    return arrows


def _prepare_force(axes: Axes, panel: ForcePanel, language: Language) -> None:
    arrows = _arrows(panel)
    ends = [panel.base, panel.output, *(tail for _, tail, _ in arrows)]
    span = (max(ends) - min(ends)) or 1.0
    axes.set_xlim(min(ends) - 0.16 * span, max(ends) + 0.16 * span)
    axes.set_ylim(-4.7, 1.75)  # room for labels of four lines
    tip = 0.012 * span
    for index, tail, head in arrows:
        colour = colour_of(panel.contributions[index])
        point = np.sign(head - tail) * min(tip, abs(head - tail))
        outline = [
            (tail, 0),
            (head - point, 0),
            (head, 0.35),
            (head - point, 0.7),
            (tail, 0.7),
            (tail + point, 0.35),
        ]
        axes.add_patch(Polygon(outline, facecolor=colour, edgecolor="white", linewidth=0.7))
    upper = panel.output >= panel.base
    for value, text, weight, outward in (
        (panel.base, panel.base_text, 400, not upper),
        (panel.output, panel.output_text, 700, upper),
    ):
        axes.plot([value, value], [-0.12, 1.3], color=INK, linewidth=0.8)
        axes.annotate(
            text,
            (value, 1.3),
            xytext=(2 if outward else -2, 0),
            textcoords="offset points",
            ha="left" if outward else "right",
            va="center",
            fontsize=7.5,
            fontweight=weight,
        )
    axes.set_yticks([])
    axes.set_title(panel.title, pad=3)
    axes.spines["left"].set_visible(False)
    localise_axes(axes, language)


def _label_arrows(axes: Axes, panel: ForcePanel) -> None:
    """Name the largest arrows below them, in the arrows' order, so that neither labels nor lines cross."""
    centres = {index: (tail + head) / 2 for index, tail, head in _arrows(panel) if index < panel.labelled}
    texts = {
        index: axes.text(
            0,
            -1.05,
            f"{_wrapped(panel.names[index])}\n{panel.values[index]}\n{panel.texts[index]}",
            ha="center",
            va="top",
            fontsize=7,
            linespacing=1.15,
            color=INK,
        )
        for index in centres
    }
    low, high = axes.get_xlim()
    scale = (high - low) / axes.get_window_extent().width
    widths = {index: (text.get_window_extent().width + 14) * scale for index, text in texts.items()}
    for index in sorted(centres, reverse=True):  # the least ones give way where there is no room for all
        if sum(widths.values()) > high - low:
            widths.pop(index)
            texts.pop(index).remove()
    order = sorted(widths, key=lambda index: centres[index])
    places = spread([centres[i] for i in order], [widths[i] for i in order], low, high)
    for index, place in zip(order, places, strict=True):
        texts[index].set_x(place)
        colour = colour_of(panel.contributions[index])
        axes.plot([centres[index], centres[index], place], [-0.08, -0.35, -0.95], color=colour, linewidth=0.7)


def spread(centres: Sequence[float], widths: Sequence[float], low: float, high: float) -> list[float]:
    """Places near the ascending `centres` where boxes of these widths neither overlap nor leave (low, high).

    The widths must fit into the range together.
    """
    places = []
    edge: float = low
    for centre, width in zip(centres, widths, strict=True):
        places.append(max(centre, edge + width / 2))
        edge = places[-1] + width / 2
    edge = float(high)
    for i in range(len(places) - 1, -1, -1):
        places[i] = min(places[i], edge - widths[i] / 2)
        edge = places[i] - widths[i] / 2
    return places


def _wrapped(name: str) -> str:
    return textwrap.fill(shortened(name, 38), 20)


def waterfall(panels: Sequence[ForcePanel], xlabel: str, language: Language) -> Figure:
    """The contributions one over the other from the base upwards, each starting where the last ended."""
    heights = [WATERFALL_ROW * len(panel.names) + WATERFALL_FRAME for panel in panels]
    figure, axes = new_figure(height=sum(heights) + 5, rows=len(panels), height_ratios=heights)
    for index, (panel, axis) in enumerate(zip(panels, axes[:, 0], strict=True)):
        _draw_waterfall(axis, panel, language)
        if len(panels) > 1:
            panel_letter(axis, index, language)
    axes[-1, 0].set_xlabel(xlabel)
    return figure


def _draw_waterfall(axes: Axes, panel: ForcePanel, language: Language) -> None:
    count = len(panel.names)
    heads = panel.output - np.concatenate([[0.0], np.cumsum(panel.contributions)])
    span = float(np.ptp(np.append(heads, panel.base))) or 1.0
    for row, contribution in enumerate(panel.contributions):
        head, tail = heads[row], heads[row + 1]
        point = np.sign(contribution) * min(0.012 * span, abs(contribution))
        outline = [
            (tail, row - 0.34),
            (head - point, row - 0.34),
            (head, row),
            (head - point, row + 0.34),
            (tail, row + 0.34),
        ]
        axes.add_patch(Polygon(outline, facecolor=colour_of(contribution), edgecolor="none"))
        axes.plot([tail, tail], [row, min(row + 1, count - 0.5)], color=QUIET, linewidth=0.5)
        right = contribution >= 0
        axes.annotate(
            panel.texts[row],
            (head, row),
            xytext=(3 if right else -3, 0),
            textcoords="offset points",
            ha="left" if right else "right",
            va="center",
            fontsize=7,
        )
    for value, text, place, top in (
        (panel.output, panel.output_text, -1.0, 0.5),
        (panel.base, panel.base_text, float(count), 0.35),
    ):
        axes.plot([value, value], [place - 0.35, place + top], color=INK, linewidth=0.8)
        axes.annotate(
            text, (value, place), xytext=(3, 0), textcoords="offset points", va="center", fontsize=7.5
        )
    axes.set_xlim(float(heads.min()) - 0.14 * span, float(heads.max()) + 0.30 * span)
    axes.set_ylim(count + 0.6, -1.6)
    axes.set_yticks(range(count), panel.labels)
    axes.set_title(panel.title, pad=3)
    labels_at_start(axes, language)
    axes.spines["left"].set_visible(False)
    localise_axes(axes, language)


def beeswarm(
    values: np.ndarray,
    features: np.ndarray,
    shown: np.ndarray,
    names: Sequence[str],
    language: Language,
    *,
    xlabel: str,
    importance_label: str,
    colour_label: str,
    colour_ends: tuple[str, str],
) -> Figure:
    """Attributions (n, d) as points, one row per feature and coloured by its value, beside their mean size.

    features: (n, d), coloured by rank within the column. shown: (points,), the samples that are drawn; means
    and ranks are those of all. names: of the columns, in the order of the rows.
    """
    n, d = values.shape
    figure, axes = new_figure(
        height=max(45.0, 5.4 * d + 21),
        columns=2,
        sharey=True,
        width_ratios=in_reading_order((3, 1), language),
    )
    swarm, bars = in_reading_order(axes[0], language)
    ranks = np.argsort(np.argsort(features, axis=0, kind="stable"), axis=0) / max(1, n - 1)
    drawn = values[shown]
    span = float(np.ptp(drawn)) or 1.0
    for row in range(d):
        heights = row + swarm_offsets(drawn[:, row], span / 110, most=0.38)
        points = swarm.scatter(
            drawn[:, row], heights, c=ranks[shown, row], s=5, cmap=SEQUENTIAL, vmin=0, vmax=1, lw=0
        )
    swarm.axvline(0, color=QUIET, linewidth=0.6, zorder=0)
    swarm.set_yticks(range(d), [shortened(name, 32) for name in names])
    swarm.set_ylim(d - 0.4, -0.6)
    swarm.set_xlabel(xlabel)
    bars.barh(range(d), np.abs(values).mean(0), color=ACCENT, height=0.6)
    bars.set_xlabel(importance_label)
    bar = figure.colorbar(points, ax=swarm, location="top", aspect=50, shrink=0.6, pad=0.02)
    bar.set_ticks([0, 1], labels=list(colour_ends))
    bar.set_label(colour_label)
    bar.outline.set_visible(False)
    for index, axis in enumerate((swarm, bars)):
        panel_letter(axis, index, language)
        axis.tick_params(axis="y", length=0, labelleft=False)
        axis.spines["left"].set_visible(False)
        localise_axes(axis, language)
    swarm.tick_params(axis="y", **{f"label{text_alignment('start', language)}": True})
    return figure


def swarm_offsets(values: np.ndarray, bin_width: float, most: float) -> np.ndarray:
    """Offsets (n,) within plus or minus `most` that set points of one bin apart, symmetric about zero."""
    bins = np.round(values / bin_width).astype(int)
    offsets = np.zeros(len(values))
    fullest = max(np.unique(bins, return_counts=True)[1])
    step = min(0.13, 2 * most / max(1, fullest - 1))
    for bin_index in np.unique(bins):
        members = np.flatnonzero(bins == bin_index)
        offsets[members] = step * (np.arange(len(members)) - (len(members) - 1) / 2)
    return offsets
