"""The checklist's tables: one per group of items."""

from __future__ import annotations

from markupsafe import Markup

from report_builder.inventory import ITEMS_OF
from report_builder.render.network_names import network_name
from report_builder.render.page import Cell, Column, Page

WHOLE = Markup('<span class="where">{}</span>')  # on one line
COLUMNS = (
    Column("column.id", numeric=False),
    Column("column.what", numeric=False),
    Column("column.place", numeric=False),
)


def draw(page: Page) -> None:
    _in_short(page)
    page.say("intro", "intro")
    _stand_ins(page)
    for part in page.value("study#/parts"):
        page.table(f"items_{part}", COLUMNS, [_row(page, item) for item in ITEMS_OF[part]])


def _in_short(page: Page) -> None:
    """How many items are answered in all; by part where some are not."""
    answered, total, missing = (
        page.number(f"checklist#/counts/all/{key}") for key in ("answered", "total", "missing")
    )
    if not missing.value:
        page.find("all_answered", total=total)
        return
    page.find("some_answered", answered=answered, total=total)
    for part in page.value("study#/parts"):
        counts = f"checklist#/counts/{part}"
        answered, total = page.number(f"{counts}/answered"), page.number(f"{counts}/total")
        verdict = "all_answered" if answered.value == total.value else "some_answered"
        page.find(f"{part}.{verdict}", answered=answered, total=total)


def _stand_ins(page: Page) -> None:
    """What items that count as answered name, and this run had to replace."""
    if "vision" in page.saved and page.value("vision#/network") == "farmnet":
        what = "network_and_pictures" if page.value("vision#/farmyard") else "network"
        network = network_name("farmnet")
        page.find(f"in_short.{what}", network=network)
        page.say("intro", f"standin.{what}", network=network)
    if "table" in page.saved and page.value("table#/origin") == "standin":
        page.say("intro", "standin.table")
    if "own" in page.saved and page.value("own#/farmyard"):
        page.say("intro", "standin.own", network=network_name("farmnet"))


def _row(page: Page, item: str) -> list[Cell]:
    section = page.value(f"checklist#/{item}/section")
    what = page.words.html(f"item.{item}")
    if section is None:
        return [Cell(item), Cell(what), Cell(WHOLE.format(page.words.html("not_in_this_build")))]
    place = Markup('<a class="ref" href="#section-{}"></a><a class="page-of" href="#item-{}"></a>')
    where = WHOLE.format(place.format(section, item))
    return [Cell(item), Cell(what), Cell(where)]
