"""What a layer makes of an image: its feature maps, as they are."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from report_builder.methods.applicability import NotApplicable
from report_builder.methods.batching import MemoryBudget, image_cost
from report_builder.methods.hooks import as_input, layer_output


def activations(network: nn.Module, images: Tensor, layer: str, memory: MemoryBudget | None = None) -> Tensor:
    """The layer's feature maps (n, k, h', w'); what follows the layer is not computed.

    Raises ValueError for an unknown layer or one that is not reached, NotApplicable ("layer_without_maps")
    where its output has no maps.
    """
    memory = memory or MemoryBudget.of(images.device)
    parts = memory.run(
        len(images),
        image_cost(network, images),
        lambda block: layer_output(network, as_input(images[block]), layer),
    )
    maps = torch.cat(parts).to(images.dtype)
    if maps.ndim != 4:
        raise NotApplicable(
            "layer_without_maps", f"the output of the layer {layer!r} is not a set of feature maps"
        )
    return maps


def strongest(maps: Tensor, count: int) -> tuple[Tensor, Tensor]:
    """The `count` feature maps of each image with the largest mean: (n, count, h', w') and their channels
    (n, count).

    Channels of equal mean keep their order. Fewer than `count` channels give all of them.
    """
    order = maps.mean((2, 3)).argsort(dim=1, descending=True, stable=True)[:, :count]
    rows = torch.arange(len(maps), device=maps.device)[:, None]
    return maps[rows, order], order
