"""Running the steps: what is saved and still right is taken, the rest is computed."""

from __future__ import annotations

import traceback
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

from report_builder.pipeline.graph import Graph
from report_builder.pipeline.keys import Parts, Reason, changes, key_of, name_of
from report_builder.pipeline.log import Announcer, Listener, Report, Status, announcer
from report_builder.pipeline.perform import Failed, Ran, Task, perform
from report_builder.pipeline.step import Saved, Step
from report_builder.pipeline.store import Entry, Store
from report_builder.pipeline.workers import Workers


@dataclass(frozen=True)
class Outcome:
    """results: by name, with those given; reports: by step name, in the order in which they ended."""

    results: Mapping[str, Saved]
    reports: Mapping[str, Report]

    @property
    def failed(self) -> tuple[Report, ...]:
        return tuple(report for report in self.reports.values() if report.status == "failed")

    @property
    def complete(self) -> bool:
        return all(report.status in ("cached", "ran") for report in self.reports.values())


def run(
    steps: Sequence[Step],
    *,
    settings: Mapping[str, Any],
    files: Mapping[str, Path],
    store: Store,
    device: str = "cpu",
    jobs: int = 1,
    targets: Sequence[str] | None = None,
    given: Mapping[str, Saved] | None = None,
    listener: Listener | None = None,
    log: Path | None = None,
    ends_run: Callable[[Report], bool] | None = None,
    remembers: bool = True,
) -> Outcome:
    """Bring the results of `targets` (default: of all steps) up to date.

    settings: nested, JSON values; files: the input files by name; given: results from outside, by name.
    jobs: how many steps may run at once, in worker processes; with 1 all run in this process. Steps
    `on_device` run in this process as soon as `device` is an accelerator, so that one process holds it.
    log: the file of the step log (JSON lines). ends_run: after which failures no step is begun any more;
    those at work are finished and kept. Without it a failure stops only what needs the failed step.
    remembers: the next run's reasons are told against this one; False for one of many trials beside it.
    Raises DeclarationError for steps, settings or files that do not fit together, before anything runs.
    What a step raises is in its report, its traceback in a file.
    """
    if jobs < 1:
        raise ValueError(f"jobs is {jobs}: it must be at least 1")
    graph = Graph(steps, settings, files, store, device, targets, given or {})
    store.sweep()
    with store.in_use(), announcer(listener, log) as announce:
        return _Run(graph, store, jobs, announce, ends_run, remembers).go()


def plan(
    steps: Sequence[Step],
    *,
    settings: Mapping[str, Any],
    files: Mapping[str, Path],
    store: Store,
    device: str = "cpu",
    targets: Sequence[str] | None = None,
    given: Mapping[str, Saved] | None = None,
) -> dict[str, Report]:
    """What `run` would do, in order, without doing it: "cached", "due" or "maybe", with the reasons."""
    graph = Graph(steps, settings, files, store, device, targets, given or {})
    last = store.last_parts()
    digests = {name: saved.digest for name, saved in graph.given.items()}
    reports: dict[str, Report] = {}
    for name in graph.order:
        own = graph.parts[name]
        unknown = [need for need in graph.steps[name].needs if need not in digests]
        if unknown:
            reasons = changes(last.get(name), own)
            waiting = tuple(Reason("waiting", need) for need in unknown)
            reports[name] = Report(name, "due" if reasons else "maybe", reasons=reasons + waiting)
            continue
        parts = own | {"needs": {need: digests[need] for need in graph.steps[name].needs}}
        key = key_of(parts)
        if entry := store.load(key):
            digests[name] = entry.saved.digest
            reports[name] = Report(name, "cached", entry.seconds, key)
        else:
            reports[name] = Report(name, "due", key=key, reasons=_reasons(last.get(name), parts))
    return reports


def _reasons(last: Mapping[str, Any] | None, parts: Parts) -> tuple[Reason, ...]:
    return changes(last, parts) or (Reason("damaged"),)


class _Run:
    """One run. Only this object, in one thread, decides and tells; workers compute."""

    def __init__(
        self,
        graph: Graph,
        store: Store,
        jobs: int,
        announce: Announcer,
        ends_run: Callable[[Report], bool] | None,
        remembers: bool,
    ) -> None:
        self._graph = graph
        self._store = store
        self._jobs = jobs
        self._announce = announce
        self._ends_run = ends_run
        self._remembers = remembers
        self._ending = False
        self._last = store.last_parts()
        self._parts: dict[str, Parts] = {}
        self._results = dict(graph.given)
        self._reports: dict[str, Report] = {}
        self._sorter: TopologicalSorter[str] = graph.sorter()
        self._inline: deque[Task] = deque()
        self._for_workers: deque[Task] = deque()
        self._running: dict[Future[Ran | Failed], Task] = {}

    def go(self) -> Outcome:
        self._announce.begun(len(self._graph.steps))
        self._sorter.prepare()
        try:
            with Workers(self._jobs) as workers:
                while self._running or (self._sorter.is_active() and not self._ending):
                    if self._ending:
                        self._inline.clear()
                        self._for_workers.clear()
                    else:
                        self._look_up()
                    while self._for_workers and workers.free:
                        task = self._for_workers.popleft()
                        self._announce.started(task.step.name, task.reasons)
                        self._running[workers.submit(perform, task)] = task
                    if self._inline:
                        task = self._inline.popleft()
                        self._announce.started(task.step.name, task.reasons)
                        self._end(task, perform(task))
                    elif self._running:
                        wait(self._running, return_when=FIRST_COMPLETED)
                    self._collect()
        finally:
            fresh = {name: parts for name, parts in self._parts.items() if self._last.get(name) != parts}
            if fresh and self._remembers:
                self._store.remember_parts(fresh)
        return Outcome(self._results, self._reports)

    def _look_up(self) -> None:
        """Take every saved result that can be reached, and queue the steps that must run."""
        while ready := self._sorter.get_ready():
            for name in ready:
                step = self._graph.steps[name]
                if lacking := [need for need in step.needs if need not in self._results]:
                    reasons = tuple(Reason("upstream", need, after="failed") for need in lacking)
                    self._report(Report(name, "skipped", reasons=reasons))
                    continue
                needs = {need: self._results[need] for need in step.needs}
                parts = self._graph.parts[name] | {"needs": {need: s.digest for need, s in needs.items()}}
                key = key_of(parts)
                if entry := self._store.load(key):
                    self._keep(entry, Report(name, "cached", entry.seconds, key), parts)
                    continue
                task = self._graph.task(step, key, parts, needs, _reasons(self._last.get(name), parts))
                here = self._jobs == 1 or task.device != "cpu"
                (self._inline if here else self._for_workers).append(task)

    def _collect(self) -> None:
        for future in [future for future in self._running if future.done()]:
            task = self._running.pop(future)
            try:
                ended = future.result()
            except BrokenProcessPool:
                ended = Failed("its worker process died (out of memory, or killed)", "")
            except Exception as error:  # a step that cannot be sent to a worker
                ended = Failed(f"{type(error).__name__}: {error}", traceback.format_exc())
            self._end(task, ended)

    def _end(self, task: Task, ended: Ran | Failed) -> None:
        name = task.step.name
        note = self._store.failures / f"{task.key}.txt"
        if isinstance(ended, Ran):
            # read from disk, as every later run will: what is used now is what is kept
            if entry := self._store.load(task.key):
                self._forget_failures(task)
                status: Status = "ran" if ended.computed else "cached"
                self._keep(entry, Report(name, status, entry.seconds, task.key, task.reasons), task.parts)
                return
            ended = Failed("its result was altered on disk while the run went on", "")
        note.write_text(
            f"{name} ({task.key})\n{ended.error}\n\n{ended.traceback}", "utf-8", "backslashreplace"
        )
        failed = Report(name, "failed", ended.seconds, task.key, task.reasons, ended.error, traceback=note)
        self._ending = self._ending or (self._ends_run is not None and self._ends_run(failed))
        self._report(failed)

    def _forget_failures(self, task: Task) -> None:
        """Remove what was noted of the step's failures; among trials, of this one's."""
        for note in self._store.failures.glob("*.txt"):
            if note.stem == task.key or (self._remembers and name_of(note.stem) == task.step.name):
                note.unlink(missing_ok=True)

    def _keep(self, entry: Entry, report: Report, parts: Parts) -> None:
        self._results[report.name] = entry.saved
        self._parts[report.name] = parts
        self._report(report)

    def _report(self, report: Report) -> None:
        self._reports[report.name] = report
        self._announce.ended(report)
        self._sorter.done(report.name)
