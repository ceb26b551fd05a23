"""Printed numbers, read back: digits and marks of each language, percent, powers of ten."""

from __future__ import annotations

import re
from decimal import Decimal

from report_builder.render.languages import LANGUAGES, Language
from report_builder.render.numbers import MINUS

_FORM = re.compile(
    r"(?P<sign>[+-]?)(?P<digits>\d{1,3}(?:,\d{3})+|\d+)(?P<decimals>\.\d+)?"
    r"(?:(?P<percent>%)|×10\^(?P<power>-?\d+))?"
)


class UnreadableNumberError(ValueError):
    """The text is no number as the report prints them."""


def in_latin(text: str, language: Language) -> str:
    """The number with Latin digits, comma, point, hyphen-minus and percent sign."""
    if re.search("[0-9]" if language.digits != "0123456789" else "[۰-۹]", text):
        raise UnreadableNumberError(f"{text!r} has digits of another language")
    text = text.replace(language.percent, "%")
    marks = {language.decimal_mark: ".", language.thousands_mark: ",", MINUS: "-"}
    digits = {digit: str(place) for place, digit in enumerate(language.digits)}
    return "".join((marks | digits).get(character, character) for character in text)


def digits_of(text: str) -> str:
    """A text with the digits of all languages as Latin ones."""
    table = {ord(digit): str(i) for known in LANGUAGES.values() for i, digit in enumerate(known.digits)}
    return text.translate(table)


def states(text: str, value: float, language: Language) -> bool:
    """Whether the printed text is the value, rounded to the digits that it shows.

    Half a unit of the last digit is allowed, and beyond it only what a binary value cannot say exactly.
    Raises UnreadableNumberError.
    """
    latin = in_latin(text, language)
    found = _FORM.fullmatch(latin)
    if found is None:
        raise UnreadableNumberError(f"{text!r} is not a number")
    power = int(found["power"] or (-2 if found["percent"] else 0))
    shown = Decimal(found["sign"] + found["digits"].replace(",", "") + (found["decimals"] or ""))
    unit = Decimal(1).scaleb(power - max(len(found["decimals"] or "") - 1, 0))
    exact = Decimal(repr(value) if isinstance(value, float) else str(value))
    return abs(shown.scaleb(power) - exact) <= unit / 2 + abs(exact) * Decimal("1e-15")
