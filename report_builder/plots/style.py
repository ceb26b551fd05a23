"""The look of every figure: sizes as printed, fonts, colours, digits of the language, saving."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, Literal

import matplotlib as mpl
import numpy as np
from cycler import cycler
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import LinearSegmentedColormap, Normalize
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.ticker import Formatter, FuncFormatter, LogFormatter, ScalarFormatter
from PIL import Image

from report_builder.render.fonts import ARABIC, EMOJI, FALLBACK, MONO, faces
from report_builder.render.languages import Language
from report_builder.render.numbers import MINUS, localise_digits

FULL, HALF = 160.0, 78.0  # mm: the width of the text, and of one of two figures beside each other
DPI = 220
PICTURE_DPI, JPEG_QUALITY = 180, 78  # of figures that show pictures and maps

# Okabe and Ito (2008), a palette that readers with any colour vision tell apart.
BLUE, ORANGE, GREEN, VERMILION = "#0072B2", "#E69F00", "#009E73", "#D55E00"
PURPLE, SKY, YELLOW, BLACK = "#CC79A7", "#56B4E9", "#F0E442", "#000000"
CLASS_COLOURS = {"negative": BLUE, "positive": VERMILION}
CATEGORY_COLOURS = (BLUE, VERMILION, GREEN, ORANGE, PURPLE, SKY)

ACCENT = "#0B5D7A"  # the accent of the pages
INK, QUIET, HAIRLINE = "#1B1F23", "#5A6470", "#D5DAE0"

SEQUENTIAL = "viridis"
DIVERGING = LinearSegmentedColormap.from_list(
    "negative_to_positive", ["#00568A", BLUE, "#9CC9E3", "#F7F7F7", "#F3B991", VERMILION, "#A84700"]
)

_PERSIAN_LETTERS = ("الف", "ب", "پ", "ت", "ث", "ج", "چ", "ح", "خ", "د", "ذ", "ر")

_RC: Any = {  # keys and values are checked by matplotlib when they are set
    "font.family": [ARABIC, FALLBACK, EMOJI],
    "font.monospace": [MONO, FALLBACK],
    "font.size": 8.0,
    "axes.labelsize": 8.0,
    "axes.titlesize": 8.0,
    "axes.titleweight": "normal",
    "xtick.labelsize": 7.5,
    "ytick.labelsize": 7.5,
    "legend.fontsize": 7.5,
    "figure.titlesize": 8.0,
    "text.parse_math": False,  # a column may be called "price ($)" or "a_b^2"
    "axes.unicode_minus": True,
    "axes.formatter.use_mathtext": False,
    "axes.formatter.useoffset": False,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.linewidth": 0.6,
    "axes.edgecolor": QUIET,
    "axes.labelcolor": INK,
    "axes.axisbelow": True,
    "axes.prop_cycle": cycler(color=CATEGORY_COLOURS),
    "text.color": INK,
    "xtick.color": QUIET,
    "ytick.color": QUIET,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "xtick.major.size": 2.5,
    "ytick.major.size": 2.5,
    "grid.color": HAIRLINE,
    "grid.linewidth": 0.5,
    "lines.linewidth": 1.3,
    "lines.markersize": 3.5,
    "patch.linewidth": 0.5,
    "legend.frameon": False,
    "legend.handlelength": 1.6,
    "legend.borderaxespad": 0.3,
    "image.cmap": SEQUENTIAL,
    "figure.facecolor": "white",
    "axes.facecolor": "white",
    "savefig.facecolor": "white",
    "figure.dpi": DPI,
    "figure.constrained_layout.use": False,  # new_figure asks for it itself
}


@contextmanager
def style() -> Iterator[None]:
    """Draw in the look of the report; the settings of matplotlib are as before when it ends."""
    _register_fonts()
    with mpl.rc_context(_RC):
        yield


def new_figure(
    width: float = FULL,
    height: float = 70.0,
    rows: int = 1,
    columns: int = 1,
    **subplots: Any,
) -> tuple[Figure, np.ndarray]:
    """A figure of `width` x `height` mm and its axes, always as a (rows, columns) array.

    subplots: further arguments of `Figure.subplots` (sharex, sharey, width_ratios, ...).
    """
    layout = ConstrainedLayoutEngine(w_pad=1.5 / 72, h_pad=1.5 / 72, wspace=0.03, hspace=0.03)
    figure = Figure(figsize=(width / 25.4, height / 25.4), layout=layout)
    FigureCanvasAgg(figure)
    return figure, figure.subplots(rows, columns, squeeze=False, **subplots)


class LocalFormatter(Formatter):
    """Writes the numbers of another formatter with the digits and marks of the language."""

    def __init__(self, base: Formatter, language: Language) -> None:
        self.base, self.language = base, language

    def __call__(self, x: float, pos: int | None = None) -> str:
        return self._local(self.base(x, pos))

    def format_ticks(self, values: Sequence[float]) -> list[str]:
        return [self._local(text) for text in self.base.format_ticks(list(values))]

    def set_axis(self, axis: Any) -> None:
        super().set_axis(axis)
        self.base.set_axis(axis)

    def set_locs(self, locs: Any) -> None:
        self.base.set_locs(locs)

    def _local(self, text: str) -> str:
        return localise_digits(text.replace("-", MINUS), self.language)


def decimal(value: float, language: Language) -> str:
    """A tick of a logarithmic axis: all its decimals, no power of ten."""
    return localise_digits(np.format_float_positional(value, trim="-"), language)


def localise_axes(axes: Axes, language: Language) -> None:
    """Write the numeric tick labels in the digits of the language; labels given as text stay as they are."""
    for axis in (axes.xaxis, axes.yaxis):
        base = axis.get_major_formatter()
        if isinstance(base, LogFormatter):
            axis.set_major_formatter(FuncFormatter(lambda value, _: decimal(value, language)))
        elif isinstance(base, ScalarFormatter):
            axis.set_major_formatter(LocalFormatter(base, language))


def panel_letter(axes: Axes, index: int, language: Language) -> None:
    """Letter a panel (a, b, c, ... or الف، ب، پ، ...) above its reading-start corner; index counts from 0."""
    right = language.direction == "rtl"
    letter = _PERSIAN_LETTERS[index] if right else "abcdefghijklmnopqrstuvwxyz"[index]
    axes.set_title(
        letter, loc="right" if right else "left", fontweight="bold", fontsize=8.5, color=ACCENT, pad=3
    )


def centred(values: np.ndarray) -> Normalize:
    """Colour limits symmetric about zero, for signed values under DIVERGING."""
    limit = float(np.nanmax(np.abs(values))) or 1.0
    return Normalize(-limit, limit)


def save(figure: Figure, path: Path) -> None:
    """Write an opaque JPEG, or a PNG of at most 256 colours, the same bytes for the same picture.

    Releases the figure.
    """
    canvas = FigureCanvasAgg(figure)
    pictures = path.suffix == ".jpg"
    dpi = PICTURE_DPI if pictures else DPI
    figure.set_dpi(dpi)
    canvas.draw()  # type: ignore[no-untyped-call]
    pixels = np.asarray(canvas.buffer_rgba())[..., :3]  # type: ignore[no-untyped-call]
    path.parent.mkdir(parents=True, exist_ok=True)
    image = Image.fromarray(np.ascontiguousarray(pixels))
    if pictures:
        image.save(
            path, format="JPEG", dpi=(dpi, dpi), quality=JPEG_QUALITY, subsampling="4:2:0", optimize=True
        )
    else:
        few = image.quantize(256, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
        few.save(path, format="PNG", dpi=(dpi, dpi), compress_level=9)
    figure.clear()


Corner = Literal["start", "end"]


def text_alignment(corner: Corner, language: Language) -> Literal["left", "right"]:
    """The physical side of a logical one."""
    return "left" if (corner == "start") == (language.direction == "ltr") else "right"


@cache
def _register_fonts() -> None:
    known = {Path(entry.fname) for entry in font_manager.fontManager.ttflist}
    for face in faces():
        if face.path not in known:
            font_manager.fontManager.addfont(face.path)
    # the fonts at the end of the list lack some weights, of which matplotlib would tell for every label
    logging.getLogger("matplotlib.font_manager").setLevel(logging.ERROR)
