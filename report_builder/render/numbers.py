"""Numbers, formatted once and last: the only place where a value becomes text."""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal

from markupsafe import Markup, escape

from report_builder.render.languages import Language

MINUS = "\N{MINUS SIGN}"
# of a value as results.json shows it: 0.585 is 59 %, though the binary number is a little less
_ROUNDING = Context(prec=400, rounding=ROUND_HALF_UP)


@dataclass(frozen=True)
class Number:
    """A value with the saved result that it comes from and the text of one language.

    source: "step#/json/pointer", the place of the value in results.json.
    """

    value: float
    source: str
    plain: str
    direction: str

    @property
    def signed(self) -> bool:
        """Whether it holds a sign, which a right-to-left line would move to the other end.

        The Persian percent sign counts: whether it stands right or left of its digits would otherwise depend
        on the letter before them and on the renderer.
        """
        return bool({MINUS, "+", "×", "\N{ARABIC PERCENT SIGN}"} & set(self.plain))

    def __html__(self) -> str:
        body, raised, power = self.plain.partition("^")
        text = escape(body) + (Markup("<sup>{}</sup>").format(power) if raised else "")
        if self.direction == "rtl" and self.signed:
            text = Markup('<bdi dir="ltr">{}</bdi>').format(text)
        return Markup('<data value="{}" data-from="{}">{}</data>').format(repr(self.value), self.source, text)

    def __str__(self) -> str:
        return self.plain


def format_number(
    value: float,
    language: Language,
    *,
    digits: int | None = None,
    percent: bool = False,
    signed: bool = False,
    scientific: bool = False,
) -> str:
    """The value as text of the language; a tie is rounded away from zero.

    digits: decimals; None prints integers whole and anything else with three decimals.
    percent: multiply by 100 and append the percent sign (default: one decimal).
    signed: print a plus sign before positive values.
    scientific: a mantissa (default: one digit) times a power of ten, in plain text "3×10^−7", for errors so
    small that decimals would print zero; zero itself is "0".
    """
    if not math.isfinite(value):
        raise ValueError(f"{value} is not a number that a report can print")
    if scientific:
        return _power_of_ten(value, language, digits or 0)
    if digits is None:
        digits = 1 if percent else 0 if float(value).is_integer() else 3
    shown = Decimal(repr(float(value))).scaleb(2 if percent else 0, _ROUNDING)
    text = f"{abs(shown.quantize(Decimal(1).scaleb(-digits), context=_ROUNDING)):,f}"
    zero = not any(digit in "123456789" for digit in text)
    sign = "" if zero else MINUS if value < 0 else "+" if signed else ""
    return sign + localise_digits(text, language) + (language.percent if percent else "")


def _power_of_ten(value: float, language: Language, digits: int) -> str:
    if value == 0:
        return localise_digits("0", language)
    mantissa, _, exponent = f"{abs(value):.{digits}e}".partition("e")
    power = str(int(exponent)).replace("-", MINUS)
    return (MINUS if value < 0 else "") + localise_digits(f"{mantissa}×10^{power}", language)


def localise_digits(text: str, language: Language) -> str:
    """Latin digits, comma (thousands) and point (decimal) of a formatted number in the language's marks."""
    marks = {",": language.thousands_mark, ".": language.decimal_mark}
    return "".join(language.digits[int(c)] if c in "0123456789" else marks.get(c, c) for c in text)
