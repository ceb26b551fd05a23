"""Names of the classes of signals in the language of the page."""

from __future__ import annotations

from report_builder.render.page import Page


def class_label(page: Page, name: str) -> str:
    """A class: translated if the signals are simulated, else its own name. Reads "signals"."""
    return page.words.text(f"common.signal_class.{name}") if page.value("signals#/simulated") else name


def class_labels(page: Page) -> list[str]:
    """All classes in their order."""
    return [class_label(page, name) for name in page.value("signals#/classes")]
