"""The comparison as text: the sentences and tables of its English pages."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from markupsafe import Markup
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from report_builder.render.numbers import MINUS, Number
from report_builder.render.page import Cell, Page, TableBlock
from report_builder.render.words import Fact

_PIPED = 120  # columns where no terminal says how many there are
_ENDLESS = 10_000


def print_pages(pages: Sequence[Page]) -> None:
    """The findings of all pages first, then their paragraphs and tables."""
    terminal = sys.stdout.isatty()
    console = Console(file=sys.stdout, width=None if terminal else _PIPED, highlight=False)

    def say(text: str) -> None:
        # an answer stays one line in a pipe, where it may be looked for
        console.print(Text(text), soft_wrap=not terminal)

    for page in pages:
        for finding in page.findings:
            say(_plain(finding))
    for page in pages:
        if not page.paragraphs and not page.tables:
            continue
        console.print()
        console.print(Text(page.words.text("title"), style="bold"))
        for sentences in page.paragraphs.values():
            for sentence in sentences:
                say(_plain(sentence))
        for block in page.tables.values():
            console.print()
            say(_plain(block.caption))
            table = _table(block, "{} ({})")
            if console.measure(table, options=console.options.update(width=_ENDLESS)).maximum > console.width:
                table = _table(block, "{}\n{}")
            console.print(table)
    if any(
        cell.best for page in pages for block in page.tables.values() for row in block.rows for cell in row
    ):
        say("\n* in bold type on the page")


def _table(block: TableBlock, with_interval: str) -> Table:
    """What the page sets in bold type has a star.

    with_interval: how a number and its interval are written.
    """
    table = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for heading, numeric in zip(block.headings, block.numeric, strict=True):
        table.add_column(Text(_plain(heading)), justify="right" if numeric else "left", overflow="fold")
    for row in block.rows:
        table.add_row(*(Text(_cell(cell, with_interval)) for cell in row))
    return table


def _cell(cell: Cell, with_interval: str) -> str:
    text = _plain(cell.content) + ("*" if cell.best else "")
    return text if cell.interval is None else with_interval.format(text, _plain(cell.interval))


def _plain(content: Fact) -> str:
    """Text for a terminal, whose minus is the keyboard's."""
    text = str(content) if isinstance(content, Number) else Markup(content).striptags()
    return text.replace(MINUS, "-")
