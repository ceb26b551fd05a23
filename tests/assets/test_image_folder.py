"""A folder of pictures with a class each: what is found, and what is refused in a sentence."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from report_builder.assets.image_folder import ImageFolder, resolve_images
from report_builder.assets.vision import Surroundings
from report_builder.datasets.image_folder import read_list
from report_builder.errors import InputError
from report_builder.settings import OwnCnn


def resolve(tmp_path: Path, images: Path | None) -> ImageFolder:
    return resolve_images(OwnCnn(images=images), Surroundings(tmp_path, {}, tmp_path / "cache", offline=True))


def fill(folder: Path, *files: str) -> Path:
    for name in files:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(name.encode())
    return folder


def entries(found: ImageFolder) -> list[dict[str, str | None]]:
    listed: list[dict[str, str | None]] = json.loads(found.files["own_images"].read_text(encoding="utf-8"))
    return listed


def test_without_a_folder_it_is_the_farmyard(tmp_path: Path) -> None:
    found = resolve(tmp_path, None)
    assert found.values == {"farmyard": True}
    assert found.asset_values["origin"] == "embedded"
    assert "farmyard" in str(found)
    assert found.files["own_images"].is_file()


def test_a_folder_per_class(tmp_path: Path) -> None:
    found = resolve(
        tmp_path, fill(tmp_path / "p", "b/2.png", "b/1.JPG", "a/deep/1.png", "a/2.bmp", "a/x.txt")
    )
    assert [(e["class"], e["file"], e["split"]) for e in entries(found)] == [
        ("a", "a/2.bmp", None),
        ("a", "a/deep/1.png", None),
        ("b", "b/1.JPG", None),
        ("b", "b/2.png", None),
    ]
    values = found.asset_values
    assert (values["count"], values["classes"], values["file"]) == (4, ["a", "b"], "p")
    assert str(tmp_path) not in json.dumps(values)
    assert "4 pictures of 2 classes" in str(found)


def test_a_folder_that_moves_is_the_same_pictures_elsewhere(tmp_path: Path) -> None:
    first = resolve(tmp_path, fill(tmp_path / "p", "a/1.png", "a/2.png", "b/1.png", "b/2.png"))
    (tmp_path / "p").rename(tmp_path / "q")
    second = resolve(tmp_path, tmp_path / "q")
    lists = [found.files["own_images"] for found in (first, second)]
    assert lists[0].read_bytes() == lists[1].read_bytes()
    read = [read_list(listed, validation_share=0.5, seed=1) for listed in lists]
    assert [str(p.path).replace("/q/", "/p/") for p in read[1]] == [str(p.path) for p in read[0]]
    assert all(p.path.is_file() for p in read[1])


@pytest.mark.parametrize(
    ("name", "split"), [("validation", "validation"), ("val", "validation"), ("test", "test")]
)
def test_a_folder_that_is_split(tmp_path: Path, name: str, split: str) -> None:
    files = (
        "train/a/1.png",
        "train/a/2.png",
        "train/b/1.png",
        "train/b/2.png",
        f"{name}/a/1.png",
        f"{name}/b/1.png",
    )
    found = resolve(tmp_path, fill(tmp_path / "p", *files))
    assert [e["split"] for e in entries(found)] == ["train"] * 4 + [split] * 2


def test_a_class_may_be_called_train(tmp_path: Path) -> None:
    found = resolve(tmp_path, fill(tmp_path / "p", "train/1.png", "train/2.png", "car/1.png", "car/2.png"))
    assert found.asset_values["classes"] == ["car", "train"]


def test_the_hash_follows_contents_and_names(tmp_path: Path) -> None:
    files = ("a/1.png", "a/2.png", "b/1.png", "b/2.png")
    one, two = (resolve(tmp_path, fill(tmp_path / name, *files)).asset_values for name in ("p", "q"))
    assert one["sha256"] == two["sha256"]
    (tmp_path / "q" / "a" / "1.png").write_bytes(b"other")
    assert resolve(tmp_path, tmp_path / "q").asset_values["sha256"] != one["sha256"]


@pytest.mark.parametrize(
    ("files", "fault"),
    [
        ((), "no folder"),
        (("a/readme.txt",), "holds no pictures"),
        (("1.png", "2.png"), "holds no pictures"),
        (("a/1.png", "a/2.png"), "at least 2 classes"),
        (("a/1.png", "a/2.png", "b/1.png"), "fewer than 2 pictures to train on of: b"),
        (
            (
                "train/a/1.png",
                "train/a/2.png",
                "train/b/1.png",
                "train/b/2.png",
                "val/a/1.png",
                "val/c/1.png",
            ),
            "without a picture for train: c",
        ),
        (
            ("train/a/1.png", "train/a/2.png", "train/b/1.png", "train/b/2.png", "val/a/1.png"),
            "without a picture for validation: b",
        ),
    ],
)
def test_what_cannot_serve_is_refused_in_a_sentence(
    tmp_path: Path, files: tuple[str, ...], fault: str
) -> None:
    with pytest.raises(InputError, match=fault) as caught:
        resolve(tmp_path, fill(tmp_path / "p", *files))
    assert str(caught.value).endswith(".")
    assert "\n" not in str(caught.value)
