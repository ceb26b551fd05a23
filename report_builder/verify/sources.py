"""Does every printed number stand in results.json, as it is printed?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from report_builder.render.languages import LANGUAGES
from report_builder.verify.check import Check
from report_builder.verify.folder import NO_PAGES, Results
from report_builder.verify.printed import UnreadableNumberError, in_latin, states
from report_builder.verify.tree import Element


@dataclass(frozen=True)
class Printed:
    """A number on a page. value, source: as its markup has them; text: what readers see."""

    value: str
    source: str
    text: str


def printed_numbers(page: Element) -> list[Printed]:
    return [
        Printed(found.attributes.get("value", ""), found.attributes.get("data-from", ""), _text(found))
        for found in page.find("data")
    ]


def resolve(values: Any, source: str) -> float:
    """The number at "step#/json/pointer" of results.json; of a list, its length.

    Raises LookupError or TypeError where there is none.
    """
    step, _, pointer = source.partition("#/")
    place = values
    for key in [*step.split("."), *(pointer.split("/") if pointer else [])]:
        key = key.replace("~1", "/").replace("~0", "~")
        try:
            place = place[int(key)] if isinstance(place, list) else place[key]
        except ValueError:
            raise KeyError(key) from None
    if isinstance(place, list | dict):
        return len(place)
    if isinstance(place, bool) or not isinstance(place, int | float):
        raise TypeError(f"{place!r} is not a number")
    return place


def check_sources(results: Results) -> Check:
    """Every number resolves to exactly its value, is printed as that value, and is in both languages."""
    check = Check("numbers")
    counts = []
    for language, page in results.pages.items():
        numbers = printed_numbers(page)
        counts.append(f"{len(numbers)} ({language})")
        for number in numbers:
            for fault in _faults(results, number, language):
                check.faults.append(f"report.{language}.html: {fault}")
    check.faults += _between_languages(results)
    check.said = f"printed numbers, each in results.json: {', '.join(counts)}" if counts else NO_PAGES
    return check


def _faults(results: Results, number: Printed, language: str) -> Iterator[str]:
    try:
        value = resolve(results.values, number.source)
    except (LookupError, TypeError):
        yield f"{number.text} names {number.source}, where results.json has no number."
        return
    if repr(value) != number.value:
        yield f"{number.source} is {number.value} on the page and {value!r} in results.json."
    try:
        if not states(number.text, value, LANGUAGES[language]):
            yield f"{number.text} is printed for {number.source}, which is {value!r}."
    except UnreadableNumberError as error:
        yield f"for {number.source}: {error}."


def _between_languages(results: Results) -> Iterator[str]:
    said = {}
    for language, page in results.pages.items():
        said[language] = sorted(
            (number.source, number.value, _plain(number.text, language)) for number in printed_numbers(page)
        )
    if len(said) < 2:
        return
    (first, ours), (second, theirs) = said.items()
    for here, there, numbers in ((first, second, _more(ours, theirs)), (second, first, _more(theirs, ours))):
        for source, _, text in numbers:
            yield f"report.{here}.html prints {text} for {source} more often than report.{there}.html."


def _more(ours: list[tuple[str, str, str]], theirs: list[tuple[str, str, str]]) -> list[tuple[str, str, str]]:
    """What the first list holds more often."""
    rest = list(theirs)
    more = []
    for number in ours:
        if number in rest:
            rest.remove(number)
        else:
            more.append(number)
    return more


def _plain(text: str, language: str) -> str:
    try:
        return in_latin(text, LANGUAGES[language])
    except UnreadableNumberError:
        return text


def _text(number: Element) -> str:
    """Its text, powers written with "^"."""
    parts = []
    for child in number.children:
        if isinstance(child, str):
            parts.append(child)
        else:
            parts.append(("^" if child.tag == "sup" else "") + _text(child))
    return "".join(parts)
