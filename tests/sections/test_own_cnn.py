"""The network of one's own: its held-out pictures, its training, its errors, on the farmyard and a folder."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from own_steps import FOLDER_CLASSES, OwnRun, folder_run, folder_steps, own_run

from report_builder.errors import InputError
from report_builder.pipeline.step import Saved, plain
from report_builder.sections.own_cnn import SECTION

PICTURES, TRAINED = SECTION.steps
TINY = {
    "own_cnn.retrain": True,
    "own_cnn.size": 32,
    "own_cnn.scenes_per_class": 1,
    "own_cnn.epochs": 2,
    "own_cnn.batch_size": 13,
}


@pytest.fixture(scope="module")
def farmyard(tmp_path_factory: pytest.TempPathFactory) -> OwnRun:
    return own_run(tmp_path_factory.mktemp("farmyard"))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> OwnRun:
    return folder_run(tmp_path_factory.mktemp("folder"), {"blue": 20, "green": 11, "red": 8})


@pytest.fixture(params=["farmyard", "folder"])
def run(request: pytest.FixtureRequest) -> OwnRun:
    found: OwnRun = request.getfixturevalue(request.param)
    return found


def values_of(run: OwnRun) -> tuple[dict[str, Any], dict[str, Any]]:
    return dict(run.saved["own_pictures"].values), dict(run.saved["own_cnn"].values)


def test_arrays_and_values_agree(run: OwnRun) -> None:
    pictures, trained = values_of(run)
    arrays, logits = run.saved["own_pictures"].arrays(), run.saved["own_cnn"].arrays()["logits"]
    size, count = pictures["size"], sum(split["count"] for split in pictures["splits"])
    assert arrays["pixels"].shape == (count, size, size, 3)
    assert logits.shape == (count, len(pictures["classes"]))
    predicted = logits.argmax(1)
    for number, split in enumerate(pictures["splits"]):
        here = arrays["splits"] == number
        right = (predicted == arrays["labels"])[here]
        entry = trained["splits"][split["name"]]
        assert (here.sum(), (~right).sum()) == (split["count"], entry["errors"])
        assert entry["accuracy"] == pytest.approx(right.mean())
        assert entry["interval"][0] <= entry["accuracy"] <= entry["interval"][1]
    confusion = np.array(trained["confusion"])
    main = pictures["splits"][pictures["main"]]
    assert confusion.sum() == main["count"]
    assert confusion.sum() - np.trace(confusion) == trained["error_count"]
    assert [entry["count"] for entry in trained["classes"]] == confusion.sum(1).tolist()


def test_the_pictures_shown_are_of_the_first_split_class_after_class(run: OwnRun) -> None:
    pictures, _ = values_of(run)
    labels = run.saved["own_pictures"].arrays()["labels"]
    chosen, per_class = pictures["chosen"], pictures["per_class"]
    assert max(chosen) < pictures["splits"][0]["count"]
    assert labels[chosen].tolist() == [k for k in range(pictures["class_count"]) for _ in range(per_class)]
    shown = labels[pictures["shown"]].tolist()
    assert len(set(shown)) == len(shown) == min(6, pictures["class_count"])


def test_errors_are_errors_the_most_confident_first(farmyard: OwnRun) -> None:
    pictures, trained = values_of(farmyard)
    arrays = farmyard.saved["own_pictures"].arrays()
    assert trained["errors"]
    for error in trained["errors"]:
        assert arrays["splits"][error["place"]] == pictures["main"]
        assert arrays["labels"][error["place"]] == error["true"] != error["predicted"]
    probabilities = [error["probability"] for error in trained["errors"]]
    assert probabilities == sorted(probabilities, reverse=True)
    kinds = trained["difficulties"]["kinds"].values()
    assert sum(kind["errors"] for kind in kinds) == trained["error_count"]
    assert sum(kind["count"] for kind in kinds) == 39


def test_the_committed_network_knows_the_farmyard_and_its_masks_are_there(farmyard: OwnRun) -> None:
    pictures, trained = values_of(farmyard)
    arrays = farmyard.saved["own_pictures"].arrays()
    assert not trained["trained_here"]
    assert trained["splits"]["test"]["accuracy"] > 0.9
    assert arrays["objects"].shape == arrays["parts"].shape == arrays["pixels"].shape[:3]
    none = pictures["classes"].index("none")
    np.testing.assert_array_equal(arrays["objects"].any((1, 2)), arrays["labels"] != none)
    assert none not in arrays["labels"][pictures["shown"]]


@pytest.mark.parametrize(("setting", "value"), [("own_cnn.architecture", "resnet18"), ("own_cnn.size", 64)])
def test_the_committed_weights_are_of_one_network_and_size(
    farmyard: OwnRun, setting: str, value: Any
) -> None:
    with pytest.raises(InputError, match=r"own_cnn\.retrain"):
        PICTURES.load()(farmyard.work(PICTURES, {setting: value}))


def test_a_folder_is_trained_on_with_all_that_was_asked(folder: OwnRun) -> None:
    pictures, trained = values_of(folder)
    assert pictures["classes"] == sorted(FOLDER_CLASSES)
    assert pictures["counts"] == {"train": 31, "validation": 8}
    assert pictures["class_size"] == {"smallest": 6, "largest": 16}
    assert (trained["trained_here"], trained["epochs"]) == (True, 2)
    arrays = folder.saved["own_cnn"].arrays()
    for name in ("train_loss", "train_accuracy", "validation_loss", "validation_accuracy"):
        assert arrays[name].shape == (2,)
    assert "objects" not in folder.saved["own_pictures"].arrays()


def test_held_out_copies_of_training_pictures_are_counted(tmp_path: Path) -> None:
    run = folder_steps(tmp_path, dict.fromkeys(FOLDER_CLASSES, 4))
    entries = json.loads(run.files["own_images"].read_text(encoding="utf-8"))
    for entry in entries:
        entry["split"] = "train"
    entries += [{**entry, "split": "test"} for entry in entries[::4]]
    run.files["own_images"].write_text(json.dumps(entries), encoding="utf-8")
    values = run.run(PICTURES).values
    assert values["repeated"] == 3
    assert [split["name"] for split in values["splits"]] == ["test"]
    assert not values["split_here"]


def test_a_training_picture_that_is_broken_is_named(tmp_path: Path) -> None:
    run = folder_steps(tmp_path, dict.fromkeys(FOLDER_CLASSES, 4))
    held_out = set(run.run(PICTURES).values["files"])
    files = sorted((tmp_path / "pictures").rglob("*.png"))
    broken = next(file for file in files if f"{file.parent.name}/{file.name}" not in held_out)
    broken.write_bytes(b"no picture")
    with pytest.raises(InputError, match=broken.name):
        run.run(TRAINED)


def test_training_afresh_goes_on_after_a_kill_to_the_same_weights(tmp_path: Path) -> None:
    run = own_run(tmp_path)
    run.run(PICTURES, TINY)
    resumes = tmp_path / "resumes"  # keeps the drawn scenes, too
    resumes.mkdir()
    work = replace(run.work(TRAINED, TINY), resumes=resumes)
    TRAINED.load()(work)
    whole = (work.folder / "weights.safetensors").read_bytes()
    (resumes / "checkpoint.pt").unlink()
    told: list[tuple[int, int]] = []

    def stop(done: int, total: int) -> None:
        told.append((done, total))
        if done == total and told.count((done, total)) == 1:
            raise KeyboardInterrupt

    work = replace(work, progress=stop)
    with pytest.raises(KeyboardInterrupt):
        TRAINED.load()(work)
    values = TRAINED.load()(work)
    # 533 scenes are drawn already; two epochs of 13 pictures, the second one twice
    assert told == [(546, 559), (559, 559), (559, 559)]
    assert (work.folder / "weights.safetensors").read_bytes() == whole
    assert values["before_full_size"] is not None
    run.saved["own_cnn"] = Saved("own_cnn", plain(values, "own_cnn"), work.folder)
    for language in ("en", "fa"):
        run.draw("own_cnn", language)


@pytest.mark.parametrize("language", ["en", "fa"])
def test_the_pages_of_a_folder_speak_of_no_farmyard(folder: OwnRun, language: str) -> None:
    _, html = folder.draw("own_cnn", language)
    for word in ("farmyard", "animal", "hen", "مزرعه", "جانور"):
        assert f" {word} " not in html


def test_curves_on_the_test_pictures_are_not_called_validation(folder: OwnRun) -> None:
    kept = dict(folder.saved)
    for name in kept:
        values = json.loads(json.dumps(kept[name].values).replace('"validation"', '"test"'))
        folder.saved[name] = Saved(name, {**values, "split_here": False}, kept[name].folder)
    _, html = folder.draw("own_cnn", "en")
    folder.saved.update(kept)
    assert "test pictures" in html
    assert "validation pictures" not in html


@pytest.mark.parametrize("language", ["en", "fa"])
def test_the_pages_name_the_worst_errors(farmyard: OwnRun, language: str) -> None:
    _, html = farmyard.draw("own_cnn", language)
    assert 'id="fig-own_cnn-confusion"' in html
    assert 'id="fig-own_cnn-errors"' in html


def test_two_classes_and_no_error(tmp_path: Path) -> None:
    run = folder_steps(tmp_path, {"green": 0})
    run.run(PICTURES)
    assert run.run(TRAINED, {"own_cnn.epochs": 4}).values["pairs"] == []
    for language in ("en", "fa"):
        _, html = run.draw("own_cnn", language)
        assert 'id="fig-own_cnn-errors"' not in html
