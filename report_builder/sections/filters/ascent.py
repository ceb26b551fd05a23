"""The inputs that excite filters most: on free pixels, and with the regularisers of a class's pictures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn

from report_builder.methods.activation_maximisation import Recipe, filter_mean, maximise
from report_builder.methods.depths import before_rectifier
from report_builder.methods.filter_statistics import responses
from report_builder.methods.hooks import layer_output
from report_builder.methods.transformations import Jitter

FEWEST_CELLS = 4  # a side of the maps, below which a smaller canvas is not taken
# The ascent climbs the response as a multiple of that to a real picture, so that the weight of the total
# variation means the same for every filter.
JITTER = Jitter(shift=4, scale=0.1, degrees=5)
REGULARISED: dict[str, Any] = {
    "rate": 0.1,
    "total_variation": 2.0,
    "jitter": JITTER,
    "blur": 0.35,
    "blur_every": 8,
    "fourier": True,
}


def recipes(steps: int, rate: float) -> dict[str, Recipe]:
    """free: Adam on the pixels themselves, which nothing holds within [0, 1]. regularised: see above."""
    return {
        "free": Recipe(steps=steps, rate=rate, bounded=False),
        "regularised": Recipe(steps=steps, **REGULARISED),
    }


def described_recipe() -> dict[str, float]:
    """What is printed of the regularised recipe."""
    jitter = {"shift": JITTER.shift, "scale": JITTER.scale, "degrees": JITTER.degrees}
    return jitter | {key: REGULARISED[key] for key in ("rate", "total_variation", "blur", "blur_every")}


def canvas_size(network: nn.Module, layer: str, size: int, like: Tensor) -> int:
    """Side of the inputs: half of the network's, unless the layer's maps would then be very small or none."""
    try:
        maps = layer_output(network, like.new_zeros(1, 3, size // 2, size // 2), layer)
    except (RuntimeError, ValueError):  # the network needs more pixels
        return size
    return size // 2 if min(maps.shape[2:]) >= FEWEST_CELLS else size


def inputs_that_excite(
    network: nn.Module,
    layer: str,
    channels: Tensor,
    strongest: Tensor,
    *,
    size: int,
    settings: Mapping[str, Any],
    seed: int,
) -> tuple[dict[str, Tensor], dict[str, Tensor]]:
    """Inputs (k, 3, size, size) for each of the channels (k,) by recipe, and what they reached (k,) as a
    multiple of `strongest` (k,), the response to the picture that excites the filter most.

    "shown" is the free input as it can be shown: each brought to [0, 1] by its own least and greatest value.
    """
    response = filter_mean(network, before_rectifier(network, layer), channels)
    found = {
        name: maximise(
            lambda images: response(images) / strongest,
            recipe,
            seeds=[1000 * seed + number for number in range(len(channels))],
            height=size,
            width=size,
            preprocess=lambda pixels: pixels.contiguous(memory_format=torch.channels_last),
            like=strongest,
        ).pixels.detach()
        for name, recipe in recipes(settings["steps"], settings["learning_rate"]).items()
    }
    low, high = found["free"].amin((1, 2, 3), keepdim=True), found["free"].amax((1, 2, 3), keepdim=True)
    found["shown"] = (found["free"] - low) / (high - low)
    rows = torch.arange(len(channels), device=channels.device)
    reached = {
        name: responses(layer_output(network, pixels, layer))[rows, channels] / strongest
        for name, pixels in found.items()
    }
    return found, reached
