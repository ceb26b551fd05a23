"""How the explained samples and the values of their features are put into words, alike in all sections."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import reduce

from markupsafe import Markup

from report_builder.plots.bars import shortened
from report_builder.render.numbers import Number
from report_builder.render.page import Page
from report_builder.render.words import Fact

_ISOLATE, _END = "\N{FIRST STRONG ISOLATE}", "\N{POP DIRECTIONAL ISOLATE}"
_RIGHT_TO_LEFT = "\N{RIGHT-TO-LEFT MARK}"
SHOWN = 12  # features of one sample that bars and tables show one by one; the others come as one sum


def rest_shown(count: int, named: Sequence[int]) -> list[int]:
    """Of a sample's `count` features, sorted by size, those to list after the `named` ones had a sentence."""
    return [k for k in range(min(count, SHOWN)) if k not in named]


def rest_key(count: int, named: Sequence[int]) -> str:
    """The sentence that lists them."""
    if count > SHOWN:
        return "rest.most"
    return "rest.one" if count - len(named) == 1 else "rest.many"


def decimals(value: float) -> int:
    """Decimals for a feature's value: four significant digits, at most three decimals, no final zeros."""
    text = f"{float(f'{value:.4g}'):.3f}".rstrip("0")
    return len(text.partition(".")[2])


def in_units(page: Page, source: str) -> Number:
    """A feature's value or threshold at `source`, in the units of the table."""
    return page.number(source, digits=decimals(page.value(source)))


def label(page: Page, key: str, feature: str, facts: Mapping[str, Fact]) -> str:
    """A sentence about a feature as a figure's label: a long name cut, a name of any direction kept apart."""
    name = f"{_ISOLATE}{shortened(page.feature(feature), 32)}{_END}"
    text = page.words.text(key, {**facts, "feature": name})
    return f"{_RIGHT_TO_LEFT}{text}" if page.words.language.direction == "rtl" else text


def join(page: Page, parts: Sequence[Fact]) -> Markup:
    """The parts, at least one, as one enumeration of the language."""
    *others, last = [part if isinstance(part, Markup | Number) else page.words.name(part) for part in parts]
    if not others:
        return Markup(last.__html__())
    first = reduce(
        lambda first, second: page.words.html("common.join", {"first": first, "second": second}), others
    )
    return page.words.html("common.join_last", {"first": first, "second": last})


def names_of(page: Page, names: Sequence[str]) -> Markup:
    """Columns by their display names, as one enumeration."""
    return join(page, [page.feature(name) for name in names])


def sample_facts(page: Page, position: int) -> dict[str, Fact]:
    """What every sentence about a chosen sample may print: its number, rule, probability and class."""
    source = f"chosen#/rows/{position}"
    row = page.value(source)
    classes = ("common.classes.negative", "common.classes.positive")
    return {
        "index": page.number(f"{source}/index"),
        "rule": page.words.html(f"common.sample_rules.{row['rule']}"),
        "probability": page.number(f"{source}/probability", digits=3),
        "label": page.words.html(classes[row["label"]]),
        "predicted": page.words.html(classes[row["predicted"]]),
    }


def sample_title(page: Page, position: int) -> str:
    """The name of a chosen sample as plain text, for figures."""
    return page.words.text("common.sample_title", sample_facts(page, position))
