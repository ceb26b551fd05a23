"""The colours and the grain of one animal's coat."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from report_builder.datasets.farmyard.anatomy import Beast
from report_builder.datasets.farmyard.canvas import Colour
from report_builder.datasets.farmyard.palette import coat, towards
from report_builder.datasets.farmyard.shapes import Floats
from report_builder.datasets.farmyard.texture import Field, Noise, fur, patches


@dataclass(frozen=True)
class Pelt:
    """The colours and the grain of one animal."""

    main: Floats
    dark: Floats
    pale: Floats
    colour: Colour
    surface: Field
    noise: Noise


def draw_pelt(rng: np.random.Generator, anatomy: Beast) -> Pelt:
    """A coat of one of the kinds that the anatomy allows, plain or patched."""
    noise = Noise(rng)
    main = coat(rng, anatomy.coats)
    other = coat(rng, ("white", "black", "brown", "white"))
    share = rng.uniform(0.2, 0.5)
    patched = rng.random() < 0.35
    dark = main * np.float32(rng.uniform(0.26, 0.4))
    pale = towards(main, np.ones(3, np.float32), rng.uniform(0.6, 0.75))
    surface = fur(noise, rng.uniform(0.1, 0.2), rng.uniform(-0.8, 0.8))
    colour: Colour = patches(noise, main, other, share, 2.2) if patched and anatomy.patched else main
    return Pelt(main, dark, pale, colour, surface, noise)
