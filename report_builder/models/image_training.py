"""Training a classifier of images: seeded, resumable after each epoch."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import avg_pool2d, cross_entropy

from report_builder.models.training import seeded

Device = torch.device | str
Augment = Callable[[Tensor, torch.Generator], Tensor]
EVALUATED = 64  # images in a pass without gradients
FEWEST_STEPS = 2  # that the schedule of the learning rate can do with


class LabelledImages(NamedTuple):
    """images (n, h, w, 3) uint8; labels (n,) int64."""

    images: np.ndarray
    labels: np.ndarray


class Progress(NamedTuple):
    """Where training is: `step` of `steps` in an epoch, both from 1; means over the epoch so far."""

    epoch: int
    step: int
    steps: int
    loss: float
    accuracy: float


@dataclass(frozen=True)
class Schedule:
    """How a network is trained. small_epochs: first, with images of half the edge. precision: "float32", or
    "bf16" (autocast) where the processor is faster with it.
    """

    seed: int
    epochs: int
    batch_size: int
    peak_learning_rate: float
    weight_decay: float = 0.02
    label_smoothing: float = 0.0
    small_epochs: int = 0
    precision: str = "float32"


def even_batch(count: int, most: int) -> int:
    """Images in a batch, at most so many, for batches of one size that leave next to none of them out."""
    return -(-count // -(-count // most))


def to_tensor(images: np.ndarray) -> Tensor:
    """uint8 (n, h, w, 3) to float32 (n, 3, h, w) in [0, 1]."""
    return torch.from_numpy(images).permute(0, 3, 1, 2).contiguous().float() / 255


def train_images(
    network: nn.Module,
    schedule: Schedule,
    train: LabelledImages,
    validation: LabelledImages,
    *,
    augment: Augment,
    finish: Callable[[nn.Module], nn.Module],
    device: Device = "cpu",
    checkpoint: Path | None = None,
    key: str = "",
    on_batch: Callable[[Progress], None] = lambda _: None,
    on_epoch: Callable[[int, dict[str, float]], None] = lambda _epoch, _measured: None,
) -> tuple[nn.Module, list[dict[str, float]]]:
    """Train with AdamW and the one-cycle schedule; the finished network, and what each epoch measured.

    augment: batches (n, 3, h, w) in [0, 1]. finish: the network as it is used, from the one that is trained.
    checkpoint: a file with the state after the last whole epoch; a run with the same schedule and key goes
    on from there to the same weights. Whole batches only: what is left over differs from epoch to epoch.
    An epoch measures "loss" and "accuracy" of the augmented batches as they were trained on, and
    "validation_loss" and "validation_accuracy" after it. Raises ValueError where no batch can be filled.
    Source of the schedule: Smith and Topin (2019), Super-convergence.
    """
    run = _Run(network, schedule, len(train.labels), device, key)
    history = run.resume(checkpoint)
    for epoch in range(len(history), schedule.epochs):
        loss, accuracy = _epoch(run, train, epoch, augment, on_batch)
        held_out = evaluate(finish(run.network), validation, device, schedule.label_smoothing)
        measured = {
            "loss": loss,
            "accuracy": accuracy,
            "validation_loss": held_out[0],
            "validation_accuracy": held_out[1],
        }
        history.append(measured)
        run.keep(checkpoint, history)
        on_epoch(epoch + 1, measured)
    return finish(run.network), history


@torch.no_grad()
def evaluate(
    network: nn.Module, data: LabelledImages, device: Device, label_smoothing: float = 0.0
) -> tuple[float, float]:
    """Mean cross-entropy and accuracy in evaluation mode."""
    logits = predict(network, data.images, device)
    labels = torch.from_numpy(data.labels)
    loss = cross_entropy(logits, labels, label_smoothing=label_smoothing)
    return float(loss), int((logits.argmax(1) == labels).sum()) / len(labels)


@torch.no_grad()
def predict(network: nn.Module, images: np.ndarray, device: Device) -> Tensor:
    """Logits (n, classes) float32 on the CPU of uint8 images (n, h, w, 3), in evaluation mode."""
    network.eval()
    batches = range(0, len(images), EVALUATED)
    return torch.cat(
        [network(to_tensor(images[b : b + EVALUATED]).to(device)).float().cpu() for b in batches]
    )


class _Run:
    """The network with its optimizer and schedule."""

    def __init__(self, network: nn.Module, schedule: Schedule, images: int, device: Device, key: str) -> None:
        self.schedule, self.device = schedule, torch.device(device)
        self.steps = images // schedule.batch_size
        if self.steps < 1:
            raise ValueError(f"{images} images do not fill a batch of {schedule.batch_size}")
        self.key = json.dumps([key, asdict(schedule), self.steps])
        self.network = network.to(self.device)
        self.network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.optimizer = torch.optim.AdamW(
            network.parameters(), lr=schedule.peak_learning_rate, weight_decay=schedule.weight_decay
        )
        self.rate = torch.optim.lr_scheduler.OneCycleLR(
            self.optimizer,
            schedule.peak_learning_rate,
            total_steps=max(self.steps * schedule.epochs, FEWEST_STEPS),
        )

    def resume(self, checkpoint: Path | None) -> list[dict[str, float]]:
        if checkpoint is None or not checkpoint.exists():
            return []
        kept: dict[str, Any] = torch.load(checkpoint, weights_only=True, map_location=self.device)
        if kept["key"] != self.key:
            return []
        self.network.load_state_dict(kept["network"])
        self.optimizer.load_state_dict(kept["optimizer"])
        self.rate.load_state_dict(kept["rate"])
        history: list[dict[str, float]] = kept["history"]
        return history

    def keep(self, checkpoint: Path | None, history: list[dict[str, float]]) -> None:
        if checkpoint is None:
            return
        state = {
            "network": self.network.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "rate": self.rate.state_dict(),
            "history": history,
            "key": self.key,
        }
        unfinished = checkpoint.with_suffix(".unfinished")
        torch.save(state, unfinished)
        unfinished.replace(checkpoint)


def _epoch(
    run: _Run, data: LabelledImages, epoch: int, augment: Augment, on_batch: Callable[[Progress], None]
) -> tuple[float, float]:
    """Mean loss and accuracy over the augmented batches, in train mode."""
    schedule = run.schedule
    generator = torch.Generator().manual_seed(schedule.seed * 1000 + epoch)
    losses, hits, seen = 0.0, 0, 0
    run.network.train()
    with seeded(schedule.seed * 1000 + epoch):  # dropout
        for step, (images, labels) in enumerate(_batches(run, data, generator)):
            images = augment(images, generator)
            if epoch < schedule.small_epochs:
                images = avg_pool2d(images, 2)
            images = images.to(run.device, memory_format=torch.channels_last)
            labels = labels.to(run.device)
            with torch.autocast(run.device.type, torch.bfloat16, enabled=schedule.precision == "bf16"):
                logits = run.network(images)
            loss = cross_entropy(logits.float(), labels, label_smoothing=schedule.label_smoothing)
            run.optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            run.optimizer.step()
            run.rate.step()
            losses += loss.item() * len(labels)
            hits += int((logits.argmax(1) == labels).sum())
            seen += len(labels)
            on_batch(Progress(epoch + 1, step + 1, run.steps, losses / seen, hits / seen))
    return losses / seen, hits / seen


def _batches(run: _Run, data: LabelledImages, generator: torch.Generator) -> Iterator[tuple[Tensor, Tensor]]:
    size = run.schedule.batch_size
    order = torch.randperm(len(data.labels), generator=generator).numpy()
    for start in range(0, run.steps * size, size):
        rows = np.sort(order[start : start + size])
        yield to_tensor(data.images[rows]), torch.from_numpy(data.labels[rows])
