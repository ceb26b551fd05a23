"""What the steps on the user's own network share: the network as trained, and its held-out pictures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from report_builder.models.own_networks import load_own_network
from report_builder.pipeline.step import Work


@dataclass(frozen=True)
class OwnNetwork:
    """module: pixels (n, 3, size, size) in [0, 1] -> logits (n, classes); it normalises by itself, is frozen
    and in evaluation mode.
    """

    module: nn.Module
    class_names: tuple[str, ...]
    size: int


@dataclass(frozen=True)
class HeldOut:
    """n held-out pictures on the network's device.

    pixels (n, 3, s, s) float32 in [0, 1]; labels, predicted (n,) int64; probabilities (n, k) float32; objects
    (n, s, s) bool and parts (n, s, s) uint8 where masks are known.
    """

    pixels: Tensor
    labels: Tensor
    predicted: Tensor
    probabilities: Tensor
    objects: Tensor | None
    parts: Tensor | None


def load_own(work: Work) -> OwnNetwork:
    """The network. The step declares the needs "own_pictures" and "own_cnn"."""
    pictures, trained = work.needs["own_pictures"].values, work.needs["own_cnn"]
    module = load_own_network(
        trained.values["architecture"],
        trained.file("weights.safetensors"),
        classes=len(pictures["classes"]),
        device=work.device,
    )
    return OwnNetwork(module, tuple(pictures["classes"]), pictures["size"])


def held_out(work: Work, places: Sequence[int]) -> HeldOut:
    """The held-out pictures at these places. The step declares the needs "own_pictures" and "own_cnn"."""
    arrays = work.needs["own_pictures"].arrays()
    chosen = list(places)
    logits = torch.from_numpy(work.needs["own_cnn"].arrays()["logits"][chosen]).to(work.device)
    masks = {
        name: torch.from_numpy(arrays[name][chosen]).to(work.device)
        for name in ("objects", "parts")
        if name in arrays
    }
    return HeldOut(
        pixels=torch.from_numpy(arrays["pixels"][chosen]).permute(0, 3, 1, 2).to(work.device).float() / 255,
        labels=torch.from_numpy(arrays["labels"][chosen]).to(work.device),
        predicted=logits.argmax(1),
        probabilities=logits.softmax(1),
        objects=masks.get("objects"),
        parts=masks.get("parts"),
    )
