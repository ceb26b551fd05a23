"""What a section declares in its `__init__.py`: data only, for an unchanged rebuild to load nothing heavy."""

from __future__ import annotations

from dataclasses import dataclass

from report_builder.pipeline.step import Step


@dataclass(frozen=True)
class Section:
    """A section of the report.

    name: its folder here and its pair of files (html, toml) in templates/sections/.
    steps: the analyses that it contributes; others may read their results too.
    reads: names of the steps whose results its pages print.
    settings: dotted settings that its pages print.
    listings: "package.module:Name" of the code that its pages show.
    answers: ids of the inventory that its template marks with `item(...)`.
    reads_if_there: steps whose results its pages print in a report that has them.
    package: the name under which its folder is imported; for one of the user's own, `__name__`.
    """

    name: str
    steps: tuple[Step, ...] = ()
    reads: tuple[str, ...] = ()
    settings: tuple[str, ...] = ()
    listings: tuple[str, ...] = ()
    answers: tuple[str, ...] = ()
    reads_if_there: tuple[str, ...] = ()
    package: str = ""

    def __post_init__(self) -> None:
        if not self.package:
            object.__setattr__(self, "package", f"report_builder.sections.{self.name}")


def compute(section: str, function: str) -> str:
    """The address of a step's function in the section's compute module."""
    return f"report_builder.sections.{section}.compute:{function}"


def on_pictures(
    name: str, function: str, *, needs: tuple[str, ...] = (), settings: tuple[str, ...] = ()
) -> Step:
    """A step that runs the network on the pictures shown. `needs`: what it needs beside these two."""
    return Step(
        name,
        function,
        needs=("vision", "photographs", *needs),
        settings=settings,
        files=("network",),
        on_device=True,
    )


def on_own_network(
    name: str, function: str, *, needs: tuple[str, ...] = (), settings: tuple[str, ...] = ()
) -> Step:
    """A step on the user's own network and its held-out pictures. `needs`: what it needs beside these."""
    return Step(name, function, needs=("own_pictures", "own_cnn", *needs), settings=settings, on_device=True)
