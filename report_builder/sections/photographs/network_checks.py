"""What the report says of the network, counted again in another way."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from report_builder.models.networks import Network
from report_builder.pipeline.step import Values, Work
from report_builder.sections.seen import load

# Names of autograd's nodes for ReLU and, as torch computes it, ReLU6
RECTIFIERS = frozenset({"ReluBackward0", "HardtanhBackward0", "ReluBackward1", "HardtanhBackward1"})


def check(work: Work) -> Values:
    """Class names that differ from those of the weights at the same index, and rectifiers in a pass."""
    network = load(work)
    pairs = _pairs(work.needs["photographs"].values["images"])
    names = network.class_names
    return {
        "classes_checked": len(pairs),
        "class_faults": sum(not (0 <= index < len(names) and names[index] == name) for index, name in pairs),
        "rectifiers": _rectifiers(network, work.device),
    }


def _pairs(images: list[dict[str, Any]]) -> list[tuple[int, str]]:
    """Every index with its class name that the pages on the pictures print."""
    pairs = []
    for image in images:
        pairs += [
            (image["target"], image["target_name"]),
            (image["predicted"], image["predicted_name"]),
            *((entry["index"], entry["name"]) for entry in image["top"]),
        ]
        if image["index"] is not None:
            pairs.append((image["index"], image["name"]))
    return pairs


def _rectifiers(network: Network, device: str) -> int:
    """The rectifiers in the graph that autograd records of a pass, with nothing gated."""
    picture = torch.zeros(1, 3, network.size, network.size, device=device, requires_grad=True)
    logits: Tensor = network.module(picture)
    found, waiting = set(), [logits.grad_fn]
    while waiting:
        node = waiting.pop()
        if node is not None and node not in found:
            found.add(node)
            waiting += [parent for parent, _ in node.next_functions]
    return sum(node.name() in RECTIFIERS for node in found)
