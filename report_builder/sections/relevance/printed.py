"""Names as all parts of the section print them."""

from __future__ import annotations

from markupsafe import Markup

from report_builder.render.page import Page


def method_key(name: str) -> str:
    """Catalog key of a method's or a rule's name."""
    return "deflection" if name == "energy" else f"common.method.{name}"


def method_name(page: Page, name: str) -> Markup:
    return page.words.html(method_key(name))


def rule_name(page: Page, name: str) -> Markup:
    """A rule that asks no network, within a sentence."""
    return page.words.html(f"rule.{name}")


def network_name(page: Page, kind: str) -> Markup:
    return page.words.html(f"network.{kind}")
