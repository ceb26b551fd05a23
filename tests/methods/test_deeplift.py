"""DeepLIFT, rescale rule: equal to captum, and complete also where captum is not."""

import pytest
import torch
from captum.attr import DeepLift
from small_vision import Calls, functional_net, images, linear, oracle, resnet, targets, vgg
from torch import nn

from report_builder.methods.applicability import NotApplicable
from report_builder.methods.batching import image_cost
from report_builder.methods.deeplift import deeplift

X, T = images(), targets()
BASELINES = [None, images(1, seed=7)[0], images(3, seed=7)]


class Apart(nn.Module):
    """Hands on a copy.

    Where max pooling directly follows a rectifier, captum 0.9 hooks one tensor twice and gives the rectifier
    the plain gradient of the pooling, so that its attributions are not complete. A copy between the two
    mends it.
    """

    def forward(self, x):
        return x.clone()


def _mended() -> nn.Module:
    network = vgg()
    for number in (2, 5):
        network.features[number] = nn.Sequential(Apart(), network.features[number])
    return network


@pytest.mark.parametrize("baseline", BASELINES, ids=["zero", "one", "each"])
def test_equal_to_captum(baseline):
    theirs = torch.zeros_like(X) if baseline is None else baseline.expand_as(X)
    with oracle():
        expected = DeepLift(_mended()).attribute(X.clone().requires_grad_(), theirs.clone(), T)
    for network in (vgg(), vgg(inplace=True)):
        result = deeplift(network, X, T, baseline=baseline)
        torch.testing.assert_close(result.attributions, expected, rtol=0, atol=1e-12)


@pytest.mark.parametrize("baseline", BASELINES, ids=["zero", "one", "each"])
@pytest.mark.parametrize("network", [vgg(), resnet()], ids=["vgg", "resnet"])
def test_completeness(network, baseline):
    """With overlapping pooling windows and a rectifier that is used twice, too."""
    result = deeplift(network, X, T, baseline=baseline)
    start = torch.zeros_like(X) if baseline is None else baseline.expand_as(X)
    rows = torch.arange(3)
    change = network(X)[rows, T] - network(start)[rows, T]
    torch.testing.assert_close(result.attributions.sum((1, 2, 3)), change, rtol=0, atol=1e-11)
    assert result.error.abs().max() < 1e-11


@pytest.mark.parametrize(
    "activation",
    [nn.SiLU, nn.Sigmoid, nn.Tanh, nn.GELU, nn.ReLU6, nn.Hardswish, nn.ELU, nn.LeakyReLU, nn.Softplus],
)
def test_completeness_for_other_activations(activation):
    layers = [nn.Conv2d(3, 4, 3), activation(), nn.AvgPool2d(2), nn.Conv2d(4, 4, 3), activation()]
    network = nn.Sequential(*layers, nn.Flatten(), nn.Linear(100, 5)).double()
    assert deeplift(network, X, T, baseline=images(1, seed=7)[0]).error.abs().max() < 1e-11


def test_a_linear_network_is_input_times_weight():
    network = linear()
    expected = X * network.fc.weight[T].view_as(X)
    torch.testing.assert_close(deeplift(network, X, T).attributions, expected, rtol=0, atol=1e-13)


def test_an_image_that_is_its_baseline_gets_nothing():
    assert torch.equal(deeplift(vgg(), X, T, baseline=X).attributions, torch.zeros_like(X))


def test_one_baseline_passes_once_for_all_images(monkeypatch):
    network = resnet()
    image_cost(network, X)  # known once per network
    calls = Calls(network, monkeypatch)
    deeplift(network, X, T)
    assert (calls.forward, calls.images) == (2, 3 + 1)


def test_an_activation_that_overwrites_is_refused():
    with pytest.raises(NotApplicable) as caught:
        deeplift(functional_net(in_place=True), X, T)
    assert caught.value.key == "in_place_activation"


def test_a_baseline_that_does_not_fit_is_refused():
    with pytest.raises(ValueError, match="baseline"):
        deeplift(vgg(), X, T, baseline=X[:2])
