"""The benchmark's figures on the page: verdicts follow from the runs, and every case can be drawn."""

import json
import re

import pytest
from explained_run import drawn

from report_builder.contents import load_section
from report_builder.pipeline.step import Saved, Work, stable_json
from report_builder.report import PROJECT

(STEP,) = load_section("speed").steps
(FILE,) = STEP.files


def outcome(key, low, high, **changes):
    return {
        "key": key,
        "task": key,
        "peer": "captum",
        "sizes": {"samples": 10},
        "ours_seconds": 1.0,
        "peer_seconds": (low + high) / 2,
        "ratio": (low + high) / 2,
        "ratio_low": low,
        "ratio_high": high,
        "runs": 3,
        "largest_difference": 1e-6,
        "relative_difference": 0.4 if key.endswith("_bf16") else 1e-3,
        "cosine": 0.95,
    } | changes


def read(folder, outcomes, **changes):
    measured = json.loads((PROJECT / FILE).read_text(encoding="utf-8"))["vision"]
    path = folder / "benchmarks.json"
    path.write_text(json.dumps({"vision": measured | {"outcomes": outcomes} | changes}), encoding="utf-8")
    values = STEP.load()(Work(folder, files={FILE: path}))
    return Saved("speed", json.loads(stable_json(values)), folder)


MIXED = [
    outcome("smooth_grad", 1.1, 1.3),
    outcome("lime_image", 0.9, 1.2),
    outcome("score_cam", 0.5, 0.8, sizes={"maps": 64}),
    outcome("smooth_grad_bf16", 2.0, 2.5),
]


def test_a_verdict_needs_all_runs(tmp_path):
    values = read(tmp_path, MIXED).values
    assert [o["verdict"] for o in values["outcomes"]] == ["faster", "same", "slower", "faster"]
    assert values["counts"] == {"faster": 2, "same": 1, "slower": 1}
    assert values["highest"] == pytest.approx(2.25)
    assert read(tmp_path, MIXED[1:3]).values["highest"] is None


def test_the_highest_ratio_is_that_of_a_task_that_is_faster_in_every_run(tmp_path):
    wide = outcome("lime_image", 0.9, 9.0)
    assert read(tmp_path, [MIXED[0], wide]).values["highest"] == pytest.approx(1.2)


def test_the_runs_that_a_median_is_of_are_told(tmp_path):
    assert read(tmp_path, MIXED).values["runs"] == [3, 3]
    values = read(tmp_path, [*MIXED, outcome("occlusion", 1.1, 1.2, runs=2)])
    assert values.values["runs"] == [2, 3]
    _, page = drawn("speed", "en", tmp_path, {"speed": values})
    assert "times on either side" in page


def test_the_difference_is_that_of_equal_precision(tmp_path):
    assert read(tmp_path, MIXED).values["relative_difference"] == pytest.approx(1e-3)
    assert read(tmp_path, MIXED[-1:]).values["relative_difference"] is None


def test_the_committed_figures_are_whole():
    report = json.loads((PROJECT / FILE).read_text(encoding="utf-8"))["vision"]
    assert report["machine"]["device_name"]
    for row in report["outcomes"]:
        assert row["ratio_low"] <= row["ratio"] <= row["ratio_high"]
        assert row["runs"] >= 2
        assert row["ours_seconds"] > 0 < row["peer_seconds"]


@pytest.mark.parametrize("language", ["en", "fa"])
@pytest.mark.parametrize("device", ["cpu", "cuda"])
@pytest.mark.parametrize("outcomes", [MIXED, MIXED[:1], MIXED[1:3], MIXED[-1:]])
def test_every_case_is_drawn(tmp_path, language, device, outcomes):
    machine = {"device": device, "device_name": "A card", "cores": 4, "shared": device == "cpu"}
    if device == "cuda":
        outcomes = [o | {"share_of_peak": 0.5} for o in outcomes]
    clock = {"cpu": "processor", "cuda": "wall"}[device]
    saved = read(tmp_path, outcomes, machine=machine, clock=clock)
    _, page = drawn("speed", language, tmp_path, {"speed": saved})
    assert len(re.findall(r"<tr", page)) == 1 + len(outcomes)
    assert ("share_of_peak" in page) == (device == "cuda")


@pytest.mark.parametrize("language", ["en", "fa"])
def test_the_committed_figures_are_drawn(tmp_path, language):
    rows = json.loads((PROJECT / FILE).read_text(encoding="utf-8"))["vision"]["outcomes"]
    _, page = drawn("speed", language, tmp_path, {"speed": read(tmp_path, rows)})
    assert len(re.findall(r"<tr", page)) == 1 + len(rows)
