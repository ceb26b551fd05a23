"""Tables of what differs in settings, inputs and machine."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from markupsafe import Markup

from report_builder.compare.pages.code import code
from report_builder.render.page import Column, Page
from report_builder.render.words import Fact
from report_builder.sections.sample_words import join

KINDS = ("settings", "inputs", "machine")
SIDES = ("A", "B")
COLUMNS = tuple(Column(f"column.{name}", numeric=False) for name in ("name", *SIDES))
NAMED = 6  # so many names in a sentence; the table has them all
_HASH = 12  # letters of a SHA-256 that tell two files apart for a reader


def draw(page: Page) -> None:
    differing = page.value("comparison#/origins")
    page.table("runs", COLUMNS, _runs(page))
    for kind in KINDS:
        if differing[kind]:
            rows = [[code(row["name"]), *_values(page, row)] for row in differing[kind]]
            page.table(kind, COLUMNS, rows)
    if page.value("comparison#/identical"):
        page.find("finding.identical")
        return
    sentences = []
    for kind in KINDS:
        names = [row["name"] for row in differing[kind]]
        if names:
            named: list[Fact] = [code(name) for name in names[:NAMED]]
            more = "many" if len(names) > NAMED else "some"
            listed = join(page, named) if more == "some" else _listed(page, named)
            facts = {"count": page.words.number(len(names)), "names": listed}
            sentences.append(page.words.html(f"finding.{kind}.{more}", facts))
        elif kind == "settings":
            sentences.append(page.words.html("finding.settings.none"))
    steps = page.value("comparison#/steps")
    if not any(differing.values()):
        changed = {"steps": join(page, [code(name) for name in steps])}
        sentences.append(page.words.html("finding.unexplained", changed))
    elif not steps:
        sentences.append(page.words.html("finding.without_effect"))
    page.findings.append(Markup(" ").join(sentences))  # one answer, for the page of findings


def _runs(page: Page) -> list[list[Fact]]:
    """Which run is which."""
    rows: list[list[Fact]] = [
        [page.words.html("row.folder"), *(code(page.value(f"{side}:place#/folder")) for side in SIDES)]
    ]
    if all(page.value(f"{side}:run#").get("seed") is not None for side in SIDES):
        seeds = (page.number(f"{side}:run#/seed") for side in SIDES)
        rows.append([page.words.html("row.seed"), *seeds])
    swept = page.value("comparison#/swept")
    rows.append(
        [page.words.html("row.sweep"), *(page.words.html(f"sweep.{_yes(side in swept)}") for side in SIDES)]
    )
    return rows


def _values(page: Page, row: dict[str, Any]) -> list[Fact]:
    return [_shown(row["name"], row[side]) if side in row else page.words.html("absent") for side in SIDES]


def _shown(name: str, value: Any) -> Markup:
    """A value as its file has it."""
    if isinstance(value, str):
        return code(value[:_HASH] if name.endswith("sha256") else value)
    return code(json.dumps(value, ensure_ascii=False))


def _listed(page: Page, parts: Sequence[Fact]) -> Markup:
    """All parts, with commas between: an enumeration that goes on, or one of names."""
    listed = Markup(str(parts[0]))
    for part in parts[1:]:
        listed = page.words.html("common.join", {"first": listed, "second": part})
    return listed


def _yes(there: bool) -> str:
    return "there" if there else "none"
