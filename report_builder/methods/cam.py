"""Class activation maps: CAM, Grad-CAM, Guided Grad-CAM.

Maps come at the resolution of their layer, raw; `upsample` and `display` are for the eye. Multiply raw maps
and normalise last: a normalised map has its zero elsewhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import torch
from torch import Tensor, nn
from torch.nn import functional

from report_builder.methods.applicability import NotApplicable
from report_builder.methods.batching import MemoryBudget, image_cost
from report_builder.methods.hooks import as_input, check_inputs, class_scores, frozen
from report_builder.methods.interception import Function, Interception
from report_builder.methods.passes import shared_passes

# Where torchvision's families have their last feature maps, by the attribute that only they have
_LAST_MAPS = ("layer4", "trunk_output", "conv5", "inception5b", "Mixed_7c", "features")
POOLINGS = (nn.MaxPool2d, nn.AvgPool2d, nn.AdaptiveAvgPool2d, nn.AdaptiveMaxPool2d)


def default_layer(network: nn.Module) -> str:
    """The layer with the last feature maps before pooling: the usual one for Grad-CAM.

    VGG, AlexNet and networks built like them: the last rectifier of `features`, before the final pooling.
    ResNet: `layer4`. SqueezeNet, MobileNet, DenseNet, EfficientNet: `features`, whose output is pooled next
    (in DenseNet after one more rectifier). Raises NotApplicable ("no_default_layer") for anything else.
    """
    name = next((name for name in _LAST_MAPS if isinstance(getattr(network, name, None), nn.Module)), None)
    if name is None:
        raise NotApplicable("no_default_layer", "no layer for Grad-CAM is known for this network; name one")
    features = getattr(network, name)
    if not (isinstance(features, nn.Sequential) and len(features) and isinstance(features[-1], POOLINGS)):
        return name
    before = [
        number for number, module in enumerate(features) if not isinstance(module, (*POOLINGS, nn.Dropout))
    ]
    if not before:
        raise NotApplicable("no_default_layer", "no layer for Grad-CAM is known for this network; name one")
    return f"{name}.{before[-1]}"


def grad_cam(
    network: nn.Module,
    images: Tensor,
    classes: Tensor,
    layers: Sequence[str],
    memory: MemoryBudget | None = None,
) -> dict[str, Tensor]:
    """Grad-CAM (n, h', w') at each of the layers: one forward pass, one backward pass to the first layer.

    Selvaraju et al. 2017, Grad-CAM: Visual Explanations from Deep Networks. See `shared_passes` for the
    errors.
    """
    return shared_passes(network, images, classes, rules=(), layers=layers, memory=memory).grad_cams


def guided_grad_cam(guided: Tensor, cam: Tensor, mode: Literal["nearest", "bilinear"] = "bilinear") -> Tensor:
    """Raw guided backpropagation (n, 3, h, w) times raw Grad-CAM (n, h', w') at its size: (n, 3, h, w).

    Selvaraju et al. 2017 (bilinear, as there; captum takes the nearest value).
    """
    return guided * upsample(cam, guided.shape[-2:], mode)[:, None]


def class_activation_map(
    network: nn.Module, images: Tensor, classes: Tensor, memory: MemoryBudget | None = None
) -> Tensor:
    """CAM (n, h', w'), signed: its mean plus the class's bias is the logit.

    Zhou et al. 2016, Learning Deep Features for Discriminative Localization. The network must end with global
    average pooling and at most one linear layer after it (none in SqueezeNet, which pools the logits).

    Raises NotApplicable: "cam_no_global_pooling" or "cam_not_linear_after_pooling".
    """
    check_inputs(images, classes)
    memory = memory or MemoryBudget.of(images.device)

    def block_of(block: slice) -> Tensor:
        seen = _GlobalPooling()
        with frozen(network), torch.no_grad():
            with seen:
                logits = network(as_input(images[block]))
            class_scores(logits, classes[block])
            return _weighted_maps(seen, logits, classes[block])

    return torch.cat(memory.run(len(images), image_cost(network, images), block_of))


class _GlobalPooling(Interception):
    """Keeps what went into the last global average pooling, and the linear layers called after it."""

    def __init__(self) -> None:
        super().__init__()
        self.maps: Tensor | None = None
        self.linear: list[tuple[Tensor, Tensor | None]] = []

    def called(self, func: Function, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        result = func(*args, **kwargs)
        if func in (functional.adaptive_avg_pool2d, functional.avg_pool2d, torch.mean, Tensor.mean):
            x = args[0]
            if x.ndim == 4 and result.shape[:2] == x.shape[:2] and result.numel() == x.shape[0] * x.shape[1]:
                self.maps, self.linear = x.clone(), []
        elif func is functional.linear:
            bias = args[2] if len(args) > 2 else kwargs.get("bias")
            self.linear.append((args[1], bias))
        return result


def _weighted_maps(seen: _GlobalPooling, logits: Tensor, classes: Tensor) -> Tensor:
    if seen.maps is None:
        raise NotApplicable(
            "cam_no_global_pooling", "CAM needs a network that ends with global average pooling"
        )
    pooled = seen.maps.mean((2, 3))
    rows = torch.arange(len(classes), device=classes.device)
    expected, maps = pooled, seen.maps[rows, classes] if pooled.shape == logits.shape else None
    if len(seen.linear) == 1 and seen.linear[0][0].shape == (logits.shape[1], pooled.shape[1]):
        weight, bias = seen.linear[0]
        expected = functional.linear(pooled, weight, bias)
        maps = torch.einsum("nk,nkhw->nhw", weight[classes], seen.maps)
    tolerance = torch.finfo(seen.maps.dtype).eps ** 0.5 * (1 + logits.abs().max())
    if maps is None or (expected - logits).abs().max() > tolerance:
        raise NotApplicable(
            "cam_not_linear_after_pooling",
            "CAM needs a network with at most one linear layer after global pooling",
        )
    return maps.to(logits)


def upsample(maps: Tensor, size: Sequence[int], mode: Literal["nearest", "bilinear"] = "bilinear") -> Tensor:
    """Maps (n, h', w') at another size (h, w)."""
    return functional.interpolate(maps[:, None], size=tuple(size), mode=mode)[:, 0]


def display(maps: Tensor, size: Sequence[int]) -> Tensor:
    """Maps for the eye, (n, h, w): each brought to the range 0 to 1, upsampled, brought there again."""
    return _by_range(upsample(_by_range(maps), size))


def _by_range(maps: Tensor) -> Tensor:
    low, high = maps.amin((1, 2), keepdim=True), maps.amax((1, 2), keepdim=True)
    return (maps - low) / torch.where(high > low, high - low, 1)
