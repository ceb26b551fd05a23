"""Where results are kept: a folder per key, checked whenever it is read, whole or absent."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import platform
import re
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from report_builder.pipeline.file_hashes import file_digest
from report_builder.pipeline.fingerprint import replace_text
from report_builder.pipeline.step import Saved, Values, plain, result_digest, sha256_text, stable_json

META = "meta.json"
# A file system without locks says so by one of these; what is published by renaming stays whole without them
_NO_LOCKS = {errno.ENOLCK, errno.ENOTSUP, errno.EOPNOTSUPP}
_USED_ANEW = 600.0  # seconds after which a result that is read counts as used once more


@dataclass(frozen=True)
class Entry:
    """A kept result, the seconds it took, and the parts of its key."""

    saved: Saved
    seconds: float
    parts: Mapping[str, Any]


class Store:
    """Results by key under `root`.

    results/<key>/ holds a step's files and meta.json, and was used last when the folder was last modified;
    work/ the folders being written; locks/ a lock per key; last.json the key parts of each step's last
    result; failures/ the tracebacks of failed steps.
    Machines that share `root` need no common locks: two may compute the same, and the second finds it there.
    Raises OSError where `root` cannot be written.
    """

    def __init__(self, root: Path) -> None:
        self.root = Path(root).absolute()
        self.failures = self.root / "failures"
        self.results = self.root / "results"
        self._work = self.root / "work"
        self._locks = self.root / "locks"
        for folder in (self.results, self._work, self._locks, self.failures):
            folder.mkdir(parents=True, exist_ok=True)

    def load(self, key: str) -> Entry | None:
        """The result of `key`, or None where there is none or where a byte of it is not as it was written."""
        folder = self.results / key
        try:
            content = (folder / META).read_bytes()
            meta = json.loads(content)["meta"]
            # equality of the whole text, not only of the seal, so that no byte of it is unprotected
            if content != _sealed(meta):
                return None
            for name, digest in meta["files"].items():
                if file_digest(folder / name) != digest:
                    return None
            saved = Saved(meta["name"], meta["values"], folder, result_digest(meta["values"], meta["files"]))
            _used(folder)
            return Entry(saved, meta["seconds"], meta["parts"])
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
            return None

    def load_or_compute(
        self, key: str, name: str, parts: Mapping[str, Any], compute: Callable[[Path], Values]
    ) -> tuple[Entry, bool]:
        """The result of `key`, and whether it was computed here.

        `compute` writes its files into the folder it is given and returns the values. Where another
        process is computing the same key, this waits for it and takes its result. What `compute`
        raises goes on to the caller, and nothing is kept.
        """
        with self._lock(key):
            if entry := self.load(key):
                return entry, False
            folder = self._work_folder(key)
            try:
                begun = time.perf_counter()
                values = plain(compute(folder), name)
                seconds = time.perf_counter() - begun
                if not isinstance(values, dict):
                    raise TypeError(f"{name} returned {type(values).__name__}: a step returns a dict")
                files = _hash_files(folder)
                meta = {"name": name, "values": values, "files": files, "seconds": seconds, "parts": parts}
                (folder / META).write_bytes(_sealed(meta))
                ours = self._publish(folder, key)
            finally:
                shutil.rmtree(folder, ignore_errors=True)
            entry = self.load(key)
        if entry is None:
            raise OSError(f"the result of {name} reads back differently than written: {self.results / key}")
        return entry, ours

    def remove(self, key: str) -> None:
        """Remove a result. Raises Timeout where another process computes it at this moment."""
        with self._lock(key, timeout=0):
            self._discard(key)

    def sweep(self) -> None:
        """Remove what processes of this machine that died left in work/.

        A folder there is written under the lock of its key, and a lock ends with the process that holds
        it: a folder whose lock is free belongs to nobody. The locks of other machines may not be seen here.
        """
        for folder in self._work.glob(f"*.{_HOST}.*"):
            key = folder.name.rsplit(".", 2)[0]
            try:
                with self._lock(key, timeout=0):
                    shutil.rmtree(folder, ignore_errors=True)
            except Timeout:
                continue

    @contextlib.contextmanager
    def in_use(self) -> Iterator[None]:
        """While the block lasts, `is_in_use` is true: results that were looked up must stay."""
        lock = self._lock_file(f"_use.{os.getpid()}.{time.monotonic_ns()}")
        with _locked(lock):
            yield
        lock.unlink(missing_ok=True)

    def is_in_use(self) -> bool:
        """Whether another process of this machine runs steps on this store, or this one does."""
        for lock in self._locks.glob("_use.*.lock"):
            try:
                with _locked(lock, timeout=0):
                    lock.unlink(missing_ok=True)
            except Timeout:
                return True
        return False

    def last_parts(self) -> dict[str, Mapping[str, Any]]:
        """The key parts of the last result of each step, by name; they serve to explain, never to decide."""
        try:
            last = json.loads((self.root / "last.json").read_text("utf-8"))
        except (OSError, ValueError):
            return {}
        return last if isinstance(last, dict) else {}

    def remember_parts(self, parts: Mapping[str, Mapping[str, Any]]) -> None:
        with self._lock("last"):
            replace_text(self.root / "last.json", stable_json(self.last_parts() | dict(parts)))

    def _lock(self, key: str, timeout: float = -1) -> contextlib.AbstractContextManager[None]:
        return _locked(self._lock_file(key), timeout)

    def _lock_file(self, name: str) -> Path:
        return self._locks / f"{name}.lock"

    def _work_folder(self, key: str) -> Path:
        return Path(tempfile.mkdtemp(prefix=f"{key}.{_HOST}.", dir=self._work))

    def _discard(self, key: str) -> None:
        """Out of the way in one move, so that nobody sees half of it, then away."""
        folder = self._work_folder(key)
        (self.results / key).rename(folder / "discarded")
        shutil.rmtree(folder, ignore_errors=True)

    def _publish(self, folder: Path, key: str) -> bool:
        """Rename `folder` to its place; False where another process was first (locks fail on some disks)."""
        place = self.results / key
        if place.exists() and self.load(key) is None:  # damaged: out of the way, then away
            self._discard(key)
        try:
            folder.rename(place)
        except OSError:
            if self.load(key) is None:
                raise
            return False
        return True


_HOST = re.sub(r"[^A-Za-z0-9-]", "-", platform.node()) or "host"


@contextlib.contextmanager
def _locked(file: Path, timeout: float = -1) -> Iterator[None]:
    """Hold the lock, where the file system has any. Raises Timeout where another holds it for too long."""
    lock = FileLock(file)
    try:
        lock.acquire(timeout=timeout)
    except Timeout:
        raise
    except OSError as error:
        if error.errno not in _NO_LOCKS:
            raise
    try:
        yield
    finally:
        lock.release()


def _used(folder: Path) -> None:
    """Note that the result was used, at most every few minutes: an unchanged rebuild should write nothing."""
    with contextlib.suppress(OSError):  # a store that is only read
        if time.time() - folder.stat().st_mtime > _USED_ANEW:
            os.utime(folder)


def _sealed(meta: Mapping[str, Any]) -> bytes:
    text = stable_json({"meta": meta, "seal": sha256_text(stable_json(meta))})
    return text.encode("utf-8", "surrogatepass")


def _hash_files(folder: Path) -> dict[str, str]:
    files = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_symlink():
            raise ValueError(f"{name} is a link: a step must write its files into its own folder")
        if name == META:
            raise ValueError(f"{META} is the name of the pipeline's own file: choose another")
        if path.is_file():
            files[name] = file_digest(path)
    return files
