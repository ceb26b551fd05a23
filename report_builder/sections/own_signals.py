"""What the steps on signals share: the networks as they were trained, and the test signals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from report_builder.models import signal_networks
from report_builder.pipeline.step import Work


@dataclass(frozen=True)
class TestSignals:
    """n test signals on the step's device: signals (n, c, t) float32, labels (n,) int64; planted (n, t) bool
    where they are simulated.
    """

    __test__ = False  # no test class, whatever its name begins with

    signals: Tensor
    labels: Tensor
    planted: Tensor | None


def load_signal_network(work: Work, kind: str) -> nn.Module:
    """The "lstm" or the "cnn": signals (n, c, t) in their own units -> logits (n, classes). It normalises by
    itself, is frozen and in evaluation mode. The step declares the need "signal_models.<kind>".
    """
    weights = work.needs[f"signal_models.{kind}"].file("weights.safetensors")
    return signal_networks.load_signal_network(kind, weights, work.device)


def test_signals(work: Work, places: Sequence[int]) -> TestSignals:
    """The test signals at these places. The step declares the need "signals"."""
    arrays = work.needs["signals"].arrays()
    chosen = list(places)
    return TestSignals(
        signals=torch.from_numpy(arrays["test_x"][chosen]).to(work.device),
        labels=torch.from_numpy(arrays["test_y"][chosen]).to(work.device),
        planted=torch.from_numpy(arrays["test_planted"][chosen]).to(work.device)
        if "test_planted" in arrays
        else None,
    )
