"""What the command line asks for: the options that several commands share, and how their faults are told."""

from __future__ import annotations

import sys
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
PATH = click.Path(path_type=Path)


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
            overrides=(*self.overrides, *overrides, *as_override("device", device)),
            out=out or self.out,
            offline=offline or self.offline,
            quiet=quiet or self.quiet,
        )


def also_after(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options that may also stand after a subcommand."""
    for option in (
        click.option("-q", "--quiet", is_flag=True, help="Only failures and the closing lines."),
        click.option("--offline", is_flag=True, help="Download nothing."),
        click.option("--out", type=PATH, help="Folder of the results (default: out)."),
        click.option("--device", help="auto, cpu, cuda or mps."),
        click.option(
            "--set", "overrides", multiple=True, metavar="KEY=VALUE", help="One setting: mlp.epochs=30."
        ),
        click.option("--config", type=PATH, help="Settings file (default: report.toml)."),
    ):
        command = option(command)
    return command


def as_override(name: str, value: object) -> tuple[str, ...]:
    """An option of its own as an override of the setting of that name."""
    return () if value is None else (f"{name}={value}",)


def _default_settings() -> Path | None:
    file = Path(DEFAULT_SETTINGS)
    return file if file.exists() else None


@contextmanager
def clear_errors() -> Iterator[None]:
    """A wrong setting or input ends the command with one sentence and exit status 2."""
    try:
        yield
    except InputError as error:
        click.echo(f"error: {error}", err=True)
        sys.exit(2)
