"""Tables of what went into the run."""

from __future__ import annotations

from markupsafe import Markup

from report_builder.render.page import Column, Page
from report_builder.render.step_times import PLACE
from report_builder.render.words import Fact

NAME_AND_SECONDS = (Column("column.step", numeric=False), Column("column.seconds"))
NAME_AND_VALUE = (Column("column.name", numeric=False), Column("column.value", numeric=False))


def draw(page: Page) -> None:
    asset = page.value("assets#/table")
    page.facts |= {
        "seed": page.number("run#/seed"),
        "rows": page.number("table#/rows"),
        "file": asset["file"],
    }
    page.find(f"origin.{asset['origin']}")
    page.say("inputs", f"origin.{asset['origin']}")
    for reason in asset["reasons"]:
        if reason["cause"] != "unset":
            page.say(
                "reasons",
                f"reason.{reason['place']}",
                cause=page.words.html(f"cause.{_key(reason['cause'])}"),
            )
    page.table("input", NAME_AND_VALUE, _input_rows(page, asset))
    page.table("machine", NAME_AND_VALUE, _machine_rows(page))
    page.table(
        "versions", NAME_AND_VALUE, [[name, _code(v)] for name, v in page.value("run#/versions").items()]
    )
    page.table("times", NAME_AND_SECONDS, [[PLACE, ""]])
    page.table(
        "settings", NAME_AND_VALUE, [[_code(k), _code(v)] for k, v in page.value("run#/settings").items()]
    )


def _key(cause: str) -> str:
    return cause.replace(" ", "_")


def _input_rows(page: Page, asset: dict[str, str]) -> list[list[Fact]]:
    return [
        [page.words.html("row.file"), _code(asset["file"])],
        [page.words.html("row.source"), page.words.isolate(asset["source"])],
        [page.words.html("row.licence"), page.words.isolate(asset["licence"])],
        [page.words.html("row.hash"), _code(asset["sha256"])],
    ]


def _machine_rows(page: Page) -> list[list[Fact]]:
    return [
        [page.words.html("row.seed"), page.number("run#/seed")],
        [page.words.html("row.device"), _code(page.value("run#/device"))],
        [page.words.html("row.platform"), _code(page.value("run#/platform"))],
        [page.words.html("row.python"), _code(page.value("run#/python"))],
    ]


def _code(text: str) -> Markup:
    return Markup('<code dir="ltr">{}</code>').format(text)
