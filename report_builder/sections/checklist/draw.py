"""The checklist's tables: one per group of items."""

from __future__ import annotations

from markupsafe import Markup

from report_builder.inventory import OWN_CNN, SIGNALS, TABULAR, VISION
from report_builder.render.page import Cell, Column, Page

WHOLE = Markup('<span class="where">{}</span>')  # on one line
COLUMNS = (
    Column("column.id", numeric=False),
    Column("column.what", numeric=False),
    Column("column.place", numeric=False),
)


def draw(page: Page) -> None:
    for half in ("tabular", "vision"):
        counts = f"checklist#/counts/{half}"
        answered, total = page.number(f"{counts}/answered"), page.number(f"{counts}/total")
        verdict = "all_answered" if answered.value == total.value else "some_answered"
        page.find(f"{half}.{verdict}", answered=answered, total=total)
    for group in (TABULAR, VISION, OWN_CNN, SIGNALS):
        page.table(f"items_{group[0][0]}", COLUMNS, [_row(page, item) for item in group])


def _row(page: Page, item: str) -> list[Cell]:
    section = page.value(f"checklist#/{item}/section")
    what = page.words.html(f"item.{item}")
    if section is None:
        return [Cell(item), Cell(what), Cell(WHOLE.format(page.words.html("not_in_this_build")))]
    place = Markup('<a class="ref" href="#section-{}"></a><a class="page-of" href="#item-{}"></a>')
    where = WHOLE.format(place.format(section, item))
    return [Cell(item), Cell(what), Cell(where)]
