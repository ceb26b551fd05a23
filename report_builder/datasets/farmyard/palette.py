"""Colours of animals and things, RGB in 0..1."""

from __future__ import annotations

import colorsys
from collections.abc import Sequence

import numpy as np

from report_builder.datasets.farmyard.shapes import Floats

# hue, saturation, value: from, to
COATS = {
    "brown": ((0.05, 0.09), (0.45, 0.7), (0.35, 0.6)),
    "white": ((0.08, 0.16), (0.02, 0.12), (0.85, 0.97)),
    "grey": ((0.55, 0.65), (0.02, 0.14), (0.42, 0.68)),
    "black": ((0.6, 0.7), (0.08, 0.2), (0.14, 0.24)),
    "ginger": ((0.055, 0.085), (0.65, 0.85), (0.72, 0.92)),
    "sand": ((0.08, 0.12), (0.35, 0.55), (0.7, 0.88)),
}


def colour(hue: float, saturation: float, value: float) -> Floats:
    """HSV, each in 0..1 (the hue wraps), to RGB (3,)."""
    return np.array(colorsys.hsv_to_rgb(hue % 1, saturation, value), np.float32)


def drawn(
    rng: np.random.Generator,
    hue: tuple[float, float],
    saturation: tuple[float, float],
    value: tuple[float, float],
) -> Floats:
    """A colour drawn evenly from ranges of hue, saturation and value."""
    return colour(rng.uniform(*hue), rng.uniform(*saturation), rng.uniform(*value))


def coat(rng: np.random.Generator, kinds: Sequence[str] = tuple(COATS)) -> Floats:
    """The colour of a fur or plumage of one of the kinds."""
    return drawn(rng, *COATS[kinds[int(rng.integers(len(kinds)))]])


def towards(first: Floats, second: Floats, share: float) -> Floats:
    """The first colour with a share of the second."""
    return (first + (second - first) * np.float32(share)).astype(np.float32)


WHITE = np.array((0.97, 0.96, 0.94), np.float32)
INK = np.array((0.06, 0.055, 0.07), np.float32)
