"""Eyes in several styles, so that no class can be told by its eyes alone."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from report_builder.datasets.farmyard.canvas import Brush
from report_builder.datasets.farmyard.palette import INK, WHITE, colour, drawn
from report_builder.datasets.farmyard.shapes import Floats, Point, ellipse, grown

STYLES = ("bead", "ring", "slit", "round")


def paint_eyes(
    brush: Brush,
    rng: np.random.Generator,
    places: Sequence[Point],
    radius: float,
    skin: Floats,
    styles: Sequence[str] = STYLES,
) -> None:
    """One eye at each place, all of one style: a black bead, an iris with a slit or round pupil, a ring."""
    style = styles[int(rng.integers(len(styles)))]
    iris = drawn(rng, (0.05, 0.45), (0.5, 0.9), (0.65, 0.95))
    ring = colour(rng.uniform(0, 1), rng.uniform(0, 0.5), rng.uniform(0.7, 1))
    gaze_x, gaze_y = rng.uniform(-0.2, 0.2), rng.uniform(-0.15, 0.15)
    lid = rng.uniform(0.3, 0.7) if rng.random() < 0.25 else 0.0
    for x, y in places:
        px, py = x + gaze_x * radius, y + gaze_y * radius
        ball = ellipse(x, y, radius * 1.15, radius * 1.1)
        if style == "bead":
            brush.paint("eye", ellipse(x, y, radius * 0.85, radius * 0.9), INK, relief=0)
        elif style == "ring":
            brush.paint("eye", ball, ring, relief=0.2)
            brush.paint("eye", ellipse(px, py, radius * 0.68, radius * 0.7), INK, relief=0)
        else:
            brush.paint("eye", grown(ball, radius * 0.18), INK, relief=0)
            brush.paint("eye", ball, iris, relief=0.25)
            wide = 0.38 if style == "slit" else 0.68
            brush.paint("eye", ellipse(px, py, radius * wide, radius * 0.88), INK, relief=0)
        if lid:
            brush.paint(
                "eye",
                ellipse(x, y - radius * 1.45, radius * 1.7, radius * (0.7 + lid)),
                skin,
                relief=0.2,
                within=ball,
            )
        brush.paint(
            "eye", ellipse(px + 0.3 * radius, py - 0.34 * radius, radius * 0.3, radius * 0.3), WHITE, relief=0
        )
