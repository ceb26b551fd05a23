"""Segments of a picture painted in the colours of what speaks for and against a class."""

from __future__ import annotations

import numpy as np
from matplotlib.colors import to_rgb

from report_builder.plots.style import BLUE, VERMILION

TINT = 0.55  # of a segment's colour over the picture
FADE = 0.75  # of the grey picture where nothing is shown, over white
OUTLINE = 0.18  # of black, on the borders of segments


def painted_segments(picture: np.ndarray, segments: np.ndarray, signs: np.ndarray) -> np.ndarray:
    """A picture (h, w, 3) in [0, 1], grey but for the segments whose sign is not 0: positive ones in the
    colour of positive values, negative ones in that of negative values.

    segments, signs: (h, w) whole numbers.
    """
    grey = 1 - FADE + FADE * picture.mean(-1, keepdims=True)
    painted = np.broadcast_to(grey, picture.shape).copy()
    painted[_borders(segments)] *= 1 - OUTLINE
    for sign, colour in ((1, VERMILION), (-1, BLUE)):
        chosen = np.sign(signs) == sign
        painted[chosen] = (1 - TINT) * picture[chosen] + TINT * np.array(to_rgb(colour))
        painted[chosen & _borders(np.where(chosen, segments, -1))] = to_rgb(colour)
    return painted


def _borders(segments: np.ndarray) -> np.ndarray:
    """Places whose neighbour on the right or below belongs to another segment."""
    found = np.zeros(segments.shape, bool)
    found[:-1] |= segments[:-1] != segments[1:]
    found[:, :-1] |= segments[:, :-1] != segments[:, 1:]
    return found
