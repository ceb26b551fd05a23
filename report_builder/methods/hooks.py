"""Looking into a network and leaving it as it was: every change ends with its block, also after an error."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn

from report_builder.methods.applicability import NotApplicable


@contextmanager
def frozen(network: nn.Module) -> Iterator[None]:
    """Evaluation mode, no parameter gradients, and autograd on, whatever the caller's modes are."""
    modes = [(module, module.training) for module in network.modules()]
    trainable = [parameter for parameter in network.parameters() if parameter.requires_grad]
    try:
        network.eval()
        for parameter in trainable:
            parameter.requires_grad_(False)
        with torch.inference_mode(False), torch.enable_grad():
            yield
    finally:
        for module, training in modes:
            module.training = training
        for parameter in trainable:
            parameter.requires_grad_(True)


def find_layer(network: nn.Module, name: str) -> nn.Module:
    """The module of that dotted name. Raises ValueError with the nearest names."""
    layers: dict[str, nn.Module] = dict(network.named_modules())
    if name not in layers or name == "":
        near = difflib.get_close_matches(name, [known for known in layers if known], n=4, cutoff=0.3)
        raise ValueError(f"the network has no layer {name!r}; near: {', '.join(near) or 'none'}")
    return layers[name]


@contextmanager
def capture(network: nn.Module, layers: Sequence[str]) -> Iterator[dict[str, Tensor]]:
    """The outputs of the named layers in the one forward pass inside the block, by name.

    What follows a layer gets a copy of its output, so that a module which works in place (a rectifier, an
    addition) does not change what was captured. Where autograd is on, the outputs can be differentiated with
    respect to, even when the images cannot: autograd then begins at the first of the layers.

    Raises ValueError for an unknown layer or one that the pass did not reach, NotApplicable when a layer's
    output is not one tensor or when the pass calls a layer twice, so that "its output" means nothing.
    """
    captured: dict[str, Tensor] = {}
    handles = []
    try:
        for name in layers:
            handles.append(find_layer(network, name).register_forward_hook(_keeper(name, captured)))
        yield captured
    finally:
        for handle in handles:
            handle.remove()
    for name in layers:
        if name not in captured:
            raise ValueError(f"the forward pass did not reach the layer {name!r}")


def _keeper(name: str, captured: dict[str, Tensor]) -> Any:
    def keep(_module: nn.Module, _inputs: tuple[Any, ...], output: object) -> Tensor:
        if not isinstance(output, Tensor):
            raise NotApplicable(
                "layer_without_one_output", f"the output of the layer {name!r} is not one tensor"
            )
        if name in captured:
            raise _called_twice(name)
        if torch.is_grad_enabled() and not output.requires_grad:
            output = output.detach().requires_grad_()
        captured[name] = output
        return output.clone()

    return keep


def _called_twice(name: str) -> NotApplicable:
    return NotApplicable("layer_called_twice", f"the network calls its layer {name!r} more than once")


class _Reached(BaseException):
    """Ends a forward pass at the layer of interest; no network should catch it."""


def output_of(network: nn.Module, images: Tensor, layer: str) -> Tensor:
    """The output of a layer (n, ...) in the caller's modes: differentiable where autograd is on. What follows
    the layer is not computed.

    A layer that is called more than once gives its first output.
    """
    reached: list[object] = []

    def stop(_module: nn.Module, _inputs: tuple[Any, ...], output: object) -> None:
        reached.append(output)
        raise _Reached

    return _run_until(network, images, layer, find_layer(network, layer).register_forward_hook(stop), reached)


def layer_output(network: nn.Module, images: Tensor, layer: str) -> Tensor:
    """The same as `output_of`, in evaluation mode and without gradients."""
    with frozen(network), torch.no_grad():
        return output_of(network, images, layer).detach()


def layer_input(network: nn.Module, images: Tensor, layer: str) -> Tensor:
    """The first input of a layer (n, ...), without gradients; the layer and what follows are not computed."""
    reached: list[object] = []

    def stop(_module: nn.Module, inputs: tuple[Any, ...]) -> None:
        reached.extend(inputs[:1])
        raise _Reached

    handle = find_layer(network, layer).register_forward_pre_hook(stop)
    with frozen(network), torch.no_grad():
        return _run_until(network, images, layer, handle, reached).detach()


def _run_until(network: nn.Module, images: Tensor, layer: str, handle: Any, reached: list[object]) -> Tensor:
    try:
        network(images)
    except _Reached:
        pass
    finally:
        handle.remove()
    if not reached:
        raise ValueError(f"the forward pass did not reach the layer {layer!r}")
    if not isinstance(reached[0], Tensor):
        raise NotApplicable("layer_without_one_output", f"the layer {layer!r} does not hand on one tensor")
    return reached[0]


@contextmanager
def replaced_input(network: nn.Module, layer: str, value: Tensor) -> Iterator[None]:
    """The named layer gets `value` (m, ...) as its input, whatever image the network is given.

    Give the network a single image: what lies before the layer then costs one image, and what lies after it
    works on all m. Raises NotApplicable when the pass calls the layer twice.
    """
    calls = 0

    def replace(_module: nn.Module, inputs: tuple[Any, ...]) -> tuple[Any, ...]:
        nonlocal calls
        calls += 1
        if calls > 1:
            raise _called_twice(layer)
        return (value.to(inputs[0], copy=True), *inputs[1:])  # a copy: the layer may work in place

    handle = find_layer(network, layer).register_forward_pre_hook(replace)
    try:
        yield
    finally:
        handle.remove()


def class_scores(logits: object, classes: Tensor) -> Tensor:
    """The logit of each image's class: (n,). Raises ValueError if there are no logits or no such class."""
    if not isinstance(logits, Tensor) or logits.ndim != 2 or len(logits) != len(classes):
        shape = tuple(logits.shape) if isinstance(logits, Tensor) else type(logits).__name__
        raise ValueError(f"logits ({len(classes)}, classes) are needed; the network returned {shape}")
    if int(classes.min()) < 0 or int(classes.max()) >= logits.shape[1]:
        raise ValueError(f"the classes must lie between 0 and {logits.shape[1] - 1}: {classes.tolist()}")
    # a copy: autograd keeps the indices, which the caller may have made in inference mode
    return logits.gather(1, classes[:, None].clone()).squeeze(1)


def check_inputs(images: Tensor, classes: Tensor) -> None:
    """Raises ValueError unless images are (n, channels, h, w) floats, n >= 1, and classes (n,) int64."""
    if images.ndim != 4 or not images.is_floating_point() or len(images) == 0:
        raise ValueError(
            f"images (n, channels, h, w) of floats are needed, not {tuple(images.shape)} {images.dtype}"
        )
    if classes.shape != images.shape[:1] or classes.dtype != torch.int64:
        raise ValueError(f"one int64 class per image is needed, not {tuple(classes.shape)} {classes.dtype}")


def as_input(images: Tensor) -> Tensor:
    """A copy of the images, free of the caller's graph, in the memory order that suits convolutions."""
    with torch.inference_mode(False):
        return images.detach().clone(memory_format=torch.channels_last)
