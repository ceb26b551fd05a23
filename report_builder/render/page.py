"""What one section puts on its pages in one language: facts, sentences, figures, tables, listings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from markupsafe import Markup

from report_builder.pipeline.step import Saved
from report_builder.render.numbers import Number, format_number
from report_builder.render.words import Fact, Words
from report_builder.verdicts import PRINTED

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Width = Literal["full", "half"]


@dataclass(frozen=True)
class Picture:
    """A drawn figure: file name in the figures folder, caption, alternative text, and what must be known of
    what it shows, such as that rows were sampled.
    """

    name: str
    file: str
    width: Width
    caption: Markup
    alt: str
    footnote: Markup | None = None


@dataclass(frozen=True)
class Column:
    """A table column: catalog key of its heading; numeric columns are aligned at their end."""

    heading: str
    numeric: bool = True


@dataclass(frozen=True)
class Cell:
    """A table cell: its content, an interval in smaller type under it, whether it is the best of its kind."""

    content: Fact
    interval: Markup | None = None
    best: bool = False


@dataclass(frozen=True)
class TableBlock:
    name: str
    caption: Markup
    headings: tuple[Markup, ...]
    numeric: tuple[bool, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass
class Page:
    """The one object that a section's `draw(page)` fills; it prints only what saved results hold."""

    section: str
    words: Words
    saved: Mapping[str, Saved]
    settings: Mapping[str, Any]
    folder: Path
    facts: dict[str, Fact] = field(default_factory=dict)
    paragraphs: dict[str, list[Markup]] = field(default_factory=dict)
    figures: dict[str, Picture] = field(default_factory=dict)
    tables: dict[str, TableBlock] = field(default_factory=dict)
    data: dict[str, Any] = field(default_factory=dict)  # for the page's own scripts (the explorer)
    findings: list[Markup] = field(default_factory=list)

    def value(self, source: str) -> Any:
        """The saved value at "step#/pointer", "settings#/table/key" or "verdicts#/threshold", or all of
        "step#"; KeyError names the missing part.
        """
        step, _, pointer = source.partition("#")
        keys = [part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:]]
        if step == "settings":
            value: Any = _nest(self.settings)
        elif step == "verdicts":
            value = PRINTED
        else:
            value = self.saved[step].values
        for key in keys:
            try:
                value = value[int(key)] if isinstance(value, list) else value[key]
            except (KeyError, IndexError, ValueError, TypeError):
                raise KeyError(f"{source}: no {key!r}") from None
        return value

    def number(
        self,
        source: str,
        *,
        digits: int | None = None,
        percent: bool = False,
        signed: bool = False,
        scientific: bool = False,
    ) -> Number:
        """The number at `source`, formatted for the language and traceable to its result."""
        value = self.value(source)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise TypeError(f"{source} is {value!r}, not a number")
        text = format_number(
            value,
            self.words.language,
            digits=digits,
            percent=percent,
            signed=signed,
            scientific=scientific,
        )
        return Number(value, source, text, self.words.language.direction)

    def count(self, source: str) -> Number:
        """How many entries the list, or the table, at `source` has."""
        size = len(self.value(source))
        text = format_number(size, self.words.language)
        return Number(size, source, text, self.words.language.direction)

    def interval(self, source: str, *, digits: int = 3, percent: bool = False) -> Markup:
        """The pair of numbers at `source`, as "low to high"."""
        low, high = (self.number(f"{source}/{end}", digits=digits, percent=percent) for end in (0, 1))
        return self.words.html("interval", {"low": low, "high": high})

    def feature(self, name: str, *, unit: bool = False) -> str:
        """The display name of a data column, with its unit in brackets where asked for and known."""
        return self.words.feature(name, unit=unit)

    def say(self, paragraph: str, key: str, **facts: Fact) -> None:
        """Append the sentence `key` to a paragraph; facts given here come before the section's."""
        self.paragraphs.setdefault(paragraph, []).append(self.words.html(key, {**self.facts, **facts}))

    def find(self, key: str, **facts: Fact) -> None:
        """Add a finding: shown in the box that opens the section and on the page of findings."""
        self.findings.append(self.words.html(key, {**self.facts, **facts}))

    def figure(
        self, name: str, figure: Figure, *, width: Width = "full", pictures: bool = False, **facts: Fact
    ) -> None:
        """Save a drawn figure; the catalog must hold `<name>.caption` and `<name>.alt`.

        pictures: it shows photographs or maps of many colours, which JPEG keeps small.
        """
        from report_builder.plots.style import save

        file = f"{self.section}-{name}.{self.words.language.code}.{'jpg' if pictures else 'png'}"
        save(figure, self.folder / file)
        known = {**self.facts, **facts}
        caption = self.words.html(f"{name}.caption", known)
        self.figures[name] = Picture(name, file, width, caption, self.words.text(f"{name}.alt", known))

    def footnote(self, figure: str, **facts: Fact) -> None:
        """Put the sentence `<figure>.footnote` below the caption of a figure that was drawn."""
        sentence = self.words.html(f"{figure}.footnote", {**self.facts, **facts})
        self.figures[figure] = replace(self.figures[figure], footnote=sentence)

    def table(
        self, name: str, columns: Sequence[Column], rows: Sequence[Sequence[Cell | Fact]], **facts: Fact
    ) -> None:
        """Add a table; the catalog must hold `<name>.caption`. A row as long as the columns, or an error."""
        known = {**self.facts, **facts}
        filled = []
        for row in rows:
            if len(row) != len(columns):
                raise ValueError(f"table {name!r}: a row of {len(row)} cells under {len(columns)} columns")
            filled.append(tuple(cell if isinstance(cell, Cell) else Cell(cell) for cell in row))
        self.tables[name] = TableBlock(
            name,
            self.words.html(f"{name}.caption", known),
            tuple(self.words.html(column.heading, known) for column in columns),
            tuple(column.numeric for column in columns),
            tuple(filled),
        )


def pointer(*keys: str | int) -> str:
    """A JSON pointer tail from keys that may hold "/" or "~" (column names of the user's)."""
    return "/".join(str(key).replace("~", "~0").replace("/", "~1") for key in keys)


def _nest(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Dotted settings as nested tables."""
    nested: dict[str, Any] = {}
    for dotted, value in settings.items():
        *tables, last = dotted.split(".")
        place = nested
        for table in tables:
            place = place.setdefault(table, {})
        place[last] = value
    return nested
