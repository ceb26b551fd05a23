"""Trials in real processes: failures and killed workers cost only themselves, and the record is the same."""

import json
import os
from concurrent.futures import Future

import numpy as np
import pytest
from trial_steps import quick_trials

from report_builder.pipeline.store import Store
from report_builder.sweep.conduct import WORKER_DIED, conduct
from report_builder.sweep.pools import Pool, local_pool
from report_builder.sweep.record import write_sweep
from report_builder.sweep.trial import Ended

ABOUT = {"base": {}, "parts": ["quick"], "seeds": [], "grid": [], "cells": [{}], "main": 0, "code": {}}


def run(trials, jobs=2, **options):
    told = []
    with local_pool(jobs) as pool:
        return conduct(trials, pool, told.append, **options), told


def test_a_trial_that_raises_or_kills_its_worker_costs_only_itself(tmp_path):
    store = Store(tmp_path / "store")
    ended, _ = run(quick_trials(store.root, range(8), raises=(2,), kills=(4, 5)))
    errors = {one.seed: one.error for one in ended}
    assert [one.seed for one in ended] == list(range(8))
    assert errors[2] == "draw: ValueError: no result for seed 2"
    assert errors[4] == errors[5] == WORKER_DIED
    assert {seed for seed, error in errors.items() if error} == {2, 4, 5}
    assert "Traceback" in ended[2].traceback

    write_sweep(tmp_path, ABOUT, ended, store)
    record = json.loads((tmp_path / "sweep" / "trials.json").read_text("utf-8"))
    assert [trial["values"] is None for trial in record["trials"]] == [bool(one.error) for one in ended]
    with np.load(tmp_path / "sweep" / "arrays.npz") as arrays:
        for number in (0, 1, 3, 6, 7):
            drawn = np.random.default_rng(number).normal(size=5)
            assert np.array_equal(arrays[f"{number}.quick.numbers"], drawn)
        assert len(arrays.files) == 5


def test_of_trials_blamed_together_only_the_one_that_fails_alone_has_failed(tmp_path):
    class DiedError(Exception):
        pass

    begun = []

    def submit(trial):
        future = Future()
        if trial.seed == 1 or (trial.seed == 2 and trial.seed not in begun):
            future.set_exception(DiedError(trial.seed))
        else:
            future.set_result(Ended(trial.cell, trial.seed))
        begun.append(trial.seed)
        return future

    told = []
    pool = Pool(submit, lambda: 2, lambda: 1, blame=(DiedError,))
    ended = conduct(quick_trials(tmp_path, range(5)), pool, told.append)
    assert begun == [0, 1, 2, 3, 4, 1, 2]
    assert [one.error for one in ended] == ["", "DiedError: 1", "", "", ""]
    assert [progress.done for progress in told] == [1, 2, 3, 4, 5]


def test_failed_trials_are_tried_again_and_no_others(tmp_path):
    run(quick_trials(tmp_path / "store", range(4), raises=(1,)))
    trials = quick_trials(tmp_path / "store", range(4), raises=(1,))
    again, _ = run(trials)
    assert [one.ran for one in again] == [0, 0, 0, 0]
    assert [one.cached for one in again] == [2, 0, 2, 2]
    assert [bool(one.error) for one in again] == [False, True, False, False]


def test_the_record_does_not_depend_on_how_many_ran_at_once_and_in_which_order(tmp_path):
    written = []
    for name, jobs, turn in (("one", 1, 1), ("two", 2, -1)):
        store = Store(tmp_path / name / "store")
        ended, _ = run(quick_trials(store.root, range(6))[::turn], jobs)
        folder = write_sweep(tmp_path / name, ABOUT, ended, store)
        written.append([(folder / file).read_bytes() for file in ("trials.json", "arrays.npz")])
    assert written[0] == written[1]


def test_a_sweep_stops_after_too_many_failures(tmp_path):
    trials = quick_trials(tmp_path / "store", range(30), raises=tuple(range(1, 30)))
    ended, _ = run(trials, max_failures=2)
    failures = sum(bool(one.error) for one in ended)
    assert 3 <= failures <= 3 + 2  # those that were at work are waited for
    assert len(ended) < 10


def test_progress_counts_up_and_estimates_the_time_left(tmp_path):
    _, told = run(quick_trials(tmp_path / "store", range(6), seconds=0.3))
    assert [step.done for step in told] == [1, 2, 3, 4, 5, 6]
    assert {step.total for step in told} == {6}
    left = [step.left for step in told]
    assert left[-1] == 0
    assert all(0.3 * (6 - i) / 2 <= seconds < 60 for i, seconds in enumerate(left[:-1], 1))
    _, told = run(quick_trials(tmp_path / "store", range(6), seconds=0.3))
    assert all(step.left is None for step in told)  # all cached: nothing to estimate from


def test_workers_are_processes_of_one_thread_that_serve_many_trials(tmp_path):
    ended, _ = run(quick_trials(tmp_path / "store", range(10)))
    processes = {one.process for one in ended}
    assert os.getpid() not in processes
    assert 1 <= len(processes) <= 2
    assert all(one.memory is None or one.memory > 1_000_000 for one in ended)


def test_a_trial_leaves_no_trace_in_what_a_build_explains_by(tmp_path):
    store = Store(tmp_path / "store")
    store.remember_parts({"draw": {"name": "draw"}})
    (store.failures / f"draw-{'0' * 32}.txt").write_text("of the build")
    run(quick_trials(store.root, range(2)), jobs=1)
    assert store.last_parts() == {"draw": {"name": "draw"}}
    assert [note.read_text() for note in store.failures.iterdir()] == ["of the build"]


@pytest.mark.parametrize("spoiled", ["trials.json", "arrays.npz"])
def test_a_damaged_sweep_is_refused_in_one_sentence(tmp_path, spoiled):
    from report_builder.assets.sweep import find_sweep
    from report_builder.errors import InputError

    store = Store(tmp_path / "store")
    ended, _ = run(quick_trials(store.root, range(2)), jobs=1)
    assert find_sweep(tmp_path) is None
    write_sweep(tmp_path, ABOUT, ended, store)
    found = find_sweep(tmp_path)
    assert found is not None
    assert len(found.record["trials"]) == 2
    (tmp_path / "sweep" / spoiled).unlink()
    with pytest.raises(InputError, match="no whole sweep"):
        find_sweep(tmp_path)
