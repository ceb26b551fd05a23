"""Saliency, Input x Gradient, guided backpropagation, DeconvNet: equal to captum, and one forward for all."""

import pytest
import torch
from captum.attr import Deconvolution, GuidedBackprop, InputXGradient, Saliency
from small_vision import Calls, functional_net, images, linear, oracle, resnet, targets, vgg
from torch import nn

from report_builder.methods.applicability import NotApplicable
from report_builder.methods.batching import image_cost
from report_builder.methods.gradients import (
    deconvnet,
    gradient,
    guided_backpropagation,
    input_x_gradient,
    saliency,
)
from report_builder.methods.passes import shared_passes

X, T = images(), targets()
# ours rectify in place and share rectifiers; captum needs rectifiers of their own, with the same weights
PAIRS = [(vgg(inplace=True), vgg()), (resnet(shared=True), resnet(shared=False))]
METHODS = [
    (saliency, lambda n: lambda x, t: Saliency(n).attribute(x, t, abs=True)),
    (gradient, lambda n: lambda x, t: Saliency(n).attribute(x, t, abs=False)),
    (input_x_gradient, lambda n: InputXGradient(n).attribute),
    (guided_backpropagation, lambda n: GuidedBackprop(n).attribute),
    (deconvnet, lambda n: Deconvolution(n).attribute),
]


@pytest.mark.parametrize(("ours", "theirs"), PAIRS, ids=["vgg", "resnet"])
@pytest.mark.parametrize(("method", "oracle_of"), METHODS, ids=[m.__name__ for m, _ in METHODS])
def test_equal_to_captum(method, oracle_of, ours, theirs):
    with oracle():
        expected = oracle_of(theirs)(X.clone().requires_grad_(), T)
    assert expected.abs().max() > 1e-3
    torch.testing.assert_close(method(ours, X, T), expected, rtol=0, atol=1e-12)


@pytest.mark.parametrize("method", [guided_backpropagation, deconvnet])
def test_rectifiers_that_are_functions_are_gated_too(method):
    """By hand: two rectifiers, around a mean."""
    network = functional_net()
    x = X[:, :, :3, :3]
    a = network.conv(x)[:, :, 0, 0]
    b = a.clamp_min(0)
    back = network.fc.weight[T].clamp_min(0)
    if method is guided_backpropagation:
        back = back * (b > 0)
    back = back.clamp_min(0) * ((a > 0) if method is guided_backpropagation else 1)
    expected = torch.einsum("nk,kchw->nchw", back, network.conv.weight)
    torch.testing.assert_close(method(network, x, T), expected, rtol=0, atol=1e-12)
    torch.testing.assert_close(method(functional_net(in_place=True), x, T), expected, rtol=0, atol=1e-12)


def test_relu6_levels_off_at_both_ends():
    torch.manual_seed(0)  # so that some values lie below, some between and some above the ends
    network = nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU6(), nn.Flatten(), nn.Linear(4, 5)).double()
    x = 20 * X[:, :, :3, :3]
    a = network[0](x)[:, :, 0, 0].detach()
    assert (a > 6).any()
    assert (a < 0).any()
    assert ((a > 0) & (a < 6)).any()
    back = network[3].weight.detach()[T].clamp_min(0) * ((a > 0) & (a < 6))
    expected = torch.einsum("nk,kchw->nchw", back, network[0].weight.detach())
    torch.testing.assert_close(guided_backpropagation(network, x, T), expected, rtol=0, atol=1e-12)


def test_gradient_of_a_linear_network_is_its_weights():
    network = linear()
    expected = network.fc.weight[T].view_as(X)
    torch.testing.assert_close(gradient(network, X, T), expected, rtol=0, atol=1e-15)


@pytest.mark.parametrize("network", [vgg(), resnet()], ids=["vgg", "resnet"])
def test_all_maps_together_are_those_of_each_alone_in_one_forward(network, monkeypatch):
    layer = "layer4" if hasattr(network, "layer4") else "features.4"
    alone = [method(network, X, T) for method in (gradient, guided_backpropagation, deconvnet)]
    cam = shared_passes(network, X, T, rules=(), layers=[layer]).grad_cams[layer]
    calls = Calls(network, monkeypatch)
    together = shared_passes(network, X, T, rules=("gradient", "guided", "deconvnet"), layers=[layer])
    assert (calls.forward, calls.images, calls.backward) == (1, 3, 3)
    for one, map_ in zip(alone, together.gradients.values(), strict=True):
        torch.testing.assert_close(map_, one, rtol=0, atol=1e-14)
    torch.testing.assert_close(together.grad_cams[layer], cam, rtol=0, atol=1e-14)
    torch.testing.assert_close(together.logits, network(X), rtol=0, atol=1e-14)


def test_grad_cam_beside_guided_backpropagation_needs_no_third_backward(monkeypatch):
    network = vgg()
    image_cost(network, X)  # known once per network
    calls = Calls(network, monkeypatch)
    shared_passes(network, X, T, rules=("guided",), layers=["features.4"])
    assert (calls.forward, calls.backward) == (1, 2)


@pytest.mark.parametrize(
    ("network", "count"), [(vgg(), 3), (vgg(inplace=True), 3), (resnet(), 5), (functional_net(), 2)]
)
def test_every_rectifier_is_counted(network, count):
    assert shared_passes(network, X, T, rules=("guided",)).rectifiers == count


def test_no_rectifier_is_said():
    with pytest.raises(NotApplicable) as caught:
        guided_backpropagation(linear(), X, T)
    assert caught.value.key == "no_rectifier"


@pytest.mark.parametrize(
    ("x", "t", "message"),
    [
        (X[0], T, "images"),
        (X.long(), T, "images"),
        (X[:0], T[:0], "images"),
        (X, T[:2], "one int64 class per image"),
        (X, T.int(), "one int64 class per image"),
    ],
)
def test_inputs_that_do_not_fit_are_refused(x, t, message):
    with pytest.raises(ValueError, match=message):
        gradient(vgg(), x, t)


@pytest.mark.parametrize("classes", [torch.tensor([0, 1, 5]), torch.tensor([-1, 0, 0])])
def test_a_class_that_is_not_there_is_refused(classes):
    with pytest.raises(ValueError, match="between 0 and 4"):
        gradient(vgg(), X, classes)


def test_a_network_without_logits_is_refused():
    with pytest.raises(ValueError, match="logits"):
        gradient(vgg().features, X, T)
