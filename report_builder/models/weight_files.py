"""How a pretrained network's weights are read: never as arbitrary pickles."""

from __future__ import annotations

import pickle
import struct
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor

from report_builder.errors import InputError

# What reading raises for files that are cut off, altered, or no weights at all
_BROKEN = (
    OSError,
    RuntimeError,
    ValueError,
    TypeError,
    AttributeError,
    LookupError,
    EOFError,
    struct.error,
    pickle.UnpicklingError,
    SafetensorError,
)


def read_state(path: Path) -> dict[str, Tensor]:
    """A state dict from .safetensors, or from any file that torch.load(weights_only=True) reads.

    Raises InputError that names the file when it is neither.
    """
    try:
        if path.suffix == ".safetensors":
            return load_file(path)
        state: Any = torch.load(path, map_location="cpu", weights_only=True)
    except _BROKEN as error:
        line = str(error).strip().splitlines() or [type(error).__name__]
        raise InputError(f"The weights {path} cannot be read: {line[0].rstrip('.')}.") from None
    if not isinstance(state, dict) or not all(isinstance(value, Tensor) for value in state.values()):
        raise InputError(f"The weights {path} are not a state dict: names with tensors.")
    return state
