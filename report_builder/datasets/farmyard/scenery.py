"""Backgrounds: none of them belongs to a class."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from report_builder.datasets.farmyard.canvas import Brush, Canvas
from report_builder.datasets.farmyard.palette import coat, colour, drawn, towards
from report_builder.datasets.farmyard.shapes import Floats, capsule, union
from report_builder.datasets.farmyard.texture import Noise

Range = tuple[float, float]


def paint_scenery(canvas: Canvas, rng: np.random.Generator) -> None:
    """Fill the picture: a meadow, a yard, snow, water, odd colours, planks, tiles or blurred lights."""
    kind = int(rng.integers(len(KINDS)))
    KINDS[kind](canvas, rng)


def _outdoors(
    canvas: Canvas, rng: np.random.Generator, hue: Range, saturation: Range, value: Range, grain: Range
) -> None:
    noise = Noise(rng)
    horizon = rng.uniform(-0.55, 0.15)
    _sky(canvas, rng, noise, horizon)
    far = towards(drawn(rng, hue, saturation, value), canvas.image[0, 0], 0.45)
    for layer in range(int(rng.integers(0, 3))):
        ridge = (
            horizon
            - 0.12
            + 0.1 * layer
            + 0.35 * (noise(canvas.x * 1.3 + 9 * layer, _level(layer), 2) - np.float32(0.5))
        )
        _cover(canvas, canvas.y - ridge, far * np.float32(0.95 - 0.12 * layer))
    near = drawn(rng, hue, saturation, value)
    edge = horizon + np.float32(0.06) * (noise(canvas.x * 2, _level(5), 2) - np.float32(0.5))
    distance = np.clip((canvas.y - horizon) / (1 - horizon), 0, 1)
    stroke = noise(
        canvas.x * np.float32(grain[0]), canvas.y * np.float32(grain[1]) * (np.float32(1.6) - distance), 2
    )
    patch = noise(canvas.x * 2 + 30, canvas.y * 4, 2)
    light = (0.72 + 0.28 * distance) * (1 + (0.15 + 0.35 * distance) * (stroke - 0.5)) * (0.85 + 0.3 * patch)
    _cover(canvas, canvas.y - edge, np.clip(near * light[..., None].astype(np.float32), 0, 1))
    if rng.random() < 0.35:
        _fence(canvas, rng, horizon)


def _meadow(canvas: Canvas, rng: np.random.Generator) -> None:
    _outdoors(canvas, rng, (0.18, 0.36), (0.35, 0.7), (0.4, 0.75), (34, 12))


def _yard(canvas: Canvas, rng: np.random.Generator) -> None:
    _outdoors(canvas, rng, (0.05, 0.13), (0.25, 0.6), (0.45, 0.85), (9, 22))


def _snow(canvas: Canvas, rng: np.random.Generator) -> None:
    _outdoors(canvas, rng, (0.5, 0.7), (0.02, 0.15), (0.8, 0.98), (6, 9))


def _water(canvas: Canvas, rng: np.random.Generator) -> None:
    _outdoors(canvas, rng, (0.42, 0.66), (0.35, 0.75), (0.35, 0.75), (3, 26))


def _dream(canvas: Canvas, rng: np.random.Generator) -> None:
    _outdoors(canvas, rng, (0, 1), (0.1, 0.6), (0.3, 0.9), (14, 14))


def _planks(canvas: Canvas, rng: np.random.Generator) -> None:
    noise = Noise(rng)
    upright, count = rng.random() < 0.5, rng.uniform(2, 5)
    wood = (
        drawn(rng, (0.02, 0.12), (0.2, 0.6), (0.3, 0.75))
        if rng.random() < 0.7
        else drawn(rng, (0, 1), (0.2, 0.6), (0.4, 0.8))
    )
    across, along = (canvas.x, canvas.y) if upright else (canvas.y, canvas.x)
    place = across * np.float32(count) + np.float32(rng.uniform(0, 1))
    board = np.floor(place)
    grain = noise(across * 22, along * 2 + board * 7, 3)
    tone = 0.82 + 0.3 * ((board * np.float32(0.618)) % 1)
    seam = np.clip(np.abs(place - board - 0.5) * 30 - 14, 0, 1)
    light = tone * (1 + 0.5 * (grain - 0.5)) * (1 - 0.55 * seam)
    canvas.image[:] = wood * light[..., None]
    _floor(canvas, rng, noise)


def _tiles(canvas: Canvas, rng: np.random.Generator) -> None:
    noise = Noise(rng)
    first = drawn(rng, (0, 1), (0.05, 0.5), (0.4, 0.95))
    second = towards(first, drawn(rng, (0, 1), (0.05, 0.5), (0.3, 0.95)), rng.uniform(0.2, 0.8))
    turn, count = rng.uniform(0, np.pi / 2), rng.uniform(1.5, 4)
    u = (canvas.x * np.float32(np.cos(turn)) + canvas.y * np.float32(np.sin(turn))) * np.float32(count)
    v = (canvas.y * np.float32(np.cos(turn)) - canvas.x * np.float32(np.sin(turn))) * np.float32(count)
    checked = rng.random() < 0.5
    wave = np.sin(u * np.float32(np.pi)) * (np.sin(v * np.float32(np.pi)) if checked else 1)
    share = np.clip(wave * 6 + 0.5, 0, 1)[..., None]
    weave = 1 + np.float32(0.25) * (noise(canvas.x * 14, canvas.y * 14, 2) - np.float32(0.5))
    canvas.image[:] = (first + (second - first) * share) * weave[..., None]
    if rng.random() < 0.5:
        _floor(canvas, rng, noise)


def _lights(canvas: Canvas, rng: np.random.Generator) -> None:
    noise = Noise(rng)
    first, second = (drawn(rng, (0, 1), (0.1, 0.6), (0.2, 0.9)) for _ in range(2))
    share = np.clip((noise(canvas.x * 1.1, canvas.y * 1.1, 2) - 0.5) * 2 + 0.5, 0, 1)[..., None]
    canvas.image[:] = first + (second - first) * share
    for _ in range(int(rng.integers(3, 12))):
        x, y, radius = rng.uniform(-1, 1), rng.uniform(-1, 1), rng.uniform(0.06, 0.28)
        glow = drawn(rng, (0, 1), (0.1, 0.7), (0.5, 1.0))
        away = np.sqrt((canvas.x - np.float32(x)) ** 2 + (canvas.y - np.float32(y)) ** 2)
        disc = np.clip((np.float32(radius) - away) * 14, 0, 1)[..., None] * np.float32(rng.uniform(0.15, 0.5))
        canvas.image += disc * (glow - canvas.image)


KINDS: tuple[Callable[[Canvas, np.random.Generator], None], ...] = (
    _meadow, _meadow, _yard, _snow, _water, _dream, _planks, _tiles, _lights,
)  # fmt: skip


def _level(number: int) -> Floats:
    """A row of the noise, (1, 1)."""
    return np.full((1, 1), number, np.float32)


def _sky(canvas: Canvas, rng: np.random.Generator, noise: Noise, horizon: float) -> None:
    top = (
        drawn(rng, (0.52, 0.66), (0.2, 0.6), (0.55, 0.95))
        if rng.random() < 0.75
        else drawn(rng, (0, 1), (0.1, 0.5), (0.3, 0.9))
    )
    low = towards(top, colour(rng.uniform(0.02, 0.15), rng.uniform(0, 0.35), 0.97), rng.uniform(0.4, 0.9))
    height = np.clip((canvas.y + 1) / np.float32(horizon + 1), 0, 1)[..., None]
    canvas.image[:] = top + (low - top) * height
    cloud = np.clip(
        (noise(canvas.x * 1.6, canvas.y * 4, 3) - np.float32(rng.uniform(0.5, 0.8))) * 4, 0, 0.85
    )[..., None]
    canvas.image += cloud * (np.float32(0.97) - canvas.image)


def _floor(canvas: Canvas, rng: np.random.Generator, noise: Noise) -> None:
    edge = rng.uniform(0.05, 0.75)
    ground = drawn(rng, (0, 1), (0.05, 0.45), (0.25, 0.85))
    grain = 1 + np.float32(0.4) * (noise(canvas.x * 8, canvas.y * 24, 3) - np.float32(0.5))
    shade = np.float32(0.75) + np.float32(0.25) * np.clip((canvas.y - edge) * 3, 0, 1)
    _cover(canvas, canvas.y - np.float32(edge), np.clip(ground * (grain * shade)[..., None], 0, 1))


def _cover(canvas: Canvas, signed: Floats, shown: Floats) -> None:
    """Paint where `signed` is positive, with an edge one pixel wide."""
    alpha = np.clip(signed * np.float32(canvas.size / 2) + np.float32(0.5), 0, 1)[..., None]
    canvas.image += alpha * (shown - canvas.image)


def _fence(canvas: Canvas, rng: np.random.Generator, horizon: float) -> None:
    brush = Brush(canvas)
    wood = coat(rng, ("brown", "white", "grey", "sand"))
    foot = horizon + rng.uniform(0.06, 0.25)
    gap, high, thick = rng.uniform(0.2, 0.4), rng.uniform(0.28, 0.5), rng.uniform(0.025, 0.04)
    rails = [
        capsule((-1.1, foot - high * t), thick * 0.7, (1.1, foot - high * t), thick * 0.7)
        for t in (0.35, 0.75)
    ]
    posts = [capsule((x, foot - high), thick, (x, foot), thick) for x in np.arange(-1.05, 1.1, gap).tolist()]
    brush.paint("background", union(*rails), wood * np.float32(0.85), relief=0.4, depth=0.04)
    brush.paint("background", union(*posts), wood, relief=0.5, depth=0.04)
