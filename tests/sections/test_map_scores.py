"""Scores of all methods on a few scenes: what the ranking says of the arrays, and the pictures' scores."""

import re

import numpy as np
import pytest
import torch
from vision_steps import farmyard_run, photograph_run

from report_builder.contents import load_section
from report_builder.datasets.farmyard.labels import CLASSES, PARTS, PARTS_OF
from report_builder.pipeline.step import Saved
from report_builder.sections.map_methods import REFERENCES
from report_builder.sections.map_scores.compute import SCORES, places
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
        sign = 1 if much_is_good else -1
        goodness = {name: sign * found["means"][name]["value"] for name in methods}
        for name in methods:  # so equal means share a rank, whatever the order of the methods
            better = sum(value > goodness[name] for value in goodness.values())
            equal = sum(value == goodness[name] for value in goodness.values())
            assert values["ranks"][name][score] == better + (equal + 1) / 2
        assert goodness[found["best"]] == max(goodness.values())
        assert goodness[found["worst"]] == min(goodness.values())
        for name, ahead in found["ahead_of"]["edges"].items():
            gain = found["means"][name]["value"] - found["means"]["edges"]["value"]
            assert ahead["value"] == pytest.approx(sign * gain)
    means = [values["mean_ranks"][name] for name in methods]
    assert means == sorted(means)
    assert sum(means) == pytest.approx(sum(range(1, len(methods) + 1)))
    assert values["random_head"] == {"grad_cam": 0.1}


def test_equal_values_share_the_mean_of_their_ranks():
    assert places({"a": 0.5, "b": 1.0, "c": 1.0, "d": 0.2}) == {"a": 3, "b": 1.5, "c": 1.5, "d": 4}
    assert set(places(dict.fromkeys("abcd", 1.0)).values()) == {2.5}


PICTURES = {
    "grad_cam": {"deletion": 0.10, "insertion": 0.901},
    "saliency": {"deletion": 0.104, "insertion": 0.899},
    "lime_image": {"deletion": 0.20, "insertion": 0.80},
    **{name: {"deletion": 0.10, "insertion": 0.90} for name in REFERENCES},
}


def draw(run, **changed):
    """The page, with rankings changed and three methods on the pictures."""
    given = {
        "photographs": {},
        "picture_scores": {
            "count": 2,
            "methods": ["grad_cam", "saliency", "lime_image"],
            "scores": PICTURES,
            "best": {"deletion": "grad_cam", "insertion": "grad_cam"},
        },
        "map_scores": {**run.saved["map_scores"].values, **changed},
    }
    kept = dict(run.saved)
    run.saved |= {name: Saved.given(name, values) for name, values in given.items()}
    try:
        return run.draw("map_scores", "en")
    finally:
        run.saved = kept


def test_every_cell_that_prints_the_best_value_is_bold(scored):
    _, page = draw(scored)
    ranking, pictures = (
        re.findall(r"<tr>.*?</tr>", table, re.DOTALL)[1:]
        for table in re.findall(r"<table.*?</table>", page, re.DOTALL)
    )
    assert [row.count("<strong>") for row in pictures] == [2, 2, 0, 0, 0, 0]
    assert not any("<strong>" in row for row in ranking[-len(REFERENCES) :])
    values = scored.saved["map_scores"].values
    for score in ("pointing", "deletion"):
        means = {name: values["scores"][score]["means"][name]["value"] for name in values["ranked"]}
        digits = 2 if score == "deletion" else 0
        scale = 1 if score == "deletion" else 100
        printed = {name: f"{value * scale:.{digits}f}" for name, value in means.items()}
        best = printed[values["scores"][score]["best"]]
        column = 2 + list(SCORES).index(score)
        bold = [
            "<strong>" in re.findall(r"<t[dh].*?</t[dh]>", row, re.DOTALL)[column]
            for row in ranking[: len(means)]
        ]
        assert bold == [printed[name] == best for name in values["ranked"]]


def test_no_order_is_claimed_among_equal_mean_ranks(scored):
    values = scored.saved["map_scores"].values
    apart = {name: float(place) for place, name in enumerate(values["ranked"])}
    assert "in this order" in draw(scored, mean_ranks=apart)[0]["findings"][-2]
    second, third, fourth = values["ranked"][1:4]
    tied = apart | {third: apart[second], fourth: apart[second]}
    finding = draw(scored, mean_ranks=tied)[0]["findings"][-2]
    assert "in this order" not in finding
    assert "same mean rank" in finding


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
