"""Training: seeded, and a stopped run goes on as if it had not been stopped."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from report_builder.farmyard.training import Recipe, Say, train_farmnet
from report_builder.models.farmnet import load_farmnet, read_metadata

TINY = Recipe(scenes_per_class=2, validation_per_class=1, small_epochs=1, full_epochs=1, batch_size=13)


def silent(_: str) -> None:
    pass


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("scenes")


def run(folder: Path, recipe: Recipe = TINY, say: Say = silent) -> dict[str, torch.Tensor]:
    network = train_farmnet(recipe, folder, folder / "w.safetensors", folder / "log.json", workers=1, say=say)
    return dict(network.state_dict())


def fresh(cache: Path) -> Path:
    (cache / "checkpoint.pt").unlink(missing_ok=True)
    return cache


def test_same_recipe_same_weights_and_a_seed_that_matters(cache: Path) -> None:
    first = run(fresh(cache))
    saved = load_farmnet(cache / "w.safetensors").state_dict()
    again = run(fresh(cache))
    other = run(fresh(cache), replace(TINY, seed=1))
    for name, value in first.items():
        torch.testing.assert_close(value, again[name], rtol=0, atol=0)
        torch.testing.assert_close(value, saved[name], rtol=0, atol=0)
    assert (first["features.0.weight"] != other["features.0.weight"]).any()


def test_a_stopped_run_goes_on_where_it_was(cache: Path) -> None:
    whole = run(fresh(cache))
    said: list[str] = []

    def stop_after_one(text: str) -> None:
        said.append(text)
        if text.startswith("epoch 1 "):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(fresh(cache), say=stop_after_one)
    resumed = run(cache, say=said.append)
    assert sum(text.startswith("epoch 1 ") for text in said) == 1
    for name, value in whole.items():
        torch.testing.assert_close(value, resumed[name], rtol=0, atol=0)


def test_the_log_says_how_the_weights_came_about(cache: Path) -> None:
    run(fresh(cache))
    log = json.loads((cache / "log.json").read_text(encoding="utf-8"))
    assert len(log["epochs"]) == TINY.epochs
    assert log["recipe"]["scenes_per_class"] == 2
    assert read_metadata(cache / "w.safetensors")["training_data_sha256"] == log["training_data_sha256"]


def test_too_few_scenes_for_a_batch_are_refused(cache: Path) -> None:
    with pytest.raises(ValueError, match="batch"):
        run(fresh(cache), replace(TINY, batch_size=64))
