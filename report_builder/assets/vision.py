"""What the vision half explains: a network's weights and pictures, and where both came from."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from report_builder.assets.asset import Place, Reason, why, write_atomically
from report_builder.assets.download import Progress
from report_builder.assets.network import (
    FARMNET,
    PREFERRED,
    NetworkAsset,
    NetworkPlaces,
    describe_network,
    resolve_network,
)
from report_builder.assets.photographs import (
    Photograph,
    PhotographPlaces,
    Photographs,
    describe_photographs,
    resolve_photographs,
)
from report_builder.errors import InputError
from report_builder.pipeline.file_hashes import remembered_digest
from report_builder.pipeline.step import sha256_text

if TYPE_CHECKING:
    from report_builder.settings import Vision


@dataclass(frozen=True)
class Surroundings:
    """What decides where inputs are looked for: the project's folder, the environment, the build's cache."""

    project: Path
    environ: Mapping[str, str]
    cache: Path
    offline: bool


@dataclass(frozen=True)
class VisionInputs:
    """The network and the pictures of a build.

    files: "network", the weights; "photographs", a JSON list of the pictures.
    """

    network: NetworkAsset
    photographs: Photographs
    files: Mapping[str, Path]

    @property
    def values(self) -> dict[str, Any]:
        """What is explained, for the steps; not where it was found, which may change between builds."""
        weights = self.network.weights
        return {
            "network": self.network.network,
            "farmyard": self.photographs.farmyard,
            "weights": {
                "file": weights.path.name,
                "sha256": weights.sha256,
                "official": self.network.official,
            },
        }

    @property
    def network_values(self) -> dict[str, Any]:
        """What the report prints of the weights; no path of this machine is in it.

        passed_over: why FarmNet stands in for VGG16; empty where it does not.
        """
        weights = self.network.weights
        return {
            "name": self.network.network,
            "origin": weights.origin,
            "file": weights.path.name,
            "sha256": weights.sha256,
            "official": self.network.official,
            "licence": weights.licence,
            "source": weights.source,
            "reasons": _reasons(weights.reasons),
            "passed_over": _reasons(self.network.passed_over),
        }

    @property
    def photograph_values(self) -> dict[str, Any]:
        """What the report prints of the pictures; no path of this machine is in it.

        sha256: over all files. files: of photographs, each with its licence; of the drawn scenes, none.
        """
        found = self.photographs
        licences = dict.fromkeys(picture.licence for picture in found.pictures)
        return {
            "origin": found.origin,
            "farmyard": found.farmyard,
            "count": len(_shown(found)),
            "sha256": found.sha256,
            "licence": "; ".join(licences),
            "files": [] if found.farmyard else [_describe(picture) for picture in found.pictures],
            "reasons": _reasons(found.reasons),
        }

    def __str__(self) -> str:
        """Which network explains which pictures, for the command's first lines."""
        network, found = self.network, self.photographs
        name = "FarmNet" if network.network == FARMNET else network.network
        text = f"network: {name} ({network.weights.path}, {network.weights.origin})"
        if not network.official:
            text += ", not with its published weights"
        if network.passed_over:
            text += f", because {PREFERRED} cannot be had ({why(network.passed_over)})"
        what = " drawn scenes of the farmyard" if found.farmyard else ""
        folders = dict.fromkeys(str(picture.path.parent) for picture in found.pictures)
        return f"{text}\npictures: {len(_shown(found))}{what} ({', '.join(folders)}, {found.origin})"


def resolve_vision(vision: Vision, around: Surroundings, progress: Progress | None = None) -> VisionInputs:
    """The network and the pictures. Raises InputError for what the settings name and what cannot be had."""
    network = resolve_network(vision.network, _network_places(vision, around), progress)
    places = _photograph_places(vision, around)
    photographs = resolve_photographs(network.network == FARMNET, places)
    kept = _keep(photographs, around.cache / "assets" / "pictures", places.hashes)
    return VisionInputs(network, photographs, {"network": network.weights.path, "photographs": kept})


def describe_vision(vision: Vision, around: Surroundings) -> dict[str, tuple[Place, ...]]:
    """The places of "network" and "pictures", with those that a build would use; nothing is downloaded.

    Raises InputError for an unknown network.
    """
    network = describe_network(vision.network, _network_places(vision, around))
    farmnet = any(place.used and place.origin == "embedded" for place in network)
    farmnet = farmnet or vision.network == FARMNET
    return {
        "network": network,
        "pictures": describe_photographs(farmnet, _photograph_places(vision, around)),
    }


def _network_places(vision: Vision, around: Surroundings) -> NetworkPlaces:
    return NetworkPlaces(vision.weights, around.project, around.environ, around.cache, around.offline)


def _photograph_places(vision: Vision, around: Surroundings) -> PhotographPlaces:
    return PhotographPlaces(vision.images, around.project, around.environ, around.cache, around.offline)


def _keep(found: Photographs, folder: Path, hashes: Path) -> Path:
    """The JSON list of the pictures, with copies that are named by their content.

    So the steps depend on what the pictures show and what they are called, not on where they lie, and nobody
    can change one while they run. The drawn scenes are part of the project: they are listed, not copied.
    """
    entries: list[dict[str, str | None]] = []
    for picture in found.pictures:
        copy = picture.path.name if found.farmyard else f"{picture.sha256}{picture.path.suffix.lower()}"
        entries.append(
            {
                "file": picture.path.name,
                "path": copy,
                "sha256": picture.sha256,
                "name": picture.class_name,
            }
        )
    text = json.dumps(entries, ensure_ascii=False, indent=1)
    listed = folder / f"list-{sha256_text(text)[:32]}.json"
    try:
        for picture, entry in zip(found.pictures, entries, strict=True):
            if not found.farmyard:
                _copy(picture, folder / str(entry["path"]), hashes)
        if not listed.is_file() or listed.read_text(encoding="utf-8") != text:
            write_atomically(listed, text)
    except OSError as error:
        raise InputError(f"The pictures cannot be copied to {folder} ({error.strerror}).") from None
    return listed


def _copy(picture: Photograph, target: Path, hashes: Path) -> None:
    if target.is_file() and remembered_digest(target, hashes) == picture.sha256:
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    unfinished = target.with_name(f".{target.name}.{os.getpid()}")
    shutil.copyfile(picture.path, unfinished)
    unfinished.replace(target)
    if remembered_digest(target, hashes) != picture.sha256:
        raise InputError(f"The picture {picture.path} was changed while it was read; start the build again.")


def _shown(found: Photographs) -> list[Photograph]:
    return [picture for picture in found.pictures if ".parts." not in picture.path.name]


def _describe(picture: Photograph) -> dict[str, str | None]:
    return {
        "file": picture.path.name,
        "sha256": picture.sha256,
        "class_name": picture.class_name,
        "licence": picture.licence,
        "source": picture.source,
    }


def _reasons(reasons: tuple[Reason, ...]) -> list[dict[str, str]]:
    return [{"place": reason.place, "cause": reason.cause} for reason in reasons]
