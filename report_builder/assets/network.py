"""Which network is explained, and where its weights come from.

"auto" is VGG16 with ImageNet weights from the first of: the file that the settings name, the folder where
PyTorch keeps downloaded weights, a download into it; and FarmNet, which comes with the project, where none
of them gives it. A network that the settings name comes from the same places or the build stops.
Neither torch nor torchvision is imported where it can be helped: an unchanged rebuild passes here.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from urllib.parse import urlparse

from report_builder.assets.asset import Asset, Origin, Place, Reason, list_places, why, write_atomically
from report_builder.assets.attempts import PATIENCE, RETRY_AFTER, Attempt
from report_builder.assets.download import DownloadError, Progress, fetch_file
from report_builder.errors import InputError
from report_builder.pipeline.file_hashes import MEMORY, remembered_digest

AUTO = "auto"
PREFERRED = "vgg16"
FARMNET = "farmnet"
FARMNET_FILE = Path("data") / "farmnet.safetensors"
# Its address is asked for at every build, and torchvision takes seconds to import; a test compares them
KNOWN = {PREFERRED: "https://download.pytorch.org/models/vgg16-397923af.pth"}
PUBLISHED_LICENCE = "BSD 3-Clause (torchvision); learned from ImageNet, which has terms of its own"
FARMNET_LICENCE = "The project's own"
FARMNET_SOURCE = "Trained on drawn scenes by the project itself (data/README.md)"
USER_LICENCE = "not known: a file of the user's"


@dataclass(frozen=True)
class NetworkPlaces:
    """Where weights are looked for.

    file: what the settings name, relative to `project`. cache: the folder for what is remembered between
    builds. address: of the weights, where it is not that of torchvision.
    """

    file: Path | None
    project: Path
    environ: Mapping[str, str]
    cache: Path
    offline: bool
    address: str | None = None
    patience: float = PATIENCE
    retry_after: float = RETRY_AFTER

    @property
    def named(self) -> Path | None:
        return None if self.file is None else self.project / self.file

    @property
    def hashes(self) -> Path:
        """The memory of the pipeline, which reads the same files."""
        return self.cache / MEMORY

    def attempt(self, address: str) -> Attempt:
        record = self.cache / "assets" / f"{Path(urlparse(address).path).stem}.download-failed.json"
        return Attempt(address, record, self.offline, self.retry_after)


@dataclass(frozen=True)
class NetworkAsset:
    """The network's name and its weights.

    official: the file's hash is the one that its publisher gives it. passed_over: why FarmNet stands in for
    the preferred network; empty where it does not.
    """

    network: str
    weights: Asset
    official: bool
    passed_over: tuple[Reason, ...] = ()


def resolve_network(network: str, places: NetworkPlaces, progress: Progress | None = None) -> NetworkAsset:
    """The network that the settings ask for, with its weights.

    Raises InputError for an unknown name, for a file that the settings name and that is not there, and for
    weights of a named network that no place gives.
    """
    if network == FARMNET:
        return _farmnet(places)
    wanted = PREFERRED if network == AUTO else network
    found = _published(wanted, places, progress)
    if isinstance(found, NetworkAsset):
        return found
    if network == AUTO:
        return _farmnet(places, passed_over=found)
    raise InputError(f"The weights of {wanted} cannot be had: {why(found)}.")


def describe_network(network: str, places: NetworkPlaces) -> tuple[Place, ...]:
    """All places in their order, with the one that a build would use; nothing is downloaded.

    Raises InputError for an unknown name.
    """
    found: list[tuple[Origin, str, Reason | None]] = []
    if network == FARMNET:
        named = places.named
        found.append(("settings", str(named or ""), _named_fault(named)))
    else:
        address = published_address(PREFERRED if network == AUTO else network, places)
        found += [
            ("settings", str(places.named or ""), _named_fault(places.named)),
            ("checkpoints", str(_checkpoint(address, places)), _checkpoint_fault(address, places)),
            ("download", address, places.attempt(address).refusal()),
        ]
    if network in (AUTO, FARMNET):
        own = places.project / FARMNET_FILE
        missing = None if own.is_file() else Reason("embedded", "absent", "the file is not there")
        found.append(("embedded", str(own), missing))
    return list_places(found, places.file is not None)


def checkpoints_folder(environ: Mapping[str, str]) -> Path:
    """Where PyTorch keeps downloaded weights: what torch.hub.get_dir() says, without asking torch."""
    cache = environ.get("XDG_CACHE_HOME", "~/.cache")
    home = environ.get("TORCH_HOME", str(Path(cache) / "torch"))
    return Path(os.path.expanduser(home)) / "hub" / "checkpoints"  # noqa: PTH111  a missing home is no error


def published_address(network: str, places: NetworkPlaces) -> str:
    """Where torchvision publishes a network's weights: asked once for each of its versions.

    Raises InputError for a name that torchvision does not know.
    """
    if places.address is not None:
        return places.address
    if network in KNOWN:
        return KNOWN[network]
    memory = places.cache / "assets" / "published-weights.json"
    known = _remembered(memory)
    if network not in known:
        from report_builder.models.networks import published_weights

        known[network] = str(published_weights(network).url)
        values = {"torchvision": version("torchvision"), "addresses": known}
        with suppress(OSError):  # then it is asked again
            write_atomically(memory, json.dumps(values))
    return known[network]


def _remembered(memory: Path) -> dict[str, str]:
    try:
        values = json.loads(memory.read_text(encoding="utf-8"))
        if values["torchvision"] == version("torchvision"):
            return {str(name): str(address) for name, address in values["addresses"].items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        pass  # no memory, or a broken one: torchvision is asked again
    return {}


def _published(
    network: str, places: NetworkPlaces, progress: Progress | None
) -> NetworkAsset | tuple[Reason, ...]:
    """The network with weights as torchvision publishes them or of the user's, or why there are none."""
    address = published_address(network, places)
    target = _checkpoint(address, places)
    if places.named is not None:
        return _with(network, _asset(places, places.named, "settings", address, ()), address)
    reasons = [Reason("settings", "unset", "the settings name no file")]
    damaged = _checkpoint_fault(address, places)
    if damaged is None:
        return _with(network, _asset(places, target, "checkpoints", address, tuple(reasons)), address)
    reasons.append(damaged)
    attempt = places.attempt(address)
    failure = attempt.refusal() or _download(address, target, attempt, places, progress)
    if failure is None:
        return _with(network, _asset(places, target, "download", address, tuple(reasons)), address)
    return (*reasons, failure)


def _with(network: str, weights: Asset, address: str) -> NetworkAsset:
    return NetworkAsset(network, weights, weights.sha256.startswith(_digits(address)))


def _asset(
    places: NetworkPlaces, path: Path, origin: Origin, address: str, reasons: tuple[Reason, ...]
) -> Asset:
    digest = _digest(path, places)
    official = digest.startswith(_digits(address))
    licence, source = (
        (PUBLISHED_LICENCE, address) if official else (USER_LICENCE, f"{path.name}, a file of the user's")
    )
    return Asset("network", path, origin, digest, licence, source, reasons)


def _farmnet(places: NetworkPlaces, passed_over: tuple[Reason, ...] = ()) -> NetworkAsset:
    if places.named is not None:
        digest = _digest(places.named, places)
        source = f"{places.named.name}, a file of the user's"
        return NetworkAsset(
            FARMNET, Asset("network", places.named, "settings", digest, USER_LICENCE, source), official=False
        )
    own = places.project / FARMNET_FILE
    if not own.is_file():
        raise InputError(f"FarmNet's weights are missing: {own} is not there.")
    weights = Asset(
        "network", own, "embedded", _digest(own, places), FARMNET_LICENCE, FARMNET_SOURCE, passed_over
    )
    return NetworkAsset(FARMNET, weights, official=True, passed_over=passed_over)


def _digest(path: Path, places: NetworkPlaces) -> str:
    if not path.is_file():
        raise InputError(f"The settings name the weights {path}, and that is not a file.")
    try:
        return remembered_digest(path, places.hashes)
    except OSError as error:
        raise InputError(f"The weights {path} cannot be read: {error.strerror}.") from None


def _named_fault(named: Path | None) -> Reason | None:
    if named is None:
        return Reason("settings", "unset", "the settings name no file")
    return None if named.is_file() else Reason("settings", "absent", f"{named} is not a file")


def _checkpoint(address: str, places: NetworkPlaces) -> Path:
    return checkpoints_folder(places.environ) / Path(urlparse(address).path).name


def _checkpoint_fault(address: str, places: NetworkPlaces) -> Reason | None:
    path = _checkpoint(address, places)
    if not path.is_file():
        return Reason("checkpoints", "absent", f"{path} is not there")
    try:
        digest = remembered_digest(path, places.hashes)
    except OSError as error:
        return Reason("checkpoints", "damaged", f"{path} cannot be read ({error.strerror})")
    if digest.startswith(_digits(address)):
        return None
    return Reason("checkpoints", "damaged", f"{path} has another hash than its name says")


def _digits(address: str) -> str:
    """The first digits of the SHA-256: PyTorch names weights <name>-<digits>.pth."""
    return Path(urlparse(address).path).stem.rsplit("-", 1)[-1]


def _download(
    address: str, target: Path, attempt: Attempt, places: NetworkPlaces, progress: Progress | None
) -> Reason | None:
    """Put the weights at `target`, or say why not (and remember that)."""
    failure: Reason | None = None
    try:
        fetch_file(address, target, _digits(address), places.patience, progress)
    except DownloadError as error:
        failure = Reason("download", error.cause, str(error))
    with suppress(OSError):  # a failure that cannot be recorded only means that the next build tries again
        attempt.remember(failure)
    return failure
