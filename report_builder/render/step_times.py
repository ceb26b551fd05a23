"""The seconds of the steps in the HTML: they differ from run to run, so no saved result may hold them."""

from __future__ import annotations

import re
from collections.abc import Iterable

from markupsafe import Markup

from report_builder.render.languages import LANGUAGES
from report_builder.render.numbers import format_number

PLACE = Markup("<!-- seconds of the steps -->")
_ROW = re.compile(rf"<tr>(?:(?!</tr>).)*?{PLACE}.*?</tr>", re.DOTALL)
_FILLED = Markup('<tr><td><code dir="ltr">{}</code></td><td class="num">{}</td></tr>')


def fill_in(html: str, seconds: Iterable[tuple[str, float]], language: str) -> str:
    """Put a row for each (step, seconds) where the table row that holds PLACE stands."""
    rows = Markup("\n").join(
        _FILLED.format(name, format_number(value, LANGUAGES[language], digits=2)) for name, value in seconds
    )
    return _ROW.sub(lambda _: rows, html)
