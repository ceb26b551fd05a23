"""Names and numbers as both tables of the section print them."""

from __future__ import annotations

from markupsafe import Markup

from report_builder.render.numbers import Number
from report_builder.render.page import Page

SHARES = frozenset({"pointing", "mass", "pointing_part"})
TO_BEAT = "edges"


def key_of(method: str) -> str:
    """Catalog key of a method's name."""
    return method if method == "from_mean_colour" else f"common.method.{method}"


def name_of(page: Page, method: str) -> Markup:
    return page.words.html(key_of(method))


def as_score(page: Page, score: str, source: str) -> Number:
    """The number at the source: a share as per cent, a correlation with its sign."""
    if score in SHARES:
        return page.number(source, percent=True, digits=0)
    return page.number(source, digits=2, signed=score == "part_importance")
