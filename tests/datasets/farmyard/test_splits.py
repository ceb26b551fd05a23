"""Splits share no seed, and their classes are equally many."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from report_builder.datasets.farmyard.fixed import FIXED
from report_builder.datasets.farmyard.labels import CLASSES, DEFINING_PART, PARTS
from report_builder.datasets.farmyard.splits import (
    SPLIT_SEEDS,
    SPLITS,
    content_hash,
    scene_class,
    scene_seed,
    split_scene,
    split_scenes,
)


def test_splits_never_share_a_seed() -> None:
    ranges = [(scene_seed(split, 0), scene_seed(split, SPLIT_SEEDS - 1)) for split in SPLITS]
    for (_, last), (first, _) in pairwise(ranges):
        assert last < first
    assert min(seed for _, seed in FIXED) > ranges[-1][1]


def test_a_scene_outside_the_splits_is_refused() -> None:
    for split, index in (("rest", 0), ("test", -1), ("test", SPLIT_SEEDS)):
        with pytest.raises(ValueError, match="no scene"):
            scene_seed(split, index)


def test_classes_take_turns() -> None:
    scenes = split_scenes("test", 26, size=32)
    assert (np.bincount(scenes.labels, minlength=len(CLASSES)) == 2).all()
    assert [CLASSES[label] for label in scenes.labels] == [scene_class(i) for i in range(26)]


def test_processes_render_the_same_scenes() -> None:
    alone, together = split_scenes("hard", 70, size=24), split_scenes("hard", 70, size=24, workers=2)
    np.testing.assert_array_equal(alone.images, together.images)
    assert content_hash(alone) == content_hash(together)
    assert content_hash(alone) != content_hash(split_scenes("test", 70, size=24))


def test_training_scenes_may_lack_any_part_but_the_one_that_defines_the_class() -> None:
    index = CLASSES.index("owl")
    seen = [{PARTS[i] for i in np.unique(split_scene("train", index + 13 * k).parts)} for k in range(30)]
    for part in ("eye", "beak", "wing", "tufts"):
        assert 0 < sum(part not in parts for parts in seen) < 25
    assert sum(DEFINING_PART["owl"] not in parts for parts in seen) <= 1  # hidden by a thing in front at most
