"""`python -m benchmarks tabular` and `python -m benchmarks vision`; each imports its own peers only."""

from importlib import import_module

import click

NAMES = ("tabular", "vision")


class Benchmarks(click.Group):
    """The commands by name, imported when they are asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(NAMES)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:  # noqa: ARG002
        if name not in NAMES:
            return None
        command: click.Command = import_module(f"benchmarks.{name}").main
        return command


@click.command(cls=Benchmarks)
def main() -> None:
    """Time the report's methods and their peers in one run on this machine; above 1, ours is faster."""


if __name__ == "__main__":
    main(prog_name="python -m benchmarks")
