"""A finished sweep as it lies in its two files: its cells, and the runs of each that did not fail."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from report_builder.pipeline.step import Values


@dataclass(frozen=True)
class Runs:
    """The runs of one cell that gave one part of the study, a run per seed, in the order of the seeds."""

    part: str
    seeds: tuple[int, ...]
    values: tuple[Values, ...]
    places: tuple[int, ...]  # in the list of trials, which names their arrays
    archive: Mapping[str, np.ndarray]

    def __len__(self) -> int:
        return len(self.seeds)

    def stacked(self, name: str) -> np.ndarray | None:
        """An array of every run as one (runs, ...); None where a run has none or shapes differ."""
        keys = [f"{place}.{self.part}.{name}" for place in self.places]
        if not keys or any(key not in self.archive for key in keys):
            return None
        found = [self.archive[key] for key in keys]
        return np.stack(found) if len({array.shape for array in found}) == 1 else None


class Sweep:
    """The content of trials.json, with the arrays read when they are asked for."""

    def __init__(self, trials: Path, arrays: Path) -> None:
        self.content: Values = json.loads(trials.read_text(encoding="utf-8"))
        self._archive: Mapping[str, np.ndarray] = np.load(arrays, allow_pickle=False)

    @property
    def cells(self) -> Sequence[Mapping[str, Any]]:
        cells: Sequence[Mapping[str, Any]] = self.content["cells"]
        return cells

    @property
    def main(self) -> int:
        """The cell whose runs the section is about."""
        return int(self.content["main"])

    def runs(self, part: str, cell: int) -> Runs:
        found = [
            (trial["seed"], trial["values"][part], place)
            for place, trial in enumerate(self.content["trials"])
            if trial["cell"] == cell and trial["error"] is None and part in (trial["values"] or {})
        ]
        found.sort(key=lambda run: run[0])
        seeds, values, places = zip(*found, strict=True) if found else ((), (), ())
        return Runs(part, seeds, values, places, self._archive)

    def failures(self) -> list[Values]:
        return [
            {key: trial[key] for key in ("cell", "seed", "error")}
            for trial in self.content["trials"]
            if trial["error"] is not None
        ]

    def finished(self, cell: int) -> int:
        """Seeds of a cell without an error."""
        return sum(trial["cell"] == cell and trial["error"] is None for trial in self.content["trials"])
