"""Signals with the relevance of their samples under them, each map as a strip of colours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import Normalize
from matplotlib.figure import Figure

from report_builder.plots.images import scaled
from report_builder.plots.sheet import BAR, LABEL_SIZE, LINE, TITLE_SIZE, Sheet, colours
from report_builder.plots.style import ACCENT, FULL, INK, YELLOW, localise_axes
from report_builder.plots.text_fit import cut
from report_builder.render.languages import Language

TRACE, STRIP, PITCH = 5.8, 1.95, 2.2  # mm: height of a trace, of a strip, and from strip to strip
GROUP = 4.0  # mm beside the strips for the name of their network
LABEL = 18.0  # mm for the name of a method
GAP, BETWEEN = 2.5, 0.8  # mm between columns, and between what belongs to one network and the next
EDGE = 1.5  # mm at the end, for the last number of the axis
STRIP_SIZE = 6.0  # points
AXIS = 5.5  # mm under the last row for the seconds


@dataclass(frozen=True)
class Strip:
    """A map (t,) of one signal; signed: from against to for."""

    values: np.ndarray
    signed: bool


@dataclass(frozen=True)
class StripSignal:
    """A signal (c, t), where something was planted (t,) bool or None, and its strips by network."""

    samples: np.ndarray
    planted: np.ndarray | None
    strips: Sequence[Sequence[Strip]]


@dataclass(frozen=True)
class StripRow:
    """Signals beside each other under a common title."""

    title: str
    signals: Sequence[StripSignal]


def relevance_strips(
    rows: Sequence[StripRow],
    networks: Sequence[str],
    methods: Sequence[str],
    seconds: float,
    time: str,
    language: Language,
    *,
    bar: str,
) -> Figure:
    """A panel for each signal: the trace, and below it a strip for each network and method.

    seconds: how long a signal lasts; time: the name of that axis. bar: what the colours show. Every strip is
    scaled by itself. Traces of a figure share their vertical scale; time runs from left to right.
    """
    columns = max(len(row.signals) for row in rows)
    start = GROUP + LABEL
    width = (FULL - start - EDGE - (columns - 1) * GAP) / columns
    panel = TRACE + len(networks) * (BETWEEN + len(methods) * PITCH)
    title = LINE + 0.5
    sheet = Sheet.of(FULL, len(rows) * (title + panel) + AXIS + BAR, language)
    limits = _limits([signal.samples for row in rows for signal in row.signals])
    y = 0.0
    for row in rows:
        y += title
        line = cut(row.title, FULL - start, TITLE_SIZE)
        sheet.title(start, y - 0.9, FULL - start, [line])
        for index, signal in enumerate(row.signals):
            _panel(sheet, signal, start + index * (width + GAP), y, width, limits)
        for group, name in enumerate(networks):
            top = y + TRACE + BETWEEN + group * (BETWEEN + len(methods) * PITCH)
            _upright(sheet, name, GROUP / 2, top + len(methods) * PITCH / 2)
            for place, method in enumerate(methods):
                _label(sheet, method, start - 1, top + place * PITCH + STRIP / 2)
        y += panel
    _time(sheet, rows[-1], start, y, width, seconds, time)
    kinds = sorted({strip.signed for row in rows for s in row.signals for g in s.strips for strip in g})
    sheet.bars(y + AXIS, kinds[::-1], bar)
    return sheet.figure


def _panel(
    sheet: Sheet,
    signal: StripSignal,
    left: float,
    top: float,
    width: float,
    limits: tuple[float, float],
) -> None:
    length = signal.samples.shape[-1]
    axis = sheet.cell(left, top, width, TRACE)
    axis.set(xlim=(-0.5, length - 0.5), ylim=limits)
    for start, stop in _runs(signal.planted):
        axis.axvspan(start - 0.5, stop - 0.5, color=YELLOW, alpha=0.45, linewidth=0)
    for channel in signal.samples:
        axis.plot(np.arange(length), channel, color=INK, linewidth=0.7)
    y = top + TRACE
    for group in signal.strips:
        y += BETWEEN
        for strip in group:
            _strip(sheet.cell(left, y, width, STRIP), strip, signal.planted)
            y += PITCH


def _strip(axis: Axes, strip: Strip, planted: np.ndarray | None) -> None:
    values = scaled(strip.values[None, None])[0]
    norm = Normalize(-1 if strip.signed else 0, 1)
    axis.imshow(values, cmap=colours(strip.signed), norm=norm, aspect="auto", interpolation="nearest")
    for start, stop in _runs(planted):
        for edge in (start, stop):
            axis.axvline(edge - 0.5, color=INK if strip.signed else "white", linewidth=0.5)


def _time(
    sheet: Sheet, row: StripRow, start: float, top: float, width: float, seconds: float, name: str
) -> None:
    """Seconds under the panels of the last row, and what they are."""
    ticks = [value for value in _nice(seconds) if value <= seconds]
    for index in range(len(row.signals)):
        left = start + index * (width + GAP)
        axis = sheet.cell(left, top, width, 0.3)
        axis.set(xlim=(0, seconds), ylim=(0, 1))
        axis.set_axis_on()
        axis.set_yticks([])
        axis.set_xticks(ticks)
        axis.tick_params(length=1.5, pad=1, labelsize=TITLE_SIZE)
        axis.spines[:].set_visible(False)
        localise_axes(axis, sheet.language)
    _label(sheet, name, start - 2, top + 2.2)


def _nice(seconds: float) -> np.ndarray:
    """About three round numbers from zero on."""
    rough = seconds / 3
    power = 10.0 ** np.floor(np.log10(rough))
    step = power * min((1, 2, 5, 10), key=lambda factor: abs(factor * power - rough))
    return np.arange(0, seconds + step / 2, step)


def _label(sheet: Sheet, text: str, end: float, middle: float) -> None:
    """A name beside a strip, smaller than a map's: the strips lie close together."""
    rtl = sheet.language.direction == "rtl"
    sheet.figure.text(
        (sheet.width - end if rtl else end) / sheet.width,
        1 - middle / sheet.height,
        text,
        ha="left" if rtl else "right",
        va="center_baseline",
        fontsize=STRIP_SIZE,
    )


def _upright(sheet: Sheet, text: str, start: float, middle: float) -> None:
    place = start if sheet.language.direction == "ltr" else sheet.width - start
    sheet.figure.text(
        place / sheet.width,
        1 - middle / sheet.height,
        text,
        rotation=90,
        ha="center",
        va="center",
        fontsize=LABEL_SIZE,
        fontweight="bold",
        color=ACCENT,
    )


def _limits(samples: Sequence[np.ndarray]) -> tuple[float, float]:
    low, high = min(float(s.min()) for s in samples), max(float(s.max()) for s in samples)
    room = 0.06 * (high - low) or 1.0
    return low - room, high + room


def _runs(planted: np.ndarray | None) -> list[tuple[int, int]]:
    """First sample and the one after the last of each planted stretch."""
    if planted is None or not planted.any():
        return []
    edges = np.flatnonzero(np.diff(np.concatenate([[False], planted, [False]]).astype(int)))
    return [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]
