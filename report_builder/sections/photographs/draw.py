"""The pictures with the network's predictions."""

from __future__ import annotations

from report_builder.render.page import Page


def draw(page: Page) -> None:
    page.facts["shown"] = page.number("photographs#/shown")
