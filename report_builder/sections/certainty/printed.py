"""Names and values as all pages of the section print them."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable
from typing import Any

from markupsafe import Markup, escape

from report_builder.render.page import Page, pointer
from report_builder.render.words import Fact
from report_builder.sections.sample_words import join

VALUES = "certainty#"
# In the order of all pages; saved values have none of their own
MODELS = ("mlp", "nam", "logistic", "forest", "lstm", "cnn", "test", "hard", "validation")
MOST_DECIMALS = 6  # of a setting; smaller ones are written with a power of ten
SMALLEST_P = 0.0005  # that three decimals can print


def found(page: Page, name: str) -> Any:
    """A part of the step's values, None where no run has it."""
    return page.value(VALUES).get(name)


def shown(page: Page, source: str, **style: Any) -> Fact:
    """The number there, or a dash where there is none."""
    if page.value(source) is None:
        return page.words.html("no_value")
    return page.number(source, **style)


def plus_minus(*numbers: Fact) -> Markup:
    """Numbers of which the last is a standard deviation, from left to right in any language."""
    *before, last = numbers
    return Markup('<bdi dir="ltr" class="whole">{}<small>±{}</small></bdi>').format(
        Markup("").join(Markup("{} ").format(number) for number in before), last
    )


def p_value(page: Page, source: str) -> Fact:
    p = page.value(source)
    if p is None or p >= SMALLEST_P:
        return shown(page, source, digits=3)
    return page.number(source, scientific=True)


def source_of(*keys: str | int) -> str:
    """The address of a value of the step; keys are as in the values, also names of columns and settings."""
    return f"{VALUES}/{pointer(*keys)}"


def ordered(models: Iterable[str]) -> list[str]:
    """Models, networks and splits as all pages order them."""
    return sorted(models, key=MODELS.index)


def model_name(page: Page, part: str, model: str) -> Markup:
    """A model within a sentence; of the own image network the split that it is tested on."""
    if part == "own_cnn":
        split = page.words.html(f"common.splits.{model}")
        return page.words.html("model.own_split", {"split": split})
    return page.words.html(f"model.{model}")


def features(page: Page, names: Iterable[str]) -> Markup:
    """Features as one enumeration."""
    return join(page, [page.feature(name) for name in names])


def name_code(name: str) -> Markup:
    """A setting's name as its file has it; a line may end after each of its parts."""
    parts = (escape(part) for part in re.split(r"(?<=[._])", name))
    return Markup('<code dir="ltr">{}</code>').format(Markup("<wbr>").join(parts))


def value_code(value: str) -> Markup:
    """A setting's value as its file has it, on one line."""
    return Markup('<code dir="ltr" class="whole">{}</code>').format(value)


def setting_value(page: Page, cell: int, name: str) -> Fact:
    """What a cell of the grid gives the setting."""
    source = source_of("grid", "cells", cell, "settings", name)
    value = page.value(source)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value_code(_plain(value))
    return page.number(source, **_number_style(value))


def setting_text(page: Page, value: Any) -> str:
    """A setting's value as plain text, for figures."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return _plain(value)
    return page.words.number(value, **_number_style(value)).replace("^", "")


def settings_text(page: Page, cell: int, names: Iterable[str] | None = None) -> Markup:
    """The settings of a cell of the grid, all or those named."""
    chosen = page.value(source_of("grid", "settings")) if names is None else names
    return join(
        page,
        [
            page.words.html("setting_is", {"name": name_code(name), "value": setting_value(page, cell, name)})
            for name in chosen
        ],
    )


def _number_style(value: float) -> dict[str, Any]:
    decimals = next((n for n in range(MOST_DECIMALS + 1) if math.isclose(round(value, n), value)), None)
    return {"scientific": True} if decimals is None else {"digits": decimals}


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
