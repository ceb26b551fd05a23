"""Occlusion for sequential convolutional networks that recomputes only what a window can reach.

A covered window changes a small square of each activation map: behind the window, as far as the kernels
reach. All the rest equals the activations of the uncovered image, which are computed once. The squares of
many windows go through the network together; from the first layer that sees the whole map (the head) on,
the maps are computed in full. The result is that of `occlusion`, up to the rounding of sums.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import cast

import torch
from torch import Tensor, nn

from report_builder.methods.applicability import NotApplicable
from report_builder.methods.batching import MemoryBudget, images_at_once
from report_builder.methods.occlusion import Windows

# Layers of which each output value depends on the input value at the same place only.
POINTWISE = (nn.ReLU, nn.LeakyReLU, nn.ELU, nn.SiLU, nn.GELU, nn.BatchNorm2d, nn.Dropout, nn.Identity)

# Of the largest output: far above the rounding of float32, far below what another function would give.
TOLERANCE = 1e-3

# A window takes a fraction of an image: this many at once are as fast as any number.
WINDOWS_PER_IMAGE = 4

Box = tuple[int, int, int, int]  # top, bottom, left, right; bottom and right are exclusive


def sequential_layers(network: nn.Module) -> list[nn.Module]:
    """The layers of an `nn.Sequential` or of a network built like torchvision's VGG and AlexNet.

    Raises NotApplicable ("not_sequential") for any other network.
    """
    if isinstance(network, nn.Sequential):
        return _flat(network)
    features, avgpool, classifier = (
        getattr(network, name, None) for name in ("features", "avgpool", "classifier")
    )
    if not (
        isinstance(features, nn.Sequential)
        and isinstance(avgpool, nn.Module)
        and isinstance(classifier, nn.Module)
    ):
        raise _not_sequential(network)
    return [*_flat(features), avgpool, nn.Flatten(), *_flat(classifier)]


def incremental_occlusion(
    network: nn.Module,
    images: Tensor,
    classes: Tensor,
    *,
    window: int = 16,
    stride: int = 8,
    baseline: float | Tensor = 0.0,
    batch: int | None = None,
) -> Tensor:
    """`occlusion` of a sequential network in eval mode, at a fraction of the work: (n, h, w).

    A module `normalise` of the network is taken to come before its layers and to treat every pixel alike. For
    each image, the outputs without and with one window are compared with the network's own. batch: windows
    that go through the network together (without it as many as suit the device). The other arguments are
    those of `occlusion`.

    Raises NotApplicable ("not_sequential") if the network is not the sequence of its layers, ValueError as
    `occlusion` does.
    """
    layers = sequential_layers(network)
    prepare = getattr(network, "normalise", nn.Identity())
    windows = Windows(images.shape[2], images.shape[3], window, stride)
    boxes = windows.boxes
    cover = torch.as_tensor(baseline, dtype=images.dtype, device=images.device).expand_as(images[:1])
    budget = MemoryBudget(batch or WINDOWS_PER_IMAGE * images_at_once(images))  # a window counts one
    maps = []
    with torch.no_grad():
        for image, target in zip(torch.split(images, 1), classes.tolist(), strict=True):
            inputs, output = _trace(layers, prepare(image))
            if output.ndim != 2:
                raise _not_sequential(network)
            after = partial(_outputs_covered, layers, inputs, prepare(cover), boxes, target)
            covered = torch.cat(budget.run(len(boxes), 1, after))
            middle = len(boxes) // 2
            top, bottom, left, right = boxes[middle]
            example = image.clone()
            example[:, :, top:bottom, left:right] = cover[:, :, top:bottom, left:right]
            found = torch.stack([output[0, target], covered[middle]])
            expected = torch.cat([network(image), network(example)])[:, target]
            if (found - expected).abs().max() > TOLERANCE * output.abs().max():
                raise _not_sequential(network)
            maps.append(windows.spread((output[0, target] - covered)[None]))
    return torch.cat(maps)


@dataclass(frozen=True)
class _Sliding:
    """A layer of which each output value sees a kernel's width of the input, along both axes alike."""

    kernel: int
    stride: int
    padding: int
    fill: float  # what the padding holds
    apply: Callable[[Tensor], Tensor]  # the layer without its padding

    @classmethod
    def of(cls, layer: nn.Module) -> _Sliding | None:
        """None for a layer that is not known to slide."""
        if (
            isinstance(layer, nn.Conv2d)
            and layer.padding_mode == "zeros"
            and isinstance(layer.padding, tuple)
        ):
            geometry = _common(layer.kernel_size, layer.stride, layer.padding, layer.dilation)
            fill = 0.0
            apply = partial(
                nn.functional.conv2d,
                weight=layer.weight,
                bias=layer.bias,
                stride=layer.stride,
                dilation=layer.dilation,
                groups=layer.groups,
            )
        elif isinstance(layer, nn.MaxPool2d) and not (layer.ceil_mode or layer.return_indices):
            geometry = _common(layer.kernel_size, layer.stride, layer.padding, layer.dilation)
            fill = float("-inf")
            apply = partial(
                nn.functional.max_pool2d,
                kernel_size=layer.kernel_size,
                stride=layer.stride,
                dilation=layer.dilation,
            )
        else:
            return None
        if geometry is None:
            return None
        kernel, stride, padding, dilation = geometry
        return cls(dilation * (kernel - 1) + 1, stride, padding, fill, apply)

    def reached(self, start: int, stop: int, length: int) -> tuple[int, int]:
        """Interval of the output, `length` long, that depends on the interval [start, stop) of the input."""
        first = -(-(start + self.padding - self.kernel + 1) // self.stride)
        last = (stop - 1 + self.padding) // self.stride
        return max(0, first), min(length, last + 1)


@dataclass(frozen=True)
class _Squares:
    """Pieces of maps, one for each window: `values` (m, channels, height, width) begin at `corners` (top,
    left).
    """

    values: Tensor
    corners: list[tuple[int, int]]

    @classmethod
    def cut(cls, whole: Tensor, corners: list[tuple[int, int]], height: int, width: int) -> _Squares:
        """Copies of the pieces of one map (1, channels, h, w)."""
        channels_last = whole.is_contiguous(memory_format=torch.channels_last)
        values = torch.empty(
            (len(corners), whole.shape[1], height, width),
            dtype=whole.dtype,
            device=whole.device,
            memory_format=torch.channels_last if channels_last else torch.contiguous_format,
        )
        for piece, (top, left) in zip(values, corners, strict=True):
            piece.copy_(whole[0, :, top : top + height, left : left + width])
        return cls(values, corners)

    def paste(self, other: _Squares) -> None:
        """Overwrite what `other` holds of the same places."""
        height, width = self.values.shape[2:]
        other_height, other_width = other.values.shape[2:]
        for mine, (y, x), theirs, (v, u) in zip(
            self.values, self.corners, other.values, other.corners, strict=True
        ):
            top, bottom = max(y, v), min(y + height, v + other_height)
            left, right = max(x, u), min(x + width, u + other_width)
            if top < bottom and left < right:
                mine[:, top - y : bottom - y, left - x : right - x] = theirs[
                    :, top - v : bottom - v, left - u : right - u
                ]


def _outputs_covered(
    layers: Sequence[nn.Module],
    inputs: list[Tensor],
    cover: Tensor,
    boxes: list[Box],
    target: int,
    block: slice,
) -> Tensor:
    """Output (m,) of class `target` with each of the m boxes of the block covered in turn."""
    changed = boxes[block]
    squares = _cover(inputs[0], cover, changed)
    for i, layer in enumerate(layers):
        sliding = _Sliding.of(layer)
        if sliding is not None:
            height, width = inputs[i + 1].shape[2:]
            changed = [
                (*sliding.reached(top, bottom, height), *sliding.reached(left, right, width))
                for top, bottom, left, right in changed
            ]
            squares = _slide(sliding, inputs[i], squares, changed, height, width)
        elif isinstance(layer, POINTWISE):
            squares = _Squares(layer(squares.values), squares.corners)
        else:
            whole = _Squares.cut(inputs[i], [(0, 0)] * len(changed), *inputs[i].shape[2:])
            whole.paste(squares)
            return cast(Tensor, nn.Sequential(*layers[i:])(whole.values))[:, target]
    raise AssertionError("outputs per class come from a layer that sees the whole map")


def _cover(image: Tensor, cover: Tensor, boxes: list[Box]) -> _Squares:
    """The covered pixels, each box within a piece of the image as large as the largest box."""
    corners, height, width = _pieces(boxes, *image.shape[2:])
    squares = _Squares.cut(image, corners, height, width)
    for piece, (y, x), (top, bottom, left, right) in zip(squares.values, corners, boxes, strict=True):
        piece[:, top - y : bottom - y, left - x : right - x] = cover[0, :, top:bottom, left:right]
    return squares


def _slide(
    sliding: _Sliding, whole: Tensor, squares: _Squares, changed: list[Box], height: int, width: int
) -> _Squares:
    """The pieces of the layer's output, `height` x `width`, that hold the changed boxes."""
    corners, rows, columns = _pieces(changed, height, width)
    seen = _Squares.cut(
        nn.functional.pad(whole, [sliding.padding] * 4, value=sliding.fill),
        [(top * sliding.stride, left * sliding.stride) for top, left in corners],
        (rows - 1) * sliding.stride + sliding.kernel,
        (columns - 1) * sliding.stride + sliding.kernel,
    )
    padding = sliding.padding
    seen.paste(_Squares(squares.values, [(top + padding, left + padding) for top, left in squares.corners]))
    return _Squares(sliding.apply(seen.values), corners)


def _pieces(boxes: list[Box], height: int, width: int) -> tuple[list[tuple[int, int]], int, int]:
    """Corners, height and width of pieces of one size that hold the boxes and lie within the map."""
    rows = max(1, *(bottom - top for top, bottom, _, _ in boxes))
    columns = max(1, *(right - left for _, _, left, right in boxes))
    return [(min(top, height - rows), min(left, width - columns)) for top, _, left, _ in boxes], rows, columns


def _trace(layers: Sequence[nn.Module], x: Tensor) -> tuple[list[Tensor], Tensor]:
    """The input of each layer, and the last output."""
    inputs = []
    for layer in layers:
        inputs.append(x)
        x = layer(x)
    return inputs, x


def _not_sequential(network: nn.Module) -> NotApplicable:
    return NotApplicable(
        "not_sequential", f"{type(network).__name__} computes more than a sequence of its layers"
    )


def _flat(network: nn.Module) -> list[nn.Module]:
    if isinstance(network, nn.Sequential):
        return [layer for child in network for layer in _flat(child)]
    return [network]


def _common(*sizes: int | tuple[int, ...]) -> tuple[int, ...] | None:
    """Each size as one number for both axes; None where the axes differ."""
    pairs = [size if isinstance(size, tuple) else (size, size) for size in sizes]
    return tuple(pair[0] for pair in pairs) if all(len(set(pair)) == 1 for pair in pairs) else None
