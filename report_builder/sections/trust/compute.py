"""What the network is made of, and how FarmNet was trained."""

from __future__ import annotations

import json
from typing import Any

import torch

from report_builder.methods.applicability import NotApplicable
from report_builder.methods.passes import shared_passes
from report_builder.models.networks import Network
from report_builder.models.summary import summarise
from report_builder.pipeline.step import Values, Work
from report_builder.sections.seen import load

MOST_ROWS = 32


def summarise_network(work: Work) -> Values:
    """Layers, parameters, multiply-adds of a pass and rectifiers, all counted; FarmNet's training."""
    network = load(work)
    summary = summarise(network.module, network.size, MOST_ROWS)
    return {
        "layers": [
            {
                "name": layer.name,
                "kinds": list(layer.kinds),
                "shape": list(layer.shape),
                "parameters": layer.parameters,
                "modules": layer.modules,
            }
            for layer in summary.layers
        ],
        "parameters": summary.parameters,
        "multiply_adds": summary.multiply_adds,
        "multiply_adds_million": summary.multiply_adds / 1e6,
        "modules": sum(layer.modules for layer in summary.layers),
        "rectifiers": _rectifiers(network, work.device),
        "size": network.size,
        "classes": len(network.class_names),
        "training": _training(work) if network.name == "farmnet" else None,
    }


def _rectifiers(network: Network, device: str) -> int:
    """The rectifiers that guided backpropagation gates in one pass."""
    picture = torch.zeros(1, 3, network.size, network.size, device=device)
    target = torch.zeros(1, dtype=torch.int64, device=device)
    try:
        return shared_passes(network.module, picture, target, rules=("guided",)).rectifiers
    except NotApplicable:
        return 0


def _training(work: Work) -> dict[str, Any]:
    """Scenes, epochs and accuracy of the training that gave the weights of the project."""
    log = json.loads(work.files["data/farmnet.training.json"].read_text(encoding="utf-8"))
    recipe = log["recipe"]
    return {
        "scenes": recipe["scenes_per_class"] * len(log["classes"]),
        "validation_scenes": recipe["validation_per_class"] * len(log["classes"]),
        "epochs": len(log["epochs"]),
        "accuracy": log["validation_accuracy"],
    }
