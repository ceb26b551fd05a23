"""Hen, rooster, duck and owl."""

from __future__ import annotations

import numpy as np

from report_builder.datasets.farmyard.anatomy import Bird
from report_builder.datasets.farmyard.canvas import Brush, Colour
from report_builder.datasets.farmyard.eyes import paint_eyes
from report_builder.datasets.farmyard.palette import COATS, coat, drawn, towards
from report_builder.datasets.farmyard.shapes import (
    Floats,
    blend,
    capsule,
    chain,
    ellipse,
    grown,
    polygon,
    roughened,
    union,
)
from report_builder.datasets.farmyard.texture import Noise, patches, scallops

BIRD_EYES = ("bead", "ring", "round")


def paint_bird(brush: Brush, rng: np.random.Generator, anatomy: Bird) -> None:
    """A bird in profile, facing right; its feet stand at y = 0.93."""
    noise = Noise(rng)
    main = coat(rng, tuple(COATS))
    dark = main * np.float32(rng.uniform(0.5, 0.75))
    other = coat(rng)
    plumage: Colour = patches(noise, main, other, rng.uniform(0.15, 0.5), 3.5) if rng.random() < 0.6 else main
    yellow = drawn(rng, (0.08, 0.15), (0.65, 0.9), (0.75, 0.98))
    length, height = rng.uniform(0.5, 0.6), rng.uniform(0.34, 0.42)
    lean = rng.uniform(-0.2, 0.1)
    bow = rng.uniform(-0.2, 0.75)  # from a stretched neck to pecking
    duck = anatomy.beak == "flat"
    head_x, head_y = 0.5 + 0.12 * bow, -0.64 + 0.5 * bow
    head_size = rng.uniform(0.225, 0.27)
    feather_size = rng.uniform(0.1, 0.14)
    feathers = scallops(rng.uniform(0.12, 0.22), feather_size)

    _bird_legs(brush, rng, yellow, webbed=duck)
    _bird_tail(brush, rng, anatomy, main, dark, other)
    trunk = ellipse(0.0, 0.12, length, height, lean)
    neck = capsule((0.3, -0.02), 0.22, (head_x - 0.02, head_y + 0.03), head_size * 0.85)
    brush.paint("body", blend(trunk, neck, 0.2), plumage, relief=0.6, depth=0.34, surface=feathers)
    fold = rng.uniform(-0.05, 0.35)
    wing = blend(
        ellipse(-0.05, 0.08, length * 0.55, height * 0.52, fold),
        ellipse(-0.36, 0.1, 0.26, 0.11, fold + 0.1),
        0.12,
    )
    brush.paint(
        "wing",
        wing,
        dark * np.float32(rng.uniform(0.9, 1.2)),
        relief=0.6,
        depth=0.2,
        surface=scallops(0.25, feather_size),
    )
    head = brush.at(head_x, head_y, head_size, 0.5 * bow + rng.uniform(-0.2, 0.2))
    _bird_head(head, rng, anatomy, towards(main, other, 0.15), yellow)


def _bird_legs(brush: Brush, rng: np.random.Generator, skin: Floats, *, webbed: bool) -> None:
    spread = rng.uniform(0.08, 0.2)
    for side in (-1, 1):
        x = side * spread + rng.uniform(-0.03, 0.03)
        foot = x + rng.uniform(-0.08, 0.1)
        brush.paint("legs", capsule((x, 0.38), 0.05, (foot, 0.86), 0.032), skin, relief=0.5, depth=0.06)
        if webbed:
            web = polygon(
                [(foot - 0.05, 0.83), (foot + 0.24, 0.9), (foot + 0.1, 0.935), (foot - 0.07, 0.93)], 0.015
            )
            brush.paint("legs", web, skin, relief=0.3, depth=0.08)
        else:
            toes = [capsule((foot, 0.86), 0.03, (foot + reach, 0.93), 0.02) for reach in (-0.11, 0.09, 0.2)]
            brush.paint("legs", union(*toes), skin * np.float32(0.93), relief=0.4, depth=0.05)


def _bird_tail(
    brush: Brush, rng: np.random.Generator, anatomy: Bird, main: Floats, dark: Floats, other: Floats
) -> None:
    sheen = drawn(rng, (0.33, 0.62), (0.4, 0.75), (0.18, 0.42))
    wobble = rng.uniform(-0.08, 0.08, 7)
    size = rng.uniform(0.88, 1.12)
    if anatomy.tail == "sickle":
        for i in range(7):
            radius = size * (0.6 - 0.055 * i)
            angles = np.linspace(-0.25 * np.pi, -(1.0 + 0.07 * i + 0.4 * wobble[i]) * np.pi, 8)
            points = [
                (-0.4 - 0.62 * radius + radius * float(np.cos(a)), 0.1 + radius * 0.95 * float(np.sin(a)))
                for a in angles
            ]
            shade = (sheen, dark, sheen * np.float32(1.35))[i % 3]
            brush.paint("tail", chain(points, 0.085, 0.028), shade, relief=0.6, depth=0.08)
    elif anatomy.tail == "fan":
        for i in range(5):
            angle = -2.35 + 0.19 * i + wobble[i] * 0.6
            tip = (-0.36 + 0.5 * size * float(np.cos(angle)), 0.04 + 0.5 * size * float(np.sin(angle)))
            shade = towards(dark, main, 0.18 * i)
            brush.paint("tail", capsule((-0.32, 0.08), 0.1, tip, 0.075), shade, relief=0.6, depth=0.09)
    else:  # "wedge", "curl"
        lift = wobble[0] - 0.05
        wedge = polygon([(-0.38, -0.08), (-0.86 * size, -0.2 + lift), (-0.5, 0.26)], 0.05)
        brush.paint("tail", wedge, dark, relief=0.5, depth=0.15, surface=scallops(0.2, 0.12))
    if anatomy.tail == "curl":
        lift = wobble[0] - 0.05
        angles = np.linspace(0.5, -3.4, 8)
        curl = [(-0.68 + 0.1 * float(np.cos(a)), -0.24 + lift + 0.1 * float(np.sin(a))) for a in angles]
        brush.paint("tail", chain(curl, 0.04, 0.022), towards(dark, other, 0.5), relief=0.4, depth=0.05)


def _bird_head(
    brush: Brush, rng: np.random.Generator, anatomy: Bird, plumage: Floats, yellow: Floats
) -> None:
    """In the head's frame: radius 1, facing right."""
    red = drawn(rng, (-0.035, 0.02), (0.78, 0.95), (0.68, 0.92))
    hood = drawn(rng, (0.3, 0.48), (0.5, 0.8), (0.2, 0.45))
    hooded = rng.random() < 0.45
    points = int(rng.integers(4, 6))
    jitter = rng.uniform(-0.1, 0.1, 6)
    gape = rng.uniform(-0.12, 0.2)
    beak_length = rng.uniform(0.85, 1.1)
    if anatomy.comb:
        tall = anatomy.comb
        lobes = [
            capsule(
                (t * 0.8 - 0.05, -0.62),
                0.26,
                (t * 1.15 - 0.12, -0.9 - (0.42 * (1 - 0.7 * abs(t)) + jitter[i]) * tall),
                0.15 + 0.02 * tall,
            )
            for i, t in enumerate(np.linspace(-0.85, 0.85, points).tolist())
        ]
        brush.paint("comb", union(*lobes), red, relief=0.55, depth=0.25)
    colour = hood if hooded and anatomy.beak == "flat" else plumage
    brush.paint("head", ellipse(0, 0, 1, 0.95), colour, relief=0.55, depth=0.8)
    if anatomy.beak == "flat":
        tip_x, tip_y = 0.6 + 1.2 * beak_length, 0.3 + gape
        bill = blend(
            capsule((0.6, 0.1), 0.36, (tip_x, tip_y), 0.2),
            ellipse(tip_x, tip_y + 0.04, 0.42, 0.24, 0.15),
            0.2,
        )
        brush.paint("beak", bill, yellow * np.array([1, 0.82, 0.6], np.float32), relief=0.5, depth=0.3)
        mouth = capsule((0.8, 0.3), 0.05, (tip_x + 0.2, tip_y + 0.1), 0.035)
        brush.paint("beak", mouth, yellow * np.float32(0.45), relief=0)
    else:
        upper = polygon([(0.66, -0.42), (0.9 + 0.75 * beak_length, 0.22 + gape), (0.7, 0.2)], 0.06)
        lower = polygon([(0.66, 0.12), (0.8 + 0.5 * beak_length, 0.36 + gape * 1.5), (0.6, 0.42)], 0.05)
        brush.paint("beak", lower, yellow * np.float32(0.75), relief=0.4, depth=0.3)
        brush.paint("beak", upper, yellow, relief=0.5, depth=0.3)
    if anatomy.wattle:
        hang = anatomy.wattle
        lobe = ellipse(0.62, 0.62 + 0.25 * hang, 0.2 + 0.08 * hang, 0.22 + 0.3 * hang, 0.15)
        brush.paint("wattle", lobe, red * np.float32(0.92), relief=0.55, depth=0.3)
    paint_eyes(brush, rng, [(0.34, -0.2)], 0.25, colour, BIRD_EYES)


def paint_owl(brush: Brush, rng: np.random.Generator) -> None:
    """An owl from the front; its feet stand at y = 0.9."""
    noise = Noise(rng)
    main = coat(rng, ("brown", "grey", "white", "sand", "ginger"))
    dark = main * np.float32(rng.uniform(0.42, 0.6))
    pale = towards(main, np.ones(3, np.float32), rng.uniform(0.45, 0.65))
    yellow = drawn(rng, (0.09, 0.15), (0.7, 0.9), (0.8, 0.98))
    width = rng.uniform(0.4, 0.5)
    spread = rng.uniform(0.12, 0.2)
    claws = [
        capsule((side * spread + toe, 0.8), 0.05, (side * spread + toe * 1.6, 0.9), 0.035)
        for side in (-1, 1)
        for toe in (-0.07, 0.0, 0.07)
    ]
    brush.paint("legs", union(*claws), yellow * np.float32(0.85), relief=0.4, depth=0.06)
    trunk = ellipse(0, 0.22, width, 0.62)
    brush.paint("body", trunk, main, relief=0.6, depth=0.35, surface=scallops(0.15, 0.15))
    breast = ellipse(0, 0.34, width * 0.72, 0.44)
    brush.paint("body", breast, pale, relief=0.2, depth=0.3)
    flecks = [
        ellipse(
            (column - 1.5 + 0.5 * (row % 2)) * width * 0.36 + rng.uniform(-0.02, 0.02),
            0.02 + 0.15 * row + rng.uniform(-0.02, 0.02),
            0.036,
            0.058,
        )
        for row in range(5)
        for column in range(4)
    ]
    brush.paint("spots", union(*flecks), dark, relief=0, within=grown(breast, -0.03))
    flap = rng.uniform(-0.05, 0.3)
    for side in (-1, 1):
        wing = ellipse(side * (width * 0.92 + 0.25 * flap), 0.24, 0.16, 0.46, -side * (0.12 + flap))
        brush.paint(
            "wing", wing, towards(main, dark, 0.6), relief=0.6, depth=0.16, surface=scallops(0.25, 0.11)
        )
    head = brush.at(rng.uniform(-0.06, 0.06), -0.43, 1.0, rng.uniform(-0.25, 0.25))
    wide = rng.uniform(0.42, 0.48)
    rise = rng.uniform(0.24, 0.36)
    for side in (-1, 1):
        ear = polygon(
            [(side * 0.1, -0.24), (side * wide * 0.92, -0.28 - rise), (side * wide * 0.92, -0.02)], 0.03
        )
        head.paint("tufts", ear, dark, relief=0.5, depth=0.12)
    crown = roughened(ellipse(0, 0, wide, 0.36), lambda x, y: noise(x * 12, y * 12) * 2 - 1, 0.015)
    head.paint("head", crown, main, relief=0.55, depth=0.3, surface=scallops(0.12, 0.12))
    round_face = rng.uniform(0.19, 0.22)
    for side in (-1, 1):
        face = ellipse(side * 0.185, 0.02, round_face, round_face * 1.1, side * 0.25)
        head.paint("disc", face, towards(pale, dark, 0.55), relief=0.2, depth=0.1)
        head.paint("disc", grown(face, -0.03), pale, relief=0.35, depth=0.12)
    paint_eyes(head, rng, [(-0.175, 0.0), (0.175, 0.0)], rng.uniform(0.09, 0.115), main, ("ring", "round"))
    beak = polygon([(-0.055, 0.06), (0.055, 0.06), (0, 0.25)], 0.022)
    head.paint("beak", beak, yellow * np.float32(0.85), relief=0.55, depth=0.07)
