"""A repair of WeasyPrint's line breaking, for text that fits its line but for its own trailing space."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

SPACE = " "


@contextmanager
def full_lines() -> Iterator[None]:
    """Within it, such text fills its line.

    WeasyPrint (70.0) measures a text before an inline element, such as a number, together with its trailing
    space. Where the text fits the line and that space does not, it breaks after the first word instead, which
    leaves a line with a single word in the middle of a paragraph.
    """
    from weasyprint.layout import inline

    split = inline.split_first_line

    def split_without_space(text: str, style: Any, *rest: Any, **more: Any) -> Any:
        line = split(text, style, *rest, **more)
        bare = text.rstrip(SPACE)
        if line[2] is None or not bare or bare == text or style["white_space"] != "normal":
            return line
        layout, length, resume, *size = split(bare, style, *rest, **more)
        return (layout, length, len(text.encode()), *size) if resume is None else line

    inline.split_first_line = split_without_space
    try:
        yield
    finally:
        inline.split_first_line = split
