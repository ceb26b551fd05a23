"""Power spectrum of images: how much of their contrast lies at which fineness of detail.

Source: Olah, Mordvintsev and Schubert 2017, Feature Visualization (high frequencies in unregularised images).
"""

from __future__ import annotations

import torch
from torch import Tensor

HIGHEST = 0.5  # cycles per pixel along an axis


def power_spectrum(images: Tensor, *, bins: int = 32) -> tuple[Tensor, Tensor]:
    """Frequencies (bins,) in cycles per pixel, and the mean power (n, bins) of the frequencies near each.

    images: (n, channels, h, w); the channels' powers are added. The constant part and frequencies above
    half a cycle per pixel (the spectrum's corners) are left out. Power is |FFT|^2 over the number of
    pixels: its sum over all frequencies is the sum of the squared values. A bin that holds no frequency of
    the image has power NaN.
    """
    frequency, power = _power(images)
    ring = (frequency / HIGHEST * bins).ceil().long() - 1
    inside = (ring >= 0) & (ring < bins)
    totals = torch.zeros(len(images), bins, dtype=power.dtype, device=power.device)
    totals.index_add_(1, ring[inside], power[:, inside])
    counts = ring[inside].bincount(minlength=bins)
    centres = (torch.arange(bins, dtype=power.dtype, device=power.device) + 0.5) * HIGHEST / bins
    return centres, totals / counts


def high_frequency_share(images: Tensor, *, above: float = 0.25) -> Tensor:
    """(n,): share of the power, the constant part aside, at frequencies above `above` cycles per pixel.

    White noise has about .80 there, photographs below .01. NaN for a constant image.
    """
    frequency, power = _power(images)
    varying = power[:, frequency > 0].sum(1)
    return power[:, frequency > above].sum(1) / varying


def _power(images: Tensor) -> tuple[Tensor, Tensor]:
    """Radial frequency (h * w,) and power (n, h * w)."""
    height, width = images.shape[2:]
    spectrum = torch.fft.fft2(images).abs().square().sum(1) / (height * width)
    rows, columns = (
        torch.fft.fftfreq(length, device=images.device, dtype=images.dtype) for length in (height, width)
    )
    frequency = (rows[:, None] ** 2 + columns**2).sqrt()
    return frequency.flatten(), spectrum.flatten(1)
