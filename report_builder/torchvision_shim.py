"""Lets torchvision be imported beside a torch that its compiled part was not built for.

pip may pair a CPU-only torch with the torchvision wheel that was built for CUDA. torchvision then leaves
its compiled operators out, which is harmless: the networks and transforms do not use them. But its import
still describes two of them to torch (`torchvision/_meta_registrations.py`), and torch refuses to describe
what was never declared: "operator torchvision::nms does not exist". Declaring their schemas is enough.
They get no implementation: calling one still fails, as it should.
"""

from __future__ import annotations

from importlib.machinery import EXTENSION_SUFFIXES
from importlib.util import find_spec
from pathlib import Path

import torch

SCHEMAS = {
    "nms": "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
    "qnms": "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
}


def declare_missing_operators() -> None:
    """Call before the first `import torchvision`. Does nothing where the operators are there."""
    _load_compiled_operators()
    for name, schema in SCHEMAS.items():
        if not hasattr(torch.ops.torchvision, name):
            torch.library.define(f"torchvision::{name}", schema)


def _load_compiled_operators() -> None:
    """Load torchvision's compiled part as its own import will, which declares the operators if it fits.

    It has to come first: it cannot be loaded any more once the schemas are declared here.
    """
    package = find_spec("torchvision")
    folders = package.submodule_search_locations if package else None
    for folder in folders or ():
        for suffix in EXTENSION_SUFFIXES:
            library = Path(folder) / f"_C{suffix}"
            if library.exists():
                try:
                    torch.ops.load_library(str(library))  # type: ignore[no-untyped-call]
                except OSError:
                    return  # built for another torch: torchvision will do without it too
