"""The runs of a sweep, where there was one: what the chapter on certainty is made of."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from report_builder.config import as_written
from report_builder.errors import InputError

FOLDER = "sweep"
TRIALS, ARRAYS = "trials.json", "arrays.npz"
# Settings on which no trial depends, or (the seed) that every trial has its own value of
_OF_NO_TRIAL = ("seed", "device", "report")


@dataclass(frozen=True)
class Sweep:
    """A finished sweep in the folder of the results.

    record: trials.json (see `report_builder.sweep.record`).
    """

    folder: Path
    record: Mapping[str, Any]

    @property
    def files(self) -> dict[str, Path]:
        """By the names that the steps use."""
        return {"sweep": self.folder / TRIALS, "sweep_arrays": self.folder / ARRAYS}

    @property
    def failed(self) -> int:
        return sum(trial["error"] is not None for trial in self.record["trials"])

    def values(self, settings: Mapping[str, Any], code: Mapping[str, str]) -> dict[str, Any]:
        """What the steps are given: how many trials, and in what the report is no longer as they were.

        settings: all of the report's, nested; code: digests of what the trials run now, by part.
        """
        then = as_written(self._read_by_trials(self.record["base"]))
        now = as_written(self._read_by_trials(settings))
        return {
            "trials": len(self.record["trials"]),
            "failed": self.failed,
            "outdated": {
                "code": any(digest != self.record["code"][part] for part, digest in code.items()),
                "settings": [
                    {"name": name, "then": then.get(name, ""), "now": now.get(name, "")}
                    for name in sorted({*then, *now})
                    if then.get(name) != now.get(name)
                ],
            },
        }

    def _read_by_trials(self, settings: Mapping[str, Any]) -> dict[str, Any]:
        """The settings without those that no swept part reads."""
        from report_builder.settings import TABLES

        unread = {
            table for part, tables in TABLES.items() if part not in self.record["parts"] for table in tables
        }
        return {name: value for name, value in settings.items() if name not in unread | set(_OF_NO_TRIAL)}

    def __str__(self) -> str:
        """For the command's first lines."""
        record = self.record
        failed = f", {self.failed} of them failed" if self.failed else ""
        parts = ", ".join(record["parts"])
        return f"sweep: {len(record['trials'])} trials ({parts}{failed}) in {self.folder}"


def find_sweep(out: Path) -> Sweep | None:
    """The sweep in the folder of results `out`, if there is one. Raises InputError for a damaged one."""
    folder = out / FOLDER
    if not folder.exists():
        return None
    try:
        record = json.loads((folder / TRIALS).read_text(encoding="utf-8"))
        found = Sweep(folder, record)
        whole = bool(found.record["trials"]) and {"base", "parts", "code"} <= set(record)
        whole = whole and found.failed <= len(record["trials"]) and (folder / ARRAYS).is_file()
    except (OSError, ValueError, KeyError, TypeError):
        whole = False
    if not whole:
        raise InputError(f"{folder} holds no whole sweep: sweep again, or remove the folder.")
    return found
