"""Activation maximisation without, with one after the other, and with all regularisers."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import numpy as np
import pytest
import torch
from vision_steps import VisionRun, farmyard_run, photograph_run

from report_builder.errors import InputError
from report_builder.sections.feature_visualisation import SECTION
from report_builder.sections.photographs import SECTION as PHOTOGRAPHS

compute = import_module("report_builder.sections.feature_visualisation.compute")


def visualised(run: VisionRun) -> VisionRun:
    run.run(PHOTOGRAPHS.steps[0])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(compute, "DRAWS", 2)
        for step in SECTION.steps:
            run.run(step)
    return run


@pytest.fixture(scope="module")
def farmyard(tmp_path_factory: pytest.TempPathFactory) -> VisionRun:
    return visualised(farmyard_run(tmp_path_factory.mktemp("farmyard")))


def test_each_recipe_adds_to_the_one_before() -> None:
    found = list(compute.recipes(9).values())
    assert [len(set(map(repr, found)))] == [len(compute.ADDED)]
    assert found[0].total_variation == 0
    assert not found[0].jitter.moves
    assert not found[0].fourier
    assert found[-1].total_variation > 0
    assert found[-1].blur > 0
    assert found[-1].fourier
    assert all(recipe.steps == 9 for recipe in found)


def test_the_unseen_movements_are_stronger_than_any_recipe_s() -> None:
    for recipe in compute.recipes(1).values():
        jitter = recipe.jitter
        assert compute.UNSEEN.shift > jitter.shift
        assert compute.UNSEEN.scale > jitter.scale
        assert compute.UNSEEN.degrees > jitter.degrees


def test_pictures_are_pixels_and_the_ascent_climbs(farmyard: VisionRun) -> None:
    for name in ("unregularised", "hens"):
        saved = farmyard.saved[name]
        pixels = saved.arrays()["pixels"]
        assert pixels.min() >= 0
        assert pixels.max() <= 1
        assert len(saved.values["images"]) == len(pixels)
    real = farmyard.saved["unregularised"].values["real"]
    assert real["count"] == 18  # two shown and sixteen of the background


def test_the_ablation_begins_plain_and_ends_with_all_regularisers(farmyard: VisionRun) -> None:
    pixels = farmyard.saved["ablation"].arrays()["pixels"]
    plain, full = (farmyard.saved[name] for name in ("unregularised", "hens"))
    np.testing.assert_array_equal(pixels[0], plain.arrays()["pixels"])
    np.testing.assert_array_equal(pixels[-1], full.arrays()["pixels"][: compute.COMPARED])
    rows = farmyard.saved["ablation"].values["rows"]
    assert [row["added"] for row in rows] == list(compute.ADDED)
    assert all(len(row["each"]) == farmyard.saved["ablation"].values["seeds"] for row in rows)
    assert rows[0]["robust"] == pytest.approx(plain.values["mean"]["robust"])
    assert farmyard.saved["ablation"].values["gain"] == pytest.approx(rows[-1]["robust"] - rows[0]["robust"])


def test_a_shift_keeps_the_values_of_the_inside() -> None:
    pixels = torch.rand(2, 3, 12, 12, generator=torch.Generator().manual_seed(0))
    moved = compute._shifted(pixels)
    assert moved.shape == (8, 2, 3, 12, 12)
    s = compute.SHIFT
    torch.testing.assert_close(moved[0][:, :, s:, s:], pixels[:, :, :-s, :-s])
    torch.testing.assert_close(moved[-1][:, :, :-s, :-s], pixels[:, :, s:, s:])


def test_red_areas_are_red_and_coloured_noise_has_none() -> None:
    red = torch.zeros(1, 3, 20, 20)
    red[:, 0] = 0.8
    noise = torch.rand(1, 3, 20, 20, generator=torch.Generator().manual_seed(0))
    assert compute._red(torch.cat([red, red.flip(1), noise])).tolist() == pytest.approx([1, 0, 0], abs=0.02)


def test_likeness_of_equal_and_of_independent_pictures() -> None:
    noise = torch.rand(3, 3, 20, 20, generator=torch.Generator().manual_seed(1))
    assert compute._likeness(noise[:1].expand(3, -1, -1, -1)) == pytest.approx(1)
    assert abs(compute._likeness(noise)) < 0.1


def test_an_unknown_class_is_refused(farmyard: VisionRun) -> None:
    with pytest.raises(InputError, match="unicorn"):
        farmyard.run(SECTION.steps[0], {"feature_visualisation.class_name": "unicorn"})


def test_another_network_without_masks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compute, "DRAWS", 1)
    run = photograph_run(tmp_path)
    run.run(PHOTOGRAPHS.steps[0])
    saved = run.run(SECTION.steps[0], {"feature_visualisation.steps": 1})
    assert len(saved.values["images"]) == compute.COMPARED
    assert saved.values["class"]["name"] == "hen"
