"""The audit's table: each check with its value and whether it passed."""

from __future__ import annotations

from report_builder.render.numbers import Number
from report_builder.render.page import Column, Page
from report_builder.render.words import Fact
from report_builder.sections.sample_words import join

SHARES = frozenset({"integrated_gradients_completeness_error"})
COLUMNS = (
    Column("column.check", numeric=False),
    Column("column.value"),
    Column("column.result", numeric=False),
)


def draw(page: Page) -> None:
    audit = page.value("audit#/summary")
    page.facts["checks"] = page.number("audit#/summary/checks")
    page.facts["passed"] = page.number("audit#/summary/passed")
    page.facts["tolerance"] = page.number("verdicts#/completeness_tolerance", percent=True, digits=0)
    page.find("some_failed" if audit["failed"] else "all_passed")
    for name in audit["failed"]:
        page.say("failures", f"failed.{name}", value=_value(page, name))
    parts = page.value("study#/parts")
    page.say("intro", "intro")
    if "tabular" in parts:
        page.say("intro", "intro.tabular")
        page.say("reference_protocol", "reference_protocol")
    if "vision" in parts:
        page.say("intro", "intro.vision")
    if "vision" in parts and (faults := page.value("photographs#/index_faults")):
        names = join(page, [fault["name"] for fault in faults])
        page.say(
            "writeup_classes", "writeup_classes", names=names, count=page.number("photographs#/fault_count")
        )
    page.table("checks", COLUMNS, [_row(page, name) for name in audit["order"]])


def _row(page: Page, name: str) -> list[Fact]:
    result = "passed_word" if page.value(f"audit#/{name}/passed") else "failed_word"
    return [
        page.words.html(f"check.{name}"),
        _value(page, name),
        page.words.html(result),
    ]


def _value(page: Page, name: str) -> Number:
    """Counts as they are, shares as per cent; an error of rounding as a power of ten."""
    source = f"audit#/{name}/value"
    if name in SHARES:
        return page.number(source, percent=True)
    return page.number(source, scientific=not isinstance(page.value(source), int))
