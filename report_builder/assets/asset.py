"""What an input is, where it came from, and why it did not come from elsewhere."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

# checkpoints: PyTorch's own folder of weights; packages: files that installed packages bring;
# embedded: files that come with the project
Origin = Literal[
    "settings",
    "project",
    "environment",
    "checkpoints",
    "cache",
    "download",
    "packages",
    "embedded",
    "standin",
]
Cause = Literal[
    "unset", "absent", "damaged", "offline", "silent", "unreachable", "wrong content", "unwritable"
]


@dataclass(frozen=True)
class Reason:
    """Why one place did not give the input.

    `place` and `cause` are for choosing a sentence in any language; `detail` is an English clause
    that holds no time of day, so that two equal builds print the same report.
    """

    place: Origin
    cause: Cause
    detail: str

    def __str__(self) -> str:
        return f"{self.place}: {self.detail}"


@dataclass(frozen=True)
class Asset:
    """One input file: where it lies, which place gave it, and what is known about it.

    sha256: of the file's bytes, in hexadecimal.
    reasons: one for every place that comes earlier in the order and did not give it.
    """

    name: str
    path: Path
    origin: Origin
    sha256: str
    licence: str
    source: str
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True)
class Place:
    """One place where an input may come from, as `doctor` lists it."""

    origin: Origin
    location: str
    available: bool
    used: bool
    detail: str


def why(reasons: Iterable[Reason]) -> str:
    """The reasons as one English clause, without those of places that nobody named."""
    return "; ".join(str(reason) for reason in reasons if reason.cause != "unset")


def list_places(found: Sequence[tuple[Origin, str, Reason | None]], named: bool) -> tuple[Place, ...]:
    """Places in their order: (origin, location, why it does not serve or None), the settings' first.

    named: the settings name an input; it is used or the build stops, no other place is asked then.
    """
    stops = named and found[0][2] is not None
    used = None if stops else next((origin for origin, _, reason in found if reason is None), None)
    return tuple(
        Place(origin, location, reason is None, origin == used, "" if reason is None else reason.detail)
        for origin, location, reason in found
    )


def write_atomically(path: Path, text: str) -> None:
    """Write a file so that no reader sees half of it; its folder is made."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        temporary.write_bytes(text.encode())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
