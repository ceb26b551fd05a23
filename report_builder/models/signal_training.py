"""Training a classifier of signals: mini-batches, Adam, cross-entropy, gradients cut to a length."""

from __future__ import annotations

import math
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from report_builder.models.signal_networks import SignalNetwork
from report_builder.models.training import one_thread

Signals = tuple[np.ndarray, np.ndarray]
LARGEST_GRADIENT = 1.0  # an LSTM's can explode (Pascanu, Mikolov and Bengio, 2013)
WARM_UP = 0.2  # share of the steps in which the learning rate rises; then it falls


@dataclass(frozen=True)
class SignalHistory:
    """Cross-entropy and accuracy after each epoch, (epochs,); training's are means over its batches.

    kept_epoch counts from 1: that of the lowest validation loss, whose weights the network has.
    """

    train_loss: np.ndarray
    validation_loss: np.ndarray
    validation_accuracy: np.ndarray
    kept_epoch: int

    def to_arrays(self) -> dict[str, np.ndarray]:
        return {
            "train_loss": self.train_loss,
            "validation_loss": self.validation_loss,
            "validation_accuracy": self.validation_accuracy,
        }


def train_signal_network(
    network: SignalNetwork,
    train: Signals,
    validation: Signals,
    *,
    epochs: int,
    batch_size: int,
    learning_rate: float,
    noise: float,
    seed: int,
    device: torch.device | str = "cpu",
    progress: Callable[[int, int], None] | None = None,
) -> SignalHistory:
    """Fit the network in place; it ends on the device, in evaluation mode, with the weights of the epoch of
    lowest validation loss.

    train, validation: signals (n, channels, samples) float32 and labels (n,). learning_rate: its peak; the
    schedule is that of one cycle (Smith and Topin, 2019). noise: added to each training signal, anew in every
    epoch, in standard deviations of its channel; it makes the network answer smoothly (Bishop, 1995). The
    training signals also set the normalisation.
    Raises FloatingPointError when the loss is no longer finite.
    """
    x, y = (torch.from_numpy(part).to(device) for part in train)
    held_out = tuple(torch.from_numpy(part).to(device) for part in validation)
    network.fit_normalisation(x)
    network.to(device)
    batches = math.ceil(len(x) / batch_size)
    optimizer = torch.optim.Adam(network.parameters(), lr=learning_rate)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, learning_rate, total_steps=epochs * batches, pct_start=WARM_UP
    )
    random = torch.Generator().manual_seed(seed)
    curves: list[tuple[float, float, float]] = []
    lowest, kept_epoch, kept = math.inf, 0, network.state_dict()
    with one_thread():
        for epoch in range(1, epochs + 1):
            network.train()
            total = 0.0
            for rows in torch.randperm(len(x), generator=random).tensor_split(batches):
                rows = rows.to(device)
                chosen = x[rows]
                disturbance = torch.randn(chosen.shape, generator=random).to(chosen) * network.std
                loss = nn.functional.cross_entropy(network(chosen + noise * disturbance), y[rows])
                optimizer.zero_grad()
                loss.backward()  # type: ignore[no-untyped-call]
                nn.utils.clip_grad_norm_(network.parameters(), LARGEST_GRADIENT)
                optimizer.step()
                schedule.step()
                total += loss.item() * len(rows)
            network.eval()
            logits = signal_logits(network, held_out[0])
            validation_loss = nn.functional.cross_entropy(logits, held_out[1]).item()
            if not math.isfinite(validation_loss):
                raise FloatingPointError(f"the loss is {validation_loss} after epoch {epoch}")
            accuracy = (logits.argmax(1) == held_out[1]).float().mean().item()
            curves.append((total / len(x), validation_loss, accuracy))
            if validation_loss < lowest:
                lowest, kept_epoch, kept = validation_loss, epoch, deepcopy(network.state_dict())
            if progress is not None:
                progress(epoch, epochs)
    network.load_state_dict(kept)
    train_loss, validation_losses, validation_accuracy = (
        np.array(curve) for curve in zip(*curves, strict=True)
    )
    return SignalHistory(train_loss, validation_losses, validation_accuracy, kept_epoch)


@torch.no_grad()
def signal_logits(network: nn.Module, signals: Tensor, batch: int = 512) -> Tensor:
    """Logits (n, classes) of signals (n, channels, samples) of any number."""
    return torch.cat([network(part) for part in torch.split(signals, batch)])
