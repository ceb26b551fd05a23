"""Which runs a sweep is made of: seeds, and a grid of settings."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

from report_builder.config import full_name
from report_builder.errors import InputError

LARGEST_SEED = 2**32 - 1
# What a sweep is told in another way, and what all its runs have in common
_NOT_VARIED = ("seed", "device", "report")


@dataclass(frozen=True)
class Axis:
    """One setting of the grid, by its dotted name, with the values that it takes."""

    setting: str
    values: tuple[Any, ...]


def parse_seeds(text: str) -> tuple[int, ...]:
    """Seeds from "0:20" (0 to 19), "0:100:10", "3" or several of them with commas between; ascending.

    Raises InputError for anything else, for none, for one named twice, and for one that is out of range.
    """
    seeds: list[int] = []
    for part in text.split(","):
        try:
            numbers = [int(number) for number in part.split(":")]
            seeds += range(*numbers) if len(numbers) > 1 else numbers
        except (ValueError, TypeError):
            raise InputError(f"--seeds {text}: write it as 0:20 (0 to 19) or as 1,5,9.") from None
    if not seeds:
        raise InputError(f"--seeds {text}: these are none; 0:20 stands for 0 to 19.")
    for seed in seeds:
        if not 0 <= seed <= LARGEST_SEED:
            raise InputError(f"--seeds {text}: {seed} is no seed; they go from 0 to {LARGEST_SEED}.")
    if len(set(seeds)) < len(seeds):
        raise InputError(f"--seeds {text}: a seed is named twice.")
    return tuple(sorted(seeds))


def parse_grid(texts: Sequence[str]) -> tuple[Axis, ...]:
    """The axes of "mlp.epochs=15,30", one text each; values are TOML, words need no quotation marks.

    Raises InputError for one without a value, for a setting named twice and for one that a sweep cannot vary.
    """
    axes: list[Axis] = []
    for text in texts:
        key, equals, listed = text.partition("=")
        if not equals or not listed.strip():
            raise InputError(
                f"--grid {text}: write it as table.key=value,value, for example mlp.epochs=15,30."
            )
        name = full_name(key.strip())
        if name.partition(".")[0] in _NOT_VARIED:
            hint = "; name the seeds with --seeds" if name == "seed" else ""
            raise InputError(f"--grid {text}: a sweep's grid does not vary {name}{hint}.")
        if name in [axis.setting for axis in axes]:
            raise InputError(f"--grid {text}: {name} is named twice.")
        axes.append(Axis(name, _values(listed)))
    return tuple(axes)


def cells(axes: Sequence[Axis]) -> list[dict[str, Any]]:
    """Every combination of the axes' values, the last axis varying fastest; one empty cell without a grid."""
    names = [axis.setting for axis in axes]
    return [dict(zip(names, values, strict=True)) for values in product(*(axis.values for axis in axes))]


def as_overrides(cell: Mapping[str, Any]) -> list[str]:
    """The cell in the words of the command line. JSON's scalars and lists are TOML's, too."""
    return [f"{name}={json.dumps(value)}" for name, value in cell.items()]


def _values(listed: str) -> tuple[Any, ...]:
    try:
        return tuple(tomllib.loads(f"values = [{listed}]")["values"])
    except tomllib.TOMLDecodeError:
        return tuple(word.strip() for word in listed.split(","))
