"""Heads of four-legged animals, from the front, in a frame of radius 1."""

from __future__ import annotations

import numpy as np

from report_builder.datasets.farmyard.anatomy import Beast
from report_builder.datasets.farmyard.canvas import Brush
from report_builder.datasets.farmyard.eyes import paint_eyes
from report_builder.datasets.farmyard.palette import INK, WHITE, coat, colour, drawn
from report_builder.datasets.farmyard.pelt import Pelt
from report_builder.datasets.farmyard.shapes import (
    Floats,
    blend,
    capsule,
    ellipse,
    grown,
    polygon,
    roughened,
    union,
)


def paint_head(brush: Brush, rng: np.random.Generator, anatomy: Beast, pelt: Pelt) -> None:
    """Mane, ears, tufts, head, stripes, muzzle, whiskers and eyes, in this order."""
    style = np.random.default_rng(rng.integers(2**63))
    if anatomy.mane:
        _mane(brush, style, pelt)
    _ears(brush, rng, anatomy, pelt)
    wide = rng.uniform(0.95, 1.05)
    skull = ellipse(0, 0, wide, 0.88)
    if anatomy.muzzle == "wedge":
        cheeks = polygon([(-1.0, 0.08), (1.0, 0.08), (0.0, 1.0)], 0.06)
        skull = blend(skull, cheeks, 0.2)
    brush.paint("head", skull, pelt.colour, relief=0.55, depth=0.7, surface=pelt.surface)
    if anatomy.stripes:
        _forehead(brush, pelt, wide)
    bottom = _muzzle(brush, rng, anatomy, pelt)
    droop, spread = rng.uniform(-0.2, 0.25), rng.uniform(0.16, 0.26)
    if anatomy.whiskers:
        hair = WHITE if float(pelt.main.mean()) < 0.6 else colour(0.1, 0.2, 0.25)
        hairs = [
            capsule(
                (side * 0.3, bottom), 0.035,
                (side * (0.3 + 1.05 * float(np.cos(a))), bottom + 1.05 * float(np.sin(a))), 0.018,
            )
            for side in (-1, 1)
            for a in (droop - spread, droop, droop + spread)
        ]  # fmt: skip
        brush.paint("whiskers", union(*hairs), hair, relief=0)
    apart, height = rng.uniform(0.38, 0.46), -0.1 + rng.uniform(-0.05, 0.05)
    paint_eyes(brush, rng, [(-apart, height), (apart, height)], rng.uniform(0.17, 0.23), pelt.main)


def _mane(brush: Brush, rng: np.random.Generator, pelt: Pelt) -> None:
    shade = coat(rng, ("brown", "black", "ginger", "brown")) * np.float32(rng.uniform(0.7, 0.9))
    size = rng.uniform(1.6, 1.8)

    def locks(x: Floats, y: Floats) -> Floats:
        angle = np.arctan2(y, x)
        waves: Floats = np.sin(angle * 13 + 2 * np.sin(angle * 5))
        return waves

    def strands(x: Floats, y: Floats) -> Floats:
        angle = np.arctan2(y, x)
        return 1 + np.float32(0.5) * (pelt.noise(angle * 6, np.sqrt(x * x + y * y) * 2, 2) - np.float32(0.5))

    brush.paint(
        "mane",
        roughened(ellipse(0, 0.1, size, size * 0.98), locks, 0.09),
        shade,
        relief=0.6,
        depth=0.5,
        surface=strands,
    )
    inner = roughened(ellipse(0, 0.06, size * 0.75, size * 0.74), locks, 0.07)
    brush.paint("mane", inner, shade * np.float32(1.3), relief=0.4, depth=0.4, surface=strands)


def _ears(brush: Brush, rng: np.random.Generator, anatomy: Beast, pelt: Pelt) -> None:
    tall, tilt = rng.uniform(0.9, 1.15), rng.uniform(-0.12, 0.12)
    pink = drawn(rng, (0.96, 1.03), (0.25, 0.45), (0.65, 0.85))
    for side in (-1, 1):
        if anatomy.ears == "pointed":
            tip = (side * (0.82 + tilt), -0.62 - 0.75 * tall)
            ear = polygon([(side * 0.18, -0.72), tip, (side * 0.94, -0.2)], 0.06)
            hollow = polygon([(side * 0.4, -0.72), (tip[0] * 0.97, tip[1] + 0.28), (side * 0.84, -0.4)], 0.03)
            if anatomy.tufts:
                plume = polygon(
                    [
                        (tip[0] - 0.17, tip[1] + 0.16),
                        (tip[0] + side * 0.16, tip[1] - 0.62),
                        (tip[0] + 0.17, tip[1] + 0.16),
                    ],
                    0.05,
                )
                cheek = polygon(
                    [
                        (side * 0.55, 0.15),
                        (side * 1.42, 0.86),
                        (side * 0.95, 0.74),
                        (side * 0.85, 1.08),
                        (side * 0.35, 0.7),
                    ],
                    0.05,
                )
                brush.paint("tufts", cheek, pelt.pale, relief=0.45, depth=0.25, surface=pelt.surface)
            brush.paint("ears", ear, pelt.colour, relief=0.5, depth=0.22, surface=pelt.surface)
            brush.paint("ears", hollow, pink, relief=0.2, depth=0.15)
            if anatomy.tufts:
                brush.paint("tufts", plume, pelt.dark * np.float32(0.5), relief=0.4, depth=0.15)
        elif anatomy.ears == "round":
            brush.paint(
                "ears",
                ellipse(side * 0.78, -0.72, 0.36, 0.36),
                pelt.colour,
                relief=0.5,
                depth=0.25,
                surface=pelt.surface,
            )
            brush.paint("ears", ellipse(side * 0.78, -0.68, 0.2, 0.2), pink, relief=0.2, depth=0.2)
        elif anatomy.ears == "long":
            lean = side * (0.12 + tilt)
            brush.paint(
                "ears",
                ellipse(side * 0.42 + lean, -1.42 * tall, 0.27, 0.95 * tall, lean),
                pelt.colour,
                relief=0.5,
                depth=0.22,
                surface=pelt.surface,
            )
            brush.paint(
                "ears",
                ellipse(side * 0.42 + lean, -1.38 * tall, 0.13, 0.72 * tall, lean),
                pink,
                relief=0.2,
                depth=0.15,
            )
        else:
            flap = blend(
                capsule((side * 0.72, -0.55), 0.24, (side * (1.1 + tilt), 0.12), 0.3),
                ellipse(side * (1.1 + tilt), 0.3 * tall, 0.3, 0.46),
                0.15,
            )
            brush.paint(
                "ears", flap, pelt.main * np.float32(0.62), relief=0.5, depth=0.25, surface=pelt.surface
            )


def _forehead(brush: Brush, pelt: Pelt, wide: float) -> None:
    crown = [capsule((x, -0.42), 0.045, (x * 1.7, -0.86), 0.085) for x in (-0.28, 0.0, 0.28)]
    cheeks = [
        capsule((side * 0.62, y), 0.035, (side * 0.98, y - 0.08), 0.075)
        for side in (-1, 1)
        for y in (0.18, 0.42)
    ]
    inside = grown(ellipse(0, 0, wide, 0.88), -0.03)
    brush.paint("stripes", union(*crown, *cheeks), pelt.dark, relief=0.2, depth=0.1, within=inside)


def _muzzle(brush: Brush, rng: np.random.Generator, anatomy: Beast, pelt: Pelt) -> float:
    """Returns the height at which whiskers grow."""
    pink = drawn(rng, (0.94, 1.02), (0.35, 0.6), (0.55, 0.75))
    dark_nose = rng.random() < 0.5
    tongue = rng.random() < 0.5
    nose = INK if dark_nose or anatomy.muzzle != "short" else pink
    if anatomy.muzzle == "short":
        pads = union(*(ellipse(side * 0.2, 0.46, 0.3, 0.25) for side in (-1, 1)))
        brush.paint("muzzle", pads, pelt.pale, relief=0.45, depth=0.2)
        brush.paint(
            "muzzle", polygon([(-0.14, 0.24), (0.14, 0.24), (0, 0.4)], 0.05), nose, relief=0.4, depth=0.1
        )
        mouth = [capsule((0, 0.4), 0.03, (0, 0.52), 0.03)]
        mouth += [capsule((0, 0.52), 0.03, (side * 0.2, 0.62), 0.025) for side in (-1, 1)]
        brush.paint("muzzle", union(*mouth), pelt.dark, relief=0)
        return 0.46
    if anatomy.muzzle == "blunt":
        if tongue:
            brush.paint(
                "muzzle",
                ellipse(0.06, 0.98, 0.18, 0.32),
                drawn(rng, (0.96, 1.0), (0.5, 0.65), (0.8, 0.92)),
                relief=0.4,
                depth=0.15,
            )
        snout = blend(ellipse(0, 0.52, 0.56, 0.42), ellipse(0, 0.05, 0.26, 0.5), 0.15)
        brush.paint("muzzle", snout, pelt.pale, relief=0.5, depth=0.35, surface=pelt.surface)
        brush.paint("muzzle", ellipse(0, 0.3, 0.24, 0.17), nose, relief=0.5, depth=0.15)
        brush.paint("muzzle", capsule((0, 0.46), 0.03, (0, 0.72), 0.03), pelt.dark, relief=0)
        return 0.55
    for side in (-1, 1):
        cheek = polygon([(side * 0.98, 0.08), (side * 0.08, 0.95), (side * 0.2, 0.3)], 0.05)
        brush.paint("muzzle", cheek, pelt.pale, relief=0.35, depth=0.2, surface=pelt.surface)
    brush.paint("muzzle", ellipse(0, 0.95, 0.17, 0.14), nose, relief=0.5, depth=0.12)
    return 0.75
