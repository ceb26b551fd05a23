import pytest
import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from report_builder.methods.applicability import NotApplicable
from report_builder.methods.incremental_occlusion import incremental_occlusion, sequential_layers
from report_builder.methods.occlusion import occlusion


def conv(inputs, outputs, kernel=3, **settings):
    return nn.Conv2d(inputs, outputs, kernel, **settings)


class Vgg(nn.Module):
    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(
            *(conv(3, 8, padding=1), nn.ReLU(), conv(8, 8, padding=1), nn.ReLU(), nn.MaxPool2d(2)),
            *(conv(8, 8, padding=1), nn.BatchNorm2d(8), nn.ReLU(), nn.MaxPool2d(2)),
        )
        self.avgpool = nn.AdaptiveAvgPool2d((2, 3))
        self.classifier = nn.Sequential(nn.Linear(48, 16), nn.ReLU(), nn.Dropout(0.5), nn.Linear(16, 5))

    def forward(self, images):
        return self.classifier(self.avgpool(self.features(images)).flatten(1))


class Normalise(nn.Module):
    def forward(self, images):
        return (images - 0.4) / 0.3


class NormalisingVgg(Vgg):
    def __init__(self):
        super().__init__()
        self.normalise = Normalise()

    def forward(self, images):
        return super().forward(self.normalise(images))


def head(channels):
    return nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(channels, 5)


NETWORKS = {
    "vgg": Vgg,
    "normalise": NormalisingVgg,
    "alexnet": lambda: nn.Sequential(
        *(conv(3, 8, 11, stride=4, padding=2), nn.ReLU(inplace=True), nn.MaxPool2d(3, 2)),
        *(conv(8, 8, padding=1), nn.ReLU(inplace=True), *head(8)),
    ),
    "padded_pooling": lambda: nn.Sequential(conv(3, 6), nn.ReLU(), nn.MaxPool2d(3, 2, padding=1), *head(6)),
    "dilated": lambda: nn.Sequential(
        conv(3, 6, dilation=2, padding=2), nn.ReLU(), conv(6, 6, groups=3), *head(6)
    ),
    "gaps": lambda: nn.Sequential(conv(3, 6, 1, stride=3), nn.ReLU(), conv(6, 6, 2, stride=3), *head(6)),
    "oblong": lambda: nn.Sequential(conv(3, 6, (3, 5)), nn.ReLU(), *head(6)),
    "reflecting": lambda: nn.Sequential(conv(3, 6, padding=1, padding_mode="reflect"), nn.ReLU(), *head(6)),
    "mean_pooling": lambda: nn.Sequential(conv(3, 6), nn.ReLU(), nn.AvgPool2d(2), conv(6, 4), *head(4)),
    "flat": lambda: nn.Sequential(nn.Flatten(), nn.LazyLinear(5)),
}


def made(name):
    torch.manual_seed(3)
    network = NETWORKS[name]().double().eval()
    network(torch.zeros(1, 3, 40, 35).double())
    for module in network.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.running_mean.normal_()
            module.running_var.uniform_(0.5, 2)
    return network.requires_grad_(False)


IMAGES, CLASSES = (
    torch.rand(2, 3, 40, 35, generator=torch.Generator().manual_seed(0)).double(),
    torch.tensor([1, 4]),
)


@pytest.mark.parametrize("name", NETWORKS)
@pytest.mark.parametrize(
    ("window", "stride", "baseline"), [(8, 4, 0.0), (7, 3, 0.5), (2, 2, 1.0), (35, 5, 0.0)]
)
def test_equals_occlusion_in_full(name, window, stride, baseline):
    network, settings = made(name), {"window": window, "stride": stride, "baseline": baseline}
    ours = incremental_occlusion(network, IMAGES, CLASSES, **settings)
    torch.testing.assert_close(ours, occlusion(network, IMAGES, CLASSES, **settings), rtol=0, atol=1e-13)


def test_covered_by_another_image_in_any_memory_order():
    network, other = made("vgg"), IMAGES[1]
    ours = incremental_occlusion(
        network, IMAGES.contiguous(memory_format=torch.channels_last), CLASSES, baseline=other, batch=5
    )
    full = occlusion(network, IMAGES, CLASSES, baseline=other)
    torch.testing.assert_close(ours, full, rtol=0, atol=1e-13)


def test_images_and_network_are_left_alone():
    network = made("alexnet")
    before, state = IMAGES.clone(), {name: value.clone() for name, value in network.state_dict().items()}
    incremental_occlusion(network, IMAGES, CLASSES)
    assert torch.equal(before, IMAGES)
    assert all(torch.equal(value, state[name]) for name, value in network.state_dict().items())
    assert not any(module._forward_hooks for module in network.modules())


def test_memory_that_runs_out_shrinks_the_blocks(monkeypatch):
    network = made("vgg")
    expected = occlusion(network, IMAGES, CLASSES)
    linear = nn.functional.linear

    def small(x, *rest):
        if len(x) > 4:
            raise torch.OutOfMemoryError("out of memory")
        return linear(x, *rest)

    monkeypatch.setattr(nn.functional, "linear", small)
    torch.testing.assert_close(incremental_occlusion(network, IMAGES, CLASSES), expected, rtol=0, atol=1e-13)


class Residual(Vgg):
    def forward(self, images):
        return super().forward(images) + images.mean((1, 2, 3))[:, None]


class PerImage(NormalisingVgg):
    """Its `normalise` looks at the whole image: a window changes every pixel."""

    def __init__(self):
        super().__init__()
        self.normalise = nn.InstanceNorm2d(3)


@pytest.mark.parametrize("kind", [Residual, PerImage])
def test_refuses_a_network_that_does_more_than_its_layers(kind):
    torch.manual_seed(0)
    with pytest.raises(NotApplicable, match="more than a sequence"):
        incremental_occlusion(kind().double().eval(), IMAGES, CLASSES)


def test_refuses_a_network_without_layers_in_sequence():
    with pytest.raises(NotApplicable, match="more than a sequence"):
        sequential_layers(nn.Linear(3, 2))
    with pytest.raises(NotApplicable, match="more than a sequence"):
        incremental_occlusion(nn.Sequential(conv(3, 4)).double(), IMAGES, CLASSES)


def test_a_tenth_of_the_work():
    """A deep network on a large image: counted in multiplications, so that a busy machine does not matter."""
    torch.manual_seed(0)
    network = (
        nn.Sequential(
            *(conv(3, 8, padding=1), nn.ReLU(), conv(8, 8, padding=1), nn.ReLU(), nn.MaxPool2d(2)),
            *(conv(8, 8, padding=1), nn.ReLU(), *head(8)),
        )
        .eval()
        .requires_grad_(False)
    )
    images = torch.rand(1, 3, 64, 64)
    assert macs(occlusion, network, images) > 10 * macs(incremental_occlusion, network, images)


def macs(method, network, images):
    with FlopCounterMode(display=False) as counter:
        method(network, images, torch.tensor([0]), window=8, stride=4)
    return counter.get_total_flops()
