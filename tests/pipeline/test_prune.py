"""Pruning takes what is old or too much, longest unused first, and never what is needed."""

import os
import time

import pytest
from filelock import FileLock

from report_builder.pipeline.prune import plan_pruning, prune
from report_builder.pipeline.store import Store

DAY = 86_400
ENDLESS = 10**12


@pytest.fixture
def store(tmp_path):
    """Four results of 1000 bytes and more, last used 40, 20, 10 and 0 days ago."""
    store = Store(tmp_path / "store")
    for days in (40, 20, 10, 0):
        key = f"step-{days:02}"
        store.load_or_compute(key, "step", {}, lambda folder: {"n": (folder / "a").write_bytes(bytes(1000))})
        used = time.time() - days * DAY
        os.utime(store.results / key, (used, used))
    return store


def keys(store):
    return {folder.name for folder in store.results.iterdir()}


def test_what_was_not_used_for_long_goes(store):
    prune(store, plan_pruning(store, (), age=15 * DAY, size=ENDLESS))
    assert keys(store) == {"step-10", "step-00"}


def test_what_is_too_much_goes_longest_unused_first(store):
    size = sum(result.size for result in plan_pruning(store, (), age=ENDLESS, size=0).results[-2:])
    pruning = plan_pruning(store, (), age=ENDLESS, size=size)
    assert pruning.kept == size
    prune(store, pruning)
    assert keys(store) == {"step-10", "step-00"}


def test_what_is_needed_stays_however_old_and_large(store):
    pruning = plan_pruning(store, {"step-40", "step-10"}, age=0, size=0)
    prune(store, pruning)
    assert keys(store) == {"step-40", "step-10"}
    assert pruning.kept == pruning.needed > 2000
    assert plan_pruning(store, {"step-40", "step-10"}, age=0, size=0).results == ()


def test_what_is_read_again_counts_as_used(store):
    assert store.load("step-40") is not None
    prune(store, plan_pruning(store, (), age=15 * DAY, size=ENDLESS))
    assert keys(store) == {"step-40", "step-10", "step-00"}


def test_what_another_process_works_on_stays(store):
    pruning = plan_pruning(store, (), age=0, size=0)
    with FileLock(store.root / "locks" / "step-20.lock"):
        prune(store, pruning)
    assert keys(store) == {"step-20"}


def test_leftovers_of_failed_and_killed_runs_go_when_they_are_old(store):
    old = [
        store.failures / "lime-1.txt",
        store.root / "resumes" / "own_cnn-1" / "checkpoint",
        store.root / "locks" / "gone-1.lock",
    ]
    young = store.failures / "nam-1.txt"
    for file in (*old, young):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("x")
    for path in (*old, old[1].parent):
        os.utime(path, (1, 1))
    prune(store, plan_pruning(store, (), age=15 * DAY, size=ENDLESS))
    assert not any(file.exists() for file in old)
    assert young.exists()
    assert (store.root / "locks" / "step-00.lock").exists()
