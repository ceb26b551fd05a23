"""Training a binary classifier that returns logits: mini-batches, Adam, binary cross-entropy."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import asdict, dataclass

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits

from report_builder.models.blocks import by_blocks

Split = tuple[np.ndarray, np.ndarray]


@dataclass(frozen=True)
class History:
    """Binary cross-entropy (without penalty) and accuracy after each epoch, in eval mode on all rows.

    Dropout is off for both splits, so their curves are comparable. `kept_epoch` counts from 1: the
    epoch whose weights the model holds, which is the last one unless early stopping went back.
    """

    train_loss: tuple[float, ...]
    train_accuracy: tuple[float, ...]
    validation_loss: tuple[float, ...]
    validation_accuracy: tuple[float, ...]
    kept_epoch: int

    def to_arrays(self) -> dict[str, np.ndarray]:
        """The four curves, each (epochs,), and `kept_epoch` as an array without axes."""
        return {name: np.asarray(value) for name, value in asdict(self).items()}


@contextmanager
def seeded(seed: int) -> Iterator[None]:
    """Inside, torch's random numbers follow from the seed; afterwards the caller's state is back.

    Make a model inside it to have its initial weights seeded. Apple's GPU keeps the seed: torch
    cannot fork its state.
    """
    gpus = range(torch.cuda.device_count()) if torch.cuda.is_initialized() else ()  # type: ignore[no-untyped-call]
    with torch.random.fork_rng(devices=gpus):
        torch.manual_seed(seed)
        yield


def train(
    model: nn.Module,
    train: Split,
    validation: Split,
    *,
    epochs: int,
    batch_size: int,
    learning_rate: float,
    weight_decay: float = 0.0,
    seed: int,
    device: torch.device | str = "cpu",
    penalty: Callable[[Tensor], Tensor] | None = None,
    early_stopping: int | None = None,
) -> History:
    """Fit the model in place; it ends on the device and in eval mode.

    train, validation: features (n, d) and outcomes (n,) of 0 and 1, in any number type.
    penalty: of the rows of a batch (rows, d); its value is added to the loss that is descended.
    early_stopping: patience in epochs. Training stops when the validation loss has not fallen for so
    many epochs, and the weights of its lowest point are put back. None: all epochs, last weights.

    Same seed, same machine, same result: on the CPU for any number of threads. The model's initial
    weights are the caller's (see `seeded`).
    Raises ValueError for fewer than two training rows or no validation row, FloatingPointError when
    the loss is no longer finite.
    """
    device = torch.device(device)
    model.to(device)
    x, y = _tensors(train, model)
    held_out = _tensors(validation, model)
    if len(x) < 2 or len(held_out[0]) < 1:
        raise ValueError(f"too few rows: {len(x)} to train on, {len(held_out[0])} to validate on")
    optimizer = torch.optim.Adam(model.parameters(), lr=learning_rate, weight_decay=weight_decay, fused=True)
    shuffling = torch.Generator().manual_seed(seed)
    curves: list[tuple[float, float, float, float]] = []
    best_loss, best_epoch, best_weights = math.inf, 0, model.state_dict()

    with seeded(seed), one_thread():
        for epoch in range(1, epochs + 1):
            model.train()
            for batch in _batches(len(x), batch_size, shuffling):
                rows = batch.to(device)
                loss = binary_cross_entropy_with_logits(model(x[rows]), y[rows])
                if penalty is not None:
                    loss = loss + penalty(x[rows])
                optimizer.zero_grad()
                loss.backward()  # type: ignore[no-untyped-call]
                optimizer.step()

            model.eval()
            curves.append((*_loss_and_accuracy(model, x, y), *_loss_and_accuracy(model, *held_out)))
            validation_loss = curves[-1][2]
            if not math.isfinite(validation_loss):
                raise FloatingPointError(f"the loss is {validation_loss} after epoch {epoch}")
            if early_stopping is not None:
                if validation_loss < best_loss:
                    best_loss, best_epoch, best_weights = validation_loss, epoch, deepcopy(model.state_dict())
                elif epoch - best_epoch >= early_stopping:
                    break

    if early_stopping is not None:
        model.load_state_dict(best_weights)
    train_loss, train_accuracy, validation_losses, validation_accuracy = zip(*curves, strict=True)
    return History(
        train_loss=train_loss,
        train_accuracy=train_accuracy,
        validation_loss=validation_losses,
        validation_accuracy=validation_accuracy,
        kept_epoch=len(curves) if early_stopping is None else best_epoch,
    )


def _tensors(split: Split, model: nn.Module) -> tuple[Tensor, Tensor]:
    like = next(model.parameters())
    x, y = (torch.as_tensor(part, dtype=like.dtype, device=like.device) for part in split)
    return x, y


def _batches(rows: int, batch_size: int, generator: torch.Generator) -> tuple[Tensor, ...]:
    """The shuffled row numbers in batches of nearly equal size, at most `batch_size` but never 1.

    A short last batch would weigh its rows more, and BatchNorm cannot learn from a single row.
    """
    count = max(1, min(math.ceil(rows / batch_size), rows // 2))
    return torch.randperm(rows, generator=generator).tensor_split(count)


@torch.no_grad()
def _loss_and_accuracy(model: nn.Module, x: Tensor, y: Tensor) -> tuple[float, float]:
    logits = by_blocks(model, x)
    loss = binary_cross_entropy_with_logits(logits, y)
    accuracy = ((logits >= 0) == (y > 0.5)).float().mean()
    return loss.item(), accuracy.item()


@contextmanager
def one_thread() -> Iterator[None]:
    """Small products are faster on one thread, and their sums do not depend on how many there are."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)
