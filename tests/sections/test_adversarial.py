"""Attacks on the pictures shown and on farmyard scenes."""

from __future__ import annotations

import copy
import re
from dataclasses import replace
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest
import torch
from vision_steps import VisionRun, farmyard_run, photograph_run

from report_builder.pipeline.step import Saved
from report_builder.sections.adversarial import SECTION
from report_builder.sections.photographs import SECTION as PHOTOGRAPHS

PICTURES, SCENES = SECTION.steps
attacks, compute, draw, scene_rates = (
    import_module(f"report_builder.sections.adversarial.{name}")
    for name in ("attacks", "compute", "draw", "scene_rates")
)


def attacked(run: VisionRun) -> tuple[VisionRun, Saved]:
    run.run(PHOTOGRAPHS.steps[0])
    return run, run.run(PICTURES)


@pytest.fixture(scope="module")
def farmyard(tmp_path_factory: pytest.TempPathFactory) -> tuple[VisionRun, Saved]:
    return attacked(farmyard_run(tmp_path_factory.mktemp("farmyard")))


@pytest.fixture(scope="module")
def scenes(tmp_path_factory: pytest.TempPathFactory) -> Saved:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(scene_rates, "SCENES", 13)
        return farmyard_run(tmp_path_factory.mktemp("scenes")).run(SCENES)


def test_no_step_changes_no_pixel(farmyard: tuple[VisionRun, Saved]) -> None:
    assert farmyard[1].values["pixels_changed_at_zero"] == 0
    still = farmyard[1].values["shown"]["curve"][0]
    assert (still["distance"], still["largest"]) == (0, 0)


def test_no_pixel_moves_further_than_epsilon(farmyard: tuple[VisionRun, Saved]) -> None:
    run, saved = farmyard
    before = run.saved["photographs"].arrays()["pixels"]
    after = saved.arrays()["attacked"]
    assert np.abs(after - before).max() <= saved.values["chosen"]["levels"] / 255 + 1e-6
    assert after.min() >= 0
    assert after.max() <= 1
    for picture in saved.values["pictures"]:
        assert all(picture[name]["largest"] <= 8 / 255 + 1e-6 for name in ("fgsm", "random", "pgd"))


def test_fgsm_lowers_the_probability_more_than_random_signs(farmyard: tuple[VisionRun, Saved]) -> None:
    for picture in farmyard[1].values["pictures"]:
        assert picture["fgsm"]["true"] < picture["random"]["true"]


def test_the_picture_shown_changes_class_where_one_does(farmyard: tuple[VisionRun, Saved]) -> None:
    values = farmyard[1].values
    row = values["pictures"][values["shown"]["index"]]
    assert row["fgsm"]["success"] or not values["flipped"]["fgsm"]
    assert set(values["shown"]["maps"]["grad_cam"]["mass"]) == {"before", "after", "other"}


def test_the_clamp_of_normalised_pixels_moves_black_to_the_mean() -> None:
    black = compute._clamp_alone(torch.zeros(1, 3, 4, 4), 8 / 255)
    assert black["largest"] == pytest.approx(max(compute.IMAGENET_MEAN), abs=1e-6)
    assert black["share"] == 1
    grey = torch.tensor(compute.IMAGENET_MEAN)[None, :, None, None].expand(1, 3, 4, 4) + 0.1
    assert compute._clamp_alone(grey, 8 / 255)["share"] == 0


def test_the_centre_of_mass_of_one_point_is_that_point() -> None:
    maps = torch.zeros(2, 4, 8)
    maps[0, 1, 6] = 3.0
    assert attacks.centre_of_mass(maps).tolist() == [[1.5 / 4, 6.5 / 8], [0.5, 0.5]]


def test_a_chosen_epsilon_between_the_others_is_tried_too() -> None:
    assert attacks.epsilons_with(3) == (0, 1, 2, 3, 4, 8, 16)
    assert attacks.epsilons_with(8) == attacks.EPSILONS


def test_rates_of_the_scenes(scenes: Saved) -> None:
    values = scenes.values
    assert values["right"] + values["wrong"] == values["scenes"] == 12  # one of thirteen shows no animal
    for name in ("fgsm", "object", "background", "random", "pgd"):
        points = values["success"][name]
        assert points[0]["value"] == 0  # wrong ones were left out, and nothing moved
        for point in points:
            low, high = point["interval"]
            assert low - 1e-9 <= point["value"] <= high + 1e-9
    true = [point["value"] for point in values["probability"]["true"]]
    assert true == sorted(true, reverse=True)
    assert values["correlation"]["grad_cam"][0]["value"] == pytest.approx(1)
    mass = values["mass"]["grad_cam"]
    assert mass["change"]["value"] == pytest.approx(mass["said"]["value"] - mass["before"]["value"])


@pytest.mark.parametrize(
    ("flipped", "interval", "said"),
    [(0, [0.5, 0.9], "below that interval"), (1, [0.4, 0.6], "agree with that"), (2, [0, 0.4], "above")],
)
def test_the_pictures_shown_are_held_against_the_rate_of_the_scenes(
    farmyard: tuple[VisionRun, Saved],
    scenes: Saved,
    monkeypatch: pytest.MonkeyPatch,
    flipped: int,
    interval: list[float],
    said: str,
) -> None:
    run, saved = farmyard
    values = copy.deepcopy(dict(saved.values)) | {"right": 2}
    values["flipped"]["fgsm"] = flipped
    rates = copy.deepcopy(dict(scenes.values))
    rates["success"]["fgsm"][values["chosen"]["place"]]["interval"] = interval
    monkeypatch.setitem(run.saved, PICTURES.name, replace(saved, values=values))
    monkeypatch.setitem(run.saved, SCENES.name, replace(scenes, values=rates))
    text = re.sub(r"<[^>]*>", "", run.draw("adversarial", "en")[1])
    assert said in text
    assert "changes no value" in text


def test_how_two_kinds_of_maps_compare() -> None:
    assert draw._compared("poor", "poor") == "same"
    assert draw._compared("good", "poor") == "more"
    assert draw._compared("poor", "very_good") == "less"


def test_photographs_without_masks_and_right_answers(tmp_path: Path) -> None:
    _, saved = attacked(photograph_run(tmp_path))
    values = saved.values
    assert "mass" not in values["shown"]["maps"]["saliency"]
    assert values["right"] + values["wrong"] == values["count"]
    assert values["flipped"]["fgsm"] <= values["right"]
