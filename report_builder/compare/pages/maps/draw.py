"""How alike the maps of both runs are, by method and picture."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup

from report_builder.compare.pages.code import code
from report_builder.render.page import Cell, Column, Page, TableBlock
from report_builder.render.words import Fact
from report_builder.sections.sample_words import join

METHODS = "comparison#/maps/methods"
PICTURES = "comparison#/maps/pictures"
ACROSS = 6  # pictures beside each other in a table


def draw(page: Page) -> None:
    maps = page.value("comparison#/maps")
    page.facts |= {
        "pictures": page.words.number(len(maps["pictures"])),
        "methods": page.words.number(len(maps["methods"])),
    }
    if maps["methods"]:
        _finding(page, maps["methods"])
        _methods(page, maps["methods"])
    elif [reason["key"] for reason in maps["reasons"]] == ["no_pictures"] * 2:
        page.find("finding.no_pictures")
    else:
        reasons = [page.words.html(f"reason.{r['key']}", {"run": r["run"]}) for r in maps["reasons"]]
        page.findings.append(Markup(" ").join([page.words.html("finding.nothing"), *reasons]))
    for row in maps["apart"]:
        page.say("reasons", f"apart.{row['reason']}", picture=_picture(page, row["picture"]))
    for side, names in maps["only"].items():
        if names:
            page.say("reasons", "only", run=side, pictures=join(page, [_picture(page, n) for n in names]))
    for side, steps in maps["lost"].items():
        if steps:
            page.say("reasons", "lost", run=side, steps=join(page, [code(step) for step in steps]))


def _finding(page: Page, rows: list[dict[str, Any]]) -> None:
    identical = sum(row["identical"] for row in rows)
    if identical == len(rows):
        page.find("finding.identical")
        return
    if identical:
        same = [_method(page, row["method"]) for row in rows if row["identical"]]
        page.say("identical", "identical", methods=join(page, same))
    least = min(range(len(rows)), key=lambda index: rows[index]["mean"])
    page.find(
        "finding.alike",
        identical=page.words.number(identical),
        method=_method(page, rows[least]["method"]),
        mean=page.number(f"{METHODS}/{least}/mean", digits=2),
    )


def _methods(page: Page, rows: list[dict[str, Any]]) -> None:
    """Tables of the methods whose maps differ."""
    differing = [(index, row) for index, row in enumerate(rows) if not row["identical"]]
    if not differing:
        return
    columns = [Column("column.method", numeric=False), Column("column.mean"), Column("column.least")]
    swept = any(row["seeds"] is not None for _, row in differing)
    if swept:
        columns.append(Column("column.seeds"))
    filled = []
    for index, row in differing:
        cells: list[Fact] = [
            _method(page, row["method"]),
            *(page.number(f"{METHODS}/{index}/{key}", digits=3) for key in ("mean", "least")),
        ]
        if swept:
            known = row["seeds"] is not None
            cells.append(
                page.number(f"{METHODS}/{index}/seeds", digits=3) if known else page.words.html("no_seeds")
            )
        filled.append(cells)
    page.table("methods", columns, filled)
    for start in range(0, len(page.value(PICTURES)), ACROSS):
        _pictures(page, differing, start)


def _pictures(page: Page, differing: list[tuple[int, dict[str, Any]]], start: int) -> None:
    """A table of some pictures: the rank correlation, under it the cosine."""
    names = page.value(PICTURES)
    shown = range(start, min(start + ACROSS, len(names)))
    rows = []
    for index, row in differing:
        cells = [Cell(_method(page, row["method"]))]
        for picture in shown:
            place = f"{METHODS}/{index}/each/{picture}"
            cosine = page.words.html("cosine", {"cosine": page.number(f"{place}/cosine", digits=2)})
            cells.append(Cell(page.number(f"{place}/rank_correlation", digits=2), cosine))
        rows.append(tuple(cells))
    name = f"pictures_{start // ACROSS}"
    page.tables[name] = TableBlock(
        name,
        page.words.html("pictures.caption", page.facts),
        (
            page.words.html("column.method"),
            *(page.words.isolate(_picture(page, names[i])) for i in shown),
        ),
        (False, *(True for _ in shown)),
        tuple(rows),
    )


def _method(page: Page, method: str) -> Markup:
    return page.words.html(method if method == "from_mean_colour" else f"common.method.{method}")


def _picture(page: Page, name: str) -> str:
    """A picture's name: translated if it is one of the farmyard's classes."""
    key = f"common.class.{name}"
    return page.words.text(key) if key in page.words.catalog else name
