"""Names of the own network's classes and splits in the language of the page."""

from __future__ import annotations

from report_builder.render.page import Page


def class_label(page: Page, name: str) -> str:
    """A class: translated if the pictures are the farmyard's, else its own name. Reads "own_pictures"."""
    return page.words.text(f"common.class.{name}") if drawn(page) else name


def class_labels(page: Page) -> list[str]:
    """All classes in their order."""
    return [class_label(page, name) for name in page.value("own_pictures#/classes")]


def drawn(page: Page) -> bool:
    """Whether the pictures are the farmyard's, with masks, or a folder's."""
    return bool(page.value("own_pictures#/source") == "farmyard")


def main_split(page: Page) -> str:
    """The key of the split that errors are read from: "hard", "test" or "validation"."""
    number = page.value("own_pictures#/main")
    return str(page.value(f"own_pictures#/splits/{number}/name"))
