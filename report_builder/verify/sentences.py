"""The digits that the project's own sentences hold: names such as F1, years of papers."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from report_builder.render.words import TOKEN
from report_builder.report import PROJECT

_CODE = re.compile(r"`([^`]+)`")


def typed_texts(language: str, folders: Sequence[Path] = ()) -> list[str]:
    """The pieces of sentences, between facts, that hold a digit and a letter, longest first.

    folders: of the user's own sections, whose sentences count, too.
    """
    pieces = {
        " ".join(piece.split())
        for sentence in _sentences(language, folders)
        for piece in _pieces(sentence)
        if re.search(r"\d", piece) and re.search(r"[^\W\d_]", piece)
    }
    # the Latin name of a term stands inside a bracket that follows the term
    pieces |= {piece.removeprefix("(") for piece in pieces}
    return sorted(pieces, key=lambda piece: (-len(piece), piece))


def typed_codes(language: str, folders: Sequence[Path] = ()) -> set[str]:
    """What the sentences say in backquotes."""
    return {code for sentence in _sentences(language, folders) for code in _CODE.findall(sentence)}


def _sentences(language: str, folders: Sequence[Path]) -> Iterator[str]:
    for root in (PROJECT / "templates", *folders):
        for file in sorted(root.rglob("*.toml")):
            if file.name != "formulas.toml":
                yield from _in_language(tomllib.loads(file.read_text(encoding="utf-8")), language)


def _in_language(table: Any, language: str) -> Iterator[str]:
    if isinstance(table, dict):
        for key, value in table.items():
            if key == language and isinstance(value, str):
                yield value
            else:
                yield from _in_language(value, language)


def _pieces(sentence: str) -> Iterator[str]:
    """The sentence between its facts, formulas and code; emphasis belongs to it, a term stands for itself."""
    start = 0
    text = ""
    for token in TOKEN.finditer(sentence):
        text += sentence[start : token.start()]
        start = token.end()
        if token["emphasis"]:
            first, *rest = _pieces(token["emphasis"])
            text += first
            for piece in rest:
                yield text
                text = piece
            continue
        yield text
        text = ""
        if token["surface"]:
            yield token["surface"]
    for piece in (text + sentence[start:]).split("\n\n"):
        yield piece
