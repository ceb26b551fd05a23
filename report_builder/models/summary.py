"""What a network is made of: its layers in the order in which they run, counted in one pass."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode


@dataclass(frozen=True)
class Layer:
    """A layer, or several in a row.

    name: of the first. kinds: class names, in order. shape: of the output for one picture, without the batch.
    parameters: of all of them. modules: how many of them there are.
    """

    name: str
    kinds: tuple[str, ...]
    shape: tuple[int, ...]
    parameters: int
    modules: int = 1


@dataclass(frozen=True)
class Summary:
    """multiply_adds: of one picture's pass, in convolutions and matrix products."""

    layers: tuple[Layer, ...]
    parameters: int
    multiply_adds: int


@torch.no_grad()
def summarise(network: nn.Module, size: int, most: int) -> Summary:
    """The layers of a classifier of pictures (3, size, size), in at most about `most` rows.

    Layers that keep the shape of what goes in (normalisations, activations, dropout) stand in the row of the
    layer before. Where that is too long, blocks of the network are one row each. The network is left as it
    was.
    """
    device = next(network.parameters()).device
    counter = FlopCounterMode(display=False)
    with counter:
        layers = _called(network, torch.zeros(1, 3, size, size, device=device))
    rows = _merged(layers)
    depth = max(layer.name.count(".") for layer in layers)
    while len(rows) > most and depth > 0:
        rows = _grouped(layers, depth)
        depth -= 1
    return Summary(
        tuple(rows),
        sum(parameter.numel() for parameter in network.parameters()),
        counter.get_total_flops() // 2,
    )


def _called(network: nn.Module, picture: Tensor) -> list[Layer]:
    """The modules without parts of their own, in the order of their first call."""
    found: dict[str, Layer] = {}
    hooks = []
    for name, module in network.named_modules():
        if list(module.children()):
            continue

        def note(called: nn.Module, _inputs: object, output: object, name: str = name) -> None:
            if isinstance(output, Tensor) and name not in found:
                count = sum(parameter.numel() for parameter in called.parameters())
                found[name] = Layer(name, (type(called).__name__,), tuple(output.shape[1:]), count)

        hooks.append(module.register_forward_hook(note))
    try:
        network(picture)
    finally:
        for hook in hooks:
            hook.remove()
    return list(found.values())


def _merged(layers: Sequence[Layer]) -> list[Layer]:
    rows: list[Layer] = []
    for layer in layers:
        follows = rows and rows[-1].shape == layer.shape and _parent(rows[-1].name) == _parent(layer.name)
        if follows and not _begins(layer):
            rows[-1] = _joined(rows[-1], layer)
        else:
            rows.append(layer)
    return rows


def _begins(layer: Layer) -> bool:
    """Whether a layer is more than a change of each number by itself."""
    return layer.kinds[0].startswith(("Conv", "Linear", "MaxPool", "AvgPool", "Adaptive"))


def _grouped(layers: Sequence[Layer], depth: int) -> list[Layer]:
    """Runs of layers whose names agree in their first `depth` parts, as one row named after the block."""
    rows: list[Layer] = []
    for layer in layers:
        block = ".".join(layer.name.split(".")[:depth])
        if rows and rows[-1].name == block:
            rows[-1] = _joined(rows[-1], layer)
        else:
            rows.append(replace(layer, name=block))
    return rows


def _joined(first: Layer, second: Layer) -> Layer:
    kinds = tuple(dict.fromkeys((*first.kinds, *second.kinds)))
    return Layer(
        first.name,
        kinds,
        second.shape,
        first.parameters + second.parameters,
        first.modules + second.modules,
    )


def _parent(name: str) -> str:
    return name.rpartition(".")[0]
