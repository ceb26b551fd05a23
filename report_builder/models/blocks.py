"""Rows through a network in blocks, so that its activations take the same memory for any number of rows."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

# Of a network of some hundred units: a few megabytes of activations, near the processor's caches
ROWS_AT_ONCE = 4096


def by_blocks(function: Callable[[Tensor], Tensor], rows: Tensor) -> Tensor:
    """function(rows), for a function that treats each of the rows (n, ...) by itself."""
    if len(rows) <= ROWS_AT_ONCE:
        return function(rows)
    return torch.cat([function(block) for block in torch.split(rows, ROWS_AT_ONCE)])
