"""What the vision half explains: a network's weights and pictures, and where both came from."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from report_builder.errors import InputError
from report_builder.pipeline.file_hashes import file_digest

if TYPE_CHECKING:
    from report_builder.config import Vision

FARMNET = "data/farmnet.safetensors"
FARMYARD = "data/farmyard"


@dataclass(frozen=True)
class VisionInputs:
    """values: what the report prints of them. files: "network", the weights; "photographs", a JSON list."""

    values: Mapping[str, Any]
    files: Mapping[str, Path]


def resolve_vision(vision: Vision, project: Path, cache: Path) -> VisionInputs:
    """The network and the pictures. Raises InputError for one that the settings name and that cannot be had."""
    network = "farmnet" if vision.network == "auto" else vision.network
    weights = vision.weights or project / FARMNET
    farmyard = network == "farmnet" and vision.images is None
    folder = vision.images or project / FARMYARD
    if not weights.is_file():
        raise InputError(f"The weights {weights} are not there.")
    pictures = [
        {"path": str(path.resolve()), "sha256": file_digest(path), "name": _class_in(path)}
        for path in sorted(folder.iterdir())
        if path.is_file() and not path.name.endswith(".parts.png")
    ]
    cache.mkdir(parents=True, exist_ok=True)
    listed = cache / "photographs.json"
    listed.write_text(json.dumps(pictures), encoding="utf-8")
    values = {
        "network": network,
        "farmyard": farmyard,
        "weights": {
            "origin": "settings" if vision.weights else "embedded",
            "file": weights.name,
            "sha256": file_digest(weights),
        },
        "images": {"origin": "settings" if vision.images else "embedded", "count": len(pictures)},
    }
    return VisionInputs(values, {"network": weights, "photographs": listed})


def _class_in(path: Path) -> str | None:
    """The class that a file name carries: n02123394_Persian_cat.JPEG, 00_hen.png."""
    number, _, name = path.stem.partition("_")
    return name.replace("_", " ") if name and number.lstrip("n").isdigit() else None
