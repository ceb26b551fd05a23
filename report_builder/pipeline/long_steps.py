"""What a step of minutes tells while it runs, and what a killed one leaves for the next run to go on from."""

from __future__ import annotations

import contextlib
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from report_builder.pipeline.fingerprint import replace_text

_RESUMES, _PROGRESS = "resumes", "progress"
_EVERY = 0.2  # seconds between two notes of progress


class Progress(NamedTuple):
    """How far a step is: `done` of `total`."""

    done: int
    total: int


@contextlib.contextmanager
def resumes(store: Path, key: str) -> Iterator[Path]:
    """A folder of this key that outlives the process; it is removed when the block ends without an error."""
    folder = store / _RESUMES / key
    folder.mkdir(parents=True, exist_ok=True)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


class Teller:
    """Notes a step's progress where another process, or the display of this one, can read it."""

    def __init__(self, store: Path, name: str) -> None:
        self._file = progress_file(store, name)
        self._last = 0.0

    def __call__(self, done: int, total: int) -> None:
        now = time.monotonic()
        if now - self._last < _EVERY and done < total:
            return
        self._last = now
        self._file.parent.mkdir(parents=True, exist_ok=True)
        replace_text(self._file, f"{done} {total}")

    def end(self) -> None:
        self._file.unlink(missing_ok=True)


def progress_file(store: Path, name: str) -> Path:
    return store / _PROGRESS / name


def read_progress(store: Path, name: str) -> Progress | None:
    """How far the step says that it is; None for one that says nothing."""
    try:
        done, total = progress_file(store, name).read_text("utf-8").split()
        return Progress(int(done), int(total))
    except (OSError, ValueError):
        return None
