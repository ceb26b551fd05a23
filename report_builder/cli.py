"""The command: `python build.py` and its subcommands; messages for people, nothing else."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from report_builder.errors import InputError

if TYPE_CHECKING:
    from report_builder.build import Request
    from report_builder.settings import Settings

DEFAULT_SETTINGS = "report.toml"
_PATH = click.Path(path_type=Path)


@dataclass(frozen=True)
class Asked:
    """The options of the report, wherever on the command line they stood."""

    config: Path | None
    overrides: tuple[str, ...]
    languages: tuple[str, ...]
    formats: tuple[str, ...]
    only: tuple[str, ...]
    out: Path
    jobs: int
    offline: bool
    quiet: bool
    verbose: bool

    def settings(self, cell: Sequence[str] = ()) -> Settings:
        """The settings, with the overrides of a cell of a sweep's grid."""
        from report_builder.config import load_settings

        return load_settings(self.config or _default_settings(), self.overrides, cell)

    def request(self) -> Request:
        from report_builder.build import Request

        return Request(
            settings=self.settings(),
            out=self.out,
            languages=self.languages,
            formats=self.formats,
            only=self.only,
            jobs=self.jobs,
            offline=self.offline,
        )

    def with_(
        self,
        config: Path | None,
        overrides: tuple[str, ...],
        device: str | None,
        out: Path | None,
        offline: bool,
        quiet: bool,
    ) -> Asked:
        """The same with what stood after the subcommand."""
        return replace(
            self,
            config=config or self.config,
            overrides=(*self.overrides, *overrides, *_as_override("device", device)),
            out=out or self.out,
            offline=offline or self.offline,
            quiet=quiet or self.quiet,
        )


def _also_after(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options that may also stand after a subcommand."""
    for option in (
        click.option("-q", "--quiet", is_flag=True, help="Only failures and the closing lines."),
        click.option("--offline", is_flag=True, help="Download nothing."),
        click.option("--out", type=_PATH, help="Folder of the results (default: out)."),
        click.option("--device", help="auto, cpu, cuda or mps."),
        click.option(
            "--set", "overrides", multiple=True, metavar="KEY=VALUE", help="One setting: mlp.epochs=30."
        ),
        click.option("--config", type=_PATH, help="Settings file (default: report.toml)."),
    ):
        command = option(command)
    return command


@click.group(invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@_also_after
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
        (*overrides, *_as_override("seed", seed), *_as_override("device", device)),
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

        with _clear_errors():
            show_plan(asked.request())
        return
    _build(asked, begun)


def _build(asked: Asked, begun: float) -> None:
    """Build the report and end the command."""
    from report_builder.build import build

    with _clear_errors():
        complete = build(asked.request(), begun=begun, quiet=asked.quiet, verbose=asked.verbose)
    sys.exit(0 if complete else 1)


@main.command()
@click.pass_obj
def doctor(asked: Asked) -> None:
    """Say what this machine has: device, fonts, Pango, each input and where it would come from."""
    from report_builder.doctor import examine

    with _clear_errors():
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
@click.option("--tls", nargs=3, type=_PATH, metavar="CA CERT KEY", help="Files for a tls:// scheduler.")
@click.option("--max-failures", type=click.IntRange(min=0), help="Stop after more failed trials than this.")
@_also_after
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
    with _clear_errors():
        if tls is not None and dask is None:
            raise InputError("--tls is for the connection to a cluster: it needs --dask.")
        wanted = Wanted(seeds, grid, parts, jobs, dask, Tls(*tls) if tls else None, max_failures)
        if not sweep(asked.request(), wanted, asked.settings, quiet=asked.quiet):
            sys.exit(1)
    _build(asked, begun)


@main.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option("--table", type=_PATH, help="A CSV table with a column of classes.")
@click.option("--target", help="The column of classes (default: the last).")
@click.option("--positive", help="Its value that counts as the positive class; all others are the negative.")
@click.option("--images", type=_PATH, help="A folder of pictures, a folder per class.")
@click.option("--signals", type=_PATH, help="Signals with classes, CSV or NPZ.")
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

    with _clear_errors():
        file = start_study(folder, Study(**said), PROJECT / DEFAULT_SETTINGS)
    click.echo(
        f"{file} is written; look it over, then: python build.py --config {file} --out {folder / 'out'}"
    )


def _as_override(name: str, value: object) -> tuple[str, ...]:
    return () if value is None else (f"{name}={value}",)


def _default_settings() -> Path | None:
    file = Path(DEFAULT_SETTINGS)
    return file if file.exists() else None


@contextmanager
def _clear_errors() -> Iterator[None]:
    """A wrong setting or input ends the command with one sentence and exit status 2."""
    try:
        yield
    except InputError as error:
        click.echo(f"error: {error}", err=True)
        sys.exit(2)
