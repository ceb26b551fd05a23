"""Which device the networks run on, and how to know it without importing torch each time."""

from __future__ import annotations

import json
import os
import platform
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from report_builder.errors import InputError

if TYPE_CHECKING:
    import torch

DEVICE_TYPES = ("cpu", "cuda", "mps")
# What the drivers of NVIDIA, of NVIDIA under WSL and of AMD put there when they are loaded
DRIVER_FILES = ("/dev/nvidiactl", "/dev/dxg", "/dev/kfd")
VISIBILITY_VARIABLES = ("CUDA_VISIBLE_DEVICES", "HIP_VISIBLE_DEVICES", "ROCR_VISIBLE_DEVICES")


def choose_device(requested: str) -> torch.device:
    """The device for "auto", "cpu", "cuda" or "mps".

    "auto" is a CUDA (or ROCm) GPU where there is one, else the CPU. It is never Apple's GPU, which has
    no float64 and so cannot compute everything here: that one has to be asked for.
    Raises InputError when the device is unknown or not on this machine.
    """
    import torch

    return torch.device(_choose(requested, _available_types()))


def detect_device_type(cache_file: Path, requested: str = "auto") -> str:
    """The type of `choose_device(requested)`, with the same errors, mostly without importing torch.

    torch is asked once and its answer kept in `cache_file` (JSON) for as long as the torch version,
    the platform, the drivers' files and the variables that hide GPUs stay as they were.
    """
    machine = _machine()
    available = _read(cache_file, machine)
    if available is None:
        available = _available_types()
        _write(cache_file, {"machine": machine, "available": available})
    return _choose(requested, available)


def _choose(requested: str, available: list[str]) -> str:
    if requested == "auto":
        return "cuda" if "cuda" in available else "cpu"
    if requested not in DEVICE_TYPES:
        raise InputError(f"unknown device {requested!r}; choose auto, {', '.join(DEVICE_TYPES)}")
    if requested not in available:
        raise InputError(f"device {requested!r} is not available here; available: {', '.join(available)}")
    return requested


def _available_types() -> list[str]:
    import torch

    there = {"cpu": True, "cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
    return [name for name in DEVICE_TYPES if there[name]]


def _machine() -> dict[str, object]:
    return {
        "torch": version("torch"),
        "platform": platform.platform(),
        "drivers": [file for file in DRIVER_FILES if Path(file).exists()],
        "visible": {name: os.environ.get(name) for name in VISIBILITY_VARIABLES},
    }


def _read(cache_file: Path, machine: dict[str, object]) -> list[str] | None:
    try:
        cached = json.loads(cache_file.read_text(encoding="utf-8"))
        available = cached["available"] if cached["machine"] == machine else None
    except (OSError, ValueError, KeyError, TypeError):
        return None  # no cache or a damaged one: torch is asked again
    return available if isinstance(available, list) and "cpu" in available else None


def _write(cache_file: Path, answer: dict[str, object]) -> None:
    """Through a file of its own, so that a build at the same time never reads half of it."""
    cache_file.parent.mkdir(parents=True, exist_ok=True)
    unfinished = cache_file.with_name(f"{cache_file.name}.{os.getpid()}")
    unfinished.write_text(json.dumps(answer), encoding="utf-8")
    unfinished.replace(cache_file)
