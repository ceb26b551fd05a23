"""Days in the words of a language, in both calendars."""

from __future__ import annotations

import datetime

from markupsafe import Markup

from report_builder.render.numbers import format_number, localise_digits
from report_builder.render.words import Words


def gregorian(day: datetime.date, words: Words) -> Markup:
    """The day with the name of its month, as an element that says which day it is.

    The catalog holds templates/words.toml.
    """
    return _marked(day, _written(day.year, f"gregorian.{day.month}", day.day, words))


def jalali(day: datetime.date, words: Words) -> Markup:
    """The same day in the Iranian calendar."""
    from persiantools.jdatetime import JalaliDate

    date = JalaliDate(day)  # type: ignore[no-untyped-call]
    return _marked(day, _written(date.year, f"jalali.{date.month}", date.day, words))


def _marked(day: datetime.date, text: Markup) -> Markup:
    return Markup('<time datetime="{}">{}</time>').format(day.isoformat(), text)


def _written(year: int, month: str, day: int, words: Words) -> Markup:
    return words.html(
        "common.day",
        {
            "day": Markup(format_number(day, words.language)),
            "month": words.html(f"common.{month}"),
            "year": Markup(localise_digits(str(year), words.language)),
        },
    )
