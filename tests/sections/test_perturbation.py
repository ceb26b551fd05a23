"""Occlusion and LIME on the pictures: laws of the maps, and what the values say of them."""

import re
from dataclasses import replace

import numpy as np
import pytest
from vision_steps import farmyard_run, photograph_run

from report_builder.contents import load_section
from report_builder.plots.segments import painted_segments
from report_builder.sections.perturbation.compute import REPEATED

PHOTOGRAPHS = load_section("photographs").steps[0]
OCCLUSION, LIME = load_section("perturbation").steps


@pytest.fixture(scope="module")
def farmyard(tmp_path_factory):
    run = farmyard_run(tmp_path_factory.mktemp("farmyard"))
    for step in (PHOTOGRAPHS, OCCLUSION, LIME):
        run.run(step)
    return run


def test_occlusion_maps_are_signed_drops_of_the_logit(farmyard):
    saved = farmyard.saved["occlusion_maps"]
    maps = saved.arrays()["occlusion"]
    assert maps.shape == (2, 112, 112)
    assert saved.values["left_out"] == {}
    assert saved.values["windows"] == 16
    pointing = [picture["peak"] for picture in saved.values["pictures"]]
    assert saved.values["means"]["peak"] == pytest.approx(np.mean(pointing))
    for values, picture in zip(maps, saved.values["pictures"], strict=True):
        assert picture["drop"] == pytest.approx(values.max())
        assert picture["rise"] == pytest.approx(-values.min())
        assert 0 <= picture["mass"] <= 1
        assert 0 < picture["area"] < 1
        for row in range(4):  # stride and size of the windows are equal: one drop for each
            assert np.ptp(values[28 * row : 28 * (row + 1), :28]) == 0


def test_a_window_is_cut_to_the_picture(tmp_path):
    run = farmyard_run(tmp_path)
    run.run(PHOTOGRAPHS)
    saved = run.run(OCCLUSION, {"occlusion.window": 5000, "occlusion.stride": 900})
    assert (saved.values["window"], saved.values["stride"], saved.values["windows"]) == (112, 112, 1)
    assert np.ptp(saved.arrays()["occlusion"], axis=(1, 2)).max() == 0


def test_lime_weighs_segments(farmyard):
    saved = farmyard.saved["lime_maps"]
    arrays = saved.arrays()
    for picture, maps, segments, chosen in zip(
        saved.values["pictures"],
        arrays["lime_image"],
        arrays["segments"],
        arrays["strongest"],
        strict=True,
    ):
        assert segments.max() + 1 == picture["segments"] == len(np.unique(segments))
        for number in np.unique(segments):
            assert np.ptp(maps[segments == number]) == 0
        assert (
            picture["shown"] == len(np.unique(segments[chosen != 0])) == picture["for"] + picture["against"]
        )
        assert picture["shown"] <= saved.values["features"]
        assert (np.sign(maps)[chosen != 0] == chosen[chosen != 0]).all()
        assert (np.abs(maps)[chosen != 0] >= np.float32(saved.values["minimum_weight"])).all()
        weights = [maps[segments == number][0] for number in np.unique(segments)]
        assert np.abs(weights).max() == pytest.approx(abs(picture["largest"]))
    fits = [picture["r2"] for picture in saved.values["pictures"]]
    assert saved.values["r2"] == {"mean": pytest.approx(np.mean(fits)), "least": min(fits), "most": max(fits)}


def test_other_draws_give_other_weights_and_the_same_seed_the_same(farmyard, tmp_path):
    seeds = farmyard.saved["lime_maps"].values["seeds"]
    assert seeds["pictures"] == min(REPEATED, len(farmyard.saved["lime_maps"].values["pictures"]))
    assert 0 <= seeds["kept"] <= seeds["shown"]
    assert -1 <= seeds["rank_correlation"] < 1
    again = farmyard_run(tmp_path)
    again.run(PHOTOGRAPHS)
    assert again.run(LIME).values == farmyard.saved["lime_maps"].values
    other = again.run(LIME, {"seed": 99}).values
    assert other["pictures"][0]["largest"] != farmyard.saved["lime_maps"].values["pictures"][0]["largest"]


def test_a_network_that_is_no_sequence_is_covered_window_by_window(tmp_path):
    run = photograph_run(tmp_path, "shufflenet_v2_x0_5")
    run.run(PHOTOGRAPHS, {"vision.shown": 1})
    saved = run.run(OCCLUSION, {"occlusion.window": 112, "occlusion.stride": 112})
    assert saved.values["left_out"] == {"incremental_occlusion": "not_sequential"}
    assert saved.arrays()["occlusion"].shape == (1, 224, 224)
    assert "mass" not in saved.values["pictures"][0]
    described = run.run(LIME, {"lime_image.samples": 4}).values
    assert described["seeds"]["pictures"] == 1
    assert "mass" not in described["pictures"][0]
    for language in ("en", "fa"):
        values, html = run.draw("perturbation", language)
        assert values["items"] == ["V15", "V23"]
        assert "On the animal" not in html
    assert "costs a whole forward pass" in run.draw("perturbation", "en")[1]


@pytest.mark.parametrize("language", ["en", "fa"])
def test_the_pages_are_drawn(farmyard, language):
    values, html = farmyard.draw("perturbation", language)
    assert [name.split(".")[0] for name in values["figures"]] == [
        "perturbation-occlusion",
        "perturbation-lime",
    ]
    assert len(values["findings"]) == 2
    if language == "en":
        assert "On the animal" in html


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"pictures": 1, "same_strongest": 0}, ("The picture “hen” was", "becomes another one")),
        ({"pictures": 2, "same_strongest": 1}, ("remains the same: 1 of 2",)),
        ({"shown": 3, "kept": 3}, ("All 3 segments",)),
        ({"shown": 3, "kept": 1}, ("with the same sign: 1 of 3",)),
        ({"shown": 1, "kept": 1}, ("with the same sign: 1 of 1",)),
    ],
)
def test_what_is_said_of_other_draws_suits_their_number(farmyard, monkeypatch, changes, said):
    saved = farmyard.saved["lime_maps"]
    values = {**saved.values, "seeds": {**saved.values["seeds"], **changes}}
    monkeypatch.setitem(farmyard.saved, "lime_maps", replace(saved, values=values))
    text = re.sub(r"<[^>]*>", "", farmyard.draw("perturbation", "en")[1])
    for sentence in said:
        assert sentence in text


def test_chosen_segments_are_painted_and_the_others_are_grey():
    picture = np.random.default_rng(0).uniform(size=(6, 6, 3))
    segments = np.repeat(np.repeat(np.arange(9).reshape(3, 3), 2, 0), 2, 1)
    signs = np.select([segments == 4, segments == 8], [1, -1], 0)
    painted = painted_segments(picture, segments, signs)
    assert painted.min() >= 0
    assert painted.max() <= 1
    grey = painted[signs == 0]
    assert np.ptp(grey, axis=-1).max() == pytest.approx(0)
    warm, cool = painted[signs == 1].mean(0), painted[signs == -1].mean(0)
    assert warm[0] > warm[2]
    assert cool[2] > cool[0]
