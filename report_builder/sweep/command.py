"""The command `sweep`: from seeds and a grid to out/sweep/, told trial by trial."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from report_builder.build import check_writable
from report_builder.pipeline.process import prepare_process
from report_builder.pipeline.store import Store
from report_builder.sweep.cells import as_overrides, cells, parse_grid, parse_seeds
from report_builder.sweep.conduct import Progress, conduct
from report_builder.sweep.plan import plan_sweep
from report_builder.sweep.pools import Pool, Tls, dask_pool, local_pool
from report_builder.sweep.record import write_sweep

if TYPE_CHECKING:
    from report_builder.build import Request
    from report_builder.settings import Settings


@dataclass(frozen=True)
class Wanted:
    """What the user asked for. grid: "table.key=value,value" for each axis; parts: of the study, all where it
    is empty; jobs: processes here (None: one per core, or one beside a GPU); dask: the scheduler's address.
    """

    seeds: str
    grid: Sequence[str] = ()
    parts: Sequence[str] = ()
    jobs: int | None = None
    dask: str | None = None
    tls: Tls | None = None
    max_failures: int | None = None


def sweep(
    request: Request, wanted: Wanted, settings_of: Callable[[Sequence[str]], Settings], *, quiet: bool
) -> bool:
    """Run the trials and write out/sweep/; whether there is anything to report.

    settings_of: the settings with the overrides of a cell. Raises InputError for what the user can put right.
    """
    prepare_process()
    seeds, axes = parse_seeds(wanted.seeds), parse_grid(wanted.grid)
    varied = [settings_of(as_overrides(cell)) for cell in cells(axes)]
    for folder in (request.out, request.cache):
        check_writable(folder)
    plan = plan_sweep(request, varied, axes, seeds, wanted.parts, elsewhere=wanted.dask is not None)
    store = Store(request.cache)
    store.sweep()
    tell = _Teller(quiet=quiet)
    tell.line(*plan.lines)
    with store.in_use(), _pool(wanted, plan.device) as pool:
        tell.line(
            f"device: {plan.device}; parts: {', '.join(plan.about['parts'])}; {len(plan.trials)} trials "
            f"({len(seeds)} seeds x {len(varied)} cells) on {pool.workers()} workers"
        )
        ended = conduct(plan.trials, pool, tell.ended, wanted.max_failures)
        failed = [one for one in ended if one.error]
        if len(failed) == len(ended) or len(ended) < len(plan.trials):
            click.echo(f"the sweep stopped: {len(failed)} of {len(ended)} trials failed; the others are kept")
            return False
        folder = write_sweep(request.out, plan.about, ended, store)
    tell.line(f"{folder}: {len(ended)} trials, {len(failed)} of them failed")
    return True


def _pool(wanted: Wanted, device: str) -> AbstractContextManager[Pool]:
    if wanted.dask is not None:
        return dask_pool(wanted.dask, device, wanted.tls)
    return local_pool(wanted.jobs or (os.cpu_count() or 1 if device == "cpu" else 1))


class _Teller:
    """A line per trial that ended, with how many are done and about how long the others take."""

    def __init__(self, *, quiet: bool) -> None:
        self._quiet = quiet

    def line(self, *texts: str) -> None:
        if not self._quiet:
            for text in texts:
                click.echo(text)

    def ended(self, progress: Progress) -> None:
        one = progress.ended
        name = f"seed {one.seed}" + (f", cell {one.cell}" if one.cell else "")
        if one.error:
            click.echo(f"failed  {name}: {one.error}", err=True)
            return
        left = "" if progress.left is None else f", about {_duration(progress.left)} left"
        done = f"{progress.done} of {progress.total}"
        self.line(
            f"{done:>10}  {name}: {one.seconds:.1f} s ({one.ran} steps ran, {one.cached} cached)"
            f"{left if progress.done < progress.total else ''}"
        )


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
