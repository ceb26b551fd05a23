"""What the figures were taken on, and how fast that can be at best."""

from __future__ import annotations

import os
import platform
import re
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import torch
from torch import nn
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.flop_counter import flop_registry

REPEATS = 20


def description(device: torch.device) -> dict[str, str | int | float]:
    """The processor, the device's name, the cores, and the load of the last minute, which is others' work."""
    name = torch.cuda.get_device_name(device) if device.type == "cuda" else _processor()
    return {
        "processor": _processor(),
        "device": device.type,
        "device_name": name,
        "cores": os.cpu_count() or 1,
        "load": round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else 0.0,
    }


def about(
    packages: Sequence[str],
    *,
    quick: bool,
    shared: bool,
    device: torch.device | None = None,
    threads: int | None = None,
) -> dict[str, Any]:
    """What a part of the benchmarks says of itself: when, on what and how it was measured.

    device, threads: of the methods that are timed in one process. There one thread's wall time on a processor
    is its processor time, but for what other programs take from it: `clock` says which was measured.
    """
    told: dict[str, Any] = {
        "date": datetime.now(UTC).date().isoformat(),
        "machine": description(device or torch.device("cpu")) | {"shared": shared},
        "quick": quick,
        "versions": versions(*packages),
    }
    if device is not None:
        clock = "processor" if device.type == "cpu" and threads == 1 else "wall"
        told |= {"threads": threads, "clock": clock}
    return told


def versions(*packages: str) -> dict[str, str]:
    """The installed versions of the packages."""
    return {name: version(name) for name in packages}


def peak(device: torch.device, dtype: torch.dtype) -> float:
    """The most FLOP/s that one large convolution or matrix product reaches on the device, measured now.

    With PyTorch's default precision: on recent cards float32 convolutions use TF32.
    """
    with torch.no_grad():
        x = torch.randn(64, 512, 28, 28, device=device, dtype=dtype).to(memory_format=torch.channels_last)
        convolution = nn.Conv2d(512, 512, 3, padding=1, bias=False, device=device, dtype=dtype)
        convolution = convolution.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        a = torch.randn(8192, 8192, device=device, dtype=dtype)
        return max(
            2 * x.numel() * 512 * 9 / _seconds(lambda: convolution(x)),
            2 * len(a) ** 3 / _seconds(lambda: a @ a),
        )


class _Counter(TorchDispatchMode):
    """PyTorch's own counter, without its hooks on modules, which `torch.autograd.grad` does not bear."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.total: int = 0

    def __torch_dispatch__(
        self,
        func: Any,
        types: Any,
        args: tuple[Any, ...] = (),
        kwargs: dict[str, Any] | None = None,
    ) -> Any:
        result = func(*args, **(kwargs or {}))
        count = flop_registry.get(func._overloadpacket)
        if count is not None:
            self.total += count(*args, **(kwargs or {}), out_val=result)
        return result


def flops(work: Callable[[], object]) -> int:
    """The operations of the convolutions and products in one run."""
    with _Counter() as counter:
        work()
    total: int = counter.total
    return total


def _seconds(work: Callable[[], object]) -> float:
    """Of one run on a CUDA device, the mean of many."""
    for _ in range(3):
        work()
    torch.cuda.synchronize()
    start = time.perf_counter()
    for _ in range(REPEATS):
        work()
    torch.cuda.synchronize()
    return (time.perf_counter() - start) / REPEATS


def _processor() -> str:
    """The processor's name where the system tells it."""
    described = Path("/proc/cpuinfo")
    if described.is_file():
        found = re.search(r"^model name\s*:\s*(.+)$", described.read_text(encoding="utf-8"), re.MULTILINE)
        if found:
            return found[1].strip()
    return platform.processor() or platform.machine()
