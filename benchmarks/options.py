"""What the benchmarks can be asked for."""

from __future__ import annotations

from pathlib import Path

import click

from report_builder.models.device import DEVICE_TYPES

quick_option = click.option("--quick", is_flag=True, help="Smaller tasks: minutes instead of hours.")
runs_option = click.option(
    "--runs", default=3, show_default=True, type=click.IntRange(min=2), help="Timed runs per side."
)
threads_option = click.option(
    "--threads", default=1, show_default=True, type=click.IntRange(min=1), help="Threads of torch."
)
device_option = click.option(
    "--device",
    "requested",
    default="cpu",
    show_default=True,
    type=click.Choice(DEVICE_TYPES),
    help="Of the vision methods.",
)
shared_option = click.option(
    "--shared", is_flag=True, help="Say in the results that other work ran on the machine."
)
json_option = click.option(
    "--json",
    "path",
    type=click.Path(path_type=Path),
    help="Write them there, beside what other benchmarks wrote, and a page with tables next to it.",
)
