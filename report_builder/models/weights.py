"""A module's weights in an .npz file: plain arrays, no pickle."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from torch import nn


def save_weights(module: nn.Module, path: Path) -> None:
    """Write the state dict to `path`, which must end in .npz; equal weights give equal bytes."""
    arrays = {name: value.detach().cpu().numpy() for name, value in module.state_dict().items()}
    np.savez(path, allow_pickle=False, **arrays)


def load_weights(module: nn.Module, path: Path) -> None:
    """Read `path` into the module, on whatever device that is.

    Raises RuntimeError when a name is missing, unknown or of another shape, TypeError when a number
    type differs: nothing is left out and nothing is converted. The module is then unchanged.
    """
    with np.load(path, allow_pickle=False) as archive:
        state = {name: torch.from_numpy(archive[name]) for name in archive.files}
    for name, value in module.state_dict().items():
        if name in state and state[name].dtype != value.dtype:
            raise TypeError(f"{name} is {state[name].dtype} in {path.name}, the module holds {value.dtype}")
    module.load_state_dict(state, strict=True)
