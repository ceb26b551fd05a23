"""FarmNet: a small VGG for the farmyard's scenes."""

from __future__ import annotations

from pathlib import Path

import torch
from safetensors import safe_open
from safetensors.torch import save
from torch import Tensor, nn

WEIGHTS = Path(__file__).resolve().parents[2] / "data" / "farmnet.safetensors"
INPUT_SIZE = 112
BLOCKS = ((16, 2), (32, 2), (64, 3), (128, 3))  # width, convolutions
MEAN, STD = 0.45, 0.25


class Normalise(nn.Module):
    """Pixels in [0, 1] to about zero mean and unit variance, the same for all channels."""

    def forward(self, images: Tensor) -> Tensor:
        return (images - MEAN) / STD


class FarmNet(nn.Module):
    """Images (n, 3, 112, 112) in [0, 1] to logits (n, classes).

    The attributes are named as in torchvision's VGG: `features`, `avgpool`, `classifier`. No module is
    used twice and no ReLU works in place, so hooks see every activation. With batch norm only while it
    is trained; see `folded`. Source: Simonyan and Zisserman (2015), Very deep convolutional networks.
    """

    def __init__(self, classes: int = 13, *, batch_norm: bool = False) -> None:
        super().__init__()
        self.normalise = Normalise()
        layers: list[nn.Module] = []
        channels = 3
        for width, convolutions in BLOCKS:
            for _ in range(convolutions):
                layers.append(nn.Conv2d(channels, width, 3, padding=1))
                if batch_norm:
                    layers.append(nn.BatchNorm2d(width))
                layers.append(nn.ReLU())
                channels = width
            layers.append(nn.MaxPool2d(2))
        self.features = nn.Sequential(*layers)
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.classifier = nn.Sequential(
            nn.Linear(channels, 128), nn.ReLU(), nn.Dropout(0.3), nn.Linear(128, classes)
        )

    def forward(self, images: Tensor) -> Tensor:
        maps = self.avgpool(self.features(self.normalise(images)))
        logits: Tensor = self.classifier(torch.flatten(maps, 1))
        return logits


@torch.no_grad()
def folded(network: FarmNet) -> FarmNet:
    """The same function in eval mode, batch norm's running statistics put into the convolutions."""
    result = FarmNet(len(network.get_parameter("classifier.3.bias")))
    sources = [layer for layer in network.features if not isinstance(layer, nn.BatchNorm2d)]
    norms = iter([layer for layer in network.features if isinstance(layer, nn.BatchNorm2d)])
    for target, source in zip(result.features, sources, strict=True):
        if isinstance(target, nn.Conv2d) and isinstance(source, nn.Conv2d):
            norm = next(norms, None)
            fused = (
                source
                if norm is None
                else torch.nn.utils.fusion.fuse_conv_bn_eval(source.eval(), norm.eval())
            )
            target.load_state_dict(fused.state_dict())
    result.classifier.load_state_dict(network.classifier.state_dict())
    return result.to(next(network.parameters()).device).eval()


def save_farmnet(network: FarmNet, path: Path, metadata: dict[str, str]) -> None:
    """Write the weights as safetensors; equal weights and metadata give equal bytes."""
    state = {name: value.detach().cpu().contiguous() for name, value in network.state_dict().items()}
    path.write_bytes(save(state, metadata))


def load_farmnet(path: Path = WEIGHTS, device: torch.device | str = "cpu") -> FarmNet:
    """The trained network, frozen and in eval mode.

    Raises RuntimeError when a name is missing, unknown or of another shape, OSError when there is no file.
    """
    with safe_open(path, framework="pt") as file:
        state = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - not a dict
    network = FarmNet(len(state["classifier.3.bias"]))
    network.load_state_dict(state, strict=True)
    return network.to(device).eval().requires_grad_(False)


def read_metadata(path: Path = WEIGHTS) -> dict[str, str]:
    """What was written beside the weights: seed, generator version, accuracy, data hash, classes."""
    with safe_open(path, framework="pt") as file:
        return dict(file.metadata() or {})
