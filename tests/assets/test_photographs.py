"""Pictures come from the first place that has any, in an order that shows the assignment's six first."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from file_server import serving_files

from report_builder.assets import photographs
from report_builder.assets.photographs import (
    FARMYARD,
    FIRST,
    MOST,
    PACKAGED,
    PINNED,
    PhotographPlaces,
    Photographs,
    class_in,
    describe_photographs,
    resolve_photographs,
)
from report_builder.errors import InputError

PROJECT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "127.0.0.1")


def put(path: Path, content: bytes = b"picture") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def places(base: Path, **changed: object) -> PhotographPlaces:
    given = {
        "folder": None,
        "project": base / "project",
        "environ": {"REPORT_DATA": str(base / "data")},
        "cache": base / "cache",
        "offline": False,
        "patience": 1.0,
    }
    return PhotographPlaces(**{**given, **changed})


def pin(folder: Path, address: str, **contents: bytes) -> None:
    """A list of photographs in the project, by file name without its ending."""
    tables = [
        f'[[photograph]]\nfile = "{name}.jpg"\naddress = "{address}/{name}"\n'
        f'sha256 = "{hashlib.sha256(content).hexdigest()}"\nlicence = "CC0"\nsource = "its page"\n'
        for name, content in contents.items()
    ]
    put(folder / "project" / PINNED, "\n".join(tables).encode())


def names(found: Photographs) -> list[str]:
    return [picture.path.name for picture in found.pictures]


def test_each_place_goes_before_the_later_ones(tmp_path: Path) -> None:
    with serving_files({"n1": b"one", "n2": b"two"}) as served:
        pin(tmp_path, served.address, n1=b"one", n2=b"two")
        put(tmp_path / "project" / "mine" / "a.png")
        put(tmp_path / "project" / "data" / "images" / "b.JPEG")
        put(tmp_path / "data" / "images" / "c.webp")
        named = resolve_photographs(False, places(tmp_path, folder=Path("mine")))
        assert (named.origin, names(named)) == ("settings", ["a.png"])
        for origin, folder, name in (
            ("project", "project/data/images", "b.JPEG"),
            ("environment", "data/images", "c.webp"),
        ):
            found = resolve_photographs(False, places(tmp_path))
            assert (found.origin, names(found)) == (origin, [name])
            (tmp_path / folder / name).unlink()
            put(tmp_path / folder / "notes.txt")
            put(tmp_path / folder / ".hidden.png")
        assert served.asked == []
        fetched = resolve_photographs(False, places(tmp_path))
        assert (fetched.origin, names(fetched)) == ("download", ["n1.jpg", "n2.jpg"])
    kept = resolve_photographs(False, places(tmp_path))
    assert (kept.origin, kept.pictures) == ("cache", fetched.pictures)
    put(tmp_path / "project" / PINNED, b"# none\n")
    packaged = resolve_photographs(False, places(tmp_path))
    assert packaged.origin == "packages"
    assert [(reason.place, reason.cause) for reason in packaged.reasons] == [
        ("settings", "unset"),
        ("project", "absent"),
        ("environment", "absent"),
        ("cache", "unset"),
        ("download", "unset"),
    ]


def test_the_packages_pictures_are_there_with_their_licences(tmp_path: Path) -> None:
    found = resolve_photographs(False, places(tmp_path, environ={}))
    assert names(found) == ["chelsea.png", "china.jpg", "coffee.png", "flower.jpg"]
    assert len(found.pictures) == len(PACKAGED)
    for picture in found.pictures:
        assert picture.sha256 == hashlib.sha256(picture.path.read_bytes()).hexdigest()
        assert picture.licence.startswith("CC")
        assert picture.class_name is None


@pytest.mark.parametrize("farmnet", [True, False])
def test_a_folder_that_the_settings_name_must_have_pictures(tmp_path: Path, farmnet: bool) -> None:
    put(tmp_path / "project" / "data" / "images" / "b.jpg")
    with pytest.raises(InputError, match=r"name the pictures .*gone, and .* is not a folder"):
        resolve_photographs(farmnet, places(tmp_path, folder=Path("gone")))
    put(tmp_path / "project" / "empty" / "a.txt")
    with pytest.raises(InputError, match=r"name the pictures .*empty, and .*empty holds no pictures\."):
        resolve_photographs(farmnet, places(tmp_path, folder=Path("empty")))


def test_farmnet_sees_the_farmyard_unless_the_settings_name_a_folder(tmp_path: Path) -> None:
    put(tmp_path / "project" / "data" / "images" / "b.jpg")
    with pytest.raises(InputError, match=r"drawn scenes are missing"):
        resolve_photographs(True, places(tmp_path))
    found = resolve_photographs(True, places(tmp_path, project=PROJECT))
    assert (found.origin, found.farmyard) == ("embedded", True)
    assert len(found.pictures) == 48  # with the part maps, on which a step depends, too
    own = resolve_photographs(True, places(tmp_path, folder=PROJECT / FARMYARD))
    assert not own.farmyard
    assert len(own.pictures) == 24


def test_the_hash_of_all_is_that_of_sha256sum(tmp_path: Path) -> None:
    lynx = "n02127052_lynx.png"
    for name in ("b.png", "a.png", lynx):
        put(tmp_path / "mine" / name, name.encode())
    found = resolve_photographs(False, places(tmp_path, folder=tmp_path / "mine"))
    lines = [f"{hashlib.sha256(name.encode()).hexdigest()}  {name}\n" for name in ("a.png", "b.png", lynx)]
    assert found.sha256 == hashlib.sha256("".join(lines).encode()).hexdigest()


def test_one_of_each_class_of_the_assignment_is_shown_first(tmp_path: Path) -> None:
    files = ["a.jpg", "B.png", "n02108089_boxer.JPEG", "n02108089_boxer.png", "n02129604_tiger.jpg"]
    files += ["n02127052_lynx.JPG", "n02111129_Leonberg.jpeg", "n02123394_Persian_cat.JPEG"]
    files += ["n02124075_Egyptian_cat.JPEG", "n01514859_hen.JPEG"]
    for name in files:
        put(tmp_path / "mine" / name)
    found = resolve_photographs(False, places(tmp_path, folder=tmp_path / "mine"))
    assert tuple(picture.class_name for picture in found.pictures[:6]) == FIRST
    assert names(found)[6:] == ["a.jpg", "B.png", "n01514859_hen.JPEG", "n02108089_boxer.png"]


def test_not_more_pictures_than_are_used(tmp_path: Path) -> None:
    for number in range(MOST + 5):
        put(tmp_path / "mine" / f"{number:03d}.png")
    found = resolve_photographs(False, places(tmp_path, folder=tmp_path / "mine"))
    assert names(found) == [f"{number:03d}.png" for number in range(MOST)]


@pytest.mark.parametrize(
    ("name", "class_name"),
    [
        ("n02123394_Persian_cat.JPEG", "Persian cat"),
        ("n03590841_jack-o'-lantern.JPEG", "jack-o'-lantern"),
        ("n02012849_crane.JPEG", "crane bird"),
        ("n03126707_crane.JPEG", "crane"),
        ("n03710721_maillot.JPEG", "maillot tank suit"),
        ("cat.jpg", None),
        ("2024_summer.jpg", None),
        ("00_hen.png", None),
        ("n02123394.jpg", None),
        ("n021_cat.jpg", None),
    ],
)
def test_the_file_name_carries_the_class(name: str, class_name: str | None) -> None:
    assert class_in(name) == class_name


def test_classes_are_spelt_as_torchvision_spells_them() -> None:
    from report_builder.models.networks import published_weights

    known = published_weights("vgg16").meta["categories"]
    assert {*FIRST, *photographs._TOLD_APART.values()} <= set(known)


@pytest.mark.parametrize(("served", "cause"), [({"n1": b"other"}, "wrong content"), ({}, "unreachable")])
def test_a_failed_download_is_said_and_not_tried_again_at_once(
    tmp_path: Path, served: dict[str, bytes], cause: str
) -> None:
    with serving_files({"n0": b"zero", **served}) as server:
        pin(tmp_path, server.address, n0=b"zero", n1=b"one")
        found = resolve_photographs(False, places(tmp_path))
        assert (found.origin, found.reasons[-1].cause) == ("packages", cause)
        assert server.asked == ["n0", "n1"]
        assert resolve_photographs(False, places(tmp_path)).reasons[-1] == found.reasons[-1]
        assert server.asked == ["n0", "n1"]
        resolve_photographs(False, places(tmp_path, retry_after=0))
        assert server.asked == ["n0", "n1", "n1"]  # what is there is not asked for again
        assert resolve_photographs(False, places(tmp_path, offline=True)).reasons[-1].cause == "offline"
    assert [path.name for path in (tmp_path / "cache" / "assets" / "photographs").iterdir()] == ["n0.jpg"]


def test_a_damaged_copy_is_fetched_anew(tmp_path: Path) -> None:
    with serving_files({"n1": b"one"}) as server:
        pin(tmp_path, server.address, n1=b"one")
        copy = put(tmp_path / "cache" / "assets" / "photographs" / "n1.jpg", b"half")
        assert resolve_photographs(False, places(tmp_path)).origin == "download"
    assert copy.read_bytes() == b"one"


@pytest.mark.parametrize(
    "text",
    [
        "[[photograph]]\nfile = 'a.jpg'\n",
        "[[photograph",
        "photograph = 3",
        f"[[photograph]]\nfile='../a.jpg'\naddress=''\nsha256='{64 * '0'}'\nlicence=''\nsource=''\n",
        "[[photograph]]\nfile='a.jpg'\naddress=''\nsha256='12'\nlicence=''\nsource=''\n",
    ],
)
def test_a_list_that_cannot_be_used_is_refused(tmp_path: Path, text: str) -> None:
    put(tmp_path / "project" / PINNED, text.encode())
    with pytest.raises(InputError, match=r"photographs\.toml"):
        resolve_photographs(False, places(tmp_path))


def test_the_project_s_own_list_can_be_used() -> None:
    assert places(PROJECT, project=PROJECT).pinned().entries == ()


def test_doctor_lists_what_a_build_would_use(tmp_path: Path) -> None:
    def used(farmnet: bool = False, **changed: object) -> list[str]:
        listed = describe_photographs(farmnet, places(tmp_path, **changed))
        assert all(place.available or place.detail for place in listed)
        return [place.origin for place in listed if place.used]

    assert used() == ["packages"]
    assert used(farmnet=True, project=PROJECT) == ["embedded"]
    assert used(folder=Path("gone")) == []
    with serving_files({"n1": b"one"}) as server:
        pin(tmp_path, server.address, n1=b"one")
        assert used() == ["download"]
        assert used(offline=True) == ["packages"]
        assert server.asked == []
        resolve_photographs(False, places(tmp_path))
        assert used() == ["cache"]
    put(tmp_path / "data" / "images" / "c.webp")
    assert used() == ["environment"]
