"""Sentences of one language, with their inline markup, as HTML or as plain text for a figure.

Markup of a catalog sentence: `{name}` a fact, `{@fig-mlp-curves}` a reference that the assembly
numbers, `*emphasis*`, backquoted code, `$formula$` in LaTeX, `[[term]]` or `[[term|surface form]]` a glossary
term, whose Latin name the assembly adds at first use in a chapter of a non-Latin language.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from markupsafe import Markup, escape

from report_builder.render.catalog import Catalog
from report_builder.render.languages import Language
from report_builder.render.numbers import Number, format_number

Fact = str | Markup | Number

_TOKEN = re.compile(
    r"\$(?P<formula>[^$]+)\$|`(?P<code>[^`]+)`|\*(?P<emphasis>[^*]+)\*"
    r"|\[\[(?P<term>[a-z_]+)(?:\|(?P<surface>[^\]]+))?\]\]|\{@(?P<reference>[\w-]+)\}|\{(?P<fact>\w+)\}"
)
# A whole Latin phrase: starts and ends with a letter or digit; brackets stay with the Persian sentence.
_LATIN = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9 .\-–_/+&':=@#]*[A-Za-z0-9])?")


@dataclass(frozen=True)
class Words:
    """All that turns keys and values into text of one language.

    features: display names of data columns; a column without one keeps its own name.
    formula: LaTeX -> inline HTML, given from outside so that plain text needs no formula renderer.
    """

    language: Language
    catalog: Catalog
    glossary: Catalog
    features: Mapping[str, str]
    formula: Callable[[str], Markup]

    def html(self, key: str, facts: Mapping[str, Fact] | None = None) -> Markup:
        """The sentence as HTML; an unknown key or a missing fact is an error."""
        return self._markup(self.catalog[key], facts or {}, key)

    def text(self, key: str, facts: Mapping[str, Fact] | None = None) -> str:
        """The sentence as plain text, for labels in figures and for alt texts."""
        known = facts or {}

        def plain(match: re.Match[str]) -> str:
            part = match.groupdict()
            if part["fact"]:
                fact = known[part["fact"]]
                return Markup(fact).striptags() if isinstance(fact, Markup) else str(fact)
            if part["term"]:
                return part["surface"] or self.glossary[part["term"]]
            if part["formula"] or part["reference"]:
                raise ValueError(f"{key}: formulas and references have no plain text")
            return part["code"] or part["emphasis"]

        return _TOKEN.sub(plain, self.catalog[key])

    def number(self, value: float, **style: object) -> str:
        """A number as plain text, for tick labels and annotations in figures."""
        return format_number(value, self.language, **style)  # type: ignore[arg-type]

    def feature(self, name: str) -> str:
        return self.features.get(name, name)

    def isolate(self, text: str) -> Markup:
        """Escaped text in which each whole Latin phrase keeps its own direction."""
        if self.language.direction == "ltr":
            return escape(text)
        parts, end = [], 0
        for match in _LATIN.finditer(text):
            parts += [escape(text[end : match.start()]), Markup('<bdi dir="ltr">{}</bdi>').format(match[0])]
            end = match.end()
        return Markup("").join([*parts, escape(text[end:])])

    def _markup(self, sentence: str, facts: Mapping[str, Fact], key: str) -> Markup:
        parts, end = [], 0
        for match in _TOKEN.finditer(sentence):
            parts += [self.isolate(sentence[end : match.start()]), self._token(match.groupdict(), facts, key)]
            end = match.end()
        return Markup("").join([*parts, self.isolate(sentence[end:])])

    def _token(self, part: dict[str, str], facts: Mapping[str, Fact], key: str) -> Markup:
        if part["formula"]:
            return self.formula(part["formula"])
        if part["code"]:
            return Markup('<code dir="ltr">{}</code>').format(part["code"])
        if part["emphasis"]:
            return Markup("<em>{}</em>").format(self._markup(part["emphasis"], facts, key))
        if part["term"]:
            surface = part["surface"] or self.glossary[part["term"]]
            return Markup('<span data-term="{}">{}</span>').format(part["term"], self.isolate(surface))
        if part["reference"]:
            return Markup('<a class="ref" href="#{}"></a>').format(part["reference"])
        try:
            fact = facts[part["fact"]]
        except KeyError:
            raise KeyError(f"sentence {key!r} needs the fact {part['fact']!r}") from None
        if isinstance(fact, Markup):
            return fact
        return Markup(fact.__html__()) if isinstance(fact, Number) else self.isolate(fact)
