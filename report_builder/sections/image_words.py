"""Names of classes, methods and pictures in the language of the page."""

from __future__ import annotations

import numpy as np

from report_builder.plots.images import as_pictures
from report_builder.render.page import Page
from report_builder.render.words import Fact
from report_builder.sections.map_methods import MOST_DRAWN


def class_name(page: Page, name: str) -> str:
    """A class: translated if it is one of the farmyard's, else by the name that the weights give it."""
    key = f"common.class.{name}"
    return page.words.text(key) if page.value("vision#/network") == "farmnet" else name


def method_name(page: Page, key: str) -> str:
    """A method or a reference map, as plain text."""
    return page.words.text(f"common.method.{key}")


def drawn_pictures(page: Page) -> np.ndarray:
    """The pictures of figures (n, h, w, 3), at most MOST_DRAWN; the page reads "photographs"."""
    return as_pictures(page.saved["photographs"].arrays()["pixels"][:MOST_DRAWN])


def drawn_count(page: Page) -> Fact:
    """How many those are."""
    some = "drawn" in page.value("photographs#")
    return page.number("photographs#/drawn" if some else "photographs#/shown")


def picture_titles(page: Page) -> list[str]:
    """The class explained on each picture; the page reads "vision" and "photographs"."""
    return [class_name(page, image["target_name"]) for image in page.value("photographs#/images")]


def drawn_titles(page: Page) -> list[str]:
    """The same of the pictures of figures."""
    return picture_titles(page)[:MOST_DRAWN]


def picture_headings(page: Page) -> list[str]:
    """The class explained on each picture of a figure, with its index and its probability."""
    images = "photographs#/images"
    return [
        page.words.text(
            "common.picture_heading",
            {
                "name": title,
                "index": page.number(f"{images}/{i}/target"),
                "probability": page.number(f"{images}/{i}/probability", percent=True),
            },
        )
        for i, title in enumerate(drawn_titles(page))
    ]
