"""The columns in which a zero is no measurement, as far as the settings name them and the table has them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

SETTINGS = ("tabular.drop_zero", "tabular.zero_is_missing")


@dataclass(frozen=True)
class ZeroColumns:
    """drop: a zero makes the row useless. missing: a zero stands for a missing value.

    absent: names in the settings that do not apply, because the table has none of the columns that they name.
    """

    drop: tuple[str, ...]
    missing: tuple[str, ...]
    absent: tuple[str, ...] = ()


def zero_columns(settings: Mapping[str, Any], features: Sequence[str]) -> ZeroColumns:
    """The settings' columns. The defaults are those of the Pima table: for a table with none of them they do
    not apply. Where some are there, a name that is not is more likely a slip, and `clean` reports it."""
    drop, missing = (tuple(settings[key]) for key in SETTINGS)
    if any(name in features for name in (*drop, *missing)):
        return ZeroColumns(drop, missing)
    return ZeroColumns((), (), tuple(dict.fromkeys((*drop, *missing))))
