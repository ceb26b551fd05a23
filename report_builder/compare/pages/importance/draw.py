"""The features' ranks in both runs."""

from __future__ import annotations

from typing import Any

from report_builder.compare.pages.code import code
from report_builder.render.page import Cell, Column, Page
from report_builder.render.words import Fact
from report_builder.sections.sample_words import join

NAMES = {"shap": "common.methods.shapley", "lime": "common.methods.lime", "nam": "common.models.nam"}
METHODS = "comparison#/importance/methods"


def draw(page: Page) -> None:
    methods = page.value(METHODS)
    if not methods:
        page.find("finding.nothing")
    else:
        _finding(page, methods)
    for index, row in enumerate(methods):
        page.facts["method"] = page.words.html(NAMES[row["method"]])
        if row["moved"]:
            _said(page, index, row)
            page.table(row["method"], _columns(row), _rows(page, index, row))
        else:
            page.say(row["method"], "unmoved", features=page.words.number(len(row["features"])))
    for side, features in page.value("comparison#/importance/only").items():
        if features:
            page.say("only", "only", run=side, features=join(page, [page.feature(name) for name in features]))


def _finding(page: Page, methods: list[dict[str, Any]]) -> None:
    moved: list[Fact] = [
        page.words.html(
            "moved_of",
            {
                "method": page.words.html(NAMES[row["method"]]),
                "moved": page.number(f"{METHODS}/{index}/moved"),
                "features": page.words.number(len(row["features"])),
            },
        )
        for index, row in enumerate(methods)
    ]
    if not any(row["moved"] for row in methods):
        page.find("finding.none")
        return
    page.find("finding.moved", moved=join(page, moved))
    ranged = [row for row in methods if row["ranged"]]
    if ranged:
        beyond = [
            page.words.html(
                "beyond_of",
                {"feature": page.feature(feature["name"]), "method": page.words.html(NAMES[row["method"]])},
            )
            for row in ranged
            for feature in row["features"]
            if feature["beyond"]
        ]
        if beyond:
            page.find("finding.beyond", features=join(page, beyond))
        else:
            page.find("finding.within")
    else:
        page.find("finding.no_sweep", command=code(page.value("comparison#/command")))


def _said(page: Page, index: int, row: dict[str, Any]) -> None:
    correlation = page.number(f"{METHODS}/{index}/correlation", digits=2)
    page.say(row["method"], "correlation", correlation=correlation)
    if row["seeds"] is not None:
        page.say(row["method"], "seeds", seeds=page.number(f"{METHODS}/{index}/seeds", digits=2))
    if row["ranged"]:
        page.say(row["method"], "ranged")


def _columns(row: dict[str, Any]) -> list[Column]:
    columns = [
        Column("common.feature", numeric=False),
        *(Column(f"column.{name}") for name in ("A", "B", "moved")),
    ]
    return [*columns, Column("column.range")] if row["ranged"] else columns


def _rows(page: Page, index: int, row: dict[str, Any]) -> list[list[Cell | Fact]]:
    rows = []
    for place, feature in enumerate(row["features"]):
        source = f"{METHODS}/{index}/features/{place}"
        cells: list[Cell | Fact] = [
            page.words.name(page.feature(feature["name"])),
            page.number(f"{source}/A"),
            page.number(f"{source}/B"),
            Cell(page.number(f"{source}/moved", signed=True), best=feature["beyond"]),
        ]
        if row["ranged"]:
            known = feature["range"] is not None
            cells.append(page.interval(f"{source}/range", digits=0) if known else page.words.html("no_range"))
        rows.append(cells)
    return rows
