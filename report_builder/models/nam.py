"""The neural additive model: a network that can be read, because it is a sum of one-feature functions.

Agarwal, Melnick, Frosst, Zhang, Lengerich, Caruana, Hinton (2021): Neural Additive Models: Interpretable
Machine Learning with Neural Nets. NeurIPS 34.
"""

from __future__ import annotations

from typing import cast

import torch
from torch import Tensor, nn

from report_builder.models.blocks import by_blocks


class FeaturewiseLinear(nn.Module):
    """One linear layer per feature, all computed in one batched product.

    Maps (features, n, inputs) to (features, n, outputs); initialised as `nn.Linear` is.
    """

    def __init__(self, features: int, inputs: int, outputs: int) -> None:
        super().__init__()
        bound = inputs**-0.5
        self.weight = nn.Parameter(torch.empty(features, inputs, outputs).uniform_(-bound, bound))
        self.bias = nn.Parameter(torch.empty(features, 1, outputs).uniform_(-bound, bound))

    def forward(self, h: Tensor) -> Tensor:
        return torch.baddbmm(self.bias, h, self.weight)


class NAM(nn.Module):
    """Neural additive model: logit(x) = bias + f_1(x_1) + ... + f_d(x_d), each f_i a small network.

    Rows (n, features) in, logits (n,) out. `dropout` acts inside the networks; `feature_dropout`
    drops whole contributions, so that correlated features cannot leave the work to one of them.
    """

    def __init__(
        self,
        features: int,
        *,
        hidden: tuple[int, int] = (64, 32),
        dropout: float = 0.1,
        feature_dropout: float = 0.05,
    ) -> None:
        super().__init__()
        wide, narrow = hidden
        self.networks = nn.Sequential(
            FeaturewiseLinear(features, 1, wide),
            nn.ReLU(),
            nn.Dropout(dropout),
            FeaturewiseLinear(features, wide, narrow),
            nn.ReLU(),
            nn.Dropout(dropout),
            FeaturewiseLinear(features, narrow, 1),
        )
        self.feature_dropout = nn.Dropout(feature_dropout)
        self.bias = nn.Parameter(torch.zeros(()))
        self.means: Tensor
        self.register_buffer("means", torch.zeros(features))

    def contributions(self, x: Tensor) -> Tensor:
        """f_i(x_i) of every row and feature, in logits: (n, features)."""
        columns = x.T.unsqueeze(-1)
        return cast(Tensor, self.networks(columns)).squeeze(-1).T - self.means

    def forward(self, x: Tensor) -> Tensor:
        return cast(Tensor, self.feature_dropout(self.contributions(x))).sum(1) + self.bias

    def probability(self, x: Tensor) -> Tensor:
        return torch.sigmoid(self(x))

    def output_penalty(self, x: Tensor) -> Tensor:
        """Mean square of the contributions: added to the loss, it keeps idle features at zero."""
        return self.contributions(x).square().mean()

    @torch.no_grad()
    def centre(self, x: Tensor) -> None:
        """Give every f_i the mean 0 over the rows x (n, features); the bias takes up the means.

        A constant can move from one f_i to another without changing a prediction. Centred on the
        training rows the f_i are unique, and so is the importance mean |f_i|. Call it in eval mode.
        """
        means = by_blocks(self.contributions, x).mean(0)
        self.means.add_(means)
        self.bias.add_(means.sum())


@torch.no_grad()
def shape_functions(model: NAM, x: Tensor, *, points: int = 100) -> tuple[Tensor, Tensor]:
    """The f_i on an even grid from the smallest to the largest value of each column of x (n, features).

    Returns the grid and the contributions on it, both (points, features). The model is in eval mode.
    """
    low, high = x.amin(0), x.amax(0)
    steps = torch.linspace(0, 1, points, dtype=x.dtype, device=x.device).unsqueeze(1)
    grid = low + steps * (high - low)
    return grid, model.contributions(grid)


@torch.no_grad()
def importance(model: NAM, x: Tensor) -> Tensor:
    """Mean |f_i| over rows x (n, features), in logits: (features,). The model is centred, in eval mode."""
    return by_blocks(model.contributions, x).abs().mean(0)
