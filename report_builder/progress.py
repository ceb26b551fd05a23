"""The progress display: a live line per running step in a terminal, one plain line per step elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from report_builder.errors import input_fault
from report_builder.pipeline.keys import Reason
from report_builder.pipeline.log import Report
from report_builder.pipeline.long_steps import read_progress

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.progress import Progress


@contextmanager
def download_bar(*, quiet: bool) -> Iterator[Callable[[int, int], None] | None]:
    """What a download tells of itself: (bytes so far, bytes in all or 0); drawn from the first bytes on."""
    if quiet:
        yield None
        return
    bars: list[Any] = []

    def show(done: int, total: int) -> None:
        if not bars:  # without a length there is nothing to fill: the label alone is drawn
            label = f"downloading weights, {total / 1e6:.0f} MB" if total else "downloading weights"
            bars.append(click.progressbar(length=total or done, label=label))
            bars[0].render_progress()
        bars[0].update(done - bars[0].pos if total else 0)

    try:
        yield show
    finally:
        for bar in bars:
            bar.render_finish()


class Lines:
    """One line per step that ran; with `verbose` also the others and the reasons; with `quiet` none."""

    def __init__(self, *, quiet: bool, verbose: bool) -> None:
        self._quiet = quiet
        self._verbose = verbose
        self._reasons: dict[str, tuple[Reason, ...]] = {}

    def begun(self, steps: int) -> None:
        pass

    def started(self, name: str, reasons: tuple[Reason, ...]) -> None:
        self._reasons[name] = reasons

    def finished(self, report: Report) -> None:
        because = f"  ({'; '.join(map(str, self._reasons[report.name]))})" if self._verbose else ""
        self._print(f"ran     {report.name:<28} {report.seconds:6.1f} s{because}")

    def cached(self, report: Report) -> None:
        if self._verbose:
            self._print(f"cached  {report.name}")

    def failed(self, report: Report) -> None:
        if not input_fault(report.error):  # that one ends the command, with its message
            self._print(f"failed  {report.name}")

    def skipped(self, report: Report) -> None:
        if self._verbose:
            self._print(f"skipped {report.name}  ({'; '.join(map(str, report.reasons))})")

    def _print(self, line: str) -> None:
        if not self._quiet:
            click.echo(line)


class Live(Lines):
    """The lines, and below them the steps at work with the time each has taken and how far it says it is."""

    def __init__(self, display: Progress, *, verbose: bool) -> None:
        super().__init__(quiet=False, verbose=verbose)
        self._display = display
        self._all = display.add_task("report", total=None)
        self._tasks: dict[str, object] = {}

    def begun(self, steps: int) -> None:
        self._display.update(self._all, total=steps)

    def started(self, name: str, reasons: tuple[Reason, ...]) -> None:
        super().started(name, reasons)
        self._tasks[name] = self._display.add_task(name, total=None, step=name)

    def finished(self, report: Report) -> None:
        super().finished(report)
        self._end(report)

    def cached(self, report: Report) -> None:
        super().cached(report)
        self._end(report)

    def failed(self, report: Report) -> None:
        super().failed(report)
        self._end(report)

    def skipped(self, report: Report) -> None:
        super().skipped(report)
        self._end(report)

    def _print(self, line: str) -> None:
        self._display.console.print(line, markup=False, highlight=False)

    def _end(self, report: Report) -> None:
        self._display.advance(self._all)
        task = self._tasks.pop(report.name, None)
        if task is not None:
            self._display.remove_task(task)  # type: ignore[arg-type]


@contextmanager
def listener(*, quiet: bool, verbose: bool, terminal: bool, store: Path) -> Iterator[Lines]:
    """What the run tells its steps to; `terminal`: there is a person at a terminal to watch it; `store`:
    where long steps note how far they are.
    """
    if quiet or not terminal:
        yield Lines(quiet=quiet, verbose=verbose)
        return
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        SpinnerColumn,
        TextColumn,
        TimeElapsedColumn,
    )

    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )

    class Watching(Progress):
        """Looks, whenever it is drawn, how far the steps at work are."""

        def get_renderables(self) -> Iterable[RenderableType]:
            for task in self.tasks:
                known = read_progress(store, task.fields["step"]) if "step" in task.fields else None
                if known:
                    self.update(task.id, completed=known.done, total=known.total)
            yield from super().get_renderables()

    with Watching(*columns, transient=True) as display:
        yield Live(display, verbose=verbose)
