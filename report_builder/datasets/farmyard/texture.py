"""Smooth noise, and the surfaces made of it: fur, feathers, scales, patches."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np

from report_builder.datasets.farmyard.shapes import Floats

Field = Callable[[Floats, Floats], Floats]
CELLS = 32
CELL_PIXELS = 32
EDGE = CELLS * CELL_PIXELS


@cache
def _noise_table() -> Floats:
    """Value noise on a torus, (EDGE, EDGE), uniform at the lattice points; the same for all scenes."""
    lattice = np.random.default_rng(7).random((CELLS, CELLS)).astype(np.float32)
    t = (np.arange(CELL_PIXELS, dtype=np.float32) + 0.5) / CELL_PIXELS
    t = t * t * (3 - 2 * t)
    rows = lattice[:, None, :] * (1 - t)[:, None] + np.roll(lattice, -1, 0)[:, None, :] * t[:, None]
    rows = rows.reshape(EDGE, CELLS)
    both = rows[:, :, None] * (1 - t) + np.roll(rows, -1, 1)[:, :, None] * t
    return np.ascontiguousarray(both.reshape(EDGE, EDGE))


class Noise:
    """A window into the noise table: smooth, with features one unit wide, in 0..1."""

    def __init__(self, rng: np.random.Generator) -> None:
        self._shift = rng.integers(0, EDGE, 2).tolist()

    def __call__(self, x: Floats, y: Floats, octaves: int = 2) -> Floats:
        table = _noise_table()
        total = np.zeros(np.broadcast(x, y).shape, np.float32)
        for octave in range(octaves):
            scale = np.float32(CELL_PIXELS << octave)
            column = (x * scale).astype(np.int32) + (self._shift[0] + 272 * octave)
            row = (y * scale).astype(np.int32) + self._shift[1]
            total += table[row & (EDGE - 1), column & (EDGE - 1)] * np.float32(0.5**octave)
        return total / np.float32(2 - 0.5 ** (octaves - 1))


def fur(noise: Noise, strength: float, lean: float = 0.6) -> Field:
    """Short strokes, brighter and darker than 1 by at most `strength`; `lean` slants them."""

    def field(x: Floats, y: Floats) -> Floats:
        strokes = noise((x + np.float32(lean) * y) * 17, y * 5, 2) - np.float32(0.5)
        return 1 + np.float32(2 * strength) * strokes

    return field


def scallops(strength: float, size: float) -> Field:
    """Rows of overlapping feathers or scales, each `size` wide, dark at its rim."""

    def field(x: Floats, y: Floats) -> Floats:
        u, v = x / np.float32(size), y / np.float32(size * 0.8)
        row = np.floor(v)
        u = (u + np.float32(0.5) * (row % 2)) % 1 - np.float32(0.5)
        v = v - row
        rim = np.clip((np.sqrt(u * u * 2 + (1 - v) ** 2) - np.float32(0.55)) * 3, -1, 1)
        return 1 + np.float32(strength) * rim

    return field


def patches(
    noise: Noise, first: Floats, second: Floats, share: float, scale: float
) -> Callable[[Floats, Floats], Floats]:
    """Colour (h, w, 3): `second` on about `share` of the surface, in patches 1/scale wide, else `first`."""
    edge = np.float32(0.5 + (0.5 - share) * 0.55)

    def colour(x: Floats, y: Floats) -> Floats:
        t = np.clip(
            (noise(x * np.float32(scale) + 40, y * np.float32(scale)) - edge) * 14 + np.float32(0.5), 0, 1
        )
        mixed: Floats = first + (second - first) * t[..., None]
        return mixed

    return colour
