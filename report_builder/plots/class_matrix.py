"""A confusion matrix of many classes, with the recall of each row and the precision of each column."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure

from report_builder.plots.sheet import Sheet
from report_builder.plots.style import FULL, HAIRLINE, INK, QUIET
from report_builder.plots.text_fit import cut, fitted, width_of
from report_builder.render.languages import Language
from report_builder.render.numbers import format_number

RIGHT = LinearSegmentedColormap.from_list("right", ["#FFFFFF", "#CFE0E6", "#6FA8BC"])
WRONG = LinearSegmentedColormap.from_list("wrong", ["#FFFFFF", "#F6D9C8", "#E5905F"])
WIDEST, TALLEST = 11.0, 5.2  # mm of a cell
TALLEST_MATRIX = 112.0  # mm
NAMES, MARGIN, AXIS = 26.0, 12.0, 5.0  # mm at most for the names; for precision or recall; for an axis's name
LARGEST, SMALLEST = 7.5, 4.5  # points
BELOW = 2.0  # mm
GAP = 0.6  # mm between names beside each other
MOST_LINES, LEADING = 2, 0.45  # of a name above a column; mm from line to line for each point of its size


@dataclass(frozen=True)
class MatrixLabels:
    """What stands about the matrix: names of its classes, of its axes and of its margins."""

    classes: Sequence[str]
    true: str
    predicted: str
    recall: str
    precision: str


def class_matrix(
    counts: np.ndarray,
    recall: Sequence[float | None],
    precision: Sequence[float | None],
    labels: MatrixLabels,
    language: Language,
    room: float = FULL,
) -> Figure:
    """Counts (k, k), rows true and columns predicted; a cell's shade is its share of the true class.

    room: mm, the width that the figure may have.
    Right answers and errors have colours of their own. recall, precision: of each class, None where there
    is none. Empty cells stay empty.
    """
    number = len(counts)
    tall = min(TALLEST, TALLEST_MATRIX / number)
    size = float(np.clip(tall * 72 / 25.4 * 0.55, SMALLEST, LARGEST))
    names = [cut(name, NAMES, size) for name in labels.classes]
    longest = max(width_of(name, size) for name in names) + 2
    beside = AXIS + max(longest, width_of(labels.precision, size) + 2)
    wide = min(WIDEST, (room - beside - MARGIN) / number)
    lines = [fitted(name, wide - GAP, size) for name in names]
    level = all(
        len(name) <= MOST_LINES and all(width_of(line, size) <= wide - GAP for line in name) for name in lines
    )
    head = AXIS + (1.5 + max(map(len, lines)) * size * LEADING if level else longest)
    width = beside + number * wide + MARGIN
    sheet = Sheet.of(width, head + (number + 1) * tall + BELOW, language)
    pen = _Pen(sheet, size, beside, head, wide, tall, level)
    shares = counts / np.maximum(counts.sum(1, keepdims=True), 1)
    for row in range(number):
        pen.row_name(row, names[row])
        pen.column_name(row, "\n".join(lines[row]) if level else names[row])
        for column in np.flatnonzero(counts[row]):
            shade = (RIGHT if row == column else WRONG)(float(shares[row, column]))
            pen.cell(row, int(column), format_number(int(counts[row, column]), language), shade)
        pen.cell(row, number, _percent(recall[row], language), None, MARGIN)
        pen.cell(number, row, _percent(precision[row], language), None)
    pen.column_name(number, labels.recall, MARGIN)
    pen.row_name(number, labels.precision)
    pen.grid(number)
    pen.axis_names(labels.true, labels.predicted, number)
    return sheet.figure


def _percent(value: float | None, language: Language) -> str:
    return "–" if value is None else format_number(value, language, percent=True, digits=0)


class _Pen:
    """Writes into cells counted from where the language starts to read."""

    def __init__(
        self, sheet: Sheet, size: float, start: float, top: float, wide: float, tall: float, level: bool
    ) -> None:
        self.sheet, self.size, self.start, self.top = sheet, size, start, top
        self.wide, self.tall, self.level = wide, tall, level
        self.rtl = sheet.language.direction == "rtl"
        self.axis: Axes = sheet.figure.add_axes((0, 0, 1, 1))
        self.axis.set(xlim=(0, sheet.width), ylim=(sheet.height, 0))
        self.axis.set_axis_off()

    def cell(
        self, row: int, column: int, text: str, shade: tuple[float, ...] | None, wide: float | None = None
    ) -> None:
        width = wide or self.wide
        left = self._x(self.start + column * self.wide, width)
        top = self.top + row * self.tall
        if shade is not None:
            self.axis.fill_between([left, left + width], top, top + self.tall, color=shade, linewidth=0)
        colour = QUIET if shade is None else INK
        self._text(left + width / 2, top + self.tall / 2, text, "center", colour)

    def row_name(self, row: int, name: str) -> None:
        x = self._x(self.start - 1, 0)
        self._text(x, self.top + (row + 0.5) * self.tall, name, "left" if self.rtl else "right", INK)

    def column_name(self, column: int, name: str, wide: float | None = None) -> None:
        width = wide or self.wide
        x = self._x(self.start + column * self.wide, width) + width / 2
        if self.level or wide:
            self._text(x, self.top - 1, name, "center", INK, "bottom")
        else:
            self.axis.text(
                x, self.top - 1, name, ha="center", va="bottom", rotation=90, fontsize=self.size, color=INK
            )

    def grid(self, number: int) -> None:
        near = self._x(self.start, 0)
        far = self._x(self.start + number * self.wide, 0)
        bottom = self.top + number * self.tall
        steps = range(number + 1)
        widths = [0.6 if step in (0, number) else 0.3 for step in steps]
        colours = [QUIET if step in (0, number) else HAIRLINE for step in steps]
        xs = [self._x(self.start + step * self.wide, 0) for step in steps]
        ys = [self.top + step * self.tall for step in steps]
        self.axis.vlines(xs, self.top, bottom, colors=colours, linewidths=widths)
        self.axis.hlines(ys, near, far, colors=colours, linewidths=widths)

    def axis_names(self, true: str, predicted: str, number: int) -> None:
        middle = self._x(self.start + number * self.wide / 2, 0)
        self._text(middle, 0.5, predicted, "center", INK, "top", LARGEST)
        self.axis.text(
            self._x(AXIS / 2, 0),
            self.top + number * self.tall / 2,
            true,
            ha="center",
            va="center",
            rotation=90,
            fontsize=LARGEST,
            color=INK,
        )

    def _x(self, start: float, width: float) -> float:
        return self.sheet.width - start - width if self.rtl else start

    def _text(
        self,
        x: float,
        y: float,
        text: str,
        side: str,
        colour: str,
        vertical: str = "center_baseline",
        size: float | None = None,
    ) -> None:
        self.axis.text(x, y, text, ha=side, va=vertical, fontsize=size or self.size, color=colour)
