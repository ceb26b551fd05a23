"""Training the multilayer perceptron on one split and measuring it on that split's test rows."""

from __future__ import annotations

import torch
from torch import nn

from report_builder.models.blocks import by_blocks
from report_builder.models.mlp import MLP
from report_builder.models.training import seeded
from report_builder.pipeline.step import Values, Work
from report_builder.sections.networks import fit, keep, only_split, test_arrays


def train(work: Work) -> Values:
    """Arrays: test_arrays. Weights: weights.npz."""
    split = only_split(work)
    with seeded(work.settings["seed"]):
        model = MLP(len(split.feature_names))
    history = fit(model, split, work, "mlp")
    with torch.no_grad():
        test = torch.as_tensor(split.x_test, dtype=torch.float32, device=work.device)
        probability = by_blocks(model.probability, test).cpu().double().numpy()
    work.save(**test_arrays(split, probability, history))
    return {**keep(model, probability, split, history, work), "layers": [_layer(m) for m in model.layers]}


def _layer(module: nn.Module) -> Values:
    """Kind, size and number of trained parameters of a layer."""
    size: Values = {}
    if isinstance(module, nn.Linear):
        size = {"inputs": module.in_features, "outputs": module.out_features}
    elif isinstance(module, nn.BatchNorm1d):
        size = {"outputs": module.num_features}
    elif isinstance(module, nn.Dropout):
        size = {"rate": module.p}
    parameters = sum(parameter.numel() for parameter in module.parameters())
    return {"kind": type(module).__name__, **size, "parameters": parameters}
