"""The multilayer perceptron: the black box that the explanations are about."""

from __future__ import annotations

from typing import cast

import torch
from torch import Tensor, nn


class MLP(nn.Module):
    """Multilayer perceptron for a binary outcome: rows (n, features) in, logits (n,) out.

    Every activation is its own module and none works in place, so that hooks see each of them.
    """

    def __init__(self, features: int) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Linear(features, 100),
            nn.ReLU(),
            nn.BatchNorm1d(100),
            nn.Linear(100, 50),
            nn.ReLU(),
            nn.Dropout(0.2),
            nn.Linear(50, 50),
            nn.ReLU(),
            nn.Linear(50, 20),
            nn.ReLU(),
            nn.Linear(20, 1),
        )

    def forward(self, x: Tensor) -> Tensor:
        return cast(Tensor, self.layers(x)).squeeze(-1)

    def probability(self, x: Tensor) -> Tensor:
        return torch.sigmoid(self(x))
