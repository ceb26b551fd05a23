"""The columns in order, as bars and in one sentence."""

from __future__ import annotations

from report_builder.plots.bars import BarPanel, signed_bars
from report_builder.render.page import Page
from report_builder.verdicts import discrimination

SHOWN = 10


def draw(page: Page) -> None:
    columns = page.value("single_columns#/columns")[:SHOWN]
    page.facts |= {
        "best": page.feature(columns[0]["name"]),
        "auc": page.number("single_columns#/columns/0/auc", digits=3),
    }
    page.find(f"finding.{discrimination(columns[0]['auc'])}")
    panel = BarPanel(
        title="",
        labels=[page.feature(column["name"]) for column in columns],
        values=[column["difference"] for column in columns],
        texts=[
            page.number(f"single_columns#/columns/{i}/difference", digits=2, signed=True).plain
            for i in range(len(columns))
        ],
    )
    page.figure("bars", signed_bars([panel], page.words.text("axis"), page.words.language))
