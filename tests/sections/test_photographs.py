"""The pictures shown and what the network says of them."""

import json

import numpy as np
import pytest
from vision_steps import farmyard_run, photograph_run

from report_builder.contents import load_section

PHOTOGRAPHS = load_section("photographs").steps[0]


@pytest.fixture(scope="module")
def farmyard(tmp_path_factory):
    return farmyard_run(tmp_path_factory.mktemp("farmyard")).run(PHOTOGRAPHS, {"vision.shown": 6})


@pytest.fixture(scope="module")
def noise(tmp_path_factory):
    return photograph_run(tmp_path_factory.mktemp("noise")).run(PHOTOGRAPHS)


def test_farmyard_scenes_come_with_masks_and_are_recognised(farmyard):
    arrays = farmyard.arrays()
    assert arrays["pixels"].shape == (6, 3, 112, 112)
    assert arrays["objects"].shape == arrays["parts"].shape == (6, 112, 112)
    assert ((arrays["parts"] > 0) >= arrays["objects"]).all()
    assert farmyard.values["labelled"] == 6
    assert farmyard.values["right"] >= 5
    assert farmyard.values["normalisation"]["inside"]


def test_targets_and_probabilities_are_those_of_the_logits(farmyard):
    logits = farmyard.arrays()["logits"].astype(float)
    probabilities = np.exp(logits - logits.max(1, keepdims=True))
    probabilities /= probabilities.sum(1, keepdims=True)
    for image, target, row in zip(
        farmyard.values["images"], farmyard.arrays()["targets"], probabilities, strict=True
    ):
        assert image["target"] == target == image["index"]
        assert image["probability"] == pytest.approx(row[target], abs=1e-6)
        assert image["predicted"] == row.argmax()
        top = [entry["probability"] for entry in image["top"]]
        assert top == sorted(top, reverse=True)
        assert top == pytest.approx(sorted(row, reverse=True)[:5], abs=1e-6)


def test_a_class_in_the_file_name_is_explained_else_the_prediction(noise):
    named, unnamed = noise.values["images"]
    assert (named["target"], named["target_name"]) == (285, "Egyptian cat")
    assert unnamed["index"] is None
    assert unnamed["target"] == unnamed["predicted"]
    assert noise.values["labelled"] == 1
    assert noise.values["chance"] == 1 / 1000
    assert "objects" not in noise.arrays()
    assert noise.values["normalisation"]["mean"] == pytest.approx([0.485, 0.456, 0.406])


def test_without_further_pictures_the_shown_ones_are_the_background(tmp_path):
    run = photograph_run(tmp_path)
    saved = run.run(PHOTOGRAPHS, {"vision.shown": 3})
    assert not saved.values["background"]["apart"]
    assert np.array_equal(saved.arrays()["background"], saved.arrays()["pixels"][::-1])


def test_the_write_up_s_wrong_indices_are_named(noise):
    faults = {fault["name"]: fault for fault in noise.values["index_faults"]}
    assert noise.values["fault_count"] == len(faults) == 3
    assert faults["boxer"]["right"] == 242
    assert faults["boxer"]["name_there"] == "bull mastiff"
    assert faults["Persian cat"]["right"] == 283
    assert faults["Leonberg"]["right"] == 255


def test_what_was_done_to_odd_files_is_told(tmp_path):
    from PIL import Image

    run = photograph_run(tmp_path)
    Image.new("CMYK", (40, 40)).save(tmp_path / "print.jpg")
    Image.new("L", (40, 40), 90).save(tmp_path / "grey.png")
    listed = [{"file": n, "path": n, "sha256": "", "name": None} for n in ("print.jpg", "grey.png")]
    (tmp_path / "photographs.json").write_text(json.dumps(listed), encoding="utf-8")
    images = run.run(PHOTOGRAPHS).values["images"]
    assert [image["notes"] for image in images] == [["cmyk"], ["grey"]]
