"""Removing from a store what no one needs: results by age and by size, and what dead runs left."""

from __future__ import annotations

import shutil
import time
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path

from filelock import Timeout

from report_builder.pipeline.store import Store


@dataclass(frozen=True)
class Result:
    """A kept result: its key, its bytes on disk, and when it was used last (seconds since 1970)."""

    key: str
    size: int
    used: float


@dataclass(frozen=True)
class Pruning:
    """What is to go. results, and leftovers: files and folders that no result is in; size: bytes of both.

    kept: bytes of the results that stay; needed: of those among them that had to.
    """

    results: tuple[Result, ...]
    leftovers: tuple[Path, ...]
    size: int
    kept: int
    needed: int


def plan_pruning(store: Store, needed: Collection[str], *, age: float, size: int) -> Pruning:
    """What of a store goes: results not used for `age` seconds, and then those used longest ago until the
    others have at most `size` bytes; never one of `needed` (keys). Of what failed and killed runs left
    behind, all that is older than `age`.
    """
    oldest = time.time() - age
    results = sorted(_results(store), key=lambda result: (result.used, result.key))
    total = sum(result.size for result in results)
    gone = []
    for result in results:
        if result.key not in needed and (result.used <= oldest or total > size):
            gone.append(result)
            total -= result.size
    left = tuple(path for path in _leftovers(store, needed) if path.stat().st_mtime <= oldest)
    return Pruning(
        tuple(gone),
        left,
        sum(result.size for result in gone) + sum(map(_size, left)),
        total,
        sum(result.size for result in results if result.key in needed),
    )


def prune(store: Store, pruning: Pruning) -> None:
    """Remove it; a result that another process has just begun to make again stays."""
    store.sweep()
    for result in pruning.results:
        try:
            store.remove(result.key)
        except Timeout:
            continue
    for path in pruning.leftovers:
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


def _results(store: Store) -> Iterable[Result]:
    for folder in store.results.iterdir():
        yield Result(folder.name, _size(folder), folder.stat().st_mtime)


def _leftovers(store: Store, needed: Collection[str]) -> Iterable[Path]:
    """What a step was to go on from, tracebacks, notes of progress, and locks of keys without a result."""
    yield from store.failures.iterdir()
    for name in ("resumes", "progress"):
        if (folder := store.root / name).is_dir():
            yield from (path for path in folder.iterdir() if path.name not in needed)
    for lock in (store.root / "locks").iterdir():
        if not (store.results / lock.stem).exists():
            yield lock


def _size(path: Path) -> int:
    """Bytes of a file, or of all files in a folder."""
    files = path.rglob("*") if path.is_dir() else [path]
    return sum(file.stat().st_size for file in files if file.is_file())
