"""SHA-256 of files; that of a big file is remembered for as long as nobody touches the file."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import time
from pathlib import Path

from report_builder.pipeline.fingerprint import replace_text
from report_builder.pipeline.step import sha256_text, stable_json

MEMORY = "file-hashes.json"
# Bytes from which on a look into the memory is quicker than reading the file
BIG = 1_000_000
# Seconds: longer than the step of any file system's clock
SETTLED = 3.0
_MOST = 500


def file_digest(file: Path) -> str:
    """The SHA-256 of a file's content, in hexadecimal."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def remembered_digest(file: Path, memory: Path) -> str:
    """The same, without reading a file of more than `BIG` bytes that is as it was when it was last hashed.

    memory: a JSON file. As it was means: the same path, inode, size, time of modification, and time of
    change, which no program can set back. A file changed less than `SETTLED` seconds before it was hashed is
    not remembered, because a second change could fall on the same tick of the clock.
    Raises OSError where the file cannot be read; a memory that cannot be read or written is done without.
    """
    state = file.stat()
    if state.st_size < BIG:
        return file_digest(file)
    name, mark = str(file.absolute()), _mark(state)
    known = _read(memory).get(name)
    if known is not None and known[0] == mark:
        return known[1]
    digest = file_digest(file)
    after = file.stat()
    settled = time.time() - max(after.st_mtime, after.st_ctime) > SETTLED
    if settled and _mark(after) == mark:
        with contextlib.suppress(OSError):
            _write(memory, name, (mark, digest))
    return digest


def _mark(state: os.stat_result) -> str:
    return f"{state.st_ino} {state.st_size} {state.st_mtime_ns} {state.st_ctime_ns}"


def _read(memory: Path) -> dict[str, tuple[str, str]]:
    try:
        checksum, _, body = memory.read_text("utf-8").partition("\n")
        if sha256_text(body) == checksum:
            return {name: (entry[0], entry[1]) for name, entry in json.loads(body).items()}
    except (OSError, ValueError):
        pass
    return {}


def _write(memory: Path, name: str, entry: tuple[str, str]) -> None:
    entries = _read(memory)
    entries.pop(name, None)
    entries[name] = entry
    kept = dict(list(entries.items())[-_MOST:])
    body = stable_json(kept)
    memory.parent.mkdir(parents=True, exist_ok=True)
    replace_text(memory, f"{sha256_text(body)}\n{body}")
