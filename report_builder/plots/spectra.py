"""Power spectra of several sets of pictures on logarithmic axes."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import FixedFormatter, FixedLocator, NullLocator

from report_builder.plots.style import CATEGORY_COLOURS, HALF, decimal, new_figure
from report_builder.render.languages import Language

_TICKS = (0.02, 0.05, 0.1, 0.2, 0.5)
_DASHES: tuple[str | tuple[int, tuple[float, ...]], ...] = ("-", (0, (5, 1.5)), (0, (1.2, 1)))
_LEGEND = (0.75, 0.6)  # of the panel's width and height, from its lower left corner


def power_spectra(
    frequency: np.ndarray,
    curves: Mapping[str, np.ndarray],
    xlabel: str,
    ylabel: str,
    language: Language,
    *,
    height: float = 52.0,
) -> Figure:
    """Half-width figure of the curves (bins,) by their names; a bin of no power is left out.

    The panel goes as far down as it takes for the names to stand below the curves.
    """
    figure, axes = new_figure(HALF, height)
    axis = axes[0, 0]
    for number, (label, power) in enumerate(curves.items()):
        shown = np.isfinite(power) & (power > 0)
        axis.plot(
            frequency[shown],
            power[shown],
            color=CATEGORY_COLOURS[number],
            linestyle=_DASHES[number],
            label=label,
        )
    axis.set_xscale("log")
    axis.set_yscale("log")
    (left, right), (low, high) = (np.log10(limits) for limits in (axis.get_xlim(), axis.get_ylim()))
    above = np.log10(frequency) <= left + _LEGEND[0] * (right - left)
    powers = [power for values in curves.values() for power in values[above & (values > 0)]]
    low = min(low, (math.log10(min(powers)) - _LEGEND[1] * high) / (1 - _LEGEND[1])) if powers else low
    axis.set_ylim(10**low, 10**high)
    decades = [10.0**k for k in range(-16, 17, 2) if low <= k <= high]
    for side, ticks in ((axis.xaxis, _TICKS), (axis.yaxis, decades)):
        side.set_major_locator(FixedLocator(ticks))
        side.set_major_formatter(FixedFormatter([decimal(t, language) for t in ticks]))
        side.set_minor_locator(NullLocator())
    axis.set_xlabel(xlabel)
    axis.set_ylabel(ylabel)
    axis.legend(loc="lower left", handlelength=2.6, labelspacing=0.2, markerfirst=language.direction == "ltr")
    return figure
