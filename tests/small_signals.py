"""Small networks of signals in float64, and signals for them."""

from __future__ import annotations

import torch
from torch import Tensor, nn

CLASSES, CHANNELS, LENGTH = 3, 2, 24


class SmallLSTM(nn.Module):
    """The last state of an LSTM, and a linear layer."""

    def __init__(self) -> None:
        super().__init__()
        self.lstm = nn.LSTM(CHANNELS, 5, batch_first=True)
        self.head = nn.Linear(5, CLASSES)

    def forward(self, x: Tensor) -> Tensor:
        states, _ = self.lstm(x.transpose(1, 2))
        logits: Tensor = self.head(states[:, -1])
        return logits


def lstm() -> nn.Module:
    return _seeded(SmallLSTM)


def cnn() -> nn.Module:
    return _seeded(
        lambda: nn.Sequential(
            nn.Conv1d(CHANNELS, 4, 5, padding=2),
            nn.ReLU(),
            nn.Conv1d(4, 4, 3, padding=1),
            nn.ReLU(),
            nn.AdaptiveAvgPool1d(4),
            nn.Flatten(),
            nn.Linear(16, CLASSES),
        )
    )


def linear() -> nn.Module:
    return _seeded(lambda: nn.Sequential(nn.Flatten(), nn.Linear(CHANNELS * LENGTH, CLASSES)))


def _seeded(make) -> nn.Module:
    with torch.random.fork_rng():
        torch.manual_seed(6)
        network = make().double()
        for parameter in network.parameters():
            nn.init.normal_(parameter, 0, 0.6)
    return network.eval().requires_grad_(False)


def signals(n: int = 3, seed: int = 1) -> Tensor:
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(n, CHANNELS, LENGTH, dtype=torch.float64, generator=generator)


def targets(n: int = 3) -> Tensor:
    return torch.arange(n) % CLASSES
