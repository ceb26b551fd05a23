"""The pictures at the network's size, what the network says of them, and which class is explained on each."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from report_builder.datasets.farmyard.fixed import load_fixed_scenes
from report_builder.datasets.pictures import read_picture
from report_builder.models import farmnet
from report_builder.models.networks import Network, writeup_index_faults
from report_builder.pipeline.step import Values, Work
from report_builder.sections.map_methods import MOST_DRAWN
from report_builder.sections.seen import load, logits_of

TOP = 5
BACKGROUND = 16  # at most so many other pictures stand for "the network sees something else"
# Of the farmyard's fixed scenes, those shown first
FARMYARD_FIRST = ("00_hen", "08_cat", "10_tabby", "12_lynx", "14_lion", "16_dog")


@dataclass(frozen=True)
class _Picture:
    """name: the class that the file name carries. pixels (3, s, s) in [0, 1] at the network's size; width,
    height: of the file.
    """

    file: str
    name: str | None
    pixels: torch.Tensor
    width: int
    height: int
    notes: tuple[str, ...] = ()
    objects: np.ndarray | None = None
    parts: np.ndarray | None = None


def predict(work: Work) -> Values:
    """The pictures shown and the background set; top classes, and the target of every explanation.

    The target is the class that the file name carries, where the network knows it, else the prediction.
    """
    network = load(work)
    count = work.settings["vision.shown"]
    if work.needs["vision"].values["farmyard"]:
        found = _farmyard(network)
    else:
        found = _listed(network, work.files["photographs"], count + BACKGROUND)
    shown, others = found[:count], found[count : count + BACKGROUND]
    pixels = torch.stack([picture.pixels for picture in shown])
    background = torch.stack([picture.pixels for picture in others]) if others else pixels.flip(0)
    logits = logits_of(network, network.normalise(pixels.to(work.device))).cpu()
    described = [_describe(network, p, scores) for p, scores in zip(shown, logits, strict=True)]
    arrays: dict[str, np.ndarray] = {
        "pixels": pixels.numpy(),
        "background": background.numpy(),
        "logits": logits.numpy(),
        "targets": np.array([image["target"] for image in described], dtype=np.int64),
    }
    if all(picture.objects is not None for picture in shown):
        arrays["objects"] = np.stack([p.objects for p in shown if p.objects is not None])
        arrays["parts"] = np.stack([p.parts for p in shown if p.parts is not None])
    work.save(**arrays)
    faults = [fault._asdict() for fault in writeup_index_faults()]
    labelled = [image for image in described if image["index"] is not None]
    return {
        "images": described,
        "size": network.size,
        "normalisation": _normalisation(network),
        "class_count": len(network.class_names),
        "chance": 1 / len(network.class_names),
        "mean_probability": sum(image["predicted_probability"] for image in described) / len(described),
        "shown": len(shown),
        "labelled": len(labelled),
        "right": sum(image["right"] for image in labelled),
        "background": {"count": len(background), "apart": bool(others)},
        "index_faults": faults,
        "fault_count": len(faults),
        **({"drawn": MOST_DRAWN} if len(shown) > MOST_DRAWN else {}),
    }


def _normalisation(network: Network) -> dict[str, Any]:
    """Mean and standard deviation of the channels, and whether the network itself applies them."""
    if network.name == "farmnet":
        return {"mean": [farmnet.MEAN] * 3, "std": [farmnet.STD] * 3, "inside": True}
    return {"mean": list(network.mean), "std": list(network.std), "inside": False}


def _fitted(network: Network, file: str, name: str | None, picture: np.ndarray, **more: Any) -> _Picture:
    """picture: (h, w, 3) uint8. Only what the network sees of it is kept."""
    pixels = torch.from_numpy(picture.copy()).permute(2, 0, 1).float() / 255
    height, width = picture.shape[:2]
    return _Picture(file, name, network.fit(pixels), width, height, **more)


def _farmyard(network: Network) -> list[_Picture]:
    scenes = load_fixed_scenes()
    first = [scene for name in FARMYARD_FIRST for scene in scenes if scene.name == name]
    rest = [scene for scene in scenes if scene not in first]
    return [
        _fitted(
            network,
            f"{fixed.name}.png",
            fixed.class_name,
            fixed.scene.image,
            objects=fixed.scene.object,
            parts=fixed.scene.parts,
        )
        for fixed in (*first, *rest)
    ]


def _listed(network: Network, manifest: Path, most: int) -> list[_Picture]:
    pictures = []
    for entry in json.loads(manifest.read_text(encoding="utf-8"))[:most]:
        picture = read_picture(manifest.parent / entry["path"], entry["file"])
        found = _fitted(network, entry["file"], entry["name"], picture.pixels, notes=picture.notes)
        pictures.append(found)
    return pictures


def _describe(network: Network, picture: _Picture, logits: torch.Tensor) -> dict[str, Any]:
    probabilities = logits.double().softmax(0)
    order = probabilities.argsort(descending=True, stable=True)[:TOP].tolist()
    names = network.class_names
    index = names.index(picture.name) if picture.name in names else None
    target = order[0] if index is None else index
    return {
        "file": picture.file,
        "name": picture.name,
        "index": index,
        "target": target,
        "target_name": names[target],
        "predicted": order[0],
        "predicted_name": names[order[0]],
        "probability": float(probabilities[target]),
        "predicted_probability": float(probabilities[order[0]]),
        "right": order[0] == index,
        "top": [{"index": i, "name": names[i], "probability": float(probabilities[i])} for i in order],
        "width": picture.width,
        "height": picture.height,
        "notes": list(picture.notes),
    }
