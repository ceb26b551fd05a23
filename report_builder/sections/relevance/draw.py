"""Begun."""

from __future__ import annotations

from report_builder.render.page import Page


def draw(page: Page) -> None:
    page.say("intro", "title")
