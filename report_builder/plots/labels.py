"""Labels that come from the user, cut to the room that a figure has; and the side on which axes stand."""

from __future__ import annotations

import textwrap

from matplotlib.axes import Axes

from report_builder.render.languages import Language

MOST_CHARACTERS = 26  # of a label on one line


def wrapped(label: str, width: int) -> str:
    """A label in at most two lines of about `width` characters; what does not fit is cut off."""
    lines = textwrap.wrap(label, width, max_lines=2, placeholder="…", break_on_hyphens=False)
    return "\n".join(lines)


def clipped(label: str) -> str:
    """A label on one line."""
    return label if len(label) <= MOST_CHARACTERS else f"{label[: MOST_CHARACTERS - 1]}…"


def in_direction(label: str, language: Language) -> str:
    """The label, in the language's direction also where it begins with a Latin name."""
    return f"\N{RIGHT-TO-LEFT MARK}{label}" if language.direction == "rtl" else label


def axis_at_start(axis: Axes, language: Language) -> None:
    """The vertical axis on the side where the language starts to read."""
    if language.direction == "rtl":
        axis.yaxis.set_label_position("right")
        axis.yaxis.tick_right()
        axis.spines["left"].set_visible(False)
        axis.spines["right"].set_visible(True)
