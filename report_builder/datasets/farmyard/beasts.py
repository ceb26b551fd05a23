"""Cat, tabby, lynx, lion, dog, fox and rabbit, sitting, standing or lying."""

from __future__ import annotations

import numpy as np

from report_builder.datasets.farmyard.anatomy import Beast
from report_builder.datasets.farmyard.beast_heads import paint_head
from report_builder.datasets.farmyard.canvas import Brush, Colour
from report_builder.datasets.farmyard.palette import towards
from report_builder.datasets.farmyard.pelt import Pelt, draw_pelt
from report_builder.datasets.farmyard.shapes import (
    Floats,
    Point,
    Shape,
    bands,
    blend,
    capsule,
    chain,
    ellipse,
    grown,
    union,
)

POSES = ("sitting", "standing", "lying")


def paint_beast(brush: Brush, rng: np.random.Generator, anatomy: Beast) -> None:
    """An animal whose feet stand at y = 0.93, its face towards the viewer.

    Which numbers are drawn does not depend on stripes, spots or tufts: the same seed gives a tabby and
    the cat that it is without its stripes.
    """
    pelt = draw_pelt(rng, anatomy)
    pose = POSES[rng.choice(3, p=(0.4, 0.42, 0.18))]
    marks = np.random.default_rng(rng.integers(2**63))
    if pose == "sitting":
        head_x, head_y = rng.uniform(-0.08, 0.08), -0.38
        _tail(brush, rng, anatomy, pelt, (0.3, 0.74), curl=1.0)
        body = _sitting(brush, rng, pelt, head_x)
    elif pose == "standing":
        head_x, head_y = 0.52 + rng.uniform(-0.05, 0.05), -0.3 + rng.uniform(-0.14, 0.16)
        _tail(brush, rng, anatomy, pelt, (-0.56, -0.02), curl=-1.0)
        body = _standing(brush, rng, pelt, (head_x, head_y))
    else:
        head_x, head_y = 0.44 + rng.uniform(-0.05, 0.08), 0.12 + rng.uniform(-0.1, 0.1)
        _tail(brush, rng, anatomy, pelt, (-0.55, 0.68), curl=-1.0)
        body = _lying(brush, rng, pelt, (head_x, head_y))
    _markings(brush, marks, anatomy, pelt, body, upright=pose == "sitting")
    head = brush.at(head_x, head_y, rng.uniform(0.3, 0.345), rng.uniform(-0.22, 0.22))
    paint_head(head, rng, anatomy, pelt)


def _sitting(brush: Brush, rng: np.random.Generator, pelt: Pelt, head_x: float) -> Shape:
    width = rng.uniform(0.33, 0.39)
    body = blend(ellipse(0, 0.5, width, 0.42), ellipse(head_x * 0.6, 0.08, 0.25, 0.36), 0.2)
    brush.paint("body", body, pelt.colour, relief=0.6, depth=0.32, surface=pelt.surface)
    paw = towards(pelt.main, pelt.pale, rng.uniform(0, 1))
    for side in (-1, 1):
        haunch = ellipse(side * (width - 0.06), 0.74, 0.2, 0.19)
        brush.paint("legs", haunch, pelt.colour, relief=0.5, depth=0.18, surface=pelt.surface)
    for side in (-1, 1):
        reach = side * rng.uniform(0.12, 0.16)
        leg = capsule((side * 0.12, 0.4), 0.1, (reach, 0.86), 0.085)
        brush.paint("legs", leg, pelt.colour, relief=0.5, depth=0.12, surface=pelt.surface)
        brush.paint("legs", ellipse(reach, 0.89, 0.115, 0.068), paw, relief=0.5, depth=0.08)
    return body


def _standing(brush: Brush, rng: np.random.Generator, pelt: Pelt, head: Point) -> Shape:
    length, height = rng.uniform(0.5, 0.6), rng.uniform(0.24, 0.3)
    paw = towards(pelt.main, pelt.pale, rng.uniform(0, 1))
    for i, x in enumerate((-0.34, 0.3, -0.46, 0.42)):
        foot = x + rng.uniform(-0.12, 0.12)
        far = np.float32(0.7 if i < 2 else 1.0)
        shade: Colour = pelt.main * far if i < 2 else pelt.colour
        leg = blend(
            capsule((x, 0.2), 0.14, (x + 0.3 * (foot - x), 0.55), 0.09),
            capsule((x + 0.3 * (foot - x), 0.55), 0.085, (foot, 0.85), 0.07),
            0.06,
        )
        brush.paint("legs", leg, shade, relief=0.5, depth=0.13, surface=pelt.surface)
        brush.paint("legs", ellipse(foot + 0.04, 0.88, 0.105, 0.058), paw * far, relief=0.45, depth=0.07)
    trunk = blend(ellipse(-0.03, 0.12, length, height), ellipse(-0.4, 0.13, 0.24, height * 1.05), 0.12)
    body = blend(trunk, capsule((0.34, 0.05), 0.22, (head[0] - 0.06, head[1] + 0.05), 0.17), 0.16)
    brush.paint("body", body, pelt.colour, relief=0.6, depth=0.28, surface=pelt.surface)
    return body


def _lying(brush: Brush, rng: np.random.Generator, pelt: Pelt, head: Point) -> Shape:
    paw = towards(pelt.main, pelt.pale, rng.uniform(0, 1))
    height = rng.uniform(0.27, 0.33)
    body = blend(
        ellipse(-0.08, 0.6, 0.62, height), capsule((0.34, 0.55), 0.24, (head[0], head[1] + 0.1), 0.17), 0.16
    )
    brush.paint("body", body, pelt.colour, relief=0.6, depth=0.28, surface=pelt.surface)
    brush.paint(
        "legs",
        ellipse(-0.4, 0.72, 0.24, 0.19, -0.3),
        pelt.colour,
        relief=0.5,
        depth=0.16,
        surface=pelt.surface,
    )
    brush.paint("legs", capsule((-0.44, 0.87), 0.07, (-0.16, 0.88), 0.06), paw, relief=0.5, depth=0.07)
    for shift in (0.0, 0.16):
        reach = 0.62 + shift + rng.uniform(-0.05, 0.05)
        leg = capsule((0.28 + shift, 0.78), 0.1, (reach, 0.87), 0.065)
        brush.paint("legs", leg, pelt.colour, relief=0.5, depth=0.1, surface=pelt.surface)
        brush.paint("legs", ellipse(reach + 0.05, 0.88, 0.09, 0.055), paw, relief=0.45, depth=0.06)
    return body


def _tail(
    brush: Brush, rng: np.random.Generator, anatomy: Beast, pelt: Pelt, root: Point, curl: float
) -> None:
    rise, bend, length = rng.uniform(0.1, 1.1), rng.uniform(-0.6, 1.4), rng.uniform(0.62, 0.8)
    x, y = root

    def path(size: float, steps: int = 7) -> list[Point]:
        points, angle = [(x, y)], rise
        for _ in range(steps - 1):
            last_x, last_y = points[-1]
            step = size / (steps - 1)
            points.append((last_x + curl * step * float(np.cos(angle)), last_y - step * float(np.sin(angle))))
            angle += bend / steps * 1.6
        return points

    if anatomy.tail in ("long", "thin", "tasselled"):
        size, thick, thin = {
            "long": (1, 0.08, 0.055),
            "thin": (0.7, 0.075, 0.03),
            "tasselled": (1.05, 0.055, 0.035),
        }[anatomy.tail]
        points = path(length * size)
        tail = chain(points, thick, thin)
        brush.paint("tail", tail, pelt.colour, relief=0.5, depth=0.08, surface=pelt.surface)
        if anatomy.tail == "tasselled":
            brush.paint(
                "tail", ellipse(*points[-1], 0.13, 0.11), pelt.dark * np.float32(1.2), relief=0.5, depth=0.1
            )
        if anatomy.stripes:
            rings = bands(
                lambda px, py: np.sqrt((px - np.float32(x)) ** 2 + (py - np.float32(y)) ** 2),
                7.5,
                0.5,
                tail.box,
            )
            brush.paint("stripes", rings, pelt.dark, relief=0.3, depth=0.1, within=grown(tail, -0.005))
    elif anatomy.tail == "stub":
        tip = (x + curl * 0.14, y - 0.1)
        brush.paint(
            "tail", capsule(root, 0.1, tip, 0.08), pelt.colour, relief=0.5, depth=0.08, surface=pelt.surface
        )
        brush.paint(
            "tail",
            ellipse(tip[0] + curl * 0.03, tip[1] - 0.02, 0.075, 0.075),
            pelt.dark * np.float32(0.6),
            relief=0.4,
            depth=0.08,
        )
    elif anatomy.tail == "puff":
        brush.paint(
            "tail",
            ellipse(x + curl * 0.05, y - 0.02, 0.15, 0.14),
            pelt.pale,
            relief=0.5,
            depth=0.14,
            surface=pelt.surface,
        )
    else:
        points = path(length * 1.15)
        bush = union(
            chain(points[:4], 0.07, 0.19), chain(points[3:6], 0.19, 0.15), chain(points[5:], 0.15, 0.05)
        )
        brush.paint("tail", bush, pelt.colour, relief=0.6, depth=0.2, surface=pelt.surface)
        brush.paint(
            "tail", chain(points[5:], 0.155, 0.055), pelt.pale, relief=0.5, depth=0.18, surface=pelt.surface
        )


def _markings(
    brush: Brush, rng: np.random.Generator, anatomy: Beast, pelt: Pelt, body: Shape, *, upright: bool
) -> None:
    inside = grown(body, -0.012)
    if anatomy.stripes:
        wave, slant = np.float32(rng.uniform(0.2, 0.4)), np.float32(rng.uniform(-0.25, 0.25))

        def across(x: Floats, y: Floats) -> Floats:
            along = y + slant * np.abs(x) if upright else x + slant * y
            return along + wave * pelt.noise(x * 3, y * 3, 2)

        lines = bands(across, rng.uniform(5, 6.8), rng.uniform(0.42, 0.54), body.box)
        brush.paint("stripes", lines, pelt.dark, relief=0.35, depth=0.2, surface=pelt.surface, within=inside)
    if anatomy.spots:
        left, top, right, bottom = body.box
        spots = []
        for row, y in enumerate(np.arange(top + 0.06, bottom, 0.15).tolist()):
            for x in np.arange(left + 0.05 + 0.08 * (row % 2), right, 0.16).tolist():
                spots.append(
                    ellipse(
                        x + rng.uniform(-0.035, 0.035),
                        y + rng.uniform(-0.035, 0.035),
                        rng.uniform(0.03, 0.048),
                        rng.uniform(0.026, 0.04),
                        rng.uniform(0, 3),
                    )
                )
        brush.paint("spots", union(*spots), pelt.dark, relief=0.2, depth=0.1, within=inside)
