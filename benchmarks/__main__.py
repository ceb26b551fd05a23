"""`python -m benchmarks` measures everything, `python -m benchmarks tabular`, `vision` or `report` a part."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from benchmarks.options import (
    device_option,
    json_option,
    quick_option,
    runs_option,
    shared_option,
    threads_option,
)

NAMES = ("tabular", "vision", "report")


class Benchmarks(click.Group):
    """The commands by name, imported when they are asked for: each with its own peers only."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(NAMES)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:  # noqa: ARG002
        if name not in NAMES:
            return None
        command: click.Command = import_module(f"benchmarks.{name}").main
        return command


@click.command(cls=Benchmarks, invoke_without_command=True)
@quick_option
@device_option
@runs_option
@threads_option
@shared_option
@json_option
@click.pass_context
def main(
    context: click.Context,
    quick: bool,
    requested: str,
    runs: int,
    threads: int,
    shared: bool,
    path: Path | None,
) -> None:
    """Time the report's methods beside their peers, and its builds and sweeps, all on this machine.

    Without a command everything is measured; the options of a single part stand after its name.
    """
    if context.invoked_subcommand is not None:
        return
    from benchmarks import report, tabular, vision
    from benchmarks.written import write

    parts: dict[str, Callable[[], dict[str, Any]]] = {
        "tabular": lambda: tabular.results(quick=quick, runs=runs, threads=threads, shared=shared),
        "vision": lambda: vision.results(
            quick=quick, requested=requested, runs=runs, threads=threads, shared=shared
        ),
        "report": lambda: report.results(quick=quick, runs=runs, shared=shared),
    }
    for name, measure in parts.items():
        click.echo(f"{name}:")
        measured = measure()
        if path is not None:  # what is measured stays, whatever becomes of the next part
            write(path, {name: measured})


if __name__ == "__main__":
    main(prog_name="python -m benchmarks")
