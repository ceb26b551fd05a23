"""Small networks in float64 for the laws of the image methods, and what must not change in them."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn

CLASSES = 5


class SmallVGG(nn.Module):
    """Convolutions, rectifiers, overlapping-free max pooling, a hidden layer: built like VGG."""

    def __init__(self, inplace: bool = False) -> None:
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(3, 6, 3, padding=1),
            nn.ReLU(inplace),
            nn.MaxPool2d(2),
            nn.Conv2d(6, 8, 3, padding=1),
            nn.ReLU(inplace),
            nn.MaxPool2d(2),
        )
        self.avgpool = nn.AdaptiveAvgPool2d(2)
        self.classifier = nn.Sequential(
            nn.Linear(32, 10), nn.ReLU(inplace), nn.Dropout(0.5), nn.Linear(10, CLASSES)
        )

    def forward(self, x: Tensor) -> Tensor:
        return self.classifier(torch.flatten(self.avgpool(self.features(x)), 1))


class Block(nn.Module):
    """A residual block: one rectifier used twice and in place, as torchvision has it, or two of them."""

    def __init__(self, width: int, shared: bool) -> None:
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(width, width, 3, padding=1), nn.BatchNorm2d(width)
        self.conv2, self.bn2 = nn.Conv2d(width, width, 3, padding=1), nn.BatchNorm2d(width)
        self.relu = nn.ReLU(inplace=shared)
        self.last = self.relu if shared else nn.ReLU()

    def forward(self, x: Tensor) -> Tensor:
        out = self.bn2(self.conv2(self.relu(self.bn1(self.conv1(x)))))
        out += x
        return self.last(out)


class SmallResNet(nn.Module):
    """Batch norm, overlapping max pooling, residual blocks, global pooling, one linear layer: like ResNet."""

    def __init__(self, shared: bool = True) -> None:
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(3, 6, 3, stride=2, padding=1), nn.BatchNorm2d(6)
        self.relu = nn.ReLU(inplace=shared)
        self.maxpool = nn.MaxPool2d(3, 2, 1)
        self.layer1, self.layer4 = Block(6, shared), Block(6, shared)
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Linear(6, CLASSES)

    def forward(self, x: Tensor) -> Tensor:
        x = self.layer4(self.layer1(self.maxpool(self.relu(self.bn1(self.conv1(x))))))
        return self.fc(torch.flatten(self.avgpool(x), 1))


class Functional(nn.Module):
    """Rectifies by functions, one of them in place with its value thrown away."""

    def __init__(self, in_place: bool) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3)
        self.fc = nn.Linear(4, CLASSES)
        self.in_place = in_place

    def forward(self, x: Tensor) -> Tensor:
        x = self.conv(x)
        if self.in_place:
            x.relu_()
        else:
            x = torch.relu(x)
        return self.fc(nn.functional.relu(x.mean((2, 3))))


class Linear(nn.Module):
    """No nonlinearity at all."""

    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(3 * 16 * 16, CLASSES)

    def forward(self, x: Tensor) -> Tensor:
        return self.fc(x.flatten(1))


def vgg(inplace: bool = False) -> nn.Module:
    return _seeded(lambda: SmallVGG(inplace))


def resnet(shared: bool = True) -> nn.Module:
    return _seeded(lambda: SmallResNet(shared))


def functional_net(in_place: bool = False) -> nn.Module:
    return _seeded(lambda: Functional(in_place))


def linear() -> nn.Module:
    return _seeded(Linear)


def _seeded(make) -> nn.Module:
    """The same random weights, running statistics included, for every variant of a network."""
    with torch.random.fork_rng():
        torch.manual_seed(4)
        network = make().double()
        for module in network.modules():
            if isinstance(module, nn.BatchNorm2d):
                module.running_mean.normal_(0, 0.3)
                module.running_var.uniform_(0.5, 1.5)
                nn.init.uniform_(module.weight, 0.5, 1.5)
                nn.init.normal_(module.bias, 0, 0.3)
    return network.eval().requires_grad_(False)


def images(n: int = 3, size: int = 16, seed: int = 1) -> Tensor:
    return torch.randn(n, 3, size, size, dtype=torch.float64, generator=torch.Generator().manual_seed(seed))


def targets(n: int = 3) -> Tensor:
    return torch.arange(n) * 2 % CLASSES


def traces(network: nn.Module) -> list[object]:
    """Everything that a method could leave behind in a network."""
    found: list[object] = []
    for name, module in network.named_modules():
        hooks = [
            len(value) for key, value in vars(module).items() if "hooks" in key and hasattr(value, "__len__")
        ]
        attributes = sorted(key for key in vars(module))
        found.append((name, module.training, hooks, attributes, getattr(module, "inplace", None)))
    found += [(name, p.requires_grad, p.grad is None, p._version) for name, p in network.named_parameters()]
    found += [(name, b._version) for name, b in network.named_buffers()]
    return [*found, torch.is_grad_enabled(), torch.is_inference_mode_enabled()]


class Calls:
    """Counts the forward passes of a network, the images in them, and the backward passes through it."""

    def __init__(self, network: nn.Module, monkeypatch) -> None:
        self.forward, self.images, self.backward = 0, 0, 0
        run, differentiate = type(network).forward, torch.autograd.grad

        def forward(module: nn.Module, x: Tensor) -> Tensor:
            self.forward, self.images = self.forward + 1, self.images + len(x)
            return run(module, x)

        def grad(*args, **kwargs):
            self.backward += 1
            return differentiate(*args, **kwargs)

        monkeypatch.setattr(type(network), "forward", forward)
        monkeypatch.setattr(torch.autograd, "grad", grad)


@contextmanager
def oracle() -> Iterator[None]:
    """captum warns that it sets hooks and asks for gradients: that is what it is called for."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Setting (forward, )?backward hooks")
        warnings.filterwarnings("ignore", message="(?s)Setting forward, backward hooks and attributes")
        warnings.filterwarnings("ignore", message="Input Tensor .* did not already require gradients")
        yield
