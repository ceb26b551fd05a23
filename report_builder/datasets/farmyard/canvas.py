"""The picture being painted: colours, part map and the share of each pixel that the object covers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from report_builder.datasets.farmyard.labels import DISTRACTOR, PARTS
from report_builder.datasets.farmyard.shapes import Floats, Shape
from report_builder.datasets.farmyard.texture import Field

# A part in front owns the pixels of which it covers at least this share: below a half, as whiskers are thin
SEEN = 0.25
Colour = Floats | Callable[[Floats, Floats], Floats]


class Canvas:
    """A square picture; scene coordinates run from -1 to 1, x to the right, y down.

    image (n, n, 3) float32; parts (n, n) uint8, indices into PARTS; coverage (n, n) float32, the
    share of a pixel through which the object is seen: exactly 0 where the object changes nothing.
    """

    def __init__(self, size: int, light: tuple[float, float, float]) -> None:
        axis = (np.arange(size, dtype=np.float32) + np.float32(0.5)) / np.float32(size / 2) - 1
        self.size = size
        self.x, self.y = np.broadcast_to(axis, (size, size)), np.broadcast_to(axis[:, None], (size, size))
        self.image = np.zeros((size, size, 3), np.float32)
        self.parts = np.zeros((size, size), np.uint8)
        self.coverage = np.zeros((size, size), np.float32)
        norm = float(np.linalg.norm(light))
        self.light = tuple(np.float32(part / norm) for part in light)


@dataclass(frozen=True)
class Brush:
    """Paints on a canvas in a frame of its own: moved to (x, y), scaled, turned, perhaps mirrored.

    drop: parts that are not painted. Whether they are or not, the caller draws the same random numbers.
    """

    canvas: Canvas
    x: float = 0.0
    y: float = 0.0
    scale: float = 1.0
    turn: float = 0.0
    mirrored: bool = False
    drop: frozenset[str] = frozenset()

    def at(self, x: float, y: float, scale: float = 1.0, turn: float = 0.0) -> Brush:
        """A brush in a frame inside this one, such as a head on its body."""
        cx, cy = self._to_scene(x, y)
        sign = -1 if self.mirrored else 1
        return replace(self, x=cx, y=cy, scale=self.scale * scale, turn=self.turn + sign * turn)

    def paint(
        self,
        part: str,
        shape: Shape,
        colour: Colour,
        *,
        relief: float = 0.5,
        depth: float = 0.25,
        surface: Field | None = None,
        within: Shape | None = None,
    ) -> None:
        """Cover the canvas with a shape, lit as if it were swollen out of the plane.

        relief: strength of the shading. depth: how far from the edge the swelling goes on.
        surface: brightness over the shape, about 1. within: the shape shows only inside this one.
        """
        if part in self.drop:
            return
        window = self._window(shape.box)
        if window is None:
            return
        px, py = self._to_frame(window)
        pixels = np.float32(self.scale * self.canvas.size / 2)
        signed = shape.distance(px, py)
        alpha = np.clip(np.float32(0.5) - signed * pixels, 0, 1)
        if within is not None:
            alpha = alpha * np.clip(np.float32(0.5) - within.distance(px, py) * pixels, 0, 1)
        if not alpha.any():
            return
        shown = colour(px, py) if callable(colour) else colour[None, None]
        brightness = self._shading(signed * pixels, np.float32(depth) * pixels, np.float32(relief))
        if surface is not None:
            brightness = brightness * surface(px, py)
        image = self.canvas.image[window]
        image += alpha[..., None] * (np.clip(shown * brightness[..., None], 0, 1) - image)
        self._mark(window, PARTS.index(part), alpha)

    def _mark(self, window: tuple[slice, slice], part: int, alpha: Floats) -> None:
        parts, coverage = self.canvas.parts[window], self.canvas.coverage[window]
        if part == DISTRACTOR:
            coverage *= 1 - alpha
            # Where the object shines through the rim of a thing in front, the pixel stays the object's
            parts[(alpha >= SEEN) & (coverage == 0)] = part
        elif part:
            bare = coverage == 0
            coverage += alpha * (1 - coverage)
            parts[(alpha >= SEEN) | (bare & (alpha > 0))] = part

    def _shading(self, signed: Floats, depth: np.float32, relief: np.float32) -> Floats:
        """Lambert's law on the swollen shape, darker at the rim; about 1 where it faces the viewer."""
        if relief == 0:
            return np.ones_like(signed)
        edge = 1 - np.clip(-signed / depth, 0, 1)
        slope = edge / np.sqrt(np.clip(1 - edge * edge, 0.08, 1))
        rise_y, rise_x = np.gradient(signed)
        lx, ly, lz = self.canvas.light
        lit = (slope * (rise_x * lx + rise_y * ly) + lz) / np.sqrt(1 + slope * slope)
        rim = np.clip(1 + signed / np.float32(1.6), 0, 1)
        swollen = relief * (np.float32(1.25) * np.clip(lit, -0.15, 1) - np.float32(0.85))
        brightness: Floats = 1 + swollen - relief * np.float32(0.3) * rim
        return brightness

    def _to_scene(self, x: float, y: float) -> tuple[float, float]:
        if self.mirrored:
            x = -x
        cosine, sine = float(np.cos(self.turn)), float(np.sin(self.turn))
        return (
            self.x + self.scale * (cosine * x - sine * y),
            self.y + self.scale * (sine * x + cosine * y),
        )

    def _to_frame(self, window: tuple[slice, slice]) -> tuple[Floats, Floats]:
        u, v = self.canvas.x[window] - np.float32(self.x), self.canvas.y[window] - np.float32(self.y)
        cosine, sine = np.float32(np.cos(self.turn) / self.scale), np.float32(np.sin(self.turn) / self.scale)
        px = cosine * u + sine * v
        return (-px if self.mirrored else px), cosine * v - sine * u

    def _window(self, box: tuple[float, float, float, float]) -> tuple[slice, slice] | None:
        """The pixels that a box of this frame touches, two more on each side; None if there are none."""
        left, top, right, bottom = box
        corners = [self._to_scene(x, y) for x in (left, right) for y in (top, bottom)]
        size = self.canvas.size
        slices = []
        for places in zip(*corners, strict=True):
            low = max(0, int((min(places) + 1) / 2 * size) - 2)
            high = min(size, int((max(places) + 1) / 2 * size) + 3)
            if high - low < 2:
                return None
            slices.append(slice(low, high))
        return slices[1], slices[0]
