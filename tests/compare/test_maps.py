"""Maps of two runs: read from their caches, and compared on the pictures that both show."""

from __future__ import annotations

import shutil

import numpy as np
import pytest
from two_runs import PICTURES, results, save_maps, with_maps, write_maps, write_run

from report_builder.compare.maps import compare_maps
from report_builder.methods.rank_correlation import rank_correlation


@pytest.fixture
def runs(tmp_path):
    """Two runs with the same pictures; SmoothGrad's maps differ by noise."""
    made = []
    for name, noise in (("first", 0.0), ("second", 0.5)):
        made.append(write_run(tmp_path / name, with_maps(results(1))))
        write_maps(tmp_path / name, noise=noise)
    return made


def named(found):
    return {row["method"]: row for row in found["methods"]}


def test_a_run_and_itself(runs):
    found = compare_maps(runs[0], runs[0])
    assert found["pictures"] == list(PICTURES)
    assert set(named(found)) == {"saliency", "input_x_gradient", "smooth_grad"}
    for row in found["methods"]:
        assert row["identical"]
        assert row["mean"] == row["least"] == 1
        assert all(pair["cosine"] == pytest.approx(1) for pair in row["each"])


def test_likeness_is_the_rank_correlation_of_the_sizes_of_maps_without_a_sign(runs, tmp_path):
    found = named(compare_maps(*runs))
    sizes = [
        np.abs(
            np.load(tmp_path / name / "cache/results/smoothing-0/arrays.npz")["smooth_grad"].astype(float)
        ).sum(1)
        for name in ("first", "second")
    ]
    expected = rank_correlation(*sizes)
    assert [pair["rank_correlation"] for pair in found["smooth_grad"]["each"]] == pytest.approx(
        list(expected)
    )
    assert found["smooth_grad"]["least"] < 1
    assert not found["smooth_grad"]["identical"]
    assert found["saliency"]["identical"]


def test_likeness_is_the_same_both_ways(runs):
    assert compare_maps(*runs)["methods"] == compare_maps(*reversed(runs))["methods"]


def test_a_map_turned_round_has_the_opposite_order(runs, tmp_path):
    arrays = write_maps(tmp_path / "second")
    arrays["gradient_maps"]["input_x_gradient"] *= -1
    save_maps(tmp_path / "second", arrays)
    found = named(compare_maps(*runs))["input_x_gradient"]
    assert found["mean"] == pytest.approx(-1)
    assert all(pair["cosine"] == pytest.approx(-1) for pair in found["each"])


def test_pictures_are_known_by_their_content(runs, tmp_path):
    """Another order and other names."""
    arrays = {
        step: {name: values[::-1] for name, values in content.items()}
        for step, content in write_maps(tmp_path / "second").items()
    }
    save_maps(tmp_path / "second", arrays)
    runs[1].results["photographs"]["images"] = [{"name": "a"}, {"name": "b"}]
    found = compare_maps(*runs)
    assert found["pictures"] == list(PICTURES)
    assert all(row["identical"] for row in found["methods"])


@pytest.mark.parametrize(
    ("change", "reason"), [({"seed": 5}, "content"), ({"side": 16}, "size")], ids=["content", "size"]
)
def test_other_pictures_of_one_name_are_not_compared(runs, tmp_path, change, reason):
    write_maps(tmp_path / "second", **change)
    found = compare_maps(*runs)
    assert found["pictures"] == []
    assert found["methods"] == []
    assert found["apart"] == [{"picture": name, "reason": reason} for name in PICTURES]


def test_maps_of_different_classes_are_not_compared(runs, tmp_path):
    arrays = write_maps(tmp_path / "second")
    arrays["photographs"]["targets"][0] = 7
    save_maps(tmp_path / "second", arrays)
    found = compare_maps(*runs)
    assert found["pictures"] == [PICTURES[1]]
    assert found["apart"] == [{"picture": PICTURES[0], "reason": "class"}]


def test_pictures_that_one_run_alone_shows(runs, tmp_path):
    arrays = {
        step: {name: values[:1] for name, values in content.items()}
        for step, content in write_maps(tmp_path / "second").items()
    }
    save_maps(tmp_path / "second", arrays)
    del runs[1].results["photographs"]["images"][1]
    found = compare_maps(*runs)
    assert found["pictures"] == [PICTURES[0]]
    assert found["only"] == {"A": [PICTURES[1]], "B": []}


@pytest.mark.parametrize(
    ("gone", "reason"),
    [
        ("cache", "no_cache"),
        ("manifest.json", "no_manifest"),
        ("cache/results/photographs-0", "no_pixels"),
    ],
)
def test_why_maps_could_not_be_compared(runs, tmp_path, gone, reason):
    place = tmp_path / "second" / gone
    if place.is_dir():
        shutil.rmtree(place)
    else:
        place.write_text("{", encoding="utf-8")
    found = compare_maps(*runs)
    assert found["reasons"] == [{"key": reason, "run": "B"}]
    assert found["methods"] == []


@pytest.mark.parametrize("damage", ["gone", "cut"])
def test_maps_that_are_no_longer_there_are_named(runs, tmp_path, damage):
    file = tmp_path / "second/cache/results/smoothing-0/arrays.npz"
    if damage == "gone":
        file.unlink()
    else:
        file.write_bytes(file.read_bytes()[:100])
    found = compare_maps(*runs)
    assert found["lost"] == {"A": [], "B": ["smoothing"]}
    assert set(named(found)) == {"saliency", "input_x_gradient"}


def test_a_run_without_pictures(runs, tmp_path):
    other = write_run(tmp_path / "third", results(3))
    assert compare_maps(runs[0], other)["reasons"] == [{"key": "no_pictures", "run": "B"}]


def test_what_the_seed_alone_leaves_comes_from_the_sweep(tmp_path):
    made = []
    for name, sweep in (("a", None), ("b", (0.1, 5))):
        made.append(write_run(tmp_path / name, with_maps(results(1, sweep=sweep))))
        write_maps(tmp_path / name)
    found = named(compare_maps(*made))
    assert found["smooth_grad"]["seeds"] == 0.6
    assert found["saliency"]["seeds"] is None
