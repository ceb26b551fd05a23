"""A fish from the side."""

from __future__ import annotations

import numpy as np

from report_builder.datasets.farmyard.canvas import Brush, Colour
from report_builder.datasets.farmyard.eyes import paint_eyes
from report_builder.datasets.farmyard.palette import drawn, towards
from report_builder.datasets.farmyard.shapes import Floats, bands, blend, capsule, ellipse, polygon, union
from report_builder.datasets.farmyard.texture import scallops


def paint_fish(brush: Brush, rng: np.random.Generator) -> None:
    """A fish swimming to the right, about 1.8 long."""
    main = drawn(rng, (0, 1), (0.25, 0.85), (0.45, 0.95))
    second = drawn(rng, (0, 1), (0.3, 0.85), (0.5, 0.95))
    height, sway = rng.uniform(0.28, 0.46), rng.uniform(-0.1, 0.1)
    banded, belly = rng.random() < 0.35, towards(main, np.ones(3, np.float32), rng.uniform(0.3, 0.65))

    def skin(_: Floats, y: Floats) -> Floats:
        t = np.clip((y + np.float32(0.05)) * 4, 0, 1)[..., None]
        return main + (belly - main) * t

    rays = scallops(0.18, 0.08)
    tail = union(
        polygon([(-0.45, 0), (-0.98, -0.42 + sway), (-0.76, sway * 0.7)], 0.04),
        polygon([(-0.45, 0), (-0.98, 0.42 + sway), (-0.76, sway * 0.7)], 0.04),
    )
    brush.paint("tail", tail, second, relief=0.5, depth=0.12, surface=rays)
    back = rng.uniform(0.16, 0.32)
    fins = union(
        polygon(
            [
                (-0.32, -height * 0.7),
                (-0.26, -height - back),
                (0.0, -height - back * 0.8),
                (0.32, -height * 0.85),
            ],
            0.03,
        ),
        polygon([(-0.05, height * 0.75), (-0.3, height + back * 0.7), (0.18, height * 0.85)], 0.03),
    )
    brush.paint("fins", fins, second, relief=0.45, depth=0.12, surface=rays)
    shape = blend(ellipse(0.1, 0, 0.62, height), capsule((-0.35, 0), 0.16, (-0.55, 0), 0.09), 0.2)
    colouring: Colour = skin
    brush.paint(
        "body", shape, colouring, relief=0.65, depth=0.3, surface=scallops(0.14, rng.uniform(0.09, 0.13))
    )
    if banded:
        lines = bands(
            lambda x, y: x + np.float32(0.15) * y * y, rng.uniform(2.2, 3.5), 0.4, (-0.4, -0.6, 0.3, 0.6)
        )
        brush.paint("body", lines, second * np.float32(0.7), relief=0.4, depth=0.3, within=shape)
    face = ellipse(0.62, 0.0, 0.3, height * 1.2)
    brush.paint("head", face, towards(main, second, 0.35), relief=0.5, depth=0.3, within=shape)
    brush.paint("head", ellipse(0.69, 0.07, 0.06, 0.045), second * np.float32(0.5), relief=0.2, depth=0.05)
    brush.paint(
        "fins",
        ellipse(0.06, 0.1, 0.2, 0.095, 0.45 + sway),
        second * np.float32(1.1),
        relief=0.5,
        depth=0.1,
        surface=rays,
    )
    paint_eyes(brush, rng, [(0.52, -0.08)], 0.075, main, ("ring", "round", "bead"))
