"""The command: `python build.py` and its subcommands; messages for people, nothing else."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import Any

import click

from report_builder.asked import DEFAULT_SETTINGS, PATH, Asked, also_after, as_override, clear_errors
from report_builder.errors import InputError


@click.group(invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@also_after
@click.option("--seed", type=int, help="The seed of every random choice.")
@click.option("--lang", "languages", multiple=True, metavar="LANG", help="en or fa (default: both).")
@click.option("--format", "formats", multiple=True, metavar="FORMAT", help="html or pdf (default: both).")
@click.option("--only", multiple=True, metavar="SECTION", help="A draft of some sections; the report stays.")
@click.option("--jobs", type=click.IntRange(min=1), default=os.cpu_count() or 1, help="Steps at once.")
@click.option("--explain", is_flag=True, help="Say for each step whether it is cached or why it reruns.")
@click.option("--dry-run", is_flag=True, help="Say what would be done; write nothing.")
@click.option("-v", "--verbose", is_flag=True, help="Cached steps and the reasons of the others, too.")
@click.pass_context
def main(
    context: click.Context,
    config: Path | None,
    overrides: tuple[str, ...],
    seed: int | None,
    device: str | None,
    languages: tuple[str, ...],
    formats: tuple[str, ...],
    only: tuple[str, ...],
    out: Path | None,
    jobs: int,
    offline: bool,
    explain: bool,
    dry_run: bool,
    quiet: bool,
    verbose: bool,
) -> None:
    """Run every analysis and write the report, in English and Persian, as HTML and PDF."""
    begun = time.perf_counter()
    asked = Asked(
        config,
        (*overrides, *as_override("seed", seed), *as_override("device", device)),
        languages,
        formats,
        only,
        out or Path("out"),
        jobs,
        offline,
        quiet,
        verbose or explain,
    )
    if context.invoked_subcommand is not None:
        context.obj = asked
        return
    if dry_run:
        from report_builder.build import show_plan

        with clear_errors():
            show_plan(asked.request())
        return
    _build(asked, begun)


def _build(asked: Asked, begun: float) -> None:
    """Build the report and end the command."""
    from report_builder.build import build

    with clear_errors():
        complete = build(asked.request(), begun=begun, quiet=asked.quiet, verbose=asked.verbose)
    sys.exit(0 if complete else 1)


@main.command()
@click.pass_obj
def doctor(asked: Asked) -> None:
    """Say what this machine has: device, fonts, Pango, each input and where it would come from."""
    from report_builder.doctor import examine

    with clear_errors():
        healthy = examine(asked.request())
    sys.exit(0 if healthy else 1)


@main.command()
@click.option("--seeds", required=True, help="0:20 for the seeds 0 to 19, or 1,5,9.")
@click.option(
    "--grid", multiple=True, metavar="KEY=A,B", help="Values of one setting; every combination is run."
)
@click.option("--part", "parts", multiple=True, metavar="PART", help="tabular, vision, … (default: all).")
@click.option("--jobs", type=click.IntRange(min=1), help="Trials at once (default: one per core).")
@click.option("--dask", metavar="ADDRESS", help="Run them on a cluster: tcp://host:8786 or tls://host:8786.")
@click.option("--tls", nargs=3, type=PATH, metavar="CA CERT KEY", help="Files for a tls:// scheduler.")
@click.option("--max-failures", type=click.IntRange(min=0), help="Stop after more failed trials than this.")
@also_after
@click.pass_obj
def sweep(
    asked: Asked,
    /,
    seeds: str,
    grid: tuple[str, ...],
    parts: tuple[str, ...],
    jobs: int | None,
    dask: str | None,
    tls: tuple[Path, Path, Path] | None,
    max_failures: int | None,
    **after: Any,
) -> None:
    """Run the study with many seeds, and settings, and report how sure its numbers are.

    What was computed before is taken; a sweep that was stopped goes on where it was. The report that follows
    has a chapter more, until out/sweep is removed.
    """
    from report_builder.sweep.command import Wanted, sweep
    from report_builder.sweep.pools import Tls

    begun = time.perf_counter()
    asked = asked.with_(**after)
    with clear_errors():
        if tls is not None and dask is None:
            raise InputError("--tls is for the connection to a cluster: it needs --dask.")
        wanted = Wanted(seeds, grid, parts, jobs, dask, Tls(*tls) if tls else None, max_failures)
        if not sweep(asked.request(), wanted, asked.settings, quiet=asked.quiet):
            sys.exit(1)
    _build(asked, begun)


@main.command()
@click.option(
    "--older-than", "days", type=click.FloatRange(min=0), default=30.0, show_default=True, metavar="DAYS"
)
@click.option(
    "--larger-than", "gigabytes", type=click.FloatRange(min=0), default=5.0, show_default=True, metavar="GB"
)
@click.option("--dry-run", is_flag=True, help="Say what would be removed; remove nothing.")
@click.option("--out", type=PATH, help="Folder of the results (default: out).")
@click.pass_obj
def clean(asked: Asked, /, days: float, gigabytes: float, dry_run: bool, out: Path | None) -> None:
    """Remove old results from the cache, never what the current report was made of.

    What was not used for --older-than days goes, and then what was used longest ago until the rest
    has at most --larger-than gigabytes. Downloads and other inputs stay.
    """
    from report_builder.clean import clean

    with clear_errors():
        clean(out or asked.out, days=days, gigabytes=gigabytes, dry_run=dry_run)


@main.command()
@click.argument("first", metavar="RUN_A", type=PATH)
@click.argument("second", metavar="RUN_B", type=PATH)
@click.option("--out", type=PATH, help="Folder for comparison.en.html and comparison.fa.html (default: out).")
@click.option("-q", "--quiet", is_flag=True, help="Only the files written.")
@click.pass_obj
def compare(asked: Asked, first: Path, second: Path, out: Path | None, quiet: bool) -> None:
    """Say what differs between two runs, and what of it is more than noise; also as HTML.

    A run is the folder of its results, or its results.json.
    """
    from report_builder.compare.command import compare_runs

    with clear_errors():
        compare_runs(first, second, out or asked.out, quiet=quiet or asked.quiet)


@main.command()
@click.argument("folder", metavar="DIR", type=PATH)
@click.option("--rebuild", is_flag=True, help="Compute every analysis again and compare the results.")
@click.option("--jobs", type=click.IntRange(min=1), help="Steps at once, of a rebuild.")
@click.pass_obj
def verify(asked: Asked, /, folder: Path, rebuild: bool, jobs: int | None) -> None:
    """Check the report in DIR: its files, its numbers, and that HTML and PDF say the same.

    Needs no connection. Exit status 1 where something is not right, with the list of it.
    """
    from report_builder.verify.command import lines, verify

    faults = 0
    with clear_errors():
        for check in verify(folder, rebuild=rebuild, jobs=jobs or asked.jobs):
            faults += len(check.faults)
            click.echo("\n".join(lines(check)))
    sys.exit(1 if faults else 0)


@main.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option("--table", type=PATH, help="A CSV table with a column of classes.")
@click.option("--target", help="The column of classes (default: the last).")
@click.option("--positive", help="Its value that counts as the positive class; all others are the negative.")
@click.option("--images", type=PATH, help="A folder of pictures, a folder per class.")
@click.option("--signals", type=PATH, help="Signals with classes, CSV or NPZ.")
@click.option("--label", help="The column, or the array, of the signals' classes (default: label).")
@click.option("--sampling-rate", type=float, help="Of the signals, per second.")
@click.option("--title", help="Of the report (default: the folder's name).")
@click.option("--author", help="Your name on the cover.")
def init(folder: Path, **said: Any) -> None:
    """Write FOLDER/report.toml for a study of your own.

    What no option names is looked for in FOLDER: table.csv, images/, signals.csv or signals.npz.
    """
    from report_builder.report import PROJECT
    from report_builder.starter import Study, start_study

    with clear_errors():
        file = start_study(folder, Study(**said), PROJECT / DEFAULT_SETTINGS)
    click.echo(
        f"{file} is written; look it over, then: python build.py --config {file} --out {folder / 'out'}"
    )
