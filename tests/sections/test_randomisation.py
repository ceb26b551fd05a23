"""Cascading random weights: what the values say of the network's layers and of the maps."""

import re
from importlib import import_module

import numpy as np
import pytest
from vision_steps import PROJECT, farmyard_run

from report_builder.contents import load_section
from report_builder.methods.randomisation import layers_from_output
from report_builder.models.farmnet import load_farmnet
from report_builder.pipeline.step import Saved

SCENES = load_section("map_scores").steps[0]
(RANDOMISATION,) = load_section("randomisation").steps


@pytest.fixture(scope="module")
def ran(tmp_path_factory):
    run = farmyard_run(tmp_path_factory.mktemp("randomisation"))
    run.run(SCENES, {"map_scores.scenes": 13})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(import_module("report_builder.sections.randomisation.compute"), "SCENES", 4)
        run.run(RANDOMISATION)
    return run


@pytest.fixture(scope="module")
def saved(ran):
    return ran.saved["randomisation"]


def test_the_stages_take_in_every_layer_once_from_the_output_on(saved):
    stages = saved.values["stages"]
    layers = [name for stage in stages for name in stage["layers"]]
    assert layers == layers_from_output(load_farmnet(PROJECT / "data/farmnet.safetensors"))
    assert [stage["kind"] for stage in stages] == ["head"] + ["block"] * (len(stages) - 1)
    assert stages[-1]["number"] == 1


def test_correlations_are_per_method_and_stage(saved):
    values = saved.values
    for name, correlations in values["correlations"].items():
        assert len(correlations) == len(values["stages"])
        assert all(-1 <= value <= 1 for value in correlations)
        assert values["head"][name] == correlations[0]
        assert values["all"][name] == correlations[-1]


def test_grad_cam_needs_the_classifier_and_guided_backpropagation_hardly_does(saved):
    """As Adebayo and others found on other networks."""
    head = saved.values["head"]
    assert head["grad_cam"] <= 0.3
    assert head["guided_backpropagation"] >= 0.8


def test_the_pictures_show_each_stage(saved):
    arrays = saved.arrays()
    names = ["trained", *(f"stage_{i + 1}" for i in range(len(saved.values["stages"])))]
    maps = [arrays[f"{name}.grad_cam"] for name in names]
    assert all(found.shape == arrays["scene"].shape[:2] for found in maps)
    assert not any(np.array_equal(maps[0], found) for found in maps[1:])


def prose(run, head, later):
    """The page's text where every method but the two shown has these correlations."""
    values = run.saved["randomisation"].values
    rest = [name for name in values["head"] if name not in ("guided_backpropagation", "grad_cam")]
    rows = values["correlations"] | {name: [head, *[later] * (len(values["stages"]) - 1)] for name in rest}
    changed = values | {"correlations": rows, "head": {name: row[0] for name, row in rows.items()}}
    kept = run.saved["randomisation"]
    run.saved["randomisation"] = Saved("randomisation", changed, kept.folder)
    try:
        html = run.draw("randomisation", "en")[1]
    finally:
        run.saved["randomisation"] = kept
    return re.sub(r"<[^>]*>", "", html)


def test_equal_ends_are_printed_once_and_what_is_lost_may_come_back(ran):
    text = prose(ran, 0.21, 0.05)
    assert "at once (0.21)" in text
    assert "need not stay lost" not in text
    text = prose(ran, 0.21, 0.4)
    assert "need not stay lost" in text
    assert "comes to 0.40" in text


def test_the_methods_that_are_left_out_are_named(ran, saved):
    text = prose(ran, 0.5, 0.5)
    assert f"{saved.values['methods']} methods are tested" in text
    assert "Score-CAM, Occlusion and LIME for images" in text
