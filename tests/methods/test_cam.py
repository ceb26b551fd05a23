"""CAM, Grad-CAM, Guided Grad-CAM: equal to captum and pytorch-grad-cam, and as theory relates them."""

import numpy as np
import pytest
import torch
import torchvision
from captum.attr import GuidedGradCam, LayerGradCam
from pytorch_grad_cam import GradCAM
from pytorch_grad_cam.utils.model_targets import ClassifierOutputTarget
from small_vision import Calls, images, linear, oracle, resnet, targets, vgg
from torch import nn

from report_builder.methods.applicability import NotApplicable
from report_builder.methods.cam import (
    class_activation_map,
    default_layer,
    display,
    grad_cam,
    guided_grad_cam,
    upsample,
)
from report_builder.methods.gradients import guided_backpropagation
from report_builder.models.farmnet import FarmNet
from report_builder.models.networks import load_network

X, T = images(), targets()


@pytest.mark.parametrize(
    ("ours", "theirs", "layer"),
    [
        (vgg(inplace=True), vgg(), "features.4"),
        (vgg(inplace=True), vgg(), "features.0"),
        (resnet(shared=True), resnet(shared=False), "layer4"),
        (resnet(shared=True), resnet(shared=False), "layer1"),
        (resnet(shared=True), resnet(shared=False), "bn1"),
    ],
)
def test_grad_cam_equal_to_captum_at_any_layer(ours, theirs, layer):
    expected = LayerGradCam(theirs, theirs.get_submodule(layer)).attribute(X, T, relu_attributions=True)
    assert expected.abs().max() > 1e-4
    torch.testing.assert_close(grad_cam(ours, X, T, [layer])[layer], expected[:, 0], rtol=0, atol=1e-12)


def test_grad_cam_at_several_layers_from_one_forward_and_one_backward(monkeypatch):
    network = resnet()
    layers = ["layer1", "conv1", "layer4"]
    alone = {layer: grad_cam(network, X, T, [layer])[layer] for layer in layers}
    calls = Calls(network, monkeypatch)
    together = grad_cam(network, X, T, layers)
    assert (calls.forward, calls.backward) == (1, 1)
    for layer in layers:
        torch.testing.assert_close(together[layer], alone[layer], rtol=0, atol=1e-14)


def test_display_equal_to_pytorch_grad_cam():
    network = vgg().float()
    with GradCAM(network.requires_grad_(True), [network.features[4]]) as peer:
        expected = peer(X.float(), [ClassifierOutputTarget(int(t)) for t in T])
    shown = display(grad_cam(network, X.float(), T, ["features.4"])["features.4"], X.shape[-2:])
    np.testing.assert_allclose(shown.numpy(), expected, rtol=0, atol=1e-6)


def test_display_of_a_constant_map_is_zero():
    assert torch.equal(display(torch.full((1, 2, 2), 3.0), (4, 4)), torch.zeros(1, 4, 4))


@pytest.mark.parametrize(
    ("ours", "theirs", "layer"),
    [(vgg(inplace=True), vgg(), "features.4"), (resnet(), resnet(shared=False), "layer4")],
)
def test_guided_grad_cam_equal_to_captum(ours, theirs, layer):
    with oracle():
        expected = GuidedGradCam(theirs, theirs.get_submodule(layer)).attribute(
            X.clone().requires_grad_(), T, interpolate_mode="nearest"
        )
    guided = guided_backpropagation(ours, X, T)
    product = guided_grad_cam(guided, grad_cam(ours, X, T, [layer])[layer], "nearest")
    torch.testing.assert_close(product, expected, rtol=0, atol=1e-12)


def test_raw_maps_are_multiplied_so_that_zero_stays_zero():
    guided, cam = torch.randn(1, 3, 8, 8), torch.zeros(1, 2, 2)
    assert torch.equal(guided_grad_cam(guided, cam), torch.zeros(1, 3, 8, 8))


def test_cam_adds_up_to_the_logit():
    network = resnet()
    maps = class_activation_map(network, X, T)
    logits = network(X)[torch.arange(3), T]
    torch.testing.assert_close(maps.mean((1, 2)) + network.fc.bias[T], logits, rtol=0, atol=1e-12)


def test_grad_cam_generalises_cam():
    """After global pooling and one linear layer it is the positive part of CAM over the number of places."""
    network = resnet()
    maps = class_activation_map(network, X, T)
    expected = maps.clamp_min(0) / maps[0].numel()
    torch.testing.assert_close(grad_cam(network, X, T, ["layer4"])["layer4"], expected, rtol=0, atol=1e-12)


class Bent(nn.Module):
    """Global pooling, but more than a linear layer after it: two of them, as in FarmNet, or a rectifier."""

    def __init__(self, end: nn.Module) -> None:
        super().__init__()
        self.conv, self.end = nn.Conv2d(3, 4, 3), end

    def forward(self, x):
        return self.end(self.conv(x).mean((2, 3)))


TWO = nn.Sequential(nn.Linear(4, 6), nn.ReLU(), nn.Linear(6, 5))
RECTIFIED = nn.Sequential(nn.Linear(4, 5), nn.ReLU())


@pytest.mark.parametrize(
    ("network", "key"),
    [
        (vgg(), "cam_no_global_pooling"),
        (linear(), "cam_no_global_pooling"),
        (Bent(TWO).double(), "cam_not_linear_after_pooling"),
        (Bent(RECTIFIED).double(), "cam_not_linear_after_pooling"),
    ],
)
def test_cam_says_why_it_does_not_apply(network, key):
    with pytest.raises(NotApplicable) as caught:
        class_activation_map(network, X, T)
    assert caught.value.key == key


FAMILIES = {
    "vgg11": "features.19",
    "vgg11_bn": "features.27",
    "vgg16": "features.29",
    "alexnet": "features.11",
    "resnet18": "layer4",
    "squeezenet1_1": "features",
    "mobilenet_v2": "features",
    "mobilenet_v3_small": "features",
    "densenet121": "features",
    "efficientnet_b0": "features",
}
CAM = {"resnet18", "squeezenet1_1", "mobilenet_v2", "densenet121", "efficientnet_b0"}


@pytest.mark.parametrize("name", [name for name in FAMILIES if name != "vgg16"])
def test_torchvision_families(name):
    """The default layer, Grad-CAM there, CAM or the reason why not, in float64 on a small picture."""
    network = load_network(name, random_seed=0).module.double()
    x, classes = images(2, size=64), torch.tensor([3, 700])
    layer = default_layer(network)
    assert layer == FAMILIES[name]
    cam = grad_cam(network, x, classes, [layer])[layer]
    expected = LayerGradCam(network, network.get_submodule(layer)).attribute(
        x, classes, relu_attributions=True
    )
    torch.testing.assert_close(cam, expected[:, 0], rtol=1e-9, atol=1e-12)
    if name in CAM:
        maps = class_activation_map(network, x, classes)
        logits = network(x)[torch.arange(2), classes]
        bias = [module for module in network.modules() if isinstance(module, nn.Linear)][-1:]
        offset = bias[0].bias[classes] if bias else 0
        torch.testing.assert_close(maps.mean((1, 2)) + offset, logits, rtol=1e-9, atol=1e-9)
    else:
        with pytest.raises(NotApplicable):
            class_activation_map(network, x, classes)


def test_farmnet():
    """Built like VGG, with global pooling and a hidden layer after it: Grad-CAM, but no CAM."""
    torch.manual_seed(0)
    network = FarmNet().double().eval()
    x, classes = images(2, size=32), torch.tensor([0, 12])
    layer = default_layer(network)
    assert isinstance(network.get_submodule(layer), nn.ReLU)
    assert isinstance(network.features[-1], nn.MaxPool2d)
    assert layer == f"features.{len(network.features) - 2}"
    expected = LayerGradCam(network, network.get_submodule(layer)).attribute(
        x, classes, relu_attributions=True
    )
    torch.testing.assert_close(
        grad_cam(network, x, classes, [layer])[layer], expected[:, 0].detach(), rtol=0, atol=1e-12
    )
    with pytest.raises(NotApplicable) as caught:
        class_activation_map(network, x, classes)
    assert caught.value.key == "cam_not_linear_after_pooling"


def test_the_default_layer_of_vgg16_is_its_last_rectifier():
    with torch.device("meta"):
        network = torchvision.models.vgg16(weights=None)
    assert default_layer(network) == FAMILIES["vgg16"]


def test_an_unknown_architecture_asks_for_a_layer():
    with pytest.raises(NotApplicable) as caught:
        default_layer(linear())
    assert caught.value.key == "no_default_layer"


def test_a_layer_without_maps_is_refused():
    with pytest.raises(NotApplicable) as caught:
        grad_cam(vgg(), X, T, ["classifier.1"])
    assert caught.value.key == "layer_without_maps"


def test_upsampling_keeps_the_mean_of_a_doubled_nearest_map():
    maps = torch.randn(2, 3, 3, dtype=torch.float64)
    torch.testing.assert_close(upsample(maps, (6, 6), "nearest").mean((1, 2)), maps.mean((1, 2)))
