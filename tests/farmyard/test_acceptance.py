"""The embedded network on a few dozen scenes; `report_builder.farmyard evaluate` measures all figures."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from report_builder.datasets.farmyard import (
    CLASSES,
    PARTS,
    load_fixed_scenes,
    render,
    scene_seed,
    split_scenes,
)
from report_builder.datasets.farmyard.splits import Scenes, scene_class
from report_builder.farmyard.acceptance import Figure, part_drops, predictions
from report_builder.models.farmnet import FarmNet, load_farmnet
from report_builder.models.image_training import to_tensor


@pytest.fixture(scope="module")
def network() -> FarmNet:
    return load_farmnet()


@pytest.fixture(scope="module")
def scenes() -> Scenes:
    return split_scenes("test", 78)


def test_the_network_knows_the_test_scenes(network: FarmNet, scenes: Scenes) -> None:
    right = predictions(network, to_tensor(scenes.images)).numpy() == scenes.labels
    assert right.mean() >= 0.92  # 72 of 78: the lower end of what chance makes of .97


def test_the_network_knows_most_of_the_embedded_scenes(network: FarmNet) -> None:
    fixed = load_fixed_scenes()
    found = predictions(network, to_tensor(np.stack([one.scene.image for one in fixed])))
    right = [CLASSES[i] == one.class_name for i, one in zip(found.tolist(), fixed, strict=True)]
    assert np.mean(right) >= 0.9


def test_a_tabby_without_stripes_is_seen_as_something_else(network: FarmNet) -> None:
    seeds = [scene_seed("test", i) for i in range(260) if scene_class(i) == "tabby"]
    plain = to_tensor(np.stack([render("tabby", seed, drop={"stripes"}).image for seed in seeds]))
    assert (predictions(network, plain) != CLASSES.index("tabby")).float().mean() >= 0.75


def test_part_drops_are_the_change_of_the_logit(network: FarmNet, scenes: Scenes) -> None:
    row = CLASSES.index("rooster")
    one = Scenes(
        *(array[row : row + 1] for array in (scenes.images, scenes.labels, scenes.objects, scenes.parts))
    )
    drops = part_drops(network, one, np.array([row]))
    tail = PARTS.index("tail")
    without = render("rooster", scene_seed("test", row), drop={"tail"}).image
    with torch.no_grad():
        logits = network(to_tensor(np.stack([one.images[0], without])))[:, row]
    assert drops[0, tail] == pytest.approx(float(logits[0] - logits[1]), abs=1e-4)
    assert np.isnan(drops[0, PARTS.index("mane")])
    assert np.isnan(drops[0, PARTS.index("background")])


def test_a_figure_keeps_its_bounds() -> None:
    assert Figure("x", 0.9, low=0.85, high=0.95).met
    assert not Figure("x", 0.96, low=0.85, high=0.95).met
    assert not Figure("x", float("nan"), low=0.5).met
    assert Figure("x", 5.0).met
