"""The image methods on signals: equal to captum on a recurrent and on a convolutional network."""

import numpy as np
import pytest
import torch
from captum.attr import GradientShap, IntegratedGradients, NoiseTunnel, Saliency
from small_signals import cnn, linear, lstm, signals, targets
from small_vision import oracle, traces

from report_builder.methods.gradient_shap import expected_gradients
from report_builder.methods.gradients import gradient
from report_builder.methods.integrated_gradients import integrated_gradients
from report_builder.methods.one_row import OneRow
from report_builder.methods.smoothing import normal_draws, smooth_grad

X, T = signals(), targets()
ROWS = X.unsqueeze(2)
NETWORKS = pytest.mark.parametrize("network", [lstm(), cnn()], ids=["lstm", "cnn"])


@NETWORKS
def test_integrated_gradients_are_captum_s(network):
    start = signals(3, seed=7)
    expected = IntegratedGradients(network).attribute(X, start, T, method="gausslegendre", n_steps=20)
    ours = integrated_gradients(OneRow(network), ROWS, T, baseline=start.unsqueeze(2), steps=20)
    # captum keeps the weights of its steps in float32
    torch.testing.assert_close(ours.attributions.squeeze(2), expected, rtol=0, atol=4e-8)
    exact = integrated_gradients(OneRow(network), ROWS, T, baseline=start.unsqueeze(2), steps=400)
    assert exact.error.abs().max() < 5e-3 * exact.change.abs().max()


@NETWORKS
def test_smooth_grad_is_captum_s_with_the_same_draws(network, monkeypatch):
    draws = normal_draws(ROWS[:1], range(6), seed=5)
    spread = float(0.2 * (X[0].max() - X[0].min()))
    monkeypatch.setattr(torch, "normal", lambda mean, std: draws.squeeze(2) * std)
    with oracle():
        expected = NoiseTunnel(Saliency(network)).attribute(
            X[:1].clone().requires_grad_(),
            nt_type="smoothgrad",
            nt_samples=6,
            stdevs=spread,
            target=T[:1],
            abs=False,
        )
    monkeypatch.undo()
    ours = smooth_grad(OneRow(network), ROWS[:1], T[:1], samples=6, sigma=0.2, seed=5)
    # captum keeps the noise's size in float32, which a network of straight pieces does not notice
    torch.testing.assert_close(ours.squeeze(2), expected, rtol=0, atol=5e-9)


@NETWORKS
def test_gradient_shap_is_captum_s_with_its_draws(network):
    background, samples = signals(4, seed=9), 7
    np.random.seed(3)
    expected = GradientShap(network).attribute(X[:1], background, n_samples=samples, stdevs=0.0, target=T[:1])
    random = np.random.RandomState(3)
    picks = torch.from_numpy(random.choice(len(background), samples))
    positions = torch.from_numpy(random.uniform(0.0, 1.0, samples))
    ours = expected_gradients(
        OneRow(network), ROWS[:1], T[:1], background.unsqueeze(2), picks=picks, positions=positions
    )
    torch.testing.assert_close(ours.attributions.squeeze(2), expected, rtol=0, atol=1e-12)


def test_the_gradient_of_a_linear_network_is_its_weights():
    network = linear()
    found = gradient(OneRow(network), ROWS, T).squeeze(2)
    torch.testing.assert_close(found, network[1].weight[T].view_as(X), rtol=0, atol=1e-14)


@NETWORKS
def test_the_network_is_left_as_it_was(network):
    wrapped = OneRow(network.train().requires_grad_(True))
    try:
        before = traces(wrapped)
        gradient(wrapped, ROWS, T)
        assert traces(wrapped) == before
    finally:
        network.eval().requires_grad_(False)
