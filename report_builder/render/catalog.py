"""The sentence catalogs: TOML files that hold every sentence in all languages side by side."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any


class CatalogError(KeyError):
    """A sentence is asked for that no catalog holds in this language."""


@dataclass(frozen=True)
class Catalog:
    """Sentences of one language by dotted key."""

    language: str
    sentences: Mapping[str, str]

    def __getitem__(self, key: str) -> str:
        try:
            return self.sentences[key]
        except KeyError:
            raise CatalogError(f"no sentence {key!r} in language {self.language!r}") from None

    def __contains__(self, key: str) -> bool:
        return key in self.sentences


def read_sentences(path: Path) -> dict[str, dict[str, str]]:
    """dotted key -> language -> sentence, from one TOML file."""
    with path.open("rb") as file:
        return dict(_flatten(tomllib.load(file), ()))


def load_catalog(paths: Iterable[Path], language: str) -> Catalog:
    """All sentences of a language; a later file may not redefine a key of an earlier one."""
    sentences: dict[str, str] = {}
    for path in paths:
        for key, texts in read_sentences(path).items():
            if key in sentences:
                raise CatalogError(f"{path.name} defines {key!r} again")
            if language in texts:
                sentences[key] = texts[language]
    return Catalog(language, sentences)


def _flatten(table: Mapping[str, Any], prefix: tuple[str, ...]) -> Iterable[tuple[str, dict[str, str]]]:
    texts = {key: value.strip() for key, value in table.items() if isinstance(value, str)}
    if texts:
        yield ".".join(prefix), texts
    for key, value in table.items():
        if isinstance(value, dict):
            yield from _flatten(value, (*prefix, key))
