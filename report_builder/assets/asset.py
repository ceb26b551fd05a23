"""What an input is, where it came from, and why it did not come from elsewhere."""

from __future__ import annotations

import os
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


def write_atomically(path: Path, text: str) -> None:
    """Write a file so that no reader sees half of it; its folder is made."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        temporary.write_bytes(text.encode())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
