"""Photographs that are downloaded when nothing else is there: address, hash and licence of each."""

from __future__ import annotations

import tomllib
from contextlib import suppress
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Literal

from report_builder.assets.asset import Reason
from report_builder.assets.attempts import Attempt
from report_builder.assets.download import DownloadError, fetch_file
from report_builder.errors import InputError
from report_builder.pipeline.file_hashes import file_digest


@dataclass(frozen=True)
class Entry:
    """file: the name under which it is kept, which carries the class. sha256: of the file, in hexadecimal."""

    file: str
    address: str
    sha256: str
    licence: str
    source: str


@dataclass(frozen=True)
class Pinned:
    """The list, and the folder that keeps the files."""

    entries: tuple[Entry, ...]
    folder: Path
    offline: bool
    patience: float
    retry_after: float

    def lacking(self) -> list[Entry]:
        """Those that the folder does not have with the right hash."""
        return [entry for entry in self.entries if not self._is_there(entry)]

    def _is_there(self, entry: Entry) -> bool:
        path = self.folder / entry.file
        return path.is_file() and file_digest(path) == entry.sha256


def read_pinned(file: Path) -> tuple[Entry, ...]:
    """The list as a TOML file has it; empty without the file.

    Raises InputError for an entry that lacks something, and for a name that leads out of its folder.
    """
    try:
        tables = tomllib.loads(file.read_text(encoding="utf-8")).get("photograph", [])
        entries = tuple(Entry(**table) for table in tables)
    except FileNotFoundError:
        return ()
    except (OSError, ValueError) as error:
        raise InputError(f"{file} cannot be read: {error}.") from None
    except TypeError:
        names = ", ".join(field.name for field in fields(Entry))
        raise InputError(f"{file}: every photograph has {names}, and nothing else.") from None
    for entry in entries:
        if Path(entry.file).name != entry.file or len(entry.sha256) != 64:
            raise InputError(f"{file}: {entry.file!r} needs a plain file name and a whole SHA-256.")
    return entries


def missing(pinned: Pinned) -> Reason | None:
    """Why the cache does not give all of them."""
    if not pinned.entries:
        return _none_listed("cache")
    lacking = pinned.lacking()
    if not lacking:
        return None
    return Reason("cache", "absent", f"{pinned.folder} lacks {len(lacking)} of {len(pinned.entries)}")


def refusal(pinned: Pinned) -> Reason | None:
    """Why no download is tried."""
    if not pinned.entries:
        return _none_listed("download")
    lacking = pinned.lacking()
    return _attempt(pinned, lacking[0]).refusal() if lacking else None


def fetch_missing(pinned: Pinned) -> Reason | None:
    """Download what the folder lacks, or say why one of them failed (and remember that)."""
    for entry in pinned.lacking():
        failure = None
        try:
            fetch_file(entry.address, pinned.folder / entry.file, entry.sha256, pinned.patience)
        except DownloadError as error:
            failure = Reason("download", error.cause, str(error))
        with suppress(OSError):  # without a record the next build tries again
            _attempt(pinned, entry).remember(failure)
        if failure is not None:
            return failure
    return None


def _none_listed(place: Literal["cache", "download"]) -> Reason:
    return Reason(place, "unset", "the project lists no photographs to download")


def _attempt(pinned: Pinned, entry: Entry) -> Attempt:
    """One record for all: the next build begins with the one that failed."""
    record = pinned.folder.parent / "photographs.download-failed.json"
    return Attempt(entry.address, record, pinned.offline, pinned.retry_after)
