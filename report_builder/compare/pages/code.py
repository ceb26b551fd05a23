"""Text of a file or a command line on a page."""

from __future__ import annotations

from markupsafe import Markup


def code(text: str) -> Markup:
    return Markup('<code dir="ltr">{}</code>').format(text)
