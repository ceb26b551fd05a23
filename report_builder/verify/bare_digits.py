"""Digits in the text that no number's markup holds: each must be of a kind that needs no source."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from report_builder.render.catalog import load_catalog
from report_builder.render.dates import gregorian, jalali
from report_builder.render.formulas import inline_formula
from report_builder.render.languages import LANGUAGES
from report_builder.render.words import Words
from report_builder.report import PROJECT
from report_builder.verify.blocks import Block, blocks_of
from report_builder.verify.check import Check
from report_builder.verify.folder import NO_PAGES, Results
from report_builder.verify.numbering import numbering_faults
from report_builder.verify.printed import digits_of
from report_builder.verify.sentences import typed_codes, typed_texts
from report_builder.verify.tree import Element

_GAP = "\ufffc"  # stands for what is checked by its markup
_DIGITS = re.compile(r"\d+")


def check_bare_digits(results: Results) -> Check:
    """Every digit without a source is one of: the numbering (which is counted again), a listing or formula,
    code and names that results.json holds, a date, seconds of a step, or a part of the project's sentences.
    """
    check = Check("other digits")
    counts = []
    for language, page in results.pages.items():
        known = _Known(results, language)
        found = 0
        faults = list(numbering_faults(page, results.values.get("checklist", {})))
        for block in blocks_of(next(page.find("body"))):
            found += len(_DIGITS.findall(block.text))
            faults += known.faults(block)
        check.faults += [f"report.{language}.html: {fault}" for fault in faults]
        counts.append(f"{found} ({language})")
    if counts:
        check.said = f"numbers in the text, each of a kind that may stand there: {', '.join(counts)}"
    else:
        check.said = NO_PAGES
    return check


class _Known:
    """What may stand on the pages of one language."""

    def __init__(self, results: Results, language: str) -> None:
        own = [Path(folder) for folder in results.values["settings"]["report"].get("sections", [])]
        own = [folder if folder.is_absolute() else PROJECT / folder for folder in own]
        self.typed = typed_texts(language, own)
        strings = {
            " ".join(text.split()) for text in _strings(results.values | {"front": results.manifest["front"]})
        }
        plain = {json.dumps(number) for number in _numbers(results.values)}
        self.names = sorted(
            (text for text in strings if _DIGITS.search(text) and re.search(r"[^\W\d_]", text)),
            key=len,
            reverse=True,
        )
        self.strings = {digits_of(text) for text in strings}
        self.codes = strings | plain | typed_codes(language, own)
        self.settings: dict[str, str] = results.values.get("run", {}).get("settings", {})
        self.seconds = {name: step["seconds"] for name, step in results.manifest["steps"].items()}
        self.days = {text for text in strings if re.fullmatch(r"\d{4}-\d\d-\d\d", text)}
        templates = [PROJECT / "templates/words.toml"]
        self.words = Words(
            LANGUAGES[language],
            load_catalog(templates, language),
            load_catalog([], language),
            {},
            inline_formula,
        )

    def faults(self, block: Block) -> Iterator[str]:
        where = f"in {block.section or 'the frame'}"
        text = ""
        for part, element in block.parts:
            kind, fault = self._marked(element)
            if fault:
                yield f"{fault} ({where})"
            text += _GAP if kind else part
        text = " ".join(text.split())
        if not _DIGITS.search(text):
            return
        covered = [False] * len(text)
        for piece in (*self.typed, *self.names):
            for start in _occurrences(piece, text):
                covered[start : start + len(piece)] = [True] * len(piece)
        for found in _DIGITS.finditer(text):
            if not all(covered[found.start() : found.end()]):
                before = text[max(found.start() - 30, 0) : found.end() + 15].replace(_GAP, "…")
                yield f"{found[0]} stands without a source in “{before}” ({where})"

    def _marked(self, element: Element) -> tuple[bool, str]:
        """Whether the markup says what a piece of text is, and what is wrong with it."""
        for place in element.ancestors():
            if place.tag in ("data", "svg", "img", "pre") or {"label", "ref"} & set(place.classes):
                return True, ""  # sources.py, documents.py and numbering.py look at these
            if place.tag == "code":
                return True, self._code(place)
            if place.tag == "time":
                return True, self._day(place)
            if place.tag == "bdi" and "name" in place.classes:
                known = digits_of(" ".join(place.text.split())) in self.strings
                return True, "" if known else f"the name {place.text} does not stand in results.json"
            if place.tag == "td" and "num" in place.classes and place.within("table") and _is_times(place):
                return True, self._time(place)
            if "source" in place.classes and place.within(kind="listing"):
                return True, ""  # numbering.py
        return False, ""

    def _code(self, code: Element) -> str:
        text = " ".join(code.text.split())
        if not _DIGITS.search(text) or code.within(kind="listing"):
            return ""
        row = next((place for place in code.ancestors() if place.tag == "tr"), None)
        first = next((each.text for each in row.find("code")), "") if row is not None else ""
        if first in self.settings and first != text and _table(code).startswith("tab-provenance-settings"):
            cells = [each.text for each in row.find("code")] if row is not None else []
            named = cells[cells.index(text) - 1]
            right = self.settings.get(named) == text
            return "" if right else f"the setting {named} is {self.settings.get(named)}, not {text}"
        return (
            "" if text in self.codes else f"the code {text} stands neither in results.json nor in a sentence"
        )

    def _day(self, time: Element) -> str:
        day = time.attributes.get("datetime", "")
        if day not in self.days:
            return f"the day {day} does not stand in results.json"
        told = {written(date.fromisoformat(day), self.words).striptags() for written in (gregorian, jalali)}
        return "" if time.text in told else f"the day {day} is written {time.text}"

    def _time(self, cell: Element) -> str:
        row = next(place for place in cell.ancestors() if place.tag == "tr")
        name = next((each.text for each in row.find("code")), "")
        printed = digits_of(cell.text).replace("٫", ".").replace("٬", "").replace(",", "")
        try:
            right = abs(float(printed) - self.seconds[name]) <= 0.0055
        except (KeyError, ValueError):
            right = False
        return "" if right else f"the step {name} took {self.seconds.get(name)} s, not {cell.text}"


def _table(element: Element) -> str:
    return next((place.identifier for place in element.ancestors() if place.tag == "table"), "")


def _is_times(cell: Element) -> bool:
    return _table(cell) == "tab-provenance-times"


def _occurrences(piece: str, text: str) -> Iterator[int]:
    """Where a piece stands in a text as a whole, not as a part of a longer number or name."""
    start = text.find(piece)
    while start >= 0:
        around = (
            text[start - 1 : start] + piece[0],
            piece[-1] + text[start + len(piece) : start + len(piece) + 1],
        )
        if not any(re.fullmatch(r"\w\w", pair) for pair in around):
            yield start
        start = text.find(piece, start + 1)


def _strings(value: Any) -> Iterator[str]:
    """Every text in a JSON value, keys as well."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield key
            yield from _strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _strings(inner)


def _numbers(value: Any) -> Iterator[float]:
    if isinstance(value, int | float) and not isinstance(value, bool):
        yield value
    elif isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _numbers(inner)
