"""Signals as images of a single row, so that every method on images explains networks of signals, too."""

from __future__ import annotations

from torch import Tensor, nn


class OneRow(nn.Module):
    """A network of signals (n, c, t) that takes them as images of one row (n, c, 1, t)."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, images: Tensor) -> Tensor:
        logits: Tensor = self.network(images.squeeze(2))
        return logits
