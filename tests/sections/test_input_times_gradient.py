"""Input × Gradient and its improvements: what the pages claim holds, and suits every network and verdict."""

import re
from dataclasses import replace
from importlib import import_module

import numpy as np
import pytest
import torch
from own_steps import folder_run, own_run
from torch import nn

from report_builder.contents import load_section
from report_builder.methods.applicability import NotApplicable
from report_builder.methods.deeplift import deeplift
from report_builder.methods.gradients import input_x_gradient
from report_builder.methods.integrated_gradients import integrated_gradients
from report_builder.sections.input_times_gradient.improvement import _verdict

(STEP,) = load_section("input_times_gradient").steps
METHODS = ("input_x_gradient", "deeplift", "integrated_gradients")


@pytest.fixture(scope="module")
def farmyard(tmp_path_factory):
    run = own_run(tmp_path_factory.mktemp("farmyard"))
    run.run(STEP, {"integrated_gradients.steps": 16})
    return run


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    run = folder_run(tmp_path_factory.mktemp("folder"))
    run.run(STEP)
    return run


def text_of(run, language="en"):
    return re.sub(r"<[^>]*>", "", run.draw("input_times_gradient", language)[1])


def test_sums_are_those_of_the_maps_that_are_drawn(farmyard):
    values, arrays = (
        farmyard.saved["input_times_gradient"].values,
        farmyard.saved["input_times_gradient"].arrays(),
    )
    assert values["left_out"] == {}
    for name in METHODS:
        np.testing.assert_allclose(arrays[name].sum((1, 2)), values["sums"][name], atol=1e-3)
    missed = values["completeness"]
    assert missed["deeplift"] < 1e-4
    assert missed["deeplift"] < missed["integrated_gradients"] < missed["input_x_gradient"]
    np.testing.assert_allclose(values["sums"]["deeplift"], values["change"], rtol=1e-4)


def test_scores_are_paired_on_the_pictures_that_show_something(farmyard):
    values = farmyard.saved["input_times_gradient"].values
    assert values["pictures"] == 26
    assert set(values["scores"]) == {"mass", "pointing"}
    for score in values["scores"].values():
        assert score["count"] == 24  # two pictures show no animal
        means = {name: mean["value"] for name, mean in score["means"].items()}
        for name, gain in score["gains"].items():
            assert gain["value"] == pytest.approx(means[name] - means["input_x_gradient"])
            assert gain["interval"][0] <= gain["value"] <= gain["interval"][1]
        assert score["between"]["value"] == pytest.approx(means["deeplift"] - means["integrated_gradients"])
    assert all(-1 <= cosine <= 1 for cosine in values["noise"]["cosine"].values())
    assert text_of(farmyard).count("clearly ahead of the edge filter") == 2  # once for each score


def test_without_masks_deletion_decides_and_small_is_good(folder):
    values = folder.saved["input_times_gradient"].values
    (score,) = values["scores"].values()
    assert list(values["scores"]) == ["deletion"]
    means = {name: mean["value"] for name, mean in score["means"].items()}
    for name, gain in score["gains"].items():
        assert gain["value"] == pytest.approx(means["input_x_gradient"] - means[name])


def test_in_a_network_without_biases_all_three_are_one_and_black_pixels_get_nothing():
    with torch.random.fork_rng():
        torch.manual_seed(2)
        plain = nn.Sequential(
            nn.Conv2d(3, 6, 3, bias=False),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Flatten(),
            nn.Linear(54, 4, bias=False),
        )
        images = torch.rand(2, 3, 8, 8)
    plain, images = plain.double().eval(), images.double()
    images[:, :, :3] = 0
    classes = torch.tensor([1, 3])
    expected = input_x_gradient(plain, images, classes)
    for found in (integrated_gradients(plain, images, classes, steps=4), deeplift(plain, images, classes)):
        torch.testing.assert_close(found.attributions, expected)
    assert not expected[:, :, :3].any()
    nn.init.normal_(biased := torch.empty(6, dtype=torch.double), generator=torch.Generator().manual_seed(1))
    plain[0].bias = nn.Parameter(biased, requires_grad=False)
    other = integrated_gradients(plain, images, classes, steps=200).attributions
    assert not torch.allclose(other, input_x_gradient(plain, images, classes), atol=1e-3)
    assert not other[:, :, :3].any()


@pytest.mark.parametrize("language", ["en", "fa"])
def test_the_pages_are_drawn(farmyard, folder, language):
    for run in (farmyard, folder):
        values, html = run.draw("input_times_gradient", language)
        assert values["items"] == ["C07", "C08"]
        assert [name.split(".")[0] for name in values["figures"]] == ["input_times_gradient-maps"]
        assert len(values["findings"]) == 2
        assert ("animal" in html) == (language == "en" and run is farmyard)


def test_a_method_that_does_not_fit_the_network_is_left_out(folder, monkeypatch):
    def refuse(*_arguments):
        raise NotApplicable("in_place_activation", "overwrites its activations")

    monkeypatch.setattr(import_module(STEP.module), "deeplift", refuse)
    monkeypatch.setitem(folder.saved, "input_times_gradient", folder.saved["input_times_gradient"])
    values = folder.run(STEP).values
    assert values["left_out"] == {"deeplift": "in_place_activation"}
    assert values["scores"]["deletion"]["between"] is None
    assert "DeepLIFT is left out: this network overwrites" in text_of(folder)
    assert "Integrated Gradients cannot be told" not in text_of(folder)
    folder.draw("input_times_gradient", "fa")


@pytest.mark.parametrize(
    ("intervals", "verdict"),
    [
        ([(0.1, 0.2), (-0.1, 0.2)], "better"),
        ([(-0.1, 0.2), (-0.3, 0.1)], "open"),
        ([(-0.2, -0.1), (-0.3, 0.1)], "worse"),
        ([(-0.2, -0.1), (0.1, 0.2)], "mixed"),
    ],
)
def test_the_verdict_follows_the_paired_intervals(farmyard, monkeypatch, intervals, verdict):
    assert _verdict(intervals) == verdict
    saved = farmyard.saved["input_times_gradient"]
    scores = {
        name: {
            **score,
            "gains": {m: {"value": sum(ends) / 2, "interval": list(ends)} for m in score["gains"]},
        }
        for (name, score), ends in zip(saved.values["scores"].items(), intervals, strict=True)
    }
    changed = replace(saved, values={**saved.values, "scores": scores})
    monkeypatch.setitem(farmyard.saved, "input_times_gradient", changed)
    text = text_of(farmyard)
    said = {
        "better": "Better than Input × Gradient: ",
        "open": "Not clearly better or worse",
        "worse": "Worse than Input",
        "mixed": "worse by the other",
    }
    assert said[verdict] in text
    assert ("no proposed method scores clearly better" in text) == (verdict != "better")
    farmyard.draw("input_times_gradient", "fa")
