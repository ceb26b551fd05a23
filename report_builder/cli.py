"""The command: `python build.py`, `… doctor` and `… init`; messages for people, nothing else."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from report_builder.errors import InputError

DEFAULT_SETTINGS = "report.toml"


@click.group(invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--config", type=click.Path(path_type=Path), help="Settings file (default: report.toml).")
@click.option(
    "--set", "overrides", multiple=True, metavar="KEY=VALUE", help="One setting, e.g. mlp.epochs=30."
)
@click.option("--seed", type=int, help="The seed of every random choice.")
@click.option("--device", help="auto, cpu, cuda or mps.")
@click.option("--lang", "languages", multiple=True, metavar="LANG", help="en or fa (default: both).")
@click.option("--format", "formats", multiple=True, metavar="FORMAT", help="html or pdf (default: both).")
@click.option("--only", multiple=True, metavar="SECTION", help="A draft of some sections; the report stays.")
@click.option("--out", type=click.Path(path_type=Path), default=Path("out"), show_default=True)
@click.option("--jobs", type=click.IntRange(min=1), default=os.cpu_count() or 1, help="Steps at once.")
@click.option("--offline", is_flag=True, help="Download nothing.")
@click.option("--explain", is_flag=True, help="Say for each step whether it is cached or why it reruns.")
@click.option("--dry-run", is_flag=True, help="Say what would be done; write nothing.")
@click.option("-q", "--quiet", is_flag=True, help="Only failures and the closing lines.")
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
    out: Path,
    jobs: int,
    offline: bool,
    explain: bool,
    dry_run: bool,
    quiet: bool,
    verbose: bool,
) -> None:
    """Run every analysis and write the report, in English and Persian, as HTML and PDF."""
    if context.invoked_subcommand == "init":
        return  # it makes settings and reads none
    from report_builder.build import Request, build, show_plan
    from report_builder.config import load_settings

    begun = time.perf_counter()
    with _clear_errors():
        extra = [f"seed={seed}"] if seed is not None else []
        extra += [f"device={device}"] if device is not None else []
        settings = load_settings(config or _default_settings(), (*overrides, *extra))
        request = Request(
            settings=settings,
            out=out,
            languages=languages,
            formats=formats,
            only=only,
            jobs=jobs,
            offline=offline,
        )
        if context.invoked_subcommand is not None:
            context.obj = request
            return
        if dry_run:
            show_plan(request)
            return
        complete = build(request, begun=begun, quiet=quiet, verbose=verbose or explain)
    sys.exit(0 if complete else 1)


@main.command()
@click.pass_obj
def doctor(request: object) -> None:
    """Say what this machine has: device, fonts, Pango, each input and where it would come from."""
    from report_builder.build import Request
    from report_builder.doctor import examine

    assert isinstance(request, Request)
    with _clear_errors():
        healthy = examine(request)
    sys.exit(0 if healthy else 1)


@main.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option("--table", type=click.Path(path_type=Path), help="A CSV table with a column of classes.")
@click.option("--target", help="The column of classes (default: the last).")
@click.option("--positive", help="Its value that counts as the positive class; all others are the negative.")
@click.option("--images", type=click.Path(path_type=Path), help="A folder of pictures, a folder per class.")
@click.option("--signals", type=click.Path(path_type=Path), help="Signals with classes, CSV or NPZ.")
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
