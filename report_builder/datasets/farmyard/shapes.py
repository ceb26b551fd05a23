"""Plane shapes as signed distances: negative inside, zero on the edge, positive outside.

Source: Inigo Quilez, 2D distance functions, https://iquilezles.org/articles/distfunctions2d/
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[Any]  # float32; numpy's types lose the width in mixed expressions
Point = tuple[float, float]
Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Shape:
    """A distance over coordinates (h, w), and a box (left, top, right, bottom) around all of the inside."""

    distance: Callable[[Floats, Floats], Floats]
    box: Box


def ellipse(x: float, y: float, rx: float, ry: float, angle: float = 0.0) -> Shape:
    """Half axes rx, ry, turned by `angle` in radians. The distance is of first order near the edge."""
    cosine, sine = np.float32(np.cos(angle)), np.float32(np.sin(angle))
    wide, high = np.hypot(rx * cosine, ry * sine), np.hypot(rx * sine, ry * cosine)

    def distance(px: Floats, py: Floats) -> Floats:
        u, v = px - np.float32(x), py - np.float32(y)
        p, q = (cosine * u + sine * v) / np.float32(rx), (cosine * v - sine * u) / np.float32(ry)
        radius = np.sqrt(p * p + q * q) + np.float32(1e-6)
        slope = np.sqrt((p / np.float32(rx)) ** 2 + (q / np.float32(ry)) ** 2) + np.float32(1e-6)
        return radius * (radius - 1) / slope

    return Shape(distance, (x - wide, y - high, x + wide, y + high))


def capsule(start: Point, start_radius: float, end: Point, end_radius: float) -> Shape:
    """A line from `start` to `end` whose half width runs from one radius to the other."""
    (x1, y1), (x2, y2) = start, end
    dx, dy = np.float32(x2 - x1), np.float32(y2 - y1)
    square = dx * dx + dy * dy + np.float32(1e-9)

    def distance(px: Floats, py: Floats) -> Floats:
        u: Floats = px - np.float32(x1)
        v: Floats = py - np.float32(y1)
        along = np.clip((u * dx + v * dy) / square, 0, 1)
        u, v = u - along * dx, v - along * dy
        radius = np.float32(start_radius) + np.float32(end_radius - start_radius) * along
        away: Floats = np.sqrt(u * u + v * v) - radius
        return away

    reach = max(start_radius, end_radius)
    return Shape(
        distance, (min(x1, x2) - reach, min(y1, y2) - reach, max(x1, x2) + reach, max(y1, y2) + reach)
    )


def chain(points: Sequence[Point], start_radius: float, end_radius: float) -> Shape:
    """Capsules from point to point, the half width running evenly over them."""
    radii = np.linspace(start_radius, end_radius, len(points)).tolist()
    return union(*(capsule(points[i], radii[i], points[i + 1], radii[i + 1]) for i in range(len(points) - 1)))


def polygon(points: Sequence[Point], rounding: float = 0.0) -> Shape:
    """Corners in order, all edges moved outwards by `rounding`."""

    def distance(px: Floats, py: Floats) -> Floats:
        nearest = np.full_like(px, np.inf)
        inside = np.zeros(px.shape, bool)
        for (ax, ay), (bx, by) in zip(points, [points[-1], *points[:-1]], strict=True):
            ex, ey = np.float32(bx - ax), np.float32(by - ay)
            u, v = px - np.float32(ax), py - np.float32(ay)
            along = np.clip((u * ex + v * ey) / (ex * ex + ey * ey + np.float32(1e-9)), 0, 1)
            nearest = np.minimum(nearest, (u - ex * along) ** 2 + (v - ey * along) ** 2)
            if ay != by:
                inside ^= ((py < ay) != (py < by)) & (u < ex * v / ey)
        return np.where(inside, -1, 1).astype(np.float32) * np.sqrt(nearest) - np.float32(rounding)

    xs, ys = [p[0] for p in points], [p[1] for p in points]
    return Shape(distance, (min(xs) - rounding, min(ys) - rounding, max(xs) + rounding, max(ys) + rounding))


def union(*shapes: Shape) -> Shape:
    """All that lies in one of them."""

    def distance(px: Floats, py: Floats) -> Floats:
        nearest = shapes[0].distance(px, py)
        for shape in shapes[1:]:
            nearest = np.minimum(nearest, shape.distance(px, py))
        return nearest

    return Shape(distance, _hull([shape.box for shape in shapes]))


def blend(first: Shape, second: Shape, radius: float) -> Shape:
    """The union with its inner corner rounded."""
    k = np.float32(radius)

    def distance(px: Floats, py: Floats) -> Floats:
        a, b = first.distance(px, py), second.distance(px, py)
        near: Floats = np.clip(k - np.abs(a - b), 0, None) / k
        joined: Floats = np.minimum(a, b) - near * near * k * np.float32(0.25)
        return joined

    left, top, right, bottom = _hull([first.box, second.box])
    return Shape(distance, (left - radius / 4, top - radius / 4, right + radius / 4, bottom + radius / 4))


def grown(shape: Shape, by: float) -> Shape:
    """The edge moved outwards by a length, inwards if it is negative."""
    left, top, right, bottom = shape.box
    return Shape(
        lambda x, y: shape.distance(x, y) - np.float32(by), (left - by, top - by, right + by, bottom + by)
    )


def roughened(shape: Shape, relief: Callable[[Floats, Floats], Floats], depth: float) -> Shape:
    """The edge moved in and out by `depth` times a field of values from -1 to 1."""
    left, top, right, bottom = shape.box
    return Shape(
        lambda x, y: shape.distance(x, y) + np.float32(depth) * relief(x, y),
        (left - depth, top - depth, right + depth, bottom + depth),
    )


def bands(field: Callable[[Floats, Floats], Floats], count: float, width: float, box: Box) -> Shape:
    """Bands across a field: one per 1/count of it, each `width` (0 to 1) of that wide; inside `box`."""

    def distance(px: Floats, py: Floats) -> Floats:
        phase = (field(px, py) * np.float32(count)) % 1
        away: Floats = (np.abs(phase - np.float32(0.5)) - np.float32(width / 2)) / np.float32(count)
        return away

    return Shape(distance, box)


def _hull(boxes: Sequence[Box]) -> Box:
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    return min(lefts), min(tops), max(rights), max(bottoms)
