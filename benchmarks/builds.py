"""`python build.py` run and measured: how long it took, how much memory it held, which steps it ran."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.processes import Run, run

PROJECT = Path(__file__).resolve().parents[1]
DRAWN = ("fragment.", "html.", "pdf.")  # how the names of steps begin that draw and compute nothing
# The user's own table, photographs and weights would make the figures those of another report
LEFT_OUT = ("REPORT_DATA", "TORCH_HOME")
SAME_EVERYWHERE = ("vision.network=farmnet", "report.date=2026-01-31")


@dataclass(frozen=True)
class Builder:
    """Builds with the same settings into folders of their own. settings: KEY=VALUE; arguments: of builds."""

    work: Path
    settings: tuple[str, ...] = ()
    arguments: tuple[str, ...] = ()

    def build(self, name: str, *settings: str) -> dict[str, Any]:
        """Build into the folder `name`: seconds, memory (bytes or None) and the steps by what became of them.

        steps: all; computed, drawn: those that ran and compute, or draw; cached.
        """
        out = self.work / name
        measured = self._run([*self.arguments, "--out", str(out), *self._overrides(settings)], name)
        events = _events(out / "cache" / "steps.jsonl")
        ran = [step for step, event in events.items() if event == "finished"]
        drawn = sum(step.startswith(DRAWN) for step in ran)
        return {
            "seconds": measured.seconds,
            "memory": measured.memory,
            "steps": len(events),
            "computed": len(ran) - drawn,
            "drawn": drawn,
            "cached": sum(event == "cached" for event in events.values()),
        }

    def sweep(self, name: str, seeds: int, jobs: int, *settings: str) -> dict[str, Any]:
        """Sweep the tabular part over the seeds 0 to `seeds` - 1 into the folder `name`, without the report
        that follows a sweep: seconds, memory, and the log of the trials in the order in which they ended.
        """
        out = self.work / name
        arguments = ["sweep", "--seeds", f"0:{seeds}", "--part", "tabular", "--jobs", str(jobs)]
        log = out / "sweep" / "log.json"
        whole = out / "sweep" / "trials.json"  # written last
        measured = self._run(
            [*arguments, "--out", str(out), *self._overrides(settings)], name, until_there=whole
        )
        trials = json.loads(log.read_text(encoding="utf-8"))
        return {"seconds": measured.seconds, "memory": measured.memory, "trials": trials}

    def _overrides(self, settings: Sequence[str]) -> list[str]:
        every = (*SAME_EVERYWHERE, *self.settings, *settings)
        return ["--offline", *(part for one in every for part in ("--set", one))]

    def _run(self, arguments: list[str], name: str, until_there: Path | None = None) -> Run:
        self.work.mkdir(parents=True, exist_ok=True)
        return run(
            [sys.executable, "build.py", *arguments],
            folder=PROJECT,
            environment={k: v for k, v in os.environ.items() if k not in LEFT_OUT},
            printed=self.work / f"{name.replace('/', '-')}.log",
            until=None if until_there is None else until_there.is_file,
        )


def _events(log: Path) -> dict[str, str]:
    """The last event of each step."""
    lines = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    return {line["step"]: line["event"] for line in lines}
