"""Training FarmNet on rendered scenes: seeded, resumable after each epoch."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import avg_pool2d, cross_entropy

from report_builder.datasets.farmyard.augmentation import augment
from report_builder.datasets.farmyard.labels import CLASSES
from report_builder.datasets.farmyard.scene import GENERATOR_VERSION
from report_builder.datasets.farmyard.splits import Scenes, content_hash, split_scenes
from report_builder.models.farmnet import FarmNet, folded, save_farmnet
from report_builder.models.training import seeded

Say = Callable[[str], None]


@dataclass(frozen=True)
class Recipe:
    """What the trained weights follow from, together with the generator's version.

    scenes_per_class: for training. small_epochs: first, with images of half the edge. precision: "float32",
    or "bf16" (autocast) where the processor is faster with it.
    """

    seed: int = 0
    scenes_per_class: int = 1500
    validation_per_class: int = 40
    small_epochs: int = 4
    full_epochs: int = 4
    batch_size: int = 64
    peak_learning_rate: float = 4e-3
    weight_decay: float = 0.02
    label_smoothing: float = 0.05
    precision: str = "float32"

    @property
    def epochs(self) -> int:
        """All epochs, small and full."""
        return self.small_epochs + self.full_epochs


def cached_scenes(split: str, count: int, folder: Path, workers: int, say: Say) -> Scenes:
    """The first scenes of a split, from the folder if they were rendered before."""
    file = folder / f"{split}-{GENERATOR_VERSION}-{count}.npz"
    if not file.exists():
        say(f"rendering {count} scenes of the {split} split")
        scenes = split_scenes(split, count, workers=workers)
        unfinished = file.with_suffix(".unfinished.npz")
        np.savez(unfinished, **{name: getattr(scenes, name) for name in Scenes.__dataclass_fields__})
        unfinished.replace(file)
    with np.load(file) as arrays:
        return Scenes(**{name: arrays[name] for name in Scenes.__dataclass_fields__})


def train_farmnet(
    recipe: Recipe,
    folder: Path,
    weights: Path,
    log: Path,
    *,
    workers: int = 2,
    device: torch.device | str = "cpu",
    say: Say = print,
) -> FarmNet:
    """Render, train, fold batch norm and write the weights and a log (JSON); returns the folded network.

    folder: holds the rendered scenes and a checkpoint of the last epoch that was finished; a run with
    the same recipe goes on from there. Same recipe, machine and number of threads: same weights.
    Source of the schedule: Smith and Topin (2019), Super-convergence.
    """
    folder.mkdir(parents=True, exist_ok=True)
    train = cached_scenes("train", recipe.scenes_per_class * len(CLASSES), folder, workers, say)
    held_out = cached_scenes("validation", recipe.validation_per_class * len(CLASSES), folder, workers, say)
    state = _State(recipe, len(train.labels), device)
    checkpoint = folder / "checkpoint.pt"
    history = state.resume(checkpoint)
    for epoch in range(len(history), recipe.epochs):
        loss, accuracy = _epoch(state, train, epoch, say)
        validation = _accuracy(folded(state.network), held_out, device)
        history.append({"loss": loss, "accuracy": accuracy, "validation_accuracy": validation})
        state.keep(checkpoint, history)
        measured = f"loss {loss:.4f}, accuracy {accuracy:.4f}, validation accuracy {validation:.4f}"
        say(f"epoch {epoch + 1} of {recipe.epochs}: {measured}")
    network = folded(state.network)
    metadata = {
        "seed": recipe.seed,
        "generator_version": GENERATOR_VERSION,
        "validation_accuracy": history[-1]["validation_accuracy"],
        "training_data_sha256": content_hash(train),
        "classes": ",".join(CLASSES),
    }
    save_farmnet(network, weights, {name: str(value) for name, value in metadata.items()})
    record = {
        **metadata,
        "recipe": asdict(recipe),
        "classes": CLASSES,
        "torch": torch.__version__,
        "epochs": history,
    }
    log.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    return network


class _State:
    """The network with its optimizer and schedule."""

    def __init__(self, recipe: Recipe, scenes: int, device: torch.device | str) -> None:
        self.recipe, self.device = recipe, torch.device(device)
        self.steps = scenes // recipe.batch_size
        if self.steps < 1:
            raise ValueError(f"{scenes} scenes do not fill a batch of {recipe.batch_size}")
        with seeded(recipe.seed):
            network = FarmNet(len(CLASSES), batch_norm=True)
        self.network = network.to(self.device)
        self.network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.optimizer = torch.optim.AdamW(
            network.parameters(), lr=recipe.peak_learning_rate, weight_decay=recipe.weight_decay
        )
        self.schedule = torch.optim.lr_scheduler.OneCycleLR(
            self.optimizer, recipe.peak_learning_rate, total_steps=self.steps * recipe.epochs
        )

    def resume(self, checkpoint: Path) -> list[dict[str, float]]:
        if not checkpoint.exists():
            return []
        kept: dict[str, Any] = torch.load(checkpoint, weights_only=True, map_location=self.device)
        if kept["recipe"] != self._key():
            return []
        self.network.load_state_dict(kept["network"])
        self.optimizer.load_state_dict(kept["optimizer"])
        self.schedule.load_state_dict(kept["schedule"])
        history: list[dict[str, float]] = kept["history"]
        return history

    def keep(self, checkpoint: Path, history: list[dict[str, float]]) -> None:
        state = {
            "network": self.network.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "schedule": self.schedule.state_dict(),
            "history": history,
            "recipe": self._key(),
        }
        unfinished = checkpoint.with_suffix(".unfinished")
        torch.save(state, unfinished)
        unfinished.replace(checkpoint)

    def _key(self) -> str:
        return json.dumps([GENERATOR_VERSION, asdict(self.recipe), self.steps])


def _epoch(state: _State, scenes: Scenes, epoch: int, say: Say) -> tuple[float, float]:
    """Mean loss and accuracy over the augmented batches, in train mode."""
    recipe = state.recipe
    generator = torch.Generator().manual_seed(recipe.seed * 1000 + epoch)
    losses, hits, seen = 0.0, 0, 0
    state.network.train()
    with seeded(recipe.seed * 1000 + epoch):  # dropout
        for step, (images, labels) in enumerate(_batches(state, scenes, generator)):
            images = augment(images, generator)
            if epoch < recipe.small_epochs:
                images = avg_pool2d(images, 2)
            images = images.to(state.device, memory_format=torch.channels_last)
            labels = labels.to(state.device)
            with torch.autocast(state.device.type, torch.bfloat16, enabled=recipe.precision == "bf16"):
                logits = state.network(images)
            loss = cross_entropy(logits.float(), labels, label_smoothing=recipe.label_smoothing)
            state.optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            state.optimizer.step()
            state.schedule.step()
            losses += loss.item() * len(labels)
            hits += int((logits.argmax(1) == labels).sum())
            seen += len(labels)
            if step % 50 == 49:
                where = f"epoch {epoch + 1}, step {step + 1} of {state.steps}"
                say(f"  {where}: loss {losses / seen:.4f}, accuracy {hits / seen:.4f}")
    return losses / seen, hits / seen


def _batches(state: _State, scenes: Scenes, generator: torch.Generator) -> Iterator[tuple[Tensor, Tensor]]:
    size = state.recipe.batch_size
    order = torch.randperm(len(scenes.labels), generator=generator).numpy()
    for start in range(0, state.steps * size, size):
        rows = np.sort(order[start : start + size])
        yield to_tensor(scenes.images[rows]), torch.from_numpy(scenes.labels[rows])


def to_tensor(images: np.ndarray) -> Tensor:
    """uint8 (n, h, w, 3) to float32 (n, 3, h, w) in [0, 1]."""
    return torch.from_numpy(images).permute(0, 3, 1, 2).contiguous().float() / 255


@torch.no_grad()
def _accuracy(network: FarmNet, scenes: Scenes, device: torch.device | str) -> float:
    hits = 0
    for start in range(0, len(scenes.labels), 64):
        logits = network(to_tensor(scenes.images[start : start + 64]).to(device))
        hits += int((logits.argmax(1).cpu() == torch.from_numpy(scenes.labels[start : start + 64])).sum())
    return hits / len(scenes.labels)
