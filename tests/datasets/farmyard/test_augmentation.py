"""What training images go through keeps them images."""

from __future__ import annotations

import pytest
import torch

from report_builder.datasets.farmyard.augmentation import CORRUPTIONS, augment, blur, corrupt, grey, noise


@pytest.fixture
def images() -> torch.Tensor:
    return torch.rand(40, 3, 24, 24, generator=torch.Generator().manual_seed(1))


def test_augmented_images_stay_in_range_and_follow_the_generator(images: torch.Tensor) -> None:
    before = images.clone()
    first, again, other = (augment(images, torch.Generator().manual_seed(seed)) for seed in (3, 3, 4))
    assert first.shape == images.shape
    assert 0 <= first.min() <= first.max() <= 1
    torch.testing.assert_close(first, again, rtol=0, atol=0)
    assert (first != other).any()
    torch.testing.assert_close(images, before, rtol=0, atol=0)


def test_blur_keeps_what_is_even_and_the_mean_of_what_lies_inside() -> None:
    even = torch.full((2, 3, 20, 20), 0.3, dtype=torch.float64)
    torch.testing.assert_close(blur(even, 1.5), even)
    dot = torch.zeros(1, 3, 31, 31, dtype=torch.float64)
    dot[..., 15, 15] = 1
    torch.testing.assert_close(blur(dot, 2.0).sum((2, 3)), dot.sum((2, 3)))
    assert blur(dot, 2.0).max() < 0.1


def test_grey_has_equal_channels_and_keeps_grey(images: torch.Tensor) -> None:
    shades = grey(images)
    torch.testing.assert_close(shades[:, 0], shades[:, 2])
    torch.testing.assert_close(grey(shades), shades)


def test_noise_of_no_strength_is_none(images: torch.Tensor) -> None:
    torch.testing.assert_close(noise(images, 0.0, torch.Generator()), images)


def test_every_corruption_changes_the_image(images: torch.Tensor) -> None:
    for name in CORRUPTIONS:
        assert (corrupt(images, name, seed=0) - images).abs().mean() > 0.01
    with pytest.raises(ValueError, match="fog"):
        corrupt(images, "fog", seed=0)
