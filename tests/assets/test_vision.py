"""What a build is given of network and pictures: it depends on their content, not on where they lie."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

import pytest

from report_builder.assets.network import FARMNET_FILE
from report_builder.assets.photographs import FARMYARD
from report_builder.assets.vision import Surroundings, VisionInputs, describe_vision, resolve_vision
from report_builder.errors import InputError
from report_builder.pipeline.file_hashes import file_digest
from report_builder.settings import Vision

PROJECT = Path(__file__).resolve().parents[2]


def resolve(folder: Path, project: Path = PROJECT, **settings: object) -> VisionInputs:
    around = Surroundings(project, {"TORCH_HOME": str(folder / "torch")}, folder / "cache", offline=True)
    return resolve_vision(Vision(**settings), around)


def pictures(folder: Path, **contents: bytes) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in contents.items():
        (folder / f"{name}.png").write_bytes(content)
    return folder


def test_without_anything_it_is_farmnet_on_the_farmyard_and_says_why(tmp_path: Path) -> None:
    found = resolve(tmp_path)
    assert found.values["network"] == "farmnet"
    assert found.values["farmyard"] is True
    assert found.files["network"] == PROJECT / FARMNET_FILE
    assert found.photograph_values["count"] == 24
    passed_over = found.network_values["passed_over"]
    assert [reason["cause"] for reason in passed_over] == ["unset", "absent", "offline"]
    assert "because vgg16 cannot be had (" in str(found)
    assert "24 drawn scenes" in str(found)
    assert "not with its published weights" not in str(found)


def test_the_list_depends_on_content_and_names_only(tmp_path: Path) -> None:
    one = pictures(tmp_path / "one", n02127052_lynx=b"lynx", b=b"other")
    other = pictures(tmp_path / "two", n02127052_lynx=b"lynx", b=b"other")
    lists = [resolve(tmp_path / "x", network="farmnet", images=one).files["photographs"]]
    lists.append(resolve(tmp_path / "y", network="farmnet", images=other).files["photographs"])
    assert lists[0].read_bytes() == lists[1].read_bytes()
    assert str(tmp_path) not in lists[0].read_text()
    entries = json.loads(lists[0].read_text())
    assert [(entry["file"], entry["name"]) for entry in entries] == [
        ("n02127052_lynx.png", "lynx"),
        ("b.png", None),
    ]
    for entry, content in zip(entries, (b"lynx", b"other"), strict=True):
        assert (lists[0].parent / entry["path"]).read_bytes() == content
        assert entry["sha256"] == hashlib.sha256(content).hexdigest()
    pictures(one, b=b"new")
    assert resolve(tmp_path / "x", network="farmnet", images=one).files["photographs"] != lists[0]


def test_the_farmyard_s_list_depends_on_its_part_maps(tmp_path: Path) -> None:
    project = tmp_path / "project"
    shutil.copytree(PROJECT / FARMYARD, project / FARMYARD)
    shutil.copy(PROJECT / FARMNET_FILE, project / FARMNET_FILE)
    before = resolve(tmp_path, project).files["photographs"].read_bytes()
    (project / FARMYARD / "00_hen.parts.png").write_bytes(b"another")
    assert resolve(tmp_path, project).files["photographs"].read_bytes() != before


def test_a_damaged_copy_is_made_again(tmp_path: Path) -> None:
    mine = pictures(tmp_path / "mine", a=b"picture")
    listed = resolve(tmp_path, network="farmnet", images=mine).files["photographs"]
    copy = listed.parent / json.loads(listed.read_text())[0]["path"]
    copy.write_bytes(b"damaged")
    listed.write_text("[]")
    again = resolve(tmp_path, network="farmnet", images=mine).files["photographs"]
    assert copy.read_bytes() == b"picture"
    assert json.loads(again.read_text())[0]["file"] == "a.png"


def test_an_unwritable_cache_is_said(tmp_path: Path) -> None:
    mine = pictures(tmp_path / "mine", a=b"picture")
    (tmp_path / "cache").write_text("a file where the folder should be")
    with pytest.raises(InputError, match=r"pictures cannot be copied to .*cache"):
        resolve(tmp_path, network="farmnet", images=mine)


def test_no_path_of_this_machine_is_printed(tmp_path: Path) -> None:
    mine = pictures(tmp_path / "mine", a=b"picture")
    for found in (resolve(tmp_path, network="farmnet", images=mine), resolve(tmp_path)):
        printed = json.dumps([found.values, found.network_values, found.photograph_values])
        assert str(tmp_path) not in printed
        assert str(PROJECT) not in printed


def test_where_it_was_found_is_nothing_that_steps_depend_on(tmp_path: Path) -> None:
    """Else the build after a download would compute everything again."""
    own = tmp_path / "farmnet.safetensors"
    shutil.copy(PROJECT / FARMNET_FILE, own)
    asked, named, standing_in = (
        resolve(tmp_path, **settings).values
        for settings in ({"network": "farmnet"}, {"network": "farmnet", "weights": own}, {})
    )
    assert asked == standing_in
    assert "not with its published weights" in str(resolve(tmp_path, network="farmnet", weights=own))
    assert named == {**asked, "weights": {**asked["weights"], "official": False}}
    assert asked["weights"]["sha256"] == file_digest(own)


def test_doctor_lists_both(tmp_path: Path) -> None:
    around = Surroundings(PROJECT, {"TORCH_HOME": str(tmp_path)}, tmp_path / "cache", offline=True)
    used = {
        name: [place.origin for place in listed if place.used]
        for name, listed in describe_vision(Vision(), around).items()
    }
    assert used == {"network": ["embedded"], "pictures": ["embedded"]}
    listed = describe_vision(Vision(network="vgg16"), around)
    assert not any(place.used for place in listed["network"])
    assert {place.origin for place in listed["pictures"]} >= {"project", "download", "packages"}
