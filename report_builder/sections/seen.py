"""What the steps of the vision half share: the network, ready to be explained, and the pictures it sees."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from report_builder.errors import InputError
from report_builder.methods.cam import default_layer
from report_builder.models.networks import Network, in_bfloat16, load_network
from report_builder.pipeline.step import Work

# Classes whose explanations are compared on one picture, where the settings name none
PAIRS = {True: ("tabby", "cat"), False: ("tabby", "Egyptian cat")}
BLOCK = 12  # pictures whose feature maps, or whose pixels' orders by every method, are held at once


@dataclass(frozen=True)
class Pictures:
    """n pictures on the network's device, as the step `photographs` saved them.

    pixels (n, 3, s, s) in [0, 1]; images: the same in the space that the network sees; targets (n,) int64,
    the classes explained; objects (n, s, s) bool and parts (n, s, s) uint8 where masks are known; background
    (m, 3, s, s) images of other pictures.
    """

    pixels: Tensor
    images: Tensor
    targets: Tensor
    background: Tensor
    objects: Tensor | None
    parts: Tensor | None


def load(work: Work) -> Network:
    """The network on the step's device. The step declares the need "vision" and the file "network"."""
    name = work.needs["vision"].values["network"]
    return load_network(name, file=work.files["network"], device=work.device)


def pictures(work: Work, network: Network) -> Pictures:
    """The pictures shown. The step declares the need "photographs"."""
    arrays = {
        name: torch.from_numpy(values).to(work.device)
        for name, values in work.needs["photographs"].arrays().items()
    }
    return Pictures(
        pixels=arrays["pixels"],
        images=network.normalise(arrays["pixels"]),
        targets=arrays["targets"],
        background=network.normalise(arrays["background"]),
        objects=arrays.get("objects"),
        parts=arrays.get("parts"),
    )


def blocks(count: int) -> list[slice]:
    """Consecutive blocks of at most BLOCK that cover `count` pictures."""
    return [slice(start, min(start + BLOCK, count)) for start in range(0, count, BLOCK)]


def logits_of(network: Network, images: Tensor) -> Tensor:
    """The logits (n, classes) of images in the space that the network sees, without gradients."""
    with torch.no_grad():
        return torch.cat([network.module(images[block]) for block in blocks(len(images))])


def averaged_module(work: Work, network: Network) -> nn.Module:
    """The network for maps that are means of many gradients: in bfloat16 where the settings ask for it.

    The step declares the setting "vision.precision".
    """
    return in_bfloat16(network.module) if work.settings["vision.precision"] == "bf16" else network.module


def cam_layer(work: Work, network: Network) -> str:
    """The layer of Grad-CAM. The step declares the setting "vision.layer".

    Raises InputError for a layer that the network does not have.
    """
    name: str = work.settings["vision.layer"]
    if name == "auto":
        return default_layer(network.module)
    if name not in dict(network.module.named_modules()):
        raise InputError(f"vision.layer = {name!r}: {network.name} has no such layer.")
    return name


def pair_of(work: Work, network: Network) -> tuple[int, int]:
    """The classes to compare on one picture. The step declares the setting "vision.pair".

    Raises InputError for a class that the network does not know.
    """
    chosen = work.settings["vision.pair"]
    names = PAIRS[network.name == "farmnet"] if chosen == "auto" else chosen
    first, second = (class_index(network, name, "vision.pair") for name in names)
    return first, second


def class_index(network: Network, name: str, setting: str) -> int:
    """Index of the class of that name. Raises InputError, naming the setting, where there is none."""
    try:
        return network.class_names.index(name)
    except ValueError:
        raise InputError(f"{setting}: {network.name} knows no class {name!r}.") from None
