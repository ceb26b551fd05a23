"""How sizes fade with the distance from the end, and how often methods point at what was planted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, MaxNLocator, NullFormatter

from report_builder.plots.curves import in_reading_order, legend_below
from report_builder.plots.labels import wrapped
from report_builder.plots.style import (
    CATEGORY_COLOURS,
    FULL,
    HAIRLINE,
    HALF,
    localise_axes,
    new_figure,
    panel_letter,
)
from report_builder.render.languages import Language

_DASHES: tuple[str | tuple[int, tuple[float, ...]], ...] = ("-", (0, (4, 1.5)))
_MARKS = "osD^v"
FEW_DECADES = 100.0  # between the ends of the scale: below, numbers between powers of ten are written, too


@dataclass(frozen=True)
class FadingCurve:
    """A size (t,) at each sample of a signal, under one network."""

    label: str
    sizes: np.ndarray


@dataclass(frozen=True)
class HitPanel:
    """Shares of hits (methods, classes) of one network."""

    title: str
    shares: np.ndarray


def fading_figure(
    curves: Sequence[FadingCurve],
    seconds: float,
    xlabel: str,
    ylabel: str,
    hits: Sequence[HitPanel],
    methods: Sequence[str],
    classes: Sequence[str],
    share: str,
    language: Language,
) -> Figure:
    """The curves on a logarithmic scale, and beside them a panel for each network with a mark per method.

    Without `hits` the figure is half as wide. Time runs from left to right; its end is at the right.
    """
    figure, axes = new_figure(
        width=FULL if hits else HALF,
        height=45,
        columns=1 + len(hits),
        width_ratios=_ratios(len(hits), language),
    )
    ordered = in_reading_order(axes[0], language)
    _curves(ordered[0], curves, seconds, language)
    ordered[0].set(xlabel=xlabel, ylabel=ylabel)
    for panel, axis in zip(hits, ordered[1:], strict=True):
        _hits(axis, panel, methods, classes, language)
        axis.set_ylabel(share)
    if hits:
        for index, axis in enumerate(ordered):
            panel_letter(axis, index, language)
        legend_below(figure, ordered[1], language, handle=1)
    for axis in ordered:
        localise_axes(axis, language)
    return figure


def _ratios(panels: int, language: Language) -> list[float]:
    ratios = [1.25, *[1.0] * panels]
    return ratios[::-1] if language.direction == "rtl" else ratios


def _curves(axis: Axes, curves: Sequence[FadingCurve], seconds: float, language: Language) -> None:
    axis.set_yscale("log")
    sizes = np.concatenate([curve.sizes[curve.sizes > 0] for curve in curves])
    low, high = (min(sizes.min(), 0.5), max(sizes.max(), 2.0)) if len(sizes) else (0.5, 2.0)
    axis.set_ylim(low / 1.15, high * 1.15)
    for number, curve in enumerate(curves):
        back = np.linspace(seconds, 0, len(curve.sizes))
        axis.plot(
            back,
            curve.sizes,
            color=CATEGORY_COLOURS[number],
            linestyle=_DASHES[number],
            linewidth=1.1,
            label=curve.label,
        )
    few = (1, 2, 5) if high / low < FEW_DECADES else (1,)
    axis.yaxis.set_major_locator(LogLocator(subs=few))
    axis.yaxis.set_minor_formatter(NullFormatter())
    axis.set_xlim(seconds, 0)
    axis.xaxis.set_major_locator(MaxNLocator(nbins=5))
    axis.grid(axis="y", color=HAIRLINE)
    rtl = language.direction == "rtl"
    handles, labels = axis.get_legend_handles_labels()
    axis.legend(
        handles,
        labels,
        loc="lower left" if rtl else "lower right",
        bbox_to_anchor=(0 if rtl else 1, 1),
        borderaxespad=0.1,
        ncols=len(labels),
        markerfirst=not rtl,
        handlelength=2.2,
        columnspacing=1,
    )


def _hits(
    axis: Axes, panel: HitPanel, methods: Sequence[str], classes: Sequence[str], language: Language
) -> None:
    places = np.arange(len(classes), dtype=float)
    if language.direction == "rtl":
        places = places[::-1]
    spread = np.linspace(-0.24, 0.24, len(methods))
    for number, (name, row) in enumerate(zip(methods, panel.shares, strict=True)):
        colour = CATEGORY_COLOURS[number] if number < len(methods) - 1 else "0.45"
        axis.plot(
            places + spread[number],
            row,
            _MARKS[number],
            color=colour,
            markersize=4,
            label=name,
            clip_on=False,
        )
    axis.set_ylim(-0.02, 1.02)
    axis.set_xlim(-0.5, len(classes) - 0.5)
    axis.set_xticks(places, [wrapped(name, 9) for name in classes])
    axis.set_title(panel.title)
    axis.grid(axis="y", color=HAIRLINE)
