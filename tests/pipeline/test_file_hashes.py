"""A remembered hash is the file's hash, whatever happened to the file meanwhile."""

from __future__ import annotations

import hashlib
import os
import time
from pathlib import Path

import pytest

from report_builder.pipeline import file_hashes
from report_builder.pipeline.file_hashes import BIG, file_digest, remembered_digest

HOUR = 3600


@pytest.fixture
def big(tmp_path: Path) -> Path:
    path = tmp_path / "big.bin"
    path.write_bytes(b"a" * BIG)
    return path


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The files that were read, while the clock stands an hour later: they count as settled."""
    read: list[Path] = []

    def digest(file: Path) -> str:
        read.append(file)
        return hashlib.sha256(file.read_bytes()).hexdigest()

    now = time.time()
    monkeypatch.setattr(file_hashes, "file_digest", digest)
    monkeypatch.setattr(file_hashes.time, "time", lambda: now + HOUR)
    return read


def test_an_untouched_file_is_read_once(tmp_path: Path, big: Path, reads: list[Path]) -> None:
    memory = tmp_path / "memory.json"
    first = remembered_digest(big, memory)
    assert first == hashlib.sha256(big.read_bytes()).hexdigest()
    assert remembered_digest(big, memory) == first
    assert reads == [big]


def test_a_small_file_is_always_read(tmp_path: Path, reads: list[Path]) -> None:
    small = tmp_path / "small"
    small.write_bytes(b"a")
    for _ in range(2):
        remembered_digest(small, tmp_path / "memory.json")
    assert reads == [small, small]
    assert not (tmp_path / "memory.json").exists()


@pytest.mark.parametrize("change", ["written", "time set back", "replaced", "longer"])
def test_a_touched_file_is_read_again(tmp_path: Path, big: Path, reads: list[Path], change: str) -> None:
    memory = tmp_path / "memory.json"
    before, state = remembered_digest(big, memory), big.stat()
    time.sleep(0.02)
    if change == "replaced":
        (tmp_path / "other").write_bytes(b"b" * BIG)
        (tmp_path / "other").replace(big)
    else:
        big.write_bytes(b"b" * (BIG + (change == "longer")))
    if change in ("time set back", "replaced"):  # as a program that wants to hide it does
        os.utime(big, ns=(state.st_atime_ns, state.st_mtime_ns))
    after = remembered_digest(big, memory)
    assert after != before
    assert after == hashlib.sha256(big.read_bytes()).hexdigest()


def test_a_file_just_written_is_not_trusted(tmp_path: Path, big: Path) -> None:
    """A second change within the same tick of the clock would go unseen."""
    memory = tmp_path / "memory.json"
    assert remembered_digest(big, memory) == file_digest(big)
    assert not memory.exists()


@pytest.mark.parametrize(
    "damage", [lambda text: text[:-9], lambda text: text.replace("big", "bug"), lambda _: ""]
)
def test_a_damaged_memory_is_not_believed(tmp_path: Path, big: Path, reads: list[Path], damage) -> None:
    memory = tmp_path / "memory.json"
    right = remembered_digest(big, memory)
    memory.write_text(damage(memory.read_text()))
    assert remembered_digest(big, memory) == right
    assert reads == [big, big]


def test_it_does_without_a_memory(tmp_path: Path, big: Path, reads: list[Path]) -> None:
    (tmp_path / "file").write_text("")
    assert remembered_digest(big, tmp_path / "file" / "memory.json") == file_digest(big)


def test_a_missing_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        remembered_digest(tmp_path / "gone", tmp_path / "memory.json")
