"""Scores of all methods on a few scenes: what the ranking says of the arrays, and the pictures' scores."""

import numpy as np
import pytest
import torch
from vision_steps import farmyard_run, photograph_run

from report_builder.contents import load_section
from report_builder.datasets.farmyard.labels import CLASSES, PARTS, PARTS_OF
from report_builder.pipeline.step import Saved
from report_builder.sections.map_methods import REFERENCES
from report_builder.sections.map_scores.compute import SCORES
from report_builder.sections.map_scores.measures import EVIDENCE, full_size, heat, relevance
from report_builder.sections.map_scores.picture_scores import SOURCES

STEPS = {step.name: step for step in load_section("map_scores").steps}
FEW = {"map_scores.scenes": 13}  # twelve with an animal
FAMILIES = [step.parameters["family"] for name, step in STEPS.items() if name.startswith("scene_scores")]


@pytest.fixture(scope="module")
def scored(tmp_path_factory):
    run = farmyard_run(tmp_path_factory.mktemp("scores"))
    run.run(STEPS["scenes"], FEW)
    run.saved["randomisation"] = Saved.given("randomisation", {"head": {"grad_cam": 0.1, "other": 0.5}})
    for family in FAMILIES:
        run.run(STEPS[f"scene_scores.{family}"], FEW)
    run.run(STEPS["map_scores"], FEW)
    return run


def test_every_scene_has_an_animal_and_its_defining_part(scored):
    saved = scored.saved["scenes"]
    arrays = saved.arrays()
    assert saved.values["count"] == saved.values["classes"] == len(arrays["labels"]) == 12
    assert CLASSES.index("none") not in arrays["labels"]
    assert arrays["objects"].any((1, 2)).all()
    assert saved.values["parts_removed"] == arrays["measured"].sum()
    for label, measured in zip(arrays["labels"], arrays["measured"], strict=True):
        assert {PARTS[i] for i in np.flatnonzero(measured)} <= PARTS_OF[CLASSES[label]]


def test_the_ranking_repeats_the_arrays(scored):
    values = scored.saved["map_scores"].values
    arrays = {}
    for family in FAMILIES:
        arrays |= scored.saved[f"scene_scores.{family}"].arrays()
    methods = values["ranked"]
    assert len(methods) == values["methods"] == len(set(methods))
    assert not set(methods) & set(REFERENCES)
    for score, much_is_good in SCORES.items():
        found = values["scores"][score]
        assert set(found["means"]) == {*methods, *REFERENCES}
        for name, estimate in found["means"].items():
            array = arrays[f"{score}.{name}"]
            assert len(array) == found["count"]
            assert estimate["value"] == pytest.approx(array.mean())
            low, high = estimate["interval"]
            assert low <= estimate["value"] + 1e-12
            assert high >= estimate["value"] - 1e-12
        assert sorted(values["ranks"][name][score] for name in methods) == list(range(1, len(methods) + 1))
        assert values["ranks"][found["best"]][score] == 1
        assert values["ranks"][found["worst"]][score] == len(methods)
        sign = 1 if much_is_good else -1
        for name, ahead in found["ahead_of"]["edges"].items():
            gain = found["means"][name]["value"] - found["means"]["edges"]["value"]
            assert ahead["value"] == pytest.approx(sign * gain)
    means = [values["mean_ranks"][name] for name in methods]
    assert means == sorted(means)
    assert sum(means) == pytest.approx(sum(range(1, len(methods) + 1)))
    assert values["random_head"] == {"grad_cam": 0.1}


def test_masses_and_hits_are_shares(scored):
    for family in FAMILIES:
        for name, array in scored.saved[f"scene_scores.{family}"].arrays().items():
            low = -1 if name.startswith("part_importance") else 0
            assert array.min() >= low - 1e-12, name
            assert array.max() <= 1 + 1e-12, name


def test_a_random_map_has_the_mass_of_the_area(scored):
    arrays = scored.saved["scene_scores.reference"].arrays()
    areas = scored.saved["scenes"].arrays()["objects"].mean((1, 2))
    np.testing.assert_allclose(arrays["mass.random"], areas, atol=0.02)


def test_only_random_methods_differ_between_seeds(scored):
    seeds = scored.saved["map_scores"].values["seeds"]
    assert set(seeds) == {
        "smooth_grad",
        "smooth_guided",
        "smooth_guided_grad_cam",
        "gradient_shap",
        "lime_image",
    }
    assert all(-1 <= value < 1 for value in seeds.values())


def test_evidence_keeps_its_sign_and_sensitivity_its_size():
    maps = torch.tensor([1.0, -3.0, 0.5])[None, :, None, None].expand(2, -1, 4, 4)
    assert (relevance("integrated_gradients", maps) == -1.5).all()
    assert (relevance("guided_backpropagation", maps) == 4.5).all()
    assert (heat(maps) == 4.5).all()
    assert (heat(-maps[:, 0]) == 0).all()
    assert {"occlusion", "lime_image"} < EVIDENCE
    assert full_size(torch.ones(2, 2, 2), (8, 8)).shape == (2, 8, 8)


@pytest.fixture(params=[farmyard_run, photograph_run])
def pictures(request, tmp_path):
    """A run whose map steps saved maps of noise."""
    run = request.param(tmp_path)
    saved = run.run(load_section("photographs").steps[0])
    pixels = saved.arrays()["pixels"]
    noise = np.random.default_rng(0).normal(size=pixels.shape).astype(np.float32)
    maps = {
        "gradient_maps": {"guided_backpropagation": noise, "grad_cam": np.abs(noise[:, 0, :7, :7])},
        "path_maps": {"integrated_gradients": noise},
        "lime_maps": {"lime_image": noise[:, 0], "segments": np.zeros(pixels[:, 0].shape, dtype=np.int64)},
    }
    for name in SOURCES:
        folder = tmp_path / name
        folder.mkdir(exist_ok=True)
        np.savez(folder / "arrays.npz", **maps.get(name, {}))
        run.saved[name] = Saved(name, {}, folder)
    return run


def test_pictures_are_scored_with_what_is_known_of_them(pictures):
    values = pictures.run(STEPS["picture_scores"]).values
    own = {"guided_backpropagation", "grad_cam", "integrated_gradients", "lime_image"}
    assert set(values["methods"]) == own
    assert set(values["scores"]) == own | set(REFERENCES)
    known = {"deletion", "insertion"}
    if pictures.saved["vision"].values["farmyard"]:
        known |= {"pointing", "mass"}
    for scores in values["scores"].values():
        assert set(scores) == known
        assert all(0 <= value <= 1 for value in scores.values())
    assert set(values["best"].values()) <= own
