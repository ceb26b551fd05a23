"""Training images: seeded, it learns, and a stopped run goes on as if it had not been stopped."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from report_builder.models.image_training import (
    LabelledImages,
    Progress,
    Schedule,
    evaluate,
    even_batch,
    predict,
    train_images,
)
from report_builder.models.training import seeded

SCHEDULE = Schedule(seed=3, epochs=3, batch_size=6, peak_learning_rate=4e-3)


def unchanged(images: Tensor, _: torch.Generator) -> Tensor:
    return images


def small(seed: int) -> nn.Module:
    """With batch norm and dropout, whose states a resumed run needs as well."""
    with seeded(seed):
        return nn.Sequential(
            nn.Conv2d(3, 4, 3),
            nn.BatchNorm2d(4),
            nn.ReLU(),
            nn.AdaptiveAvgPool2d(2),
            nn.Flatten(),
            nn.Dropout(0.2),
            nn.Linear(16, 2),
        )


def data(count: int, grey: bool = False) -> LabelledImages:
    """Dark and light pictures."""
    generator = np.random.default_rng(count)
    labels = np.arange(count, dtype=np.int64) % 2
    shape = (count, 16, 16, 1 if grey else 3)
    images = (
        generator.integers(0, 90, shape, dtype=np.uint8)
        + (150 * labels).astype(np.uint8)[:, None, None, None]
    )
    return LabelledImages(np.repeat(images, 3, axis=-1) if grey else images, labels)


def trained(
    schedule: Schedule = SCHEDULE, train: LabelledImages | None = None, **more: object
) -> tuple[nn.Module, list[dict[str, float]]]:
    return train_images(
        small(schedule.seed),
        schedule,
        train or data(25),
        data(8),
        augment=unchanged,
        finish=lambda network: network,
        **more,  # type: ignore[arg-type]
    )


def assert_same(first: nn.Module, second: nn.Module) -> None:
    for one, other in zip(first.state_dict().values(), second.state_dict().values(), strict=True):
        torch.testing.assert_close(one, other, rtol=0, atol=0)


def test_the_same_seed_gives_the_same_network_which_has_learned() -> None:
    network, history = trained(replace(SCHEDULE, epochs=6))
    assert_same(network, trained(replace(SCHEDULE, epochs=6))[0])
    assert history[-1]["validation_accuracy"] == 1.0
    assert history[-1]["loss"] < history[0]["loss"]


def test_a_run_stopped_after_an_epoch_goes_on_to_the_same_weights(tmp_path: Path) -> None:
    whole, history = trained()
    checkpoint = tmp_path / "checkpoint.pt"
    told: list[int] = []

    def stop(epoch: int, _: dict[str, float]) -> None:
        told.append(epoch)
        if epoch == 1:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        trained(checkpoint=checkpoint, on_epoch=stop)
    resumed, again = trained(checkpoint=checkpoint, on_epoch=stop)
    assert told == [1, 2, 3]
    assert again == history
    assert_same(whole, resumed)


def test_a_checkpoint_of_another_run_is_not_used(tmp_path: Path) -> None:
    checkpoint = tmp_path / "checkpoint.pt"
    trained(checkpoint=checkpoint, key="one")
    told: list[int] = []
    trained(checkpoint=checkpoint, key="two", on_epoch=lambda epoch, _: told.append(epoch))
    assert told == [1, 2, 3]


def test_progress_is_told_batch_by_batch() -> None:
    told: list[Progress] = []
    trained(on_batch=told.append)
    assert [(t.epoch, t.step, t.steps) for t in told] == [(e, s, 4) for e in (1, 2, 3) for s in (1, 2, 3, 4)]


@pytest.mark.parametrize("grey", [False, True])
def test_one_batch_may_be_all_there_is(grey: bool) -> None:
    few = data(3, grey)
    _, history = trained(replace(SCHEDULE, epochs=1, batch_size=even_batch(3, 64)), few)
    assert len(history) == 1
    with pytest.raises(ValueError, match="batch"):
        trained(replace(SCHEDULE, batch_size=64), few)


@pytest.mark.parametrize(("count", "most", "batch"), [(100, 64, 50), (64, 64, 64), (3, 64, 3), (130, 64, 44)])
def test_batches_are_even(count: int, most: int, batch: int) -> None:
    assert even_batch(count, most) == batch


def test_evaluation_is_of_whole_and_alone_the_same() -> None:
    network, history = trained()
    loss, accuracy = evaluate(network, data(8), "cpu")
    assert (loss, accuracy) == (history[-1]["validation_loss"], history[-1]["validation_accuracy"])
    logits = predict(network, data(8).images, "cpu")
    torch.testing.assert_close(
        logits[2:3], predict(network, data(8).images[2:3], "cpu"), rtol=1e-4, atol=1e-4
    )
