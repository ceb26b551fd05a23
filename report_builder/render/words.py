"""Sentences of one language, with their inline markup, as HTML or as plain text for a figure.

Markup of a catalog sentence: `{name}` a fact, `{@fig-mlp-curves}` a reference that the assembly
numbers, `*emphasis*`, backquoted code, `$formula$` in LaTeX, `[[term]]` or `[[term|surface form]]` a glossary
term, whose Latin name the assembly adds at first use in a chapter of a non-Latin language.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from markupsafe import Markup, escape

from report_builder.render.catalog import Catalog
from report_builder.render.languages import Language
from report_builder.render.numbers import Number, format_number

Fact = str | Markup | Number

TOKEN = re.compile(
    r"\$(?P<formula>[^$]+)\$|`(?P<code>[^`]+)`|\*(?P<emphasis>[^*]+)\*"
    r"|\[\[(?P<term>[a-z_]+)(?:\|(?P<surface>[^\]]+))?\]\]|\{@(?P<reference>[\w-]+)\}|\{(?P<fact>\w+)\}"
)
# A whole Latin phrase: starts and ends with a letter or digit; brackets stay with the Persian sentence.
_LATIN = re.compile(r"[A-Za-z0-9À-ɏ](?:[A-Za-z0-9À-ɏ .\-–_/+&':=@#]*[A-Za-z0-9À-ɏ])?\+*[²³]*")
# Names that a line must not end within, though they have a hyphen
_WHOLE = re.compile(r"\b(?:Grad|Score)-CAM\b")
# A name without a letter, such as a class 1 or a column 2019
_NUMERIC = re.compile(r"[\W_]*\d[\W\d_]*")
_CONTROLS = frozenset(["LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"])
_ISOLATE, _END = "\N{LEFT-TO-RIGHT ISOLATE}", "\N{POP DIRECTIONAL ISOLATE}"


@dataclass(frozen=True)
class Words:
    """All that turns keys and values into text of one language.

    features: display names of data columns; a column without one keeps its own name.
    formula: LaTeX -> inline HTML, given from outside so that plain text needs no formula renderer.
    units: of data columns; a column without one is printed without.
    """

    language: Language
    catalog: Catalog
    glossary: Catalog
    features: Mapping[str, str]
    formula: Callable[[str], Markup]
    units: Mapping[str, str] = field(default_factory=dict)

    def html(self, key: str, facts: Mapping[str, Fact] | None = None) -> Markup:
        """The sentence as HTML; an unknown key or a missing fact is an error."""
        return self._markup(self.catalog[key], facts or {}, key)

    def text(self, key: str, facts: Mapping[str, Fact] | None = None) -> str:
        """The sentence as plain text, for labels in figures and for alt texts."""
        return self._plain(self.catalog[key], facts or {}, key)

    def _plain(self, sentence: str, facts: Mapping[str, Fact], key: str) -> str:
        def plain(match: re.Match[str]) -> str:
            part = match.groupdict()
            if part["fact"]:
                return self._plain_fact(facts, part["fact"], key)
            if part["term"]:
                return part["surface"] or self.glossary[part["term"]]
            if part["formula"] or part["reference"]:
                raise ValueError(f"{key}: formulas and references have no plain text")
            return part["code"] or self._plain(part["emphasis"], facts, key)

        return TOKEN.sub(plain, sentence)

    def _plain_fact(self, facts: Mapping[str, Fact], name: str, key: str) -> str:
        fact = _known(facts, name, key)
        if isinstance(fact, Markup):
            return fact.striptags()
        if isinstance(fact, Number) and fact.signed and self.language.direction == "rtl":
            return f"{_ISOLATE}{fact.plain}{_END}"  # the sign stays before its digits
        return str(fact)

    def number(self, value: float, **style: object) -> str:
        """A number as plain text, for tick labels and annotations in figures."""
        return format_number(value, self.language, **style)  # type: ignore[arg-type]

    def feature(self, name: str, *, unit: bool = False) -> str:
        """The display name of a data column, with its unit in brackets where asked for and known."""
        shown = self.features.get(name, name)
        return f"{shown} ({self.units[name]})" if unit and name in self.units else shown

    def name(self, text: str) -> Markup:
        """A text from outside (a column, a file, a person), escaped, in its own direction throughout."""
        own = _direction(text) or ("ltr" if text.strip() else self.language.direction)
        if _NUMERIC.fullmatch(text):  # it must not be taken for a number of the report
            return Markup('<bdi dir="{}" class="name">{}</bdi>').format(own, text)
        if own == self.language.direction and not any(
            unicodedata.bidirectional(c) in _CONTROLS for c in text
        ):
            return self.isolate(text)
        return Markup('<bdi dir="{}">{}</bdi>').format(own, text)

    def isolate(self, text: str) -> Markup:
        """Escaped text in which each whole Latin phrase keeps its own direction."""
        if self.language.direction == "ltr":
            return _kept_whole(escape(text))
        parts, end = [], 0
        for match in _LATIN.finditer(text):
            parts += [escape(text[end : match.start()]), Markup('<bdi dir="ltr">{}</bdi>').format(match[0])]
            end = match.end()
        return _kept_whole(Markup("").join([*parts, escape(text[end:])]))

    def _markup(self, sentence: str, facts: Mapping[str, Fact], key: str) -> Markup:
        parts, end = [], 0
        for match in TOKEN.finditer(sentence):
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
        fact = _known(facts, part["fact"], key)
        return Markup(fact.__html__()) if isinstance(fact, Markup | Number) else self.name(fact)


def _kept_whole(html: Markup) -> Markup:
    return Markup(_WHOLE.sub(r'<span class="whole">\g<0></span>', str(html)))


def _known(facts: Mapping[str, Fact], name: str, key: str) -> Fact:
    try:
        return facts[name]
    except KeyError:
        raise KeyError(f"sentence {key!r} needs the fact {name!r}") from None


def _direction(text: str) -> str | None:
    """The direction of the first letter that has one."""
    for character in text:
        kind = unicodedata.bidirectional(character)
        if kind in ("L", "R", "AL"):
            return "ltr" if kind == "L" else "rtl"
    return None
