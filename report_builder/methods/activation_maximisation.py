"""Activation maximisation: images that a network answers most strongly to.

Sources: Erhan et al. 2009, Visualizing Higher-Layer Features of a Deep Network; Simonyan, Vedaldi and
Zisserman 2014, Deep Inside Convolutional Networks; Mahendran and Vedaldi 2015, Understanding Deep Image
Representations by Inverting Them (total variation); Yosinski et al. 2015, Understanding Neural Networks
Through Deep Visualization (blur); Olah, Mordvintsev and Schubert 2017, Feature Visualization (Fourier
parametrisation, transformations).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import cast

import torch
from torch import Tensor, nn

from report_builder.methods.hooks import output_of
from report_builder.methods.transformations import Jitter, jittered

Objective = Callable[[Tensor], Tensor]

# Standard deviation of the image under the sigmoid at the start: a faint noise on grey.
START = 0.1


@dataclass(frozen=True)
class Recipe:
    """How the images are found; the default is plain gradient ascent, without any regularisation.

    total_variation: weight of the penalty `total_variation`. jitter: a new movement before every step.
    blur: standard deviation in pixels of the Gaussian that smooths the image after every `blur_every`
    steps. fourier: the coordinates are the amplitudes of the image's frequencies, divided by the frequency,
    in place of pixels. bounded: the image lies under a sigmoid, so that its pixels stay within [0, 1];
    without, the coordinates are the pixels themselves, and nothing keeps them there.

    Raises ValueError for free frequencies: their picture would not start from grey.
    """

    steps: int = 200
    rate: float = 0.05
    total_variation: float = 0.0
    jitter: Jitter = field(default_factory=Jitter)
    blur: float = 0.0
    blur_every: int = 10
    fourier: bool = False
    bounded: bool = True

    def __post_init__(self) -> None:
        if self.fourier and not self.bounded:
            raise ValueError("frequencies need bounded pixels")


@dataclass(frozen=True)
class MaximisedImages:
    """Images of b seeds, in pixel space, and what happened on the way."""

    pixels: Tensor  # (b, 3, h, w), in [0, 1] where the recipe bounds them
    activation: Tensor  # (b,) the objective of the final images, unmoved
    history: Tensor  # (steps, b) the objective at each step, of the moved images
    variation: Tensor  # (steps, b) their total variation, before the movement


def maximise(
    objective: Objective,
    recipe: Recipe,
    *,
    seeds: Sequence[int],
    height: int,
    width: int,
    preprocess: Callable[[Tensor], Tensor],
    colours: Tensor | None = None,
    like: Tensor | None = None,
) -> MaximisedImages:
    """Images (len(seeds), 3, height, width) that maximise `objective`, all in one batch, by Adam.

    objective: images (b, 3, h, w) in the network's space -> (b,); each value must depend on its own image
    only, so that an image does not depend on the batch that it was found in. preprocess: pixels to the
    network's space. colours: (3, 3), carries three independent channels to RGB (see `colour_basis`);
    without it, RGB itself. like: a tensor whose dtype and device are used; float32 on the CPU without it.

    Raises ValueError for no seeds.
    """
    if not seeds:
        raise ValueError("at least one seed is needed")
    generators = [torch.Generator().manual_seed(seed) for seed in seeds]
    history, variation = [], []
    with torch.inference_mode(False), torch.enable_grad():
        canvas = _Canvas.start(generators, height, width, recipe, colours, like)
        optimiser = torch.optim.Adam([canvas.coordinates], lr=recipe.rate)
        for step in range(1, recipe.steps + 1):
            pixels = canvas.pixels()
            values = objective(preprocess(jittered(pixels, recipe.jitter, generators)))
            roughness = total_variation(pixels)
            loss = (recipe.total_variation * roughness - values).sum()
            # Not backward(): it would leave gradients in the network's parameters.
            (canvas.coordinates.grad,) = torch.autograd.grad(loss, [canvas.coordinates])
            optimiser.step()
            if recipe.blur > 0 and step % recipe.blur_every == 0:
                canvas.blur(recipe.blur)
            history.append(values.detach())
            variation.append(roughness.detach())
    with torch.no_grad():
        pixels = canvas.pixels()
        activation = objective(preprocess(pixels))
    return MaximisedImages(pixels, activation, torch.stack(history), torch.stack(variation))


def class_logit(network: nn.Module, classes: Tensor) -> Objective:
    """The logit of class `classes[i]` for image i; classes (b,) int64."""
    return lambda images: network(images).gather(1, classes[:, None])[:, 0]


def filter_mean(network: nn.Module, layer: str, channels: Tensor) -> Objective:
    """The mean over the map of channel `channels[i]` of the named layer for image i; channels (b,) int64.

    What follows the layer is not computed.
    """

    def value(images: Tensor) -> Tensor:
        maps = output_of(network, images, layer).flatten(2).mean(2)
        return maps.gather(1, channels[:, None])[:, 0]

    return value


def total_variation(images: Tensor) -> Tensor:
    """(n,): mean absolute difference of vertical neighbours plus that of horizontal ones; no square, no
    root.
    """
    down, right = images.diff(dim=2).abs(), images.diff(dim=3).abs()
    return down.mean((1, 2, 3)) + right.mean((1, 2, 3))


def colour_basis(pixels: Tensor) -> Tensor:
    """(3, 3): carries independent channels of equal spread to colours that vary as in `pixels` (n, 3, h, w).

    The root of the covariance of the colours, scaled so that its largest singular value is 1.
    """
    flat = pixels.transpose(0, 1).flatten(1)
    values, vectors = torch.linalg.eigh(flat.cov())
    root = (vectors * values.clamp_min(0).sqrt()) @ vectors.T
    return cast(Tensor, root / torch.linalg.matrix_norm(root, 2))


def robust_probability(
    network: nn.Module,
    pixels: Tensor,
    classes: Tensor,
    jitter: Jitter,
    *,
    preprocess: Callable[[Tensor], Tensor],
    seed: int,
    draws: int = 32,
) -> Tensor:
    """(n,): mean probability of each image's class under `draws` random movements that its making did not
    see.
    """
    generators = [torch.Generator().manual_seed(seed + i) for i in range(len(pixels))]
    with torch.no_grad():
        moved = (network(preprocess(jittered(pixels, jitter, generators))).softmax(1) for _ in range(draws))
        return torch.stack([p.gather(1, classes[:, None])[:, 0] for p in moved]).mean(0)


@dataclass(frozen=True)
class _Canvas:
    """The image under the sigmoid that keeps its pixels within [0, 1], in pixels or in frequencies; or the
    pixels themselves.
    """

    coordinates: Tensor  # (b, 3, h, w), or (b, 3, h, w // 2 + 1, 2): real and imaginary parts
    scale: Tensor | None  # (h, w // 2 + 1) of the frequencies; None for pixels
    colours: Tensor | None
    height: int
    width: int
    bounded: bool

    @classmethod
    def start(
        cls,
        generators: Sequence[torch.Generator],
        height: int,
        width: int,
        recipe: Recipe,
        colours: Tensor | None,
        like: Tensor | None,
    ) -> _Canvas:
        like = torch.empty(0) if like is None else like
        shape = (3, height, width // 2 + 1, 2) if recipe.fourier else (3, height, width)
        noise = torch.stack([torch.randn(shape, generator=g, dtype=torch.float64) for g in generators]).to(
            like
        )
        scale = None
        if recipe.fourier:
            # 1 / frequency gives every octave of detail the same energy, as photographs have.
            lowest = 1 / max(height, width)
            scale = 1 / _frequency(height, width).clamp_min(lowest)
            # So that a step of Adam moves the pixels by the rate, as it does in pixel coordinates (root mean
            # square; a coefficient has two parts): larger steps drive the sigmoid to its ends.
            scale = (scale / (2 * scale.square().mean()).sqrt()).to(like)
        basis = None if colours is None else colours.to(like)
        # The same picture to start from, whether its pixels are bounded or free.
        start = START * noise if recipe.bounded else (START * noise).sigmoid()
        return cls(start.requires_grad_(), scale, basis, height, width, recipe.bounded)

    def pixels(self) -> Tensor:
        canvas = self.coordinates
        if self.scale is not None:
            spectrum = torch.view_as_complex(canvas) * self.scale
            canvas = torch.fft.irfft2(spectrum, s=(self.height, self.width), norm="ortho")
        if self.colours is not None:
            canvas = torch.einsum("ij,bjhw->bihw", self.colours, canvas)
        return canvas.sigmoid() if self.bounded else canvas

    def blur(self, sigma: float) -> None:
        """Smooth the image before the sigmoid, in place; its borders wrap around."""
        damping = torch.exp(-2 * (torch.pi * sigma * _frequency(self.height, self.width)) ** 2).to(
            self.coordinates
        )
        with torch.no_grad():
            if self.scale is not None:
                self.coordinates.mul_(damping[:, :, None])
            else:
                spectrum = torch.fft.rfft2(self.coordinates) * damping
                self.coordinates.copy_(torch.fft.irfft2(spectrum, s=(self.height, self.width)))


def _frequency(height: int, width: int) -> Tensor:
    """(h, w // 2 + 1) float64: cycles per pixel of the coefficients of a real Fourier transform."""
    rows, columns = (
        f(n, dtype=torch.float64) for f, n in ((torch.fft.fftfreq, height), (torch.fft.rfftfreq, width))
    )
    return torch.hypot(rows[:, None], columns)
