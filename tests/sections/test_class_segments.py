"""LIME by class: laws of what is measured, and sentences that suit networks, folders and their errors."""

import re
from dataclasses import replace

import numpy as np
import own_steps
import pytest
from own_steps import folder_run, own_run

from report_builder.contents import load_section
from report_builder.sections.class_segments.cases import Case, cases

(STEP,) = load_section("class_segments").steps
FEW = {"class_segments.samples": 16}


@pytest.fixture(scope="module")
def farmyard(tmp_path_factory):
    run = own_run(tmp_path_factory.mktemp("farmyard"))
    run.run(STEP, {"class_segments.samples": 40, "lime_image.segments": 30})
    return run


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    run = folder_run(tmp_path_factory.mktemp("folder"))
    run.run(STEP, FEW)
    return run


def text_of(run, language="en"):
    return re.sub(r"<[^>]*>", "", run.draw("class_segments", language)[1])


def test_a_picture_of_every_class_is_explained_for_its_own_class(farmyard):
    values, arrays = farmyard.saved["class_segments"].values, farmyard.saved["class_segments"].arrays()
    labels = farmyard.saved["own_pictures"].arrays()["labels"]
    assert [picture["class"] for picture in values["pictures"]] == list(range(13))
    for i, picture in enumerate(values["pictures"]):
        assert labels[picture["place"]] == picture["class"]
        segments, signs = arrays["segments"][i], arrays["strongest"][i]
        assert len(np.unique(segments)) == picture["segments"]
        painted = [len(np.unique(segments[signs == sign])) for sign in (1, -1)]
        assert painted == [picture["for"], picture["against"]]
        assert sum(painted) <= 11
        if "mass" in picture:
            assert 0 <= picture["mass"] <= 1
            assert picture["area"] + picture["clutter_area"] <= 1
    assert "mass" not in values["pictures"][-1]  # the class without an animal
    assert values["means"]["count"] == 12
    assert values["link"] is None or -1 <= values["link"]["correlation"] <= 1


def test_the_cases_come_from_the_confusion_matrix(farmyard):
    values, trained = farmyard.saved["class_segments"].values, farmyard.saved["own_cnn"].values
    logits, pictures = farmyard.saved["own_cnn"].arrays()["logits"], farmyard.saved["own_pictures"]
    for case in values["cases"]:
        assert pictures.arrays()["splits"][case["place"]] == pictures.values["main"]
        assert pictures.arrays()["labels"][case["place"]] == case["true"]
        order = logits[case["place"]].argsort()[::-1]
        assert case["right"] == (order[0] == case["true"])
        assert case["rival"] == next(index for index in order if index != case["true"])
        assert {case["own"]["segments"]} == {case["other"]["segments"]}
        assert case["hidden"]["true"] + case["hidden"]["rival"] <= 1 + 1e-6
        if not case["hidden"]["count"]:
            assert case["hidden"]["true"] == pytest.approx(case["own"]["probability"], abs=1e-5)
    pair = trained["pairs"][0]
    assert (values["cases"][0]["true"], values["cases"][0]["rival"]) == (pair["true"], pair["predicted"])


def test_of_each_kind_the_picture_that_is_asked_for():
    labels = np.array([0, 0, 1, 1, 2, 2, 0])
    probabilities = np.array(
        [[0.2, 0.8, 0], [0.05, 0.95, 0], [0.9, 0.1, 0], [0, 1, 0], [0, 0.1, 0.9], [0, 0, 1], [0, 0.3, 0.7]]
    )
    main = np.arange(7)
    trained = {"pairs": [{"true": 0, "predicted": 1}], "worst": 0, "best": 2}
    found = cases(trained, labels, probabilities, main)
    assert found == [Case("pair", 1, 0, 1), Case("worst", 0, 0, 1), Case("best", 4, 2, 1)]
    assert cases({"pairs": [], "worst": 0, "best": 1}, labels, probabilities, np.array([3])) == [
        Case("best", 3, 1, 2)
    ]
    assert cases({"pairs": [], "worst": 0, "best": 0}, labels, probabilities, np.array([0])) == [
        Case("worst", 0, 0, 1)
    ]


@pytest.mark.parametrize("language", ["en", "fa"])
def test_the_pages_are_drawn(farmyard, folder, language):
    for run in (farmyard, folder):
        values, html = run.draw("class_segments", language)
        assert values["items"] == ["C04", "C05"]
        assert next(name.split(".")[0] for name in values["figures"]) == "class_segments-classes"
        assert 1 <= len(values["findings"]) <= 2
        assert ("animal" in html) == (language == "en" and run is farmyard)


def test_without_masks_nothing_is_said_of_objects(folder):
    values = folder.saved["class_segments"].values
    assert values["means"] == {}
    assert values["link"] is None
    assert not any("mass" in picture for picture in values["pictures"])
    text = text_of(folder)
    assert "On the animal" not in text
    assert "lies on" not in text


def test_a_network_without_errors_has_no_confusion_to_explain(folder, monkeypatch, tmp_path):
    trained, labels = folder.saved["own_cnn"], folder.saved["own_pictures"].arrays()["labels"]
    for file in trained.folder.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    np.savez(tmp_path / "arrays.npz", logits=9.0 * np.eye(3, dtype=np.float32)[labels])
    perfect = replace(trained, folder=tmp_path, values={**trained.values, "pairs": [], "errors": []})
    monkeypatch.setitem(folder.saved, "own_cnn", perfect)
    monkeypatch.setitem(folder.saved, "class_segments", folder.saved["class_segments"])
    values = folder.run(STEP, FEW).values
    assert [case["kind"] for case in values["cases"]] == ["best"]
    text = text_of(folder)
    assert "makes no error" in text
    assert "most confused pair" not in text.lower()


def test_the_weights_of_two_classes_are_mirror_images(tmp_path):
    run = folder_run(tmp_path, {"green": 0})
    values = run.run(STEP, FEW).values
    assert len(values["pictures"]) == 2
    for case in values["cases"]:
        assert {case["true"], case["rival"]} == {0, 1}
        assert case["mirrored"] == pytest.approx(-1, abs=1e-6)
    run.draw("class_segments", "fa")
    assert ("cannot be otherwise" in text_of(run)) == (values["cases"][0]["kind"] == "pair")


def test_of_many_classes_the_first_are_shown(tmp_path, monkeypatch):
    colours = {f"class {number:02}": (15 * number, 80, 250 - 15 * number) for number in range(15)}
    monkeypatch.setattr(own_steps, "FOLDER_CLASSES", colours)
    run = folder_run(tmp_path, dict.fromkeys(colours, 6))
    values = run.run(STEP, FEW).values
    assert [picture["class"] for picture in values["pictures"]] == list(range(13))
    assert "Of the 15 classes the first 13 are shown" in text_of(run)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"to_rival": {"mass": 0.7, "area": 0.1}}, "Most of what pulls towards the wrong class, 70"),
        ({"to_rival": {"mass": 0.4, "area": 0.1}}, "the larger part lies around it"),
        ({"to_rival": {"mass": 0.12, "area": 0.1}}, "spread as if by chance"),
        ({"to_rival": {"mass": 0.1, "area": 0.3, "clutter": 0.5, "clutter_area": 0.1}}, "Clutter has 50"),
        (
            {"hidden": {"count": 0, "true": 0.1, "rival": 0.8, "random": 0.1, "right": False}},
            "No segment pulls",
        ),
        (
            {"hidden": {"count": 2, "true": 0.7, "rival": 0.2, "random": 0.1, "right": True}},
            "makes the answer right",
        ),
    ],
)
def test_what_is_said_of_an_error_suits_what_was_measured(farmyard, monkeypatch, changes, said):
    saved = farmyard.saved["class_segments"]
    first, *others = saved.values["cases"]
    values = {**saved.values, "cases": [{**first, **changes}, *others]}
    monkeypatch.setitem(farmyard.saved, "class_segments", replace(saved, values=values))
    assert said in text_of(farmyard)
    farmyard.draw("class_segments", "fa")


@pytest.mark.parametrize(
    ("count", "right", "said"),
    [
        (0, False, "no segment pulls towards the wrong class"),
        (2, False, "does not rest on a few segments"),
        (2, True, "rests on few segments"),
    ],
)
def test_without_masks_the_finding_is_what_hiding_does(folder, monkeypatch, count, right, said):
    saved = folder.saved["class_segments"]
    first, *others = saved.values["cases"]
    hidden = {"count": count, "true": 0.6 if right else 0.1, "rival": 0.3, "random": 0.1, "right": right}
    cases = [{**first, "kind": "pair", "right": False, "hidden": hidden}, *others]
    monkeypatch.setitem(
        folder.saved, "class_segments", replace(saved, values={**saved.values, "cases": cases})
    )
    values, _ = folder.draw("class_segments", "en")
    assert any(said in finding for finding in values["findings"])
    folder.draw("class_segments", "fa")
