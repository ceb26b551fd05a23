"""Feature maps and Grad-CAM at three depths: what the values say of the arrays."""

from dataclasses import replace
from importlib import import_module

import numpy as np
import pytest
from vision_steps import farmyard_run, photograph_run

from report_builder.contents import load_section
from report_builder.methods.applicability import NotApplicable
from report_builder.pipeline.step import Saved

PHOTOGRAPHS = load_section("photographs").steps[0]
(DEPTH,) = load_section("depth").steps


@pytest.fixture(scope="module")
def farmyard(tmp_path_factory):
    run = farmyard_run(tmp_path_factory.mktemp("farmyard"))
    run.run(PHOTOGRAPHS, {"vision.shown": 4})
    run.run(DEPTH)
    return run


def test_a_picture_of_the_first_class_is_chosen(farmyard):
    values = farmyard.saved["depth"].values
    images = farmyard.saved["photographs"].values["images"]
    assert values["of_first"]
    assert images[values["picture"]]["target_name"] == values["pair"][0]["name"] == "tabby"
    assert values["pair"][1]["name"] == "cat"


def test_the_grid_holds_the_strongest_feature_maps(farmyard):
    saved = farmyard.saved["depth"]
    grid, arrays = saved.values["grid"], saved.arrays()
    assert arrays["activations"].shape == (24, grid["height"], grid["width"])
    means = arrays["activations"].mean((1, 2))
    assert (np.diff(means) <= 1e-6).all()
    assert len(set(arrays["channels"])) == grid["shown"] == 24 <= grid["channels"]
    assert arrays["channels"][0] == grid["strongest"]
    assert 0 <= grid["dead_share"] <= grid["silent_share"] < 1
    assert grid["silent"] == pytest.approx(grid["silent_share"] * grid["channels"])


def test_grad_cam_of_both_classes_at_three_depths(farmyard):
    saved = farmyard.saved["depth"]
    arrays, layers = saved.arrays(), saved.values["layers"]
    assert [layer["name"] for layer in layers] == ["features.3", "features.8", "features.22"]
    for number, layer in enumerate(layers):
        maps = arrays[f"cams_{number}"]
        assert maps.shape == (2, layer["height"], layer["width"])
        assert maps.min() >= 0
        share = maps[0].sum() / maps.sum()
        assert layer["first_share"] == pytest.approx(share, rel=1e-4)
        assert 0 <= layer["mass"] <= 1
        assert 0 <= layer["zero"] <= 1
        assert layer["masked"] == 4


def test_without_masks_nothing_is_said_of_objects(tmp_path):
    run = photograph_run(tmp_path)
    run.run(PHOTOGRAPHS)
    values = run.run(DEPTH).values
    assert not values["of_first"]
    assert values["picture"] == 0
    assert len(values["layers"]) == 3
    assert "mass" not in values["layers"][0]
    for language in ("en", "fa"):
        drawn, html = run.draw("depth", language)
        assert drawn["items"] == ["V14", "V16"]
        assert "On the animal" not in html


@pytest.mark.parametrize(
    ("layer", "layers", "key"),
    [("features.15", ["features.15"], "no_known_depths"), ("classifier.0", [], "layer_without_maps")],
)
def test_without_known_depths_the_layer_of_the_settings_is_shown_or_none(
    farmyard, monkeypatch, tmp_path, layer, layers, key
):
    def unknown(network):
        raise NotApplicable("no_known_depths", "unknown")

    compute = import_module("report_builder.sections.depth.compute")
    monkeypatch.setattr(compute, "depth_layers", unknown)
    work = replace(farmyard.work(DEPTH, {"vision.layer": layer}), folder=tmp_path)
    values = compute.look(work)
    assert [described["name"] for described in values["layers"]] == layers
    assert values["left_out"] == {"depth": key}
    monkeypatch.setitem(farmyard.saved, "depth", Saved("depth", values, tmp_path))
    drawn, html = farmyard.draw("depth", "en")
    assert "left out" in html
    assert len(drawn["figures"]) == 2 * len(layers)


@pytest.mark.parametrize("language", ["en", "fa"])
def test_the_pages_are_drawn(farmyard, language):
    values, _ = farmyard.draw("depth", language)
    assert [name.split(".")[0] for name in values["figures"]] == ["depth-activations", "depth-cams"]
    assert len(values["findings"]) == 2
