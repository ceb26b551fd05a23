"""Augmentation that leaves a digit a digit."""

from __future__ import annotations

import torch

from report_builder.datasets.image_augmentation import MOST_BRIGHTNESS, shift_and_brighten


def test_it_follows_from_the_generator_and_stays_in_range() -> None:
    images = torch.rand(5, 3, 32, 32)
    first, again = (shift_and_brighten(images, torch.Generator().manual_seed(4)) for _ in range(2))
    assert (first == again).all()
    assert first.shape == images.shape
    assert first.min() >= 0
    assert first.max() <= 1
    assert (first != images).any()


def test_a_point_moves_a_little_and_is_not_mirrored() -> None:
    images = torch.zeros(200, 3, 33, 33)
    images[:, :, 10, 5] = 0.5
    changed = shift_and_brighten(images, torch.Generator().manual_seed(1))
    places = changed[:, 0].flatten(1).argmax(1)
    rows, columns = places // 33, places % 33
    assert rows.min() == 8
    assert rows.max() == 12
    assert columns.min() == 3
    assert columns.max() == 7
    sizes = changed.amax((1, 2, 3)) / 0.5
    assert sizes.min() >= 1 - MOST_BRIGHTNESS
    assert sizes.max() <= 1 + MOST_BRIGHTNESS
