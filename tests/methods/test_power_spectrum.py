import math

import pytest
import torch

from report_builder.methods.power_spectrum import high_frequency_share, power_spectrum


def wave(period, height=32, width=48):
    return torch.cos(2 * math.pi / period * torch.arange(width).double()).expand(1, 1, height, width)


@pytest.mark.parametrize("period", [2, 4, 8, 16])
def test_a_wave_has_its_power_at_its_own_frequency(period):
    centres, power = power_spectrum(wave(period), bins=16)
    peak = centres[power[0].nan_to_num().argmax()].item()
    assert abs(peak - 1 / period) <= 0.5 / 16
    others = power[0][(centres - peak).abs() > 1e-9]
    assert others[~others.isnan()].abs().max() < 1e-20
    assert high_frequency_share(wave(period)).item() == pytest.approx(float(1 / period > 0.25), abs=1e-12)


def test_power_is_that_of_the_values():
    images = torch.randn(2, 3, 24, 24, generator=torch.Generator().manual_seed(0)).double()
    images = images - images.mean((2, 3), keepdim=True)
    full = torch.fft.fft2(images).abs().square().sum((1, 2, 3)) / 24**2
    torch.testing.assert_close(full, images.square().sum((1, 2, 3)))
    torch.testing.assert_close(power_spectrum(3 * images)[1], 9 * power_spectrum(images)[1], equal_nan=True)
    torch.testing.assert_close(
        power_spectrum(images + 5)[1], power_spectrum(images)[1], rtol=1e-9, atol=1e-9, equal_nan=True
    )


def test_white_noise_is_flat():
    images = torch.randn(200, 1, 64, 64, generator=torch.Generator().manual_seed(0)).double()
    _, power = power_spectrum(images, bins=8)
    torch.testing.assert_close(power.mean(0), torch.ones(8).double(), rtol=0.03, atol=0)
    # all frequencies are in the square of side 1; those below a quarter in a circle of radius 1/4
    assert high_frequency_share(images).mean().item() == pytest.approx(1 - math.pi / 16, abs=0.005)


def test_a_constant_image_has_no_power():
    images = torch.full((1, 3, 8, 8), 0.5).double()
    assert power_spectrum(images, bins=4)[1].nan_to_num().abs().max() < 1e-20
    assert high_frequency_share(images).isnan().all()
