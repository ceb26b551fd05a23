"""DeepLIFT with the rescale rule: each nonlinearity's slope is its change over its input's change.

Source: Shrikumar, Greenside and Kundaje 2017, Learning Important Features Through Propagating Activation
Differences.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from report_builder.methods.applicability import NotApplicable
from report_builder.methods.batching import MemoryBudget, image_cost
from report_builder.methods.hooks import as_input, check_inputs, class_scores, frozen
from report_builder.methods.integrated_gradients import Complete, baselines_like
from report_builder.methods.interception import Function, Interception

# Below this change of its input a nonlinearity's slope is its derivative
NEAR = 1e-10

_ELEMENTWISE: set[Function] = {
    functional.relu, torch.relu, Tensor.relu, functional.relu6, functional.hardtanh,
    functional.leaky_relu, functional.elu, functional.selu, functional.silu, functional.mish, functional.gelu,
    functional.softplus, functional.hardswish, functional.hardsigmoid, functional.sigmoid, functional.tanh,
    torch.sigmoid, Tensor.sigmoid, torch.tanh, Tensor.tanh,
}  # fmt: skip
_IN_PLACE: set[Function] = {
    torch.relu_,
    Tensor.relu_,
    Tensor.sigmoid_,
    Tensor.tanh_,
    functional.hardtanh_,
}
_MAX_POOLING: set[Function] = {functional.max_pool2d, torch.max_pool2d}

Call = tuple[Function, Tensor, Tensor, Tensor | None]


def deeplift(
    network: nn.Module,
    images: Tensor,
    classes: Tensor,
    *,
    baseline: Tensor | None = None,
    memory: MemoryBudget | None = None,
) -> Complete:
    """Attributions (n, 3, h, w) to the change from the baseline; complete in networks of convolutions, linear
    layers, normalisations, average and max pooling, additions and elementwise activations.

    baseline: (3, h, w) or (n, 3, h, w); zero without it. Products of activations (squeeze and excitation)
    are not covered by the rule: there the completeness error says how much is missed.

    The baseline passes once, without gradients, and is met again by the images' pass, call by call; one
    baseline for all images costs one image. Raises ValueError for inputs that do not fit, NotApplicable
    ("in_place_activation") where a nonlinearity overwrites its argument through a method that ends with "_".
    """
    check_inputs(images, classes)
    memory = memory or MemoryBudget.of(images.device)
    images = images.detach()
    starts = baselines_like(images, baseline)
    one_for_all = baseline is None or baseline.ndim == 3

    def block_of(block: slice) -> tuple[Tensor, Tensor]:
        start = starts[:1] if one_for_all else starts[block]
        with frozen(network):
            recorder = _Recorder()
            with torch.no_grad(), recorder:
                reference = network(as_input(start))
            x = as_input(images[block]).requires_grad_()
            with _Rescaled(recorder.calls):
                logits = network(x)
            scores = class_scores(logits, classes[block])
            (slopes,) = torch.autograd.grad(scores.sum(), x)
            change = scores.detach() - class_scores(reference.expand_as(logits), classes[block])
        return slopes.contiguous(), change

    # the baseline's inputs and outputs of every nonlinearity stay, too
    blocks = memory.run(len(images), 2 * image_cost(network, images), block_of)
    slopes, changes = (torch.cat(parts) for parts in zip(*blocks, strict=True))
    return Complete.of((images - starts) * slopes, changes)


class _Recorder(Interception):
    """Keeps function, input, output and places of maxima of every nonlinearity, in the order of calls."""

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[Call] = []

    def called(self, func: Function, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        if not _is_nonlinear(func):
            return func(*args, **kwargs)
        x, y, places = _evaluate(func, args, kwargs)
        self.calls.append((func, x.clone(), y, places))
        return _hand_on(args, kwargs, y)


class _Rescaled(Interception):
    """Gives every nonlinearity the slope of the rescale rule; values stay what they are."""

    def __init__(self, calls: list[Call]) -> None:
        super().__init__()
        self.reference: Iterator[Call] = iter(calls)

    def called(self, func: Function, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        if not _is_nonlinear(func):
            return func(*args, **kwargs)
        known, x_ref, y_ref, places_ref = next(self.reference)
        if known is not func:
            raise RuntimeError("the network took another way for the image than for the baseline")
        x = args[0] if args else kwargs["input"]
        leaf = x.detach().clone().requires_grad_()
        _, y, places = _evaluate(func, (leaf, *args[1:]), {k: v for k, v in kwargs.items() if k != "input"})
        change = leaf.detach() - x_ref
        near = change.abs() < NEAR
        step = x - leaf.detach()  # zero, with the gradient of x
        if places is None or places_ref is None:
            (derivative,) = torch.autograd.grad(y.sum(), leaf)
            slope = torch.where(near, derivative, (y.detach() - y_ref) / torch.where(near, 1, change))
            result = y.detach() + slope * step
        else:
            share = torch.where(near, 0, step / torch.where(near, 1, change))
            larger = torch.maximum(y.detach(), y_ref)
            result = (
                y.detach()
                + _take(share, places) * (larger - y_ref)
                + _take(share, places_ref.expand_as(places)) * (y.detach() - larger)
                + _take(torch.where(near, step, 0), places)
            )
        return _hand_on(args, kwargs, result)


def _is_nonlinear(func: Function) -> bool:
    if func in _IN_PLACE:
        raise NotApplicable(
            "in_place_activation", f"the network overwrites activations by {getattr(func, '__name__', func)}"
        )
    return func in _ELEMENTWISE or func in _MAX_POOLING


def _evaluate(
    func: Function, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> tuple[Tensor, Tensor, Tensor | None]:
    """Input, output, and for max pooling the flat places (n, k, h', w') of the maxima; overwrites nothing."""
    x = args[0] if args else kwargs["input"]
    if func in _MAX_POOLING:
        options = {k: v for k, v in kwargs.items() if k not in ("input", "return_indices")}
        y, places = functional.max_pool2d(x, *args[1:6], **options, return_indices=True)
        return x, y, places
    if not args:
        args, kwargs = (x,), {k: v for k, v in kwargs.items() if k != "input"}
    return x, func(*args, **({**kwargs, "inplace": False} if kwargs.get("inplace") else kwargs)), None


def _hand_on(args: tuple[Any, ...], kwargs: dict[str, Any], y: Tensor) -> Tensor:
    """The result as the network expects it: in its argument's place where it asked for that."""
    return args[0].copy_(y) if kwargs.get("inplace") else y


def _take(values: Tensor, places: Tensor) -> Tensor:
    return values.flatten(2).gather(2, places.flatten(2)).view_as(places)
