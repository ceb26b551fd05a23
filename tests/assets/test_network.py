"""The network comes from the first place that has its weights, and is never silently another one."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import time
from pathlib import Path

import pytest
from file_server import serving_files

from report_builder.assets import network
from report_builder.assets.asset import Place
from report_builder.assets.network import (
    FARMNET_FILE,
    NetworkAsset,
    NetworkPlaces,
    checkpoints_folder,
    describe_network,
    published_address,
    resolve_network,
)
from report_builder.errors import InputError

CONTENT = b"weights" * 1000
DIGITS = hashlib.sha256(CONTENT).hexdigest()[:8]
NAME = f"vgg16-{DIGITS}.pth"
NOWHERE = f"http://127.0.0.1:9/{NAME}"


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "127.0.0.1")


def put(path: Path, content: bytes = CONTENT) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def places(folder: Path, **changed: object) -> NetworkPlaces:
    """With FarmNet where a project has it, and nothing anywhere else."""
    put(folder / "project" / FARMNET_FILE, b"farmnet")
    given = {
        "file": None,
        "project": folder / "project",
        "environ": {"TORCH_HOME": str(folder / "torch")},
        "cache": folder / "cache",
        "offline": False,
        "address": NOWHERE,
        "patience": 1.0,
    }
    return NetworkPlaces(**{**given, **changed})


def checkpoint(folder: Path) -> Path:
    return folder / "torch" / "hub" / "checkpoints" / NAME


def causes(asset: NetworkAsset) -> list[tuple[str, str]]:
    return [(reason.place, reason.cause) for reason in asset.weights.reasons]


def test_each_place_goes_before_the_later_ones(tmp_path: Path) -> None:
    own = put(tmp_path / "project" / "own.pth", b"own")
    put(checkpoint(tmp_path))
    with serving_files({NAME: CONTENT}) as served:
        address = f"{served.address}/{NAME}"
        named = resolve_network("auto", places(tmp_path, address=address, file=Path("own.pth")))
        assert (named.network, named.weights.origin, named.weights.path) == ("vgg16", "settings", own)
        assert not named.official
        kept = resolve_network("auto", places(tmp_path, address=address))
        assert (kept.network, kept.weights.origin, kept.official) == ("vgg16", "checkpoints", True)
        assert served.asked == []
        checkpoint(tmp_path).unlink()
        fetched = resolve_network("auto", places(tmp_path, address=address))
        assert (fetched.weights.origin, fetched.weights.path) == ("download", checkpoint(tmp_path))
        assert fetched.weights.sha256 == hashlib.sha256(CONTENT).hexdigest()
        assert served.asked == [NAME]
    assert fetched.passed_over == ()
    assert [path.name for path in checkpoint(tmp_path).parent.iterdir()] == [NAME]
    checkpoint(tmp_path).unlink()
    standin = resolve_network("auto", places(tmp_path))
    assert (standin.network, standin.weights.origin) == ("farmnet", "embedded")
    assert standin.passed_over == standin.weights.reasons
    assert causes(standin) == [("settings", "unset"), ("checkpoints", "absent"), ("download", "unreachable")]


def test_a_named_network_is_never_another_one(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"weights of vgg16 cannot be had: .*checkpoints: .*; download: "):
        resolve_network("vgg16", places(tmp_path))
    farmnet = resolve_network("farmnet", places(tmp_path))
    assert (farmnet.network, farmnet.weights.origin, farmnet.passed_over) == ("farmnet", "embedded", ())


@pytest.mark.parametrize("name", ["auto", "vgg16", "farmnet"])
def test_a_file_that_the_settings_name_is_used_or_the_build_stops(tmp_path: Path, name: str) -> None:
    put(checkpoint(tmp_path))
    with pytest.raises(InputError, match=r"name the weights .*gone\.pth, and that is not a file\."):
        resolve_network(name, places(tmp_path, file=Path("gone.pth")))
    put(tmp_path / "project" / "mine.pth", b"mine")
    found = resolve_network(name, places(tmp_path, file=Path("mine.pth")))
    assert (found.weights.origin, found.weights.path.name) == ("settings", "mine.pth")


def test_a_file_with_the_published_hash_is_known_for_what_it_is(tmp_path: Path) -> None:
    put(tmp_path / "project" / "renamed.pth")
    found = resolve_network("vgg16", places(tmp_path, file=Path("renamed.pth")))
    assert found.official
    assert found.weights.licence == network.PUBLISHED_LICENCE


def test_a_project_without_farmnet_says_so(tmp_path: Path) -> None:
    around = places(tmp_path)
    (tmp_path / "project" / FARMNET_FILE).unlink()
    with pytest.raises(InputError, match=r"FarmNet's weights are missing: .* is not there"):
        resolve_network("auto", around)


@pytest.mark.parametrize("content", [b"half", b""])
def test_a_damaged_checkpoint_is_fetched_anew(tmp_path: Path, content: bytes) -> None:
    put(checkpoint(tmp_path), content)
    offline = resolve_network("auto", places(tmp_path, offline=True))
    assert causes(offline)[1:] == [("checkpoints", "damaged"), ("download", "offline")]
    with serving_files({NAME: CONTENT}) as served:
        found = resolve_network("auto", places(tmp_path, address=f"{served.address}/{NAME}"))
    assert (found.weights.origin, found.official) == ("download", True)
    assert checkpoint(tmp_path).read_bytes() == CONTENT


@pytest.mark.parametrize(
    ("files", "announced", "cause"),
    [
        ({NAME: b"else"}, None, "wrong content"),
        ({}, None, "unreachable"),
        ({NAME: CONTENT}, 10**6, "unreachable"),
    ],
)
def test_a_bad_download_leaves_nothing(
    tmp_path: Path, files: dict[str, bytes], announced: int | None, cause: str
) -> None:
    with serving_files(files, announced) as served:
        found = resolve_network("auto", places(tmp_path, address=f"{served.address}/{NAME}"))
    assert causes(found)[-1] == ("download", cause)
    assert served.address in found.passed_over[-1].detail
    assert list(checkpoint(tmp_path).parent.iterdir()) == []


def test_nobody_is_asked_where_nothing_can_be_written(tmp_path: Path) -> None:
    put(tmp_path / "torch")  # a file where the folder should be
    with serving_files({NAME: CONTENT}) as served:
        found = resolve_network("auto", places(tmp_path, address=f"{served.address}/{NAME}"))
    assert causes(found)[-1] == ("download", "unwritable")
    assert served.asked == []


def test_a_failed_download_is_not_tried_again_at_once(tmp_path: Path) -> None:
    with serving_files({}) as served:
        address = f"{served.address}/{NAME}"
        first = resolve_network("auto", places(tmp_path, address=address))
        again = resolve_network("auto", places(tmp_path, address=address))
        assert served.asked == [NAME]
        assert again == first
        resolve_network("auto", places(tmp_path, address=address, retry_after=0))
        assert served.asked == [NAME, NAME]


def test_a_download_tells_how_far_it_is(tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    with serving_files({NAME: CONTENT}) as served:
        around = places(tmp_path, address=f"{served.address}/{NAME}")
        resolve_network("vgg16", around, progress=lambda done, total: seen.append((done, total)))
    assert seen[-1] == (len(CONTENT), len(CONTENT))


def test_doctor_lists_what_a_build_would_use(tmp_path: Path) -> None:
    def used(name: str = "auto", **changed: object) -> list[str]:
        listed: tuple[Place, ...] = describe_network(name, places(tmp_path, **changed))
        assert all(place.available or place.detail for place in listed)
        assert listed[0].origin == "settings"
        return [place.origin for place in listed if place.used]

    assert used() == ["download"]
    assert used(offline=True) == ["embedded"]
    assert used("vgg16", offline=True) == []
    assert used("farmnet") == ["embedded"]
    assert used(file=Path("gone.pth")) == []
    put(checkpoint(tmp_path))
    assert used() == ["checkpoints"]


def test_vgg16_s_address_is_torchvision_s() -> None:
    from report_builder.models.networks import published_weights

    for name, address in network.KNOWN.items():
        assert published_weights(name).url == address
        assert str(published_weights(name)) == "VGG16_Weights.IMAGENET1K_V1"


def test_other_networks_addresses_are_asked_for_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from report_builder.models import networks

    around = places(tmp_path, address=None)
    address = published_address("squeezenet1_1", around)
    assert address == networks.published_weights("squeezenet1_1").url
    monkeypatch.setattr(networks, "published_weights", None)
    assert published_address("squeezenet1_1", around) == address
    memory = tmp_path / "cache" / "assets" / "published-weights.json"
    older = {**json.loads(memory.read_text()), "torchvision": "0.1"}
    for content in (json.dumps(older), "{broken", "[]"):
        memory.write_text(content)
        with pytest.raises(TypeError):  # it is asked again
            published_address("squeezenet1_1", around)


def test_an_unknown_name_is_answered_with_its_neighbours(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no network 'vgg61'; near: .*vgg16"):
        resolve_network("vgg61", places(tmp_path, address=None))


@pytest.mark.parametrize(
    "environ",
    [{}, {"TORCH_HOME": "~/models"}, {"XDG_CACHE_HOME": "/var/cache"}, {"TORCH_HOME": "", "HOME": "/nobody"}],
)
def test_the_checkpoints_folder_is_pytorch_s(
    environ: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    import torch

    for name in ("TORCH_HOME", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    assert checkpoints_folder(environ) == Path(torch.hub.get_dir()) / "checkpoints"


def test_found_weights_are_fast_and_nothing_heavy_is_imported(tmp_path: Path) -> None:
    around = places(tmp_path, offline=True)
    times = []
    for _ in range(5):
        start = time.perf_counter()
        resolve_network("auto", around)
        times.append(time.perf_counter() - start)
    assert min(times) < 0.05
    program = (
        "import sys, report_builder.assets.vision;"
        "heavy = ('numpy', 'PIL', 'torch', 'torchvision', 'sklearn', 'skimage', 'ssl');"
        "print([name for name in heavy if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
