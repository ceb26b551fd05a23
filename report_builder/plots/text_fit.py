"""Texts of a figure broken into lines that fit the room they have, by their drawn width."""

from __future__ import annotations

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

MM_PER_INCH = 25.4
_DPI = 200


def width_of(text: str, size: float) -> float:
    """Drawn width in mm of a text, that of its longest line; size in points."""
    figure = Figure(dpi=_DPI)
    FigureCanvasAgg(figure)
    return float(figure.text(0, 0, text, fontsize=size).get_window_extent().width) / _DPI * MM_PER_INCH


def fitted(text: str, room: float, size: float) -> list[str]:
    """Lines of at most `room` mm; the text's own breaks stay, and a wider word has a line."""
    lines: list[str] = []
    for line in text.split("\n"):
        if width_of(line, size) <= room:
            lines.append(line)
            continue
        start = len(lines)
        for word in line.split(" "):
            if len(lines) > start and width_of(f"{lines[-1]} {word}", size) <= room:
                lines[-1] = f"{lines[-1]} {word}"
            else:
                lines.append(word)
    return lines


def cut(line: str, room: float, size: float) -> str:
    """The line, or as much of its beginning as fits into `room` mm with an ellipsis."""
    if width_of(line, size) <= room:
        return line
    kept = len(line) - 1
    while kept > 1 and width_of(f"{line[:kept]}…", size) > room:
        kept -= 1
    return f"{line[:kept]}…"
