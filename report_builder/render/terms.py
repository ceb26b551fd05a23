"""Glossary terms: a language in other than Latin letters shows the Latin term at first use in a chapter."""

from __future__ import annotations

import re
from collections.abc import Mapping

# Headings and captions of tables keep to one language: contents and bookmarks repeat them.
_SKIPPED = re.compile(r"(<h[1-6]\b.*?</h[1-6]>|<th\b.*?</th>)", re.DOTALL)
_TERM = re.compile(r'<span data-term="(?P<term>\w+)">(?P<surface>.*?)</span>(?P<bracket>\s\()?', re.DOTALL)


def gloss_terms(html: str, latin: Mapping[str, str] | None, *, semicolon: str = ";") -> str:
    """One chapter with its terms unmarked, and the Latin term in brackets after the first use of each; where
    a bracket follows anyway, at its beginning.

    latin: term -> Latin name; None for a language in Latin letters, where nothing is added.
    """
    seen: set[str] = set()

    def written(match: re.Match[str], heading: bool) -> str:
        term, surface, bracket = match["term"], match["surface"], match["bracket"] or ""
        if latin is None or heading or term in seen:
            return surface + bracket
        seen.add(term)
        gloss = f'<bdi dir="ltr" lang="en">{latin[term]}</bdi>'
        return f"{surface}{bracket}{gloss}{semicolon} " if bracket else f"{surface} ({gloss})"

    parts = _SKIPPED.split(html)
    return "".join(
        _TERM.sub(lambda match, heading=place % 2 == 1: written(match, heading), part)
        for place, part in enumerate(parts)
    )
