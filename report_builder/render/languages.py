"""The languages of the report: direction and the marks with which numbers are written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Language:
    code: str
    name: str  # in the language itself
    direction: Literal["ltr", "rtl"]
    digits: str
    decimal_mark: str
    thousands_mark: str
    percent: str  # appended to a percentage
    semicolon: str  # between the parts of a bracket


ENGLISH = Language("en", "English", "ltr", "0123456789", ".", ",", "\N{NARROW NO-BREAK SPACE}%", ";")
PERSIAN = Language("fa", "فارسی", "rtl", "۰۱۲۳۴۵۶۷۸۹", "٫", "٬", "٪", "؛")
LANGUAGES = {language.code: language for language in (ENGLISH, PERSIAN)}
