"""The block functions that a section's template calls, and the Jinja environment they are rendered with."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup

from report_builder.render.fonts import text_width
from report_builder.render.formulas import display_formula
from report_builder.render.languages import LANGUAGES
from report_builder.render.listings import cut, highlight, source_file
from report_builder.render.numbers import Number, format_number
from report_builder.render.page import Cell, Page, TableBlock
from report_builder.render.words import Fact

_DPI = {".png": 220, ".jpg": 180}  # of the figures, as plots/style.py saves them
# Of a table, in em of its type: the width of the text, what a cell's padding takes, the gap before an
# interval, the size of an interval's type (templates/css), and how narrow a column of words may become.
_LINE, _PADDING, _GAP, _INTERVAL_TYPE, _WRAPS = 48.0, 1.2, 0.6, 0.8, 11.0
_DECIMAL_MARKS = tuple({language.decimal_mark for language in LANGUAGES.values()})


class PlacementError(ValueError):
    """What a section draws and what its template places do not fit together."""


def make_environment(files: Mapping[str, Path]) -> Environment:
    """Jinja over the declared template files only, with autoescape; an unknown name is an error.

    files: name relative to the project ("templates/blocks/figure.html") -> path.
    """

    def load(name: str) -> str | None:
        file = files.get(f"templates/{name}")
        return None if file is None else file.read_text(encoding="utf-8")

    environment = Environment(
        loader=FunctionLoader(load),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=False,
    )
    environment.globals["label"] = label
    return environment


def label(kind: str, target: str) -> Markup:
    """The place of a number ("Figure 3") that the assembly fills in."""
    return Markup('<span class="label" data-number="{}" data-for="{}"></span>').format(kind, target)


@dataclass
class Blocks:
    """The functions that a section's template calls, each giving the HTML of one block."""

    page: Page
    environment: Environment
    formulas: Mapping[str, str]
    files: Mapping[str, Path]
    placed: set[tuple[str, str]] = field(default_factory=set)
    items: list[str] = field(default_factory=list)

    def functions(self) -> dict[str, Any]:
        names = "item heading say points question note figure row table formula listing card data script"
        functions: dict[str, Any] = {name: getattr(self, name) for name in names.split()}
        return functions | {
            "has": self.page.paragraphs.__contains__,
            "has_figure": self.page.figures.__contains__,
            "has_table": self.page.tables.__contains__,
            "has_data": self.page.data.__contains__,
        }

    def item(self, identifier: str) -> Markup:
        """The anchor of an inventory id, before the block that answers it."""
        self.items.append(identifier)
        return Markup('<div id="item-{}" class="item"></div>\n').format(identifier)

    def heading(self, key: str) -> Markup:
        return self._render("heading", anchor=self._anchor("heading", key), text=self._sentence(key))

    def say(self, key: str) -> Markup:
        """The paragraph that draw.py filled under this key, or the sentence; empty lines part paragraphs."""
        self.placed.add(("paragraph", key))
        if key in self.page.paragraphs:
            return Markup("<p>{}</p>\n").format(Markup(" ").join(self.page.paragraphs[key]))
        parts = [part for part in self._sentence(key).split("\n\n") if part.strip()]
        return Markup("").join(Markup("<p>{}</p>\n").format(part) for part in parts)

    def points(self, key: str) -> Markup:
        """The sentences that draw.py put under this key as the points of a list."""
        self.placed.add(("paragraph", key))
        points = Markup("").join(Markup("<li>{}</li>\n").format(point) for point in self.page.paragraphs[key])
        return Markup("<ul>\n{}</ul>\n").format(points)

    def question(self, key: str) -> Markup:
        return self._render("question", anchor=self._anchor("question", key), text=self.say(key))

    def note(self, key: str) -> Markup:
        return self._render("note", title=self.page.words.html("common.note"), text=self.say(key))

    def figure(self, name: str) -> Markup:
        self.placed.add(("figure", name))
        picture = self.page.figures[name]
        path = self.page.folder / picture.file
        (width, height), dpi = _size(path), _DPI[path.suffix]
        return self._render(
            "figure",
            anchor=self._anchor("fig", name),
            picture=picture,
            width=round(width / dpi * 96),
            height=round(height / dpi * 96),
        )

    def row(self, *names: str) -> Markup:
        """Half-width figures, two beside each other in each row."""
        pairs = [names[start : start + 2] for start in range(0, len(names), 2)]
        rows = [self._render("row", figures=[self.figure(name) for name in pair]) for pair in pairs]
        return Markup("").join(rows)

    def table(self, name: str) -> Markup:
        self.placed.add(("table", name))
        block = self.page.tables[name]
        return self._render(
            "table",
            anchor=self._anchor("tab", name),
            table=block,
            shifts=_decimal_shifts(block),
            beside=_intervals_beside(block),
            written=self._written,
        )

    def formula(self, name: str) -> Markup:
        return self._render("formula", anchor=f"eq-{name}", formula=display_formula(self.formulas[name]))

    def listing(self, address: str) -> Markup:
        path = source_file(address)
        found = cut(address, self.files[path])
        line = Markup('<bdi dir="ltr">{}</bdi>').format(
            format_number(found.first_line, self.page.words.language)
        )
        source = self.page.words.html(
            "common.listing_source", {"path": Markup('<code dir="ltr">{}</code>').format(path), "line": line}
        )
        name = Markup('<code dir="ltr">{}</code>').format(found.name)
        return self._render(
            "listing",
            anchor=f"listing-{found.name.replace('.', '-')}",
            name=name,
            plain_name=found.name,
            source=source,
            code=highlight(found.code),
        )

    def card(self, method: str, *, formula: str = "", listing: str = "") -> Markup:
        """A method card, from the sentences `card.<method>.title`, `shows`, `computed`, `misleads`, `paper`.

        formula: its name in formulas.toml. listing: the address of the code that ran.
        """
        parts = ("shows", "computed", "misleads", "paper")
        return self._render(
            "card",
            anchor=self._anchor("card", method),
            words={part: self.page.words.html(f"common.card.{part}") for part in parts},
            formula=self.formula(formula) if formula else "",
            listing=self.listing(listing) if listing else "",
            **{part: self._sentence(f"card.{method}.{part}") for part in ("title", *parts)},
        )

    def data(self, name: str) -> Markup:
        """A JSON block for the page's own script, found as #data-<section>-<name>."""
        self.placed.add(("data", name))
        text = json.dumps(self.page.data[name], ensure_ascii=False, separators=(",", ":"), allow_nan=False)
        safe = Markup(text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e"))
        return Markup('<script type="application/json" id="{}">{}</script>\n').format(
            self._anchor("data", name), safe
        )

    def script(self) -> Markup:
        """The section's own script, templates/scripts/<section>.js; print leaves it out."""
        text = self.files[f"templates/scripts/{self.page.section}.js"].read_text(encoding="utf-8")
        if "</script" in text.lower():
            raise PlacementError(f"templates/scripts/{self.page.section}.js holds </script")
        return Markup("<script>\n{}</script>\n").format(Markup(text))

    def check(self, answers: tuple[str, ...]) -> None:
        """PlacementError where something drawn is not placed, or the items are not the declared answers."""
        page = self.page
        drawn = {("paragraph", key) for key in page.paragraphs} | {("figure", key) for key in page.figures}
        drawn |= {("table", key) for key in page.tables} | {("data", key) for key in page.data}
        if lost := sorted(drawn - self.placed):
            raise PlacementError(f"section {page.section}: drawn but not placed by its template: {lost}")
        if sorted(self.items) != sorted(answers):
            raise PlacementError(
                f"section {page.section}: marks {self.items}, but declares the answers {answers}"
            )

    def _written(self, content: Fact) -> Markup:
        """A cell's content as HTML."""
        return (
            Markup(content.__html__())
            if isinstance(content, Markup | Number)
            else self.page.words.name(content)
        )

    def _sentence(self, key: str) -> Markup:
        return self.page.words.html(key, self.page.facts)

    def _anchor(self, kind: str, name: str) -> str:
        return f"{kind}-{self.page.section}-{name.replace('.', '-')}"

    def _render(self, block: str, **context: Any) -> Markup:
        template = self.environment.get_template(f"blocks/{block}.html")
        return Markup(template.render(**context)) + "\n"


def _intervals_beside(table: TableBlock) -> list[float | None]:
    """Per column, the room for intervals beside its numbers, in em of the intervals' own type.

    None throughout where the page is too narrow: the intervals then stand under their numbers.
    """
    rooms: list[float | None] = []
    total = 0.0
    for column, numeric in enumerate(table.numeric):
        cells = [row[column] for row in table.rows]
        widest = max((_text_em(cell.content) for cell in cells), default=0.0)
        intervals = [_text_em(cell.interval) for cell in cells if cell.interval is not None]
        longest_word = max(map(_text_em, table.headings[column].striptags().split()), default=0.0)
        rooms.append(max(intervals) if intervals else None)
        beside = widest + (_GAP + _INTERVAL_TYPE * max(intervals) if intervals else 0.0)
        total += max(longest_word, beside if numeric else min(widest, _WRAPS)) + _PADDING
    return rooms if total < _LINE else [None] * len(rooms)


def _text_em(content: Fact) -> float:
    plain = content.striptags() if isinstance(content, Markup) else str(content)
    return text_width(plain, 400)


def _decimal_shifts(table: TableBlock) -> list[list[float]]:
    """Per cell, the em by which its end moves in so that a column of numbers meets at the decimal mark."""
    shifts = [[0.0] * len(row) for row in table.rows]
    for column, numeric in enumerate(table.numeric):
        tails = [_tail_width(row[column]) for row in table.rows] if numeric else []
        longest = max((tail for tail in tails if tail is not None), default=0.0)
        for row, tail in enumerate(tails):
            if tail is not None:
                shifts[row][column] = longest - tail
    return shifts


def _tail_width(cell: Cell) -> float | None:
    """Width in em of a number from its decimal mark on; None for a cell that holds something else."""
    if not isinstance(cell.content, Number):
        return None
    text = cell.content.plain
    marks = [text.rfind(mark) for mark in _DECIMAL_MARKS]
    digits = [place + 1 for place, character in enumerate(text) if character.isdigit()]
    return text_width(text[max(marks) if max(marks) >= 0 else digits[-1] :], 600 if cell.best else 400)


def _size(file: Path) -> tuple[int, int]:
    """Width and height of a picture in pixels."""
    from PIL import Image

    with Image.open(file) as image:
        return image.size
