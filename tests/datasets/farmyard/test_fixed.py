"""The embedded scenes are what the renderer draws."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from report_builder.datasets.farmyard.fixed import FOLDER, PART_COLOURS, load_fixed_scenes
from report_builder.datasets.farmyard.labels import CLASSES, DEFINING_PART, PARTS
from report_builder.datasets.farmyard.scene import render
from report_builder.errors import InputError


def test_two_of_each_animal_with_its_defining_part() -> None:
    scenes = load_fixed_scenes()
    assert Counter(scene.class_name for scene in scenes) == dict.fromkeys(CLASSES[:-1], 2)
    for fixed in scenes:
        assert PARTS.index(DEFINING_PART[fixed.class_name]) in fixed.scene.parts


def test_the_embedded_scenes_are_what_the_renderer_draws() -> None:
    for fixed in load_fixed_scenes():
        again = render(fixed.class_name, fixed.seed)
        # Another processor may round the last bit another way
        assert np.abs(fixed.scene.image.astype(int) - again.image).max() <= 1
        assert (fixed.scene.parts == again.parts).mean() > 0.999
        assert (fixed.scene.object == again.object).mean() > 0.999


def test_every_part_has_a_colour_of_its_own() -> None:
    assert len(set(PART_COLOURS)) == len(PARTS)


def test_a_damaged_scene_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="00_hen"):
        load_fixed_scenes(tmp_path)
    for file in FOLDER.glob("00_hen*.png"):
        (tmp_path / file.name).write_bytes(file.read_bytes()[:200])
    with pytest.raises(InputError, match="00_hen"):
        load_fixed_scenes(tmp_path)
