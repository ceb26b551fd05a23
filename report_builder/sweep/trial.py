"""One trial: an ordinary run of the pipeline in one process, reduced to what the sweep keeps of it."""

from __future__ import annotations

import os
import platform
import sys
import threading
import time
import traceback
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from report_builder.errors import input_fault
from report_builder.pipeline.process import prepare_process
from report_builder.pipeline.run import Outcome, run
from report_builder.pipeline.step import DeclarationError, Saved, Step
from report_builder.pipeline.store import Store

# Random generators and numbers of threads belong to the process: of a worker that has several threads for
# tasks, as Dask's may, only one runs a trial at a time.
_ONE_AT_A_TIME = threading.Lock()


@dataclass(frozen=True)
class Trial:
    """What one trial runs; it travels to a worker.

    cell: its place in the grid. targets: names of the steps whose results the sweep keeps, by part.
    store: the folder of results, by a path that every worker knows it by.
    """

    cell: int
    seed: int
    steps: Sequence[Step]
    targets: Mapping[str, str]
    settings: Mapping[str, Any]
    files: Mapping[str, Path]
    given: Mapping[str, Saved]
    device: str
    store: Path


@dataclass(frozen=True)
class Ended:
    """What became of a trial.

    keys: of the kept results in the store, by part; empty where it failed. error: one line, or "".
    memory: bytes that the worker held when the trial ended (None where the system does not tell).
    ran, cached: numbers of steps.
    """

    cell: int
    seed: int
    keys: Mapping[str, str] = field(default_factory=dict)
    error: str = ""
    traceback: str = ""
    seconds: float = 0.0
    memory: int | None = None
    ran: int = 0
    cached: int = 0
    host: str = ""
    process: int = 0


def run_trial(trial: Trial) -> Ended:
    """Run the trial in this process; what its steps raise comes back as text."""
    begun = time.perf_counter()
    with _ONE_AT_A_TIME:
        prepare_process()
        with _threads():
            keys, error, trace, outcome = _run(trial)
    statuses = [report.status for report in outcome.reports.values()] if outcome else []
    return Ended(
        trial.cell,
        trial.seed,
        keys=keys,
        error=error,
        traceback=trace,
        seconds=time.perf_counter() - begun,
        memory=_resident(),
        ran=statuses.count("ran"),
        cached=statuses.count("cached"),
        host=platform.node(),
        process=os.getpid(),
    )


def _run(trial: Trial) -> tuple[dict[str, str], str, str, Outcome | None]:
    try:
        outcome = run(
            trial.steps,
            settings=trial.settings,
            files=trial.files,
            store=Store(trial.store),
            device=trial.device,
            targets=list(trial.targets.values()),
            given=trial.given,
            remembers=False,
        )
    except (DeclarationError, OSError) as error:  # a file that this machine does not have
        return {}, f"{type(error).__name__}: {error}", traceback.format_exc(), None
    if outcome.failed:
        first = outcome.failed[0]
        trace = first.traceback.read_text("utf-8") if first.traceback else ""
        return {}, f"{first.name}: {input_fault(first.error) or first.error}", trace, outcome
    return {part: outcome.reports[step].key for part, step in trial.targets.items()}, "", "", outcome


@contextmanager
def _threads() -> Iterator[None]:
    """As many threads as a process of a build has, in libraries that are loaded already, too."""
    from threadpoolctl import threadpool_limits

    count = int(os.environ["OMP_NUM_THREADS"])
    if "torch" in sys.modules:
        sys.modules["torch"].set_num_threads(count)
    with threadpool_limits(limits=count):
        yield


def _resident() -> int | None:
    """Bytes of this process that are in memory."""
    try:
        pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    except (OSError, ValueError, IndexError):
        return None
    return pages * os.sysconf("SC_PAGE_SIZE")
