"""Weight randomisation: a map that survives new random weights does not explain the trained ones.

Source: Adebayo et al. 2018, Sanity Checks for Saliency Maps. Weights are drawn anew by each layer's own
initialisation, from the output towards the input (cascading).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from copy import deepcopy
from typing import TypeVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from report_builder.methods.rank_correlation import rank_correlation
from report_builder.methods.scores import magnitude

T = TypeVar("T")
Explain = Callable[[], Mapping[str, Tensor]]


def layers_from_output(network: nn.Module) -> list[str]:
    """Names of the layers with weights of their own, the last defined first."""
    names = [
        name
        for name, layer in network.named_modules()
        if hasattr(layer, "reset_parameters") and next(layer.parameters(recurse=False), None) is not None
    ]
    return names[::-1]


@contextmanager
def randomised(network: nn.Module, layers: Sequence[str], *, seed: int) -> Iterator[None]:
    """Inside the context the named layers have random weights; afterwards the old ones, bit by bit.

    The draws are made on the CPU: they are the same on every device, and the global generator is left alone.
    A layer draws the same weights whichever others are drawn with it. Raises ValueError for a name that is
    not one of `layers_from_output`.
    """
    position = {name: i for i, name in enumerate(layers_from_output(network))}
    if unknown := [name for name in layers if name not in position]:
        raise ValueError(f"the network has no weights to draw in {', '.join(unknown)}")
    modules = {name: network.get_submodule(name) for name in layers}
    kept = {
        name: {key: value.clone() for key, value in module.state_dict().items()}
        for name, module in modules.items()
    }
    try:
        for name, module in modules.items():
            module.load_state_dict(_drawn(module, seed + position[name]))
        yield
    finally:
        for name, module in modules.items():
            module.load_state_dict(kept[name])


def randomisation_test(
    network: nn.Module, explain: Explain, stages: Sequence[Sequence[str]], *, seed: int
) -> dict[str, NDArray[np.float64]]:
    """Per method (stages, n): rank correlation of each image's map before and after the stage's layers are
    random.

    explain: the maps of all methods, by name, (n, 3, h, w) or (n, h, w), from the network as it is when
    called; the absolute values are compared. stages: names of layers each; `cascade` gives them. A map that
    becomes constant has a correlation of 0.
    """
    trained = {name: magnitude(maps).cpu().numpy() for name, maps in explain().items()}
    correlations: dict[str, list[NDArray[np.float64]]] = {name: [] for name in trained}
    for stage in stages:
        with randomised(network, stage, seed=seed):
            for name, maps in explain().items():
                correlations[name].append(rank_correlation(trained[name], magnitude(maps).cpu().numpy()))
    return {name: np.stack(rows) for name, rows in correlations.items()}


def cascade(layers: Sequence[T]) -> list[tuple[T, ...]]:
    """Stages that take in one more of `layers` each: the first, the first two, ..., all."""
    return [tuple(layers[: i + 1]) for i in range(len(layers))]


def _drawn(layer: nn.Module, seed: int) -> dict[str, Tensor]:
    fresh = deepcopy(layer).cpu()
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(seed)
        fresh.reset_parameters()  # type: ignore[operator]
    return fresh.state_dict()
