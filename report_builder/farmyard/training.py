"""Training FarmNet on rendered scenes: seeded, resumable after each epoch."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch

from report_builder.datasets.farmyard.augmentation import augment
from report_builder.datasets.farmyard.labels import CLASSES
from report_builder.datasets.farmyard.scene import GENERATOR_VERSION
from report_builder.datasets.farmyard.splits import Scenes, content_hash, split_scenes
from report_builder.models.farmnet import INPUT_SIZE, FarmNet, save_farmnet
from report_builder.models.image_training import LabelledImages, Progress, Schedule, train_images
from report_builder.models.own_networks import finished
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

    @property
    def schedule(self) -> Schedule:
        """What of it is not about scenes."""
        return Schedule(
            seed=self.seed,
            epochs=self.epochs,
            batch_size=self.batch_size,
            peak_learning_rate=self.peak_learning_rate,
            weight_decay=self.weight_decay,
            label_smoothing=self.label_smoothing,
            small_epochs=self.small_epochs,
            precision=self.precision,
        )


def cached_scenes(
    split: str,
    count: int,
    folder: Path,
    *,
    size: int = INPUT_SIZE,
    workers: int = 1,
    told: Callable[[int], None] = lambda _: None,
) -> Scenes:
    """The first scenes of a split, from the folder if they were drawn before. told: how many are drawn."""
    file = folder / f"{split}-{GENERATOR_VERSION}-{count}-{size}.npz"
    if not file.exists():
        scenes = split_scenes(split, count, size, workers=workers, told=told)
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
    counts = {"train": recipe.scenes_per_class, "validation": recipe.validation_per_class}
    train, held_out = (
        cached_scenes(
            split,
            per_class * len(CLASSES),
            folder,
            workers=workers,
            told=lambda number: say(f"{number} scenes drawn") if number % 1000 == 0 else None,
        )
        for split, per_class in counts.items()
    )
    with seeded(recipe.seed):
        network = FarmNet(len(CLASSES), batch_norm=True)

    def say_batch(progress: Progress) -> None:
        if progress.step % 50 == 0:
            where = f"epoch {progress.epoch}, step {progress.step} of {progress.steps}"
            say(f"  {where}: loss {progress.loss:.4f}, accuracy {progress.accuracy:.4f}")

    def say_epoch(epoch: int, measured: dict[str, float]) -> None:
        values = ", ".join(f"{name.replace('_', ' ')} {value:.4f}" for name, value in measured.items())
        say(f"epoch {epoch} of {recipe.epochs}: {values}")

    trained, history = train_images(
        network,
        recipe.schedule,
        LabelledImages(train.images, train.labels),
        LabelledImages(held_out.images, held_out.labels),
        augment=augment,
        finish=finished,
        device=device,
        checkpoint=folder / "checkpoint.pt",
        key=json.dumps([GENERATOR_VERSION, asdict(recipe)]),
        on_batch=say_batch,
        on_epoch=say_epoch,
    )
    assert isinstance(trained, FarmNet)
    metadata = {
        "seed": recipe.seed,
        "generator_version": GENERATOR_VERSION,
        "validation_accuracy": history[-1]["validation_accuracy"],
        "training_data_sha256": content_hash(train),
        "classes": ",".join(CLASSES),
    }
    save_farmnet(trained, weights, {name: str(value) for name, value in metadata.items()})
    record = {
        **metadata,
        "recipe": asdict(recipe),
        "classes": CLASSES,
        "torch": torch.__version__,
        "epochs": history,
    }
    log.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    return trained
