"""Are chapters, figures, tables numbered in order, and does every reference name its target's number?"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from report_builder.render.listings import ListingError, cut, source_file
from report_builder.report import PROJECT
from report_builder.verify.printed import digits_of
from report_builder.verify.tree import Element

_TARGETS = ("figure", "table", "div")


def numbering_faults(page: Element, checklist: Mapping[str, Any]) -> Iterator[str]:
    """Count again all that is numbered, and follow every reference.

    checklist: of results.json; the tables of the checklist list its items once, in order.
    """
    main = next(page.find("main"))
    numbers: dict[str, tuple[str, ...]] = {}
    last: Counter[str] = Counter()
    section = ""
    for element in main.walk():
        if element.identifier.startswith("item-"):
            numbers[element.identifier] = numbers.get(section, ())
        if element.tag != "span" or "label" not in element.classes or element.within("ul", kind="toc"):
            continue
        kind, target = _target(element)
        if kind == "chapter":
            last = Counter({**last, "chapter": last["chapter"] + 1, "section": 0})
            expected: tuple[str, ...] = (str(last["chapter"]),)
        elif kind == "section":
            last["section"] += 1
            section, expected = target, (str(last["chapter"]), str(last["section"]))
        else:
            last[kind] += 1
            expected = (str(last[kind]),)
        numbers[target] = expected
        if _digits(element) != expected:
            yield f"{element.text} should have the number {'.'.join(expected)}"
    for link in page.find("a"):
        inner = next(link.find("span", kind="label"), None)
        if "ref" in link.classes or inner is not None:
            shown, target = _digits(inner or link), link.attributes.get("href", "")[1:]
            if shown and shown != numbers.get(target):
                yield f"{link.text.strip()} refers to {target}, which has another number"
    yield from _items(main, checklist)
    for listing in main.find("div", kind="listing"):
        yield from _line(listing)


def _digits(element: Element) -> tuple[str, ...]:
    return tuple(re.findall(r"\d+", digits_of(element.text)))


def _target(label: Element) -> tuple[str, str]:
    """What kind of thing a label numbers, and the id that references name it by."""
    for place in label.ancestors():
        kind, _, _ = place.identifier.partition("-")
        if place.tag in ("h1", "h2") and kind in ("chapter", "section"):
            return kind, place.identifier
        if place.tag in _TARGETS and kind in ("fig", "tab", "eq", "listing", "question"):
            return kind, place.identifier
    return "", ""


def _items(main: Element, checklist: Mapping[str, Any]) -> Iterator[str]:
    listed = [
        cell.text.strip()
        for table in main.find("table")
        if table.identifier.startswith("tab-checklist")
        for cell in table.find("th")
        if cell.attributes.get("scope") == "row"
    ]
    for name, count in Counter(listed).items():
        if count > 1 or name not in checklist:
            yield f"the checklist lists {name} {'twice' if count > 1 else 'without a result'}"


def _line(listing: Element) -> Iterator[str]:
    """Of a listing that the project's file still holds as it is printed, the line that it begins at."""
    codes = [code.text for code in next(listing.find("p", kind="caption")).find("code")]
    line = next(next(listing.find("span", kind="source")).find("bdi"), None)
    if len(codes) < 2 or line is None:
        yield f"the listing {listing.identifier} does not say where it comes from"
        return
    name, path = codes[:2]
    address = f"{path.removesuffix('.py').replace('/', '.')}:{name}"
    try:
        found = cut(address, PROJECT / source_file(address))
    except (OSError, SyntaxError, ListingError):
        return
    printed = next(listing.find("pre")).text.strip("\n")
    if printed == found.code.strip("\n") and _digits(line) != (str(found.first_line),):
        yield f"the listing {name} begins at line {found.first_line}, not {line.text}"
