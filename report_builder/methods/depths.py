"""Layers of a network at three depths, for what changes from the first feature maps to the last."""

from __future__ import annotations

from torch import nn

from report_builder.methods.applicability import NotApplicable
from report_builder.methods.cam import POOLINGS, default_layer

# Stages of torchvision's families without `features`, the last of them as in `default_layer`
_STAGES = (
    ("layer1", "layer2", "layer4"),  # ResNet
    ("trunk_output.block1", "trunk_output.block2", "trunk_output"),  # RegNet
    ("stage2", "stage3", "conv5"),  # ShuffleNet
    ("inception3b", "inception4c", "inception5b"),  # GoogLeNet
    ("Mixed_5d", "Mixed_6c", "Mixed_7c"),  # Inception v3
)


def depth_layers(network: nn.Module) -> tuple[str, str, str]:
    """A shallow, a middle and a deep layer whose outputs are feature maps; the deep one is Grad-CAM's.

    VGG, AlexNet, SqueezeNet and networks built like them: the layer before the first pooling of `features`,
    and the one before a pooling half way. Other networks with `features` (MobileNet, DenseNet, EfficientNet,
    ConvNeXt): the blocks a quarter and half of the way. ResNet and others: the ends of their stages.

    Raises NotApplicable ("no_known_depths") for anything else.
    """
    modules = dict(network.named_modules())
    for stages in _STAGES:
        if all(name in modules for name in stages):
            return stages
    features = modules.get("features")
    if isinstance(features, nn.Sequential):
        before = _before_poolings(features)
        if len(before) >= 3:
            return before[0], before[(len(before) - 1) // 2], default_layer(network)
        blocks = [f"features.{name}" for name, child in features.named_children() if any(child.children())]
        if len(blocks) >= 4:
            return blocks[len(blocks) // 4], blocks[len(blocks) // 2], default_layer(network)
    raise NotApplicable("no_known_depths", "no layers at three depths are known for this network")


def before_rectifier(network: nn.Module, layer: str) -> str:
    """The layer that feeds the named one where that is a rectifier in a sequence, else the named one itself.

    A rectifier that is silent everywhere has no slope; what goes into it has one.
    """
    parent, _, place = layer.rpartition(".")
    around = network.get_submodule(parent)
    if not (place.isdecimal() and int(place) > 0 and isinstance(around, nn.Sequential)):
        return layer
    return f"{parent}.{int(place) - 1}".lstrip(".") if isinstance(around[int(place)], nn.ReLU) else layer


def _before_poolings(features: nn.Sequential) -> list[str]:
    """The last layer before each pooling, and the last of all."""
    found: list[str] = []
    last = ""
    for name, child in features.named_children():
        if not isinstance(child, POOLINGS):
            last = f"features.{name}"
        elif last and last not in found:
            found.append(last)
    return found if last in found else [*found, last]
