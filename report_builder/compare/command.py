"""`python build.py compare RUN_A RUN_B`."""

from __future__ import annotations

import shlex
from pathlib import Path

import click

from report_builder.build import check_writable
from report_builder.compare.comparison import compare
from report_builder.compare.document import drawn_pages, write_documents
from report_builder.compare.runs import read_run
from report_builder.compare.terminal import print_pages

SEEDS = "0:20"


def compare_runs(first: Path, second: Path, out: Path, *, quiet: bool) -> None:
    """Say what differs between two runs, and write it into `out` in every language.

    Raises InputError where a run cannot be read or `out` cannot be written.
    """
    a, b = read_run(first), read_run(second)
    check_writable(out)
    comparison = {**compare(a, b), "command": _sweep_of(a.folder)}
    written = write_documents(a, b, comparison, out)
    if not quiet:
        print_pages(drawn_pages(a, b, comparison, "en"))
    for path in written:
        click.echo(str(path))


def _sweep_of(folder: Path) -> str:
    """The command that measures the noise of a run's figures."""
    return shlex.join(["python", "build.py", "sweep", "--seeds", SEEDS, "--out", _short(folder)])


def _short(folder: Path) -> str:
    """Relative to where the user is, where that is shorter."""
    try:
        return str(folder.relative_to(Path.cwd()))
    except ValueError:
        return str(folder)
