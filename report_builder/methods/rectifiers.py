"""Rectifiers (ReLU, ReLU6) whose backward pass can be changed between two backward passes of one forward.

A torch function mode meets every rectifier that a network calls, as a module or as a function, its own or a
shared one, in place or not. No hook is set and the network is not changed.
"""

from __future__ import annotations

from typing import Any, Literal

import torch
from torch import Tensor
from torch.autograd.function import FunctionCtx
from torch.nn import functional

from report_builder.methods.interception import Function, Interception

Rule = Literal["gradient", "guided", "deconvnet"]

_RELU = {functional.relu, torch.relu, Tensor.relu, torch.relu_, Tensor.relu_}
_IN_PLACE = {torch.relu_, Tensor.relu_, functional.hardtanh_}


class GatedRectifiers(Interception):
    """Inside the block every rectifier goes back by `rule`, which may be set before each backward pass.

    gradient: the derivative. guided: the derivative, and only where what comes back is positive
    (Springenberg et al. 2015, Striving for Simplicity). deconvnet: what comes back, where it is positive
    (Zeiler and Fergus 2014, Visualizing and Understanding Convolutional Networks).

    count: the rectifiers that were called in the block.
    """

    def __init__(self) -> None:
        super().__init__()
        self.rule: Rule = "gradient"
        self.count = 0

    def called(self, func: Function, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        ceiling = _ceiling(func, args, kwargs)
        if ceiling is None:
            return func(*args, **kwargs)
        self.count += 1
        x = args[0] if args else kwargs["input"]
        y = _Gate.apply(x, ceiling, self)  # type: ignore[no-untyped-call]
        in_place = func in _IN_PLACE or bool(kwargs.get("inplace", False))
        return x.copy_(y) if in_place else y


def _ceiling(func: Function, args: tuple[Any, ...], kwargs: dict[str, Any]) -> float | None:
    """Where the rectifier levels off: infinity for ReLU, 6 for ReLU6; None for any other function."""
    if func in _RELU:
        return float("inf")
    if func is functional.relu6:
        return 6.0
    if func in (functional.hardtanh, functional.hardtanh_):  # ReLU6 as torch's module calls it
        low = args[1] if len(args) > 1 else kwargs.get("min_val", -1.0)
        high = args[2] if len(args) > 2 else kwargs.get("max_val", 1.0)
        return float(high) if low == 0 else None
    return None


class _Gate(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor, ceiling: float, gate: GatedRectifiers) -> Tensor:
        y = x.clamp_min(0) if ceiling == float("inf") else x.clamp(0, ceiling)
        ctx.save_for_backward(y)
        ctx.ceiling, ctx.gate = ceiling, gate
        return y

    @staticmethod
    def backward(ctx: FunctionCtx, *gradients: Tensor) -> tuple[Tensor, None, None]:
        (gradient,) = gradients
        rule = ctx.gate.rule  # type: ignore[attr-defined]
        if rule != "gradient":
            gradient = gradient.clamp_min(0)
        if rule != "deconvnet":
            (y,) = ctx.saved_tensors  # type: ignore[attr-defined]
            gradient = torch.ops.aten.threshold_backward(gradient, y, 0)
            if ctx.ceiling != float("inf"):  # type: ignore[attr-defined]
                gradient = gradient * (y < ctx.ceiling)  # type: ignore[attr-defined]
        return gradient, None, None
