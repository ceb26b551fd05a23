"""The store gives back what was written, or nothing."""

import errno
import os
import shutil
from unittest.mock import Mock, patch

import pytest
from filelock import FileLock

from report_builder.pipeline.store import META, Store

KEY = "step-0123"


def compute(folder):
    (folder / "inner").mkdir()
    (folder / "inner" / "data.bin").write_bytes(bytes(range(40)))
    (folder / "note.txt").write_text("سلام")
    return {"x": 0.1, "words": ["a", "ب"], "none": None}


@pytest.fixture
def store(tmp_path):
    store = Store(tmp_path / "store")
    entry, computed = store.load_or_compute(KEY, "step", {"name": "step"}, compute)
    assert computed
    assert entry.saved.values == {"x": 0.1, "words": ["a", "ب"], "none": None}
    return store


def interrupted(folder):
    (folder / "deep").mkdir()
    raise KeyboardInterrupt


def unreachable(folder):
    raise AssertionError("it must not be computed again")


def test_what_is_written_is_found(store):
    entry, computed = store.load_or_compute(KEY, "step", {}, unreachable)
    assert not computed
    assert entry.saved.file("inner/data.bin").read_bytes() == bytes(range(40))
    assert entry.parts == {"name": "step"}
    assert Store(store.root).load(KEY) == entry
    assert store.load("step-else") is None


@pytest.mark.parametrize("name", [META, "inner/data.bin", "note.txt"])
def test_every_flipped_or_missing_byte_is_a_miss_and_is_repaired(store, name):
    whole = store.load(KEY)
    file = whole.saved.file(name)
    content = file.read_bytes()
    for place in range(len(content)):
        for bit in (0x01, 0x20, 0x80):
            file.write_bytes(content[:place] + bytes([content[place] ^ bit]) + content[place + 1 :])
            assert store.load(KEY) is None, (place, bit)
        file.write_bytes(content[:place])
        assert store.load(KEY) is None, place
    file.write_bytes(content + b" ")
    assert store.load(KEY) is None
    file.unlink()
    assert store.load(KEY) is None
    entry, computed = store.load_or_compute(KEY, "step", {"name": "step"}, compute)
    assert computed
    assert entry.saved == whole.saved == store.load(KEY).saved
    assert not list((store.root / "work").iterdir())


@pytest.mark.parametrize("content", [b"[]", b"null", b'{"meta": 3}', b'{"meta": {}}', b"[" * 100_000, b"NaN"])
def test_any_other_meta_is_a_miss(store, content):
    store.load(KEY).saved.file(META).write_bytes(content)
    assert store.load(KEY) is None


def test_the_digest_tells_values_and_files_apart_and_nothing_else(store):
    def digest(key, values, content):
        def write(folder):
            (folder / "f").write_bytes(content)
            return values

        return store.load_or_compute(key, key, {"key": key}, write)[0].saved.digest

    assert digest("a-1", {"x": 1}, b"1") == digest("b-1", {"x": 1}, b"1")
    assert (
        len({digest("c-1", {"x": 1}, b"1"), digest("d-1", {"x": 2}, b"1"), digest("e-1", {"x": 1}, b"2")})
        == 3
    )


def test_a_failure_leaves_nothing(tmp_path):
    store = Store(tmp_path)

    def fail(folder):
        (folder / "half").write_text("half")
        raise OSError("the disk is full")

    with pytest.raises(OSError, match="full"):
        store.load_or_compute(KEY, "step", {}, fail)
    assert store.load(KEY) is None
    assert not list((tmp_path / "work").iterdir())


def test_a_lost_race_is_a_hit(store, tmp_path):
    other = Store(tmp_path / "other")

    def overtaken(folder):  # as on a disk where locks do nothing
        shutil.copytree(store.root / "results" / KEY, other.root / "results" / KEY)
        return {"x": 2}

    entry, computed = other.load_or_compute(KEY, "step", {}, overtaken)
    assert not computed
    assert entry.saved.values == store.load(KEY).saved.values


def test_the_sweep_takes_what_dead_processes_left_and_nothing_else(store):
    begun = []
    for key in ("dead-1", "living-1", "elsewhere-1"):
        # what a killed process does not do
        with patch.object(shutil, "rmtree"), pytest.raises(KeyboardInterrupt):
            store.load_or_compute(key, "step", {}, interrupted)
        begun.append(next((store.root / "work").glob(f"{key}.*")))
    dead, living, ours = begun
    elsewhere = ours.rename(ours.with_name("elsewhere-1.another-machine.abc"))
    with FileLock(store.root / "locks" / "living-1.lock"):
        store.sweep()
        assert not dead.exists()
        assert living.exists()
    store.sweep()
    assert not living.exists()
    assert elsewhere.exists()


def test_a_store_is_in_use_while_another_process_runs_steps_on_it(store):
    assert not store.is_in_use()
    with store.in_use():
        assert Store(store.root).is_in_use()
    assert not store.is_in_use()
    assert not list((store.root / "locks").glob("_use.*"))


def test_a_file_system_without_locks_will_do(tmp_path, monkeypatch):
    def refused(*_args, **_kwargs):
        raise OSError(errno.ENOLCK, "no locks here")

    monkeypatch.setattr(FileLock, "acquire", refused)
    store = Store(tmp_path / "store")
    entry, computed = store.load_or_compute(KEY, "step", {}, compute)
    assert computed
    assert store.load(KEY) == entry
    monkeypatch.setattr(FileLock, "acquire", Mock(side_effect=PermissionError(errno.EACCES, "no")))
    with pytest.raises(PermissionError):
        store.load_or_compute("step-else", "step", {}, compute)


def test_a_result_that_is_read_counts_as_used(store):
    folder = store.results / KEY
    os.utime(folder, (1, 1))
    store.load(KEY)
    used = folder.stat().st_mtime
    assert used > 1
    store.load(KEY)
    assert folder.stat().st_mtime == used


@pytest.mark.parametrize(
    ("spoil", "error"),
    [
        (lambda folder: (folder / META).write_text("{}"), ValueError),
        (lambda folder: (folder / "link").symlink_to(folder.parent), ValueError),
    ],
)
def test_a_folder_that_could_not_be_trusted_is_refused(store, spoil, error):
    def write(folder):
        spoil(folder)
        return {}

    with pytest.raises(error):
        store.load_or_compute("new-1", "new", {}, write)


def test_a_damaged_record_of_reasons_is_only_forgotten(store):
    store.remember_parts({"a": {"x": 1}})
    store.remember_parts({"b": {"x": 2}})
    assert store.last_parts() == {"a": {"x": 1}, "b": {"x": 2}}
    (store.root / "last.json").write_text('{"a": ')
    assert store.last_parts() == {}
