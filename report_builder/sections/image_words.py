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


def picture_headings(page: Page) -> list[str]:
    """The class explained on each picture shown, with its index and its probability."""
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
        for i, title in enumerate(picture_titles(page))
    ]
