"""Things that share colours and shapes with parts of animals: red lobes, triangles, stripes."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from report_builder.datasets.farmyard.canvas import Brush
from report_builder.datasets.farmyard.palette import INK, colour, drawn, towards
from report_builder.datasets.farmyard.shapes import (
    Floats,
    Shape,
    bands,
    blend,
    capsule,
    chain,
    ellipse,
    grown,
    polygon,
    roughened,
    union,
)
from report_builder.datasets.farmyard.texture import Noise, fur, scallops

Thing = Callable[[Brush, np.random.Generator, Floats], None]


def paint_clutter(brush: Brush, rng: np.random.Generator) -> None:
    """One thing in a frame of radius 1, its foot at about y = 0.7."""
    paint = rng.choice(np.array(THINGS, dtype=object))
    paint(brush, rng, drawn(rng, (0, 1), (0.25, 0.9), (0.35, 0.95)))


def _put(
    brush: Brush,
    shape: Shape,
    shade: Floats,
    relief: float = 0.5,
    depth: float = 0.3,
    within: Shape | None = None,
) -> None:
    brush.paint("distractor", shape, shade, relief=relief, depth=depth, within=within)


def _tulips(brush: Brush, rng: np.random.Generator, shade: Floats) -> None:
    red = drawn(rng, (-0.04, 0.03), (0.7, 0.95), (0.65, 0.95)) if rng.random() < 0.6 else shade
    green = drawn(rng, (0.25, 0.38), (0.4, 0.8), (0.3, 0.6))
    for x in (-0.42, 0.0, 0.42):
        top = -0.2 - rng.uniform(0, 0.35)
        _put(brush, capsule((x * 0.5, 0.7), 0.05, (x, top), 0.04), green, depth=0.05)
        _put(
            brush,
            union(
                ellipse(x, top - 0.1, 0.17, 0.24),
                capsule((x - 0.1, top - 0.1), 0.09, (x - 0.14, top - 0.34), 0.03),
                capsule((x + 0.1, top - 0.1), 0.09, (x + 0.14, top - 0.34), 0.03),
            ),
            red,
            depth=0.15,
        )


def _daisy(brush: Brush, rng: np.random.Generator, shade: Floats) -> None:
    _put(brush, capsule((0, 0.1), 0.05, (0.06, 0.75), 0.05), colour(0.3, 0.6, 0.45), depth=0.05)
    petals = int(rng.integers(5, 9))
    for angle in np.linspace(0, 2 * np.pi, petals, endpoint=False).tolist():
        _put(
            brush,
            ellipse(0.42 * float(np.cos(angle)), 0.42 * float(np.sin(angle)) - 0.15, 0.28, 0.16, angle),
            shade,
            depth=0.15,
        )
    _put(brush, ellipse(0, -0.15, 0.24, 0.24), colour(0.13, 0.8, 0.95), depth=0.2)


def _cone(brush: Brush, rng: np.random.Generator, shade: Floats) -> None:
    lean = rng.uniform(-0.25, 0.25)
    _put(brush, polygon([(-0.55, 0.65), (lean, -0.75), (0.55, 0.65)], 0.06), shade, depth=0.4)
    if rng.random() < 0.5:
        cone = polygon([(-0.55, 0.65), (lean, -0.75), (0.55, 0.65)], 0.05)
        _put(
            brush,
            bands(lambda _, y: y, 2.4, 0.4, cone.box),
            towards(shade, np.ones(3, np.float32), 0.7),
            relief=0.2,
            within=cone,
        )


def _ball(brush: Brush, rng: np.random.Generator, shade: Floats) -> None:
    ball = ellipse(0, 0.05, 0.66, 0.66)
    _put(brush, ball, shade, relief=0.7, depth=0.66)
    second = drawn(rng, (0, 1), (0.1, 0.9), (0.15, 0.95))
    turn = np.float32(rng.uniform(-1, 1))
    stripes = bands(
        lambda x, y: x + turn * y + np.float32(0.2) * y * y, rng.uniform(1.6, 3.2), 0.45, ball.box
    )
    _put(brush, stripes, second, relief=0.5, depth=0.66, within=grown(ball, -0.02))


def _grass(brush: Brush, rng: np.random.Generator, shade: Floats) -> None:
    green = towards(shade, colour(0.28, 0.7, 0.5), 0.75)
    for x in np.linspace(-0.4, 0.4, 7).tolist():
        bend = x * 1.2 + rng.uniform(-0.25, 0.25)
        points = [(x * 0.6, 0.7), (x * 0.6 + bend * 0.3, 0.1), (x * 0.6 + bend, -0.2 - rng.uniform(0, 0.5))]
        _put(brush, chain(points, 0.07, 0.015), green * np.float32(rng.uniform(0.7, 1.25)), depth=0.06)


def _stone(brush: Brush, rng: np.random.Generator, shade: Floats) -> None:
    noise = Noise(rng)
    grey = towards(shade, colour(0.1, 0.1, rng.uniform(0.35, 0.7)), 0.8)
    body = blend(ellipse(-0.22, 0.3, 0.5, 0.36), ellipse(0.28, 0.22, 0.4, 0.45), 0.15)
    brush.paint("distractor", body, grey, relief=0.7, depth=0.35, surface=fur(noise, 0.3, 0.1))


def _bucket(brush: Brush, _: np.random.Generator, shade: Floats) -> None:
    angles = np.linspace(-np.pi, 0, 9).tolist()
    handle = [(0.5 * float(np.cos(a)), -0.3 + 0.5 * float(np.sin(a))) for a in angles]
    _put(brush, chain(handle, 0.04, 0.04), INK * 4, depth=0.05)
    pail = polygon([(-0.55, -0.3), (0.55, -0.3), (0.4, 0.68), (-0.4, 0.68)], 0.04)
    _put(brush, pail, shade, relief=0.7, depth=0.5)
    _put(brush, ellipse(0, -0.3, 0.55, 0.12), shade * np.float32(0.45), relief=0.2)


def _bush(brush: Brush, rng: np.random.Generator, shade: Floats) -> None:
    noise = Noise(rng)
    green = towards(shade, colour(rng.uniform(0.2, 0.38), 0.65, 0.45), 0.8)
    crown = union(*(ellipse(x, y, 0.42, 0.38) for x, y in ((-0.38, 0.28), (0.38, 0.28), (0, -0.12))))
    leafy = roughened(crown, lambda x, y: noise(x * 9, y * 9) * 2 - 1, 0.09)
    brush.paint(
        "distractor",
        leafy,
        green,
        relief=0.6,
        depth=0.3,
        surface=lambda x, y: 0.55 + 0.9 * noise(x * 8 + 20, y * 8),
    )


def _mushroom(brush: Brush, _: np.random.Generator, shade: Floats) -> None:
    _put(brush, capsule((0, 0.0), 0.16, (0.03, 0.62), 0.2), colour(0.12, 0.15, 0.9), depth=0.2)
    cap = ellipse(0, -0.12, 0.62, 0.44)
    half = polygon([(-0.8, -0.8), (0.8, -0.8), (0.8, 0.02), (-0.8, 0.02)])
    _put(brush, cap, shade, relief=0.6, depth=0.4, within=half)
    dots = union(
        *(ellipse(x, y, 0.09, 0.07) for x, y in ((-0.32, -0.2), (0.05, -0.36), (0.34, -0.16), (0.02, -0.1)))
    )
    _put(brush, dots, colour(0.1, 0.05, 0.97), relief=0.2, within=half)


def _pumpkin(brush: Brush, _: np.random.Generator, shade: Floats) -> None:
    orange = towards(shade, colour(0.07, 0.85, 0.9), 0.7)
    _put(brush, capsule((0, -0.25), 0.07, (0.1, -0.55), 0.05), colour(0.25, 0.5, 0.35), depth=0.06)
    for x, wide in ((-0.42, 0.26), (0.42, 0.26), (-0.22, 0.28), (0.22, 0.28), (0, 0.26)):
        _put(
            brush,
            ellipse(x, 0.2, wide, 0.46),
            orange * np.float32(1 - 0.35 * abs(x)),
            relief=0.55,
            depth=0.26,
        )


def _crate(brush: Brush, _: np.random.Generator, shade: Floats) -> None:
    wood = towards(shade, colour(0.08, 0.5, 0.6), 0.65)
    box = polygon([(-0.6, -0.45), (0.6, -0.45), (0.6, 0.68), (-0.6, 0.68)], 0.03)
    _put(brush, box, wood * np.float32(0.55), relief=0.3)
    for y in (-0.3, 0.1, 0.5):
        _put(brush, capsule((-0.52, y), 0.14, (0.52, y), 0.14), wood, relief=0.5, depth=0.12, within=box)


def _feather(brush: Brush, rng: np.random.Generator, shade: Floats) -> None:
    lean = rng.uniform(-0.6, 0.6)
    vane = ellipse(0, 0.05, 0.24, 0.7, lean)
    brush.paint("distractor", vane, shade, relief=0.4, depth=0.2, surface=scallops(0.25, 0.12))
    tip = (0.7 * float(np.sin(lean)), 0.05 - 0.7 * float(np.cos(lean)))
    _put(brush, capsule((-tip[0], 0.1 - tip[1]), 0.03, tip, 0.02), shade * np.float32(0.5), relief=0)


THINGS: tuple[Thing, ...] = (
    _tulips, _daisy, _cone, _ball, _grass, _stone, _bucket, _bush, _mushroom, _pumpkin, _crate, _feather,
)  # fmt: skip
