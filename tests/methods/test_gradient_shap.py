"""Gradient SHAP: equal to captum and shap with their draws, at the input and at a layer; complete."""

import warnings

import numpy as np
import pytest
import torch
from captum.attr import GradientShap
from small_vision import images, linear, resnet, targets, vgg
from torch import nn

from report_builder.methods.gradient_shap import expected_gradients, gradient_shap
from report_builder.methods.hooks import layer_input

with warnings.catch_warnings():
    # shap 0.51 builds its colour maps with calls that Matplotlib is about to deprecate.
    warnings.filterwarnings("ignore", r"The set_\w+ function will be deprecated", PendingDeprecationWarning)
    import shap

X, T, BACKGROUND = images(), targets(), images(4, seed=9)


@pytest.mark.parametrize("network", [vgg(), resnet(False)], ids=["vgg", "resnet"])
def test_equal_to_captum_with_its_draws(network):
    samples = 7
    np.random.seed(3)
    expected = GradientShap(network).attribute(X[:1], BACKGROUND, n_samples=samples, stdevs=0.0, target=T[:1])
    random = np.random.RandomState(3)
    picks = torch.from_numpy(random.choice(len(BACKGROUND), samples))
    positions = torch.from_numpy(random.uniform(0.0, 1.0, samples))
    ours = expected_gradients(network, X[:1], T[:1], BACKGROUND, picks=picks, positions=positions)
    torch.testing.assert_close(ours.attributions, expected, rtol=0, atol=1e-12)


def _shap(network: nn.Module, x: torch.Tensor, target: int, background: torch.Tensor, samples: int):
    """shap's values and the draws that it made."""
    values = shap.GradientExplainer(network, background).shap_values(x, nsamples=samples, rseed=11)
    random = np.random.RandomState(11)
    draws = [(random.choice(len(background)), random.uniform()) for _ in range(samples)]
    picks, positions = (torch.tensor(column) for column in zip(*draws, strict=True))
    return torch.from_numpy(values[..., target]), picks, positions


def test_equal_to_shap_with_its_draws():
    network = vgg().float()
    x, background = X[:1].float(), BACKGROUND.float()
    expected, picks, positions = _shap(network, x, int(T[0]), background, 9)
    ours = expected_gradients(network, x, T[:1], background, picks=picks, positions=positions.float())
    torch.testing.assert_close(ours.attributions.double(), expected.double(), rtol=0, atol=1e-6)


@pytest.mark.parametrize("layer", ["features.2", "features.3", "features.4"])
def test_at_a_layer_it_is_shap_of_the_rest_of_the_network(layer):
    """The rest of the network, as a network of its own, is what shap explains here."""
    network = vgg().float()
    number = int(layer.split(".")[1])
    rest = nn.Sequential(network.features[number:], network.avgpool, nn.Flatten(), network.classifier)
    x, background = X[:1].float(), BACKGROUND.float()
    inside, around = layer_input(network, x, layer), layer_input(network, background, layer)
    expected, picks, positions = _shap(rest, inside, int(T[0]), around, 9)
    ours = expected_gradients(
        network, x, T[:1], background, picks=picks, positions=positions.float(), layer=layer
    )
    torch.testing.assert_close(ours.attributions.double(), expected.double(), rtol=0, atol=1e-6)


@pytest.mark.parametrize(("network", "layer"), [(vgg(), None), (vgg(), "features.3"), (resnet(), "layer4")])
def test_completeness_in_the_mean(network, layer):
    result = gradient_shap(network, X, T, BACKGROUND, samples=4000, seed=1, layer=layer)
    logits = network(BACKGROUND)
    change = network(X)[torch.arange(3), T] - logits[:, T].mean(0)
    torch.testing.assert_close(result.change, change, rtol=0, atol=1e-12)
    assert (result.error.abs() < 0.1 * change.abs().max()).all()


def test_a_linear_network_with_one_background_image_is_exact():
    network = linear()
    result = gradient_shap(network, X, T, BACKGROUND[:1], samples=2, seed=1)
    expected = (X - BACKGROUND[0]) * network.fc.weight[T].view_as(X)
    torch.testing.assert_close(result.attributions, expected, rtol=0, atol=1e-13)
    assert result.error.abs().max() < 1e-12


def test_the_seed_decides():
    one, two, three = (
        gradient_shap(vgg(), X, T, BACKGROUND, samples=3, seed=seed).attributions for seed in (1, 1, 2)
    )
    assert torch.equal(one, two)
    assert not torch.equal(one, three)


def test_what_does_not_fit_is_refused():
    for background in (BACKGROUND[:0], BACKGROUND[:, :, :8]):
        with pytest.raises(ValueError, match="background"):
            gradient_shap(vgg(), X, T, background, samples=3, seed=1)
    with pytest.raises(ValueError, match="sample"):
        gradient_shap(vgg(), X, T, BACKGROUND, samples=0, seed=1)
