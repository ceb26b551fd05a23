"""A finished run, as its results folder or its results.json gives it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from report_builder.errors import InputError
from report_builder.pipeline.step import Saved

RESULTS, MANIFEST = "results.json", "manifest.json"


@dataclass(frozen=True)
class Run:
    """folder: where results.json lies, and manifest.json and cache/ may lie. results: all of results.json."""

    folder: Path
    results: Mapping[str, Any]

    def value(self, source: str) -> Any:
        """The value at "step#/json/pointer"; None where the run has no such place."""
        step, _, pointer = source.partition("#")
        place: Any = self.results
        for key in (*step.split("."), *pointer.split("/")[1:]):
            key = key.replace("~1", "/").replace("~0", "~")
            if not isinstance(place, Mapping) or key not in place:
                return None
            place = place[key]
        return place

    def number(self, source: str) -> float | None:
        """The value at a source where it is a number, else None."""
        return as_number(self.value(source))

    def table(self, source: str) -> Mapping[str, Any]:
        """The table at a source; an empty one where the run has none."""
        value = self.value(source)
        return value if isinstance(value, Mapping) else {}

    def interval(self, source: str) -> tuple[float, float] | None:
        """The pair of numbers at a source, else None."""
        value = self.value(source)
        if not isinstance(value, list) or len(value) != 2:
            return None
        low, high = map(as_number, value)
        return None if low is None or high is None else (low, high)

    def step(self, name: str) -> Saved:
        """The values of a step as a page reads them."""
        return Saved(name, self.table(f"{name}#"), self.folder)


def read_run(place: Path) -> Run:
    """The run of a results folder, or of a results.json.

    Raises InputError where there is none, or where it is no report's.
    """
    if not place.exists():
        raise InputError(f"{place}: there is no such folder or file.")
    file = place / RESULTS if place.is_dir() else place
    if not file.exists():
        raise InputError(
            f"{place}: there is no {RESULTS} in it; a complete build of the whole report writes it."
        )
    try:
        results = json.loads(file.read_text(encoding="utf-8"), parse_constant=_refuse)
    except OSError as error:
        raise InputError(f"{file}: cannot be read ({error.strerror}).") from None
    except (ValueError, RecursionError) as error:
        raise InputError(f"{file}: is damaged, no JSON that can be read ({error}).") from None
    known = ("settings", "run")
    if not isinstance(results, dict) or not all(isinstance(results.get(key), dict) for key in known):
        raise InputError(f"{file}: is JSON, but not the results of a report (no settings, no run).")
    return Run(file.parent.resolve(), results)


def as_number(value: object) -> float | None:
    """A JSON number as it is; None for anything else."""
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def leaves(value: object, name: str = "") -> Iterator[tuple[str, Any]]:
    """(dotted name, value) of everything in nested tables; an empty table counts as a value."""
    if isinstance(value, Mapping) and (value or not name):
        for key, item in value.items():
            yield from leaves(item, f"{name}.{key}" if name else key)
    else:
        yield name, value


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no number")
