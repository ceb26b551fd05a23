"""The report's benchmark: what it makes of builds and sweeps, and one of each at a tiny size."""

import pytest
from small_report import SMALL

from benchmarks import report
from benchmarks.builds import Builder


class Told:
    """Builds and sweeps that cost what they are told to, without running anything."""

    def __init__(self, work):
        self.work = work
        self.asked = []

    def build(self, name, *settings):
        self.asked.append((name, settings))
        known = {seen for seen, _ in self.asked[:-1]}
        seconds = 100.0 if name not in known else 20.0 if settings else 0.5
        ran = 10 if name not in known else 1 if settings else 0
        counts = {"steps": 10, "computed": ran, "drawn": 0, "cached": 10 - ran}
        return {"seconds": seconds, "memory": 10**9, **counts}

    def sweep(self, name, seeds, jobs, *settings):
        self.asked.append((name, settings))
        trials = [{"seconds": 5.0 + i / 10, "memory": 10**8} for i in range(seeds)]
        return {"seconds": 60.0 / jobs + 4.0, "memory": jobs * 10**9, "trials": trials}


@pytest.fixture
def told(tmp_path):
    return Told(tmp_path)


def nothing(_line):
    pass


def test_rebuilds_are_held_against_the_first_build_of_their_run(told):
    found = report.rebuilds(told, 2, nothing)
    assert found["first"]["times"]["median"] == 1
    assert found["unchanged"]["times"] == {"median": 200, "low": 200, "high": 200}
    assert found["one_change"]["computed"] == 1
    assert [name for name, _ in told.asked] == ["build-0"] * 3 + ["build-1"] * 3
    assert [settings for _, settings in told.asked[:3]] == [(), (), (report.ONE_CHANGE,)]


def test_every_sweep_has_a_folder_of_its_own(told):
    found = report.scaling(told, 4, 3, nothing)
    assert found["ratio"]["median"] == pytest.approx(64 / 34)
    assert (found["one"]["memory"], found["two"]["memory"]) == (10**9, 2 * 10**9)
    assert len({name for name, _ in told.asked}) == 6


def test_the_first_trial_is_neither_early_nor_late(told):
    found = report.early_and_late(told, 20, nothing)
    assert found["count"] == 3
    assert found["seconds"]["early"] == pytest.approx(5.2)
    assert found["seconds"]["late"] == pytest.approx(6.8)
    assert found["memory"]["ratio"] == 1


def test_trials_without_memory_tell_none(told, monkeypatch):
    whole = told.sweep

    def forgetful(*arguments):
        found = whole(*arguments)
        return found | {"trials": [trial | {"memory": None} for trial in found["trials"]]}

    monkeypatch.setattr(told, "sweep", forgetful)
    assert report.early_and_late(told, 10, nothing)["memory"] is None


def test_each_size_is_built_from_nothing_on_its_own_input(told):
    grown = report.with_rows(told, (60, 120), nothing)
    assert [point["size"] for point in grown["points"]] == [60, 120]
    assert grown["seconds"][0]["linear"]
    images = report.with_images(told, (1, 2), nothing)
    assert [point["size"] for point in images["points"]] == [1, 2]
    assert len({name for name, _ in told.asked}) == 4
    assert len(list((told.work / "pictures").iterdir())) == 2 + report.BACKGROUND


def test_a_real_build_and_a_real_sweep_are_measured(tmp_path):
    small = tuple(setting for setting in SMALL if not setting.startswith("report.date"))
    builder = Builder(tmp_path, small, ("--lang", "en", "--format", "html"))
    first, again = (builder.build("one", 'report.parts=["signals"]') for _ in range(2))
    assert first["steps"] == first["computed"] + first["drawn"] == again["cached"]
    assert again["computed"] == again["drawn"] == 0
    assert again["seconds"] < first["seconds"]
    swept = builder.sweep("sweep", 2, 1, report.TABULAR)
    assert sorted(trial["seed"] for trial in swept["trials"]) == [0, 1]
    assert all(trial["seconds"] > 0 for trial in swept["trials"])
