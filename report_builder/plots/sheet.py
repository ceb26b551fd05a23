"""A figure on which cells, names and colour bars are placed in millimetres."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import Colormap
from matplotlib.figure import Figure

from report_builder.plots.style import DIVERGING, SEQUENTIAL, localise_axes
from report_builder.plots.text_fit import MM_PER_INCH
from report_builder.render.languages import Language

BAR, BAR_WIDTH = 11.0, 45.0  # mm that colour bars need below, and the width of one
BETWEEN = 12.0  # mm from bar to bar
LABEL_SIZE, TITLE_SIZE = 7.5, 7.0  # points
NAME_LINE, LINE = 3.4, 3.2  # mm from line to line of them


Side = Literal["left", "center", "right"]


def colours(signed: bool, grey: bool = False) -> Colormap:
    """Of maps from -1 to 1, or from 0 to 1; in grey, dark is low and mid-grey the zero of signed maps."""
    return colormaps["gray"] if grey else DIVERGING if signed else colormaps[SEQUENTIAL]


@dataclass(frozen=True)
class Sheet:
    """A figure on which things are placed in mm from the top and from where the language starts to read."""

    figure: Figure
    width: float
    height: float
    language: Language

    @classmethod
    def of(cls, width: float, height: float, language: Language) -> Sheet:
        figure = Figure(figsize=(width / MM_PER_INCH, height / MM_PER_INCH))
        FigureCanvasAgg(figure)
        return cls(figure, width, height, language)

    def cell(self, start: float, top: float, width: float, height: float | None = None) -> Axes:
        """Axes without ticks at that place; square where no height is given."""
        tall = width if height is None else height
        box = (
            self._left(start, width) / self.width,
            1 - (top + tall) / self.height,
            width / self.width,
            tall / self.height,
        )
        axis: Axes = self.figure.add_axes(box)
        axis.set_axis_off()
        return axis

    def title(self, start: float, bottom: float, width: float, lines: Sequence[str]) -> None:
        """Lines in the middle of that width, the last one on that height."""
        middle = self._left(start, width) + width / 2
        for number, line in enumerate(reversed(lines)):
            self._write(middle, bottom - number * LINE, line, TITLE_SIZE, "center")

    def name(self, end: float, middle: float, lines: Sequence[str]) -> None:
        """Lines that end there, as a block in the middle of that height."""
        rtl = self.language.direction == "rtl"
        bottom = middle + NAME_LINE * (len(lines) - 1) / 2 + 0.35 * LABEL_SIZE / 72 * MM_PER_INCH
        for number, line in enumerate(reversed(lines)):
            place = self.width - end if rtl else end
            self._write(place, bottom - number * NAME_LINE, line, LABEL_SIZE, "left" if rtl else "right")

    def _left(self, start: float, width: float) -> float:
        return start if self.language.direction == "ltr" else self.width - start - width

    def _write(
        self, x: float, y: float, text: str, size: float, side: Literal["left", "center", "right"]
    ) -> None:
        self.figure.text(x / self.width, 1 - y / self.height, text, ha=side, va="baseline", fontsize=size)

    def bars(self, top: float, kinds: Sequence[bool], name: str, grey: bool = False) -> None:
        """A colour bar in the middle for each kind of maps, signed or not, with what they show below."""
        start = (self.width - len(kinds) * BAR_WIDTH - (len(kinds) - 1) * BETWEEN) / 2
        for number, signed in enumerate(kinds):
            axis = self.cell(start + number * (BAR_WIDTH + BETWEEN), top + 1.5, BAR_WIDTH, 2.0)
            low, ticks = (-1.0, (-1, 0, 1)) if signed else (0.0, (0, 1))
            ramp = np.linspace(low, 1, 256)[None]
            axis.imshow(ramp, cmap=colours(signed, grey), aspect="auto", extent=(low, 1, 0, 1))
            axis.set_axis_on()
            axis.set_yticks([])
            axis.set_xticks(ticks)
            axis.tick_params(length=0, pad=1.5, labelsize=TITLE_SIZE)
            axis.spines[:].set_visible(False)
            localise_axes(axis, self.language)
        self._write(self.width / 2, top + BAR - 1, name, TITLE_SIZE, "center")
