"""Names of classes, methods and pictures in the language of the page."""

from __future__ import annotations

from report_builder.render.page import Page


def class_name(page: Page, name: str) -> str:
    """A class: translated if it is one of the farmyard's, else by the name that the weights give it."""
    key = f"common.class.{name}"
    return page.words.text(key) if page.value("vision#/network") == "farmnet" else name


def method_name(page: Page, key: str) -> str:
    """A method or a reference map, as plain text."""
    return page.words.text(f"common.method.{key}")


def picture_titles(page: Page) -> list[str]:
    """The class explained on each picture shown; the page reads "vision" and "photographs"."""
    return [class_name(page, image["target_name"]) for image in page.value("photographs#/images")]
