"""The checklist's tables: one per group of items."""

from __future__ import annotations

from markupsafe import Markup

from report_builder.inventory import OWN_CNN, SIGNALS, TABULAR, VISION
from report_builder.render.network_names import network_name
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
    page.say("intro", "intro")
    _stand_ins(page)
    missing = page.number("checklist#/counts/all/missing")
    if missing.value:
        page.find("missing", missing=missing, items=page.number("checklist#/counts/all/total"))
    for group in (TABULAR, VISION, OWN_CNN, SIGNALS):
        page.table(f"items_{group[0][0]}", COLUMNS, [_row(page, item) for item in group])


def _stand_ins(page: Page) -> None:
    """What items that count as answered name, and this run had to replace."""
    if page.value("vision#/network") == "farmnet":
        what = "network_and_pictures" if page.value("vision#/farmyard") else "network"
        network = network_name("farmnet")
        page.find(f"in_short.{what}", network=network)
        page.say("intro", f"standin.{what}", network=network)
    if page.value("table#/origin") == "standin":
        page.say("intro", "standin.table")


def _row(page: Page, item: str) -> list[Cell]:
    section = page.value(f"checklist#/{item}/section")
    what = page.words.html(f"item.{item}")
    if section is None:
        return [Cell(item), Cell(what), Cell(WHOLE.format(page.words.html("not_in_this_build")))]
    place = Markup('<a class="ref" href="#section-{}"></a><a class="page-of" href="#item-{}"></a>')
    where = WHOLE.format(place.format(section, item))
    return [Cell(item), Cell(what), Cell(where)]
