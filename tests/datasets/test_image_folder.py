"""Pictures of a folder: resized as the network sees them, split by the seed within each class."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from report_builder.datasets.image_folder import FolderPicture, class_names, read_list, read_pixels
from report_builder.datasets.picture_list import LOCATION
from report_builder.errors import InputError


def listed(folder: Path, counts: dict[str, int], split: str | None = None) -> Path:
    entries = [
        {"file": f"{name}/{i}.png", "sha256": "", "class": name, "split": split}
        for name, count in counts.items()
        for i in range(count)
    ]
    path = folder / "list.json"
    path.write_text(json.dumps(entries), encoding="utf-8")
    (folder / LOCATION).write_text(str(folder), encoding="utf-8")
    return path


def picture(path: Path, mode: str = "RGB") -> FolderPicture:
    generator = np.random.default_rng(0)
    shape = (40, 60) if mode == "L" else (40, 60, 3)
    Image.fromarray(generator.integers(0, 255, shape, dtype=np.uint8)).save(path)
    return FolderPicture(path, path.name, hashlib.sha256(path.read_bytes()).hexdigest(), "a", "train")


def test_each_class_is_split_by_the_share(tmp_path: Path) -> None:
    path = listed(tmp_path, {"a": 20, "b": 2, "c": 7})
    pictures = read_list(path, validation_share=0.2, seed=1)
    held_out = Counter(p.class_name for p in pictures if p.split == "validation")
    assert held_out == {"a": 4, "b": 1, "c": 1}
    assert class_names(pictures) == ["a", "b", "c"]
    assert pictures == read_list(path, validation_share=0.2, seed=1)
    assert pictures != read_list(path, validation_share=0.2, seed=2)


def test_a_split_of_the_user_s_is_kept(tmp_path: Path) -> None:
    pictures = read_list(listed(tmp_path, {"a": 3}, "test"), validation_share=0.2, seed=1)
    assert {p.split for p in pictures} == {"test"}


def test_pictures_have_the_size_and_grey_ones_equal_channels(tmp_path: Path) -> None:
    pixels = read_pixels([picture(tmp_path / "c.png"), picture(tmp_path / "g.png", "L")], 32)
    assert pixels.shape == (2, 32, 32, 3)
    assert (pixels[1] == pixels[1][..., :1]).all()
    assert (pixels[0] != pixels[0][..., :1]).any()


def test_a_picture_changed_meanwhile_or_broken_is_refused(tmp_path: Path) -> None:
    changed = picture(tmp_path / "c.png")
    Image.new("RGB", (50, 50)).save(tmp_path / "c.png")
    with pytest.raises(InputError, match=r"c\.png was changed"):
        read_pixels([changed], 32)
    (tmp_path / "c.png").write_bytes(b"no picture")
    with pytest.raises(InputError, match=r"c\.png"):
        read_pixels([changed], 32)
