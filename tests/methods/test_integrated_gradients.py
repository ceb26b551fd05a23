"""Integrated Gradients: equal to captum, complete, and exact on a linear network."""

import numpy as np
import pytest
import torch
from captum.attr import IntegratedGradients
from small_vision import images, linear, resnet, targets, vgg

from report_builder.methods.integrated_gradients import integrated_gradients

X, T = images(), targets()


@pytest.mark.parametrize("network", [vgg(), resnet(False)], ids=["vgg", "resnet"])
@pytest.mark.parametrize(
    "baseline", [None, images(1, seed=7)[0], images(3, seed=7)], ids=["zero", "one", "each"]
)
def test_equal_to_captum(network, baseline):
    theirs = torch.zeros_like(X) if baseline is None else baseline.expand_as(X)
    expected, delta = IntegratedGradients(network).attribute(
        X, theirs, T, method="gausslegendre", n_steps=20, return_convergence_delta=True
    )
    ours = integrated_gradients(network, X, T, baseline=baseline, steps=20)
    # captum keeps the weights of its steps in float32
    torch.testing.assert_close(ours.attributions, expected, rtol=0, atol=4e-9)
    torch.testing.assert_close(ours.error, delta, rtol=0, atol=4e-8)


def test_equal_to_the_quadrature_written_out():
    network, start = vgg(), images(3, seed=7)
    nodes, weights = np.polynomial.legendre.leggauss(9)
    expected = torch.zeros_like(X)
    for node, weight in zip(nodes, weights, strict=True):
        point = (start + (node + 1) / 2 * (X - start)).requires_grad_()
        (slope,) = torch.autograd.grad(network(point)[torch.arange(3), T].sum(), point)
        expected += weight / 2 * slope * (X - start)
    ours = integrated_gradients(network, X, T, baseline=start, steps=9)
    torch.testing.assert_close(ours.attributions, expected, rtol=0, atol=1e-12)


@pytest.mark.parametrize("network", [vgg(), resnet()], ids=["vgg", "resnet"])
def test_completeness(network):
    result = integrated_gradients(network, X, T, steps=300)
    rows = torch.arange(3)
    change = network(X)[rows, T] - network(torch.zeros_like(X))[rows, T]
    torch.testing.assert_close(result.change, change, rtol=0, atol=1e-12)
    torch.testing.assert_close(result.attributions.sum((1, 2, 3)) - change, result.error, rtol=0, atol=1e-12)
    assert (result.error.abs() < 2e-3 * change.abs().max()).all()


def test_a_linear_network_needs_one_step():
    network, start = linear(), images(3, seed=5)
    result = integrated_gradients(network, X, T, baseline=start, steps=1)
    expected = (X - start) * network.fc.weight[T].view_as(X)
    torch.testing.assert_close(result.attributions, expected, rtol=0, atol=1e-13)
    assert result.error.abs().max() < 1e-12


def test_an_image_that_is_its_baseline_gets_nothing():
    result = integrated_gradients(vgg(), X, T, baseline=X)
    assert torch.equal(result.attributions, torch.zeros_like(X))
    assert torch.equal(result.error, torch.zeros(3, dtype=X.dtype))


def test_what_does_not_fit_is_refused():
    with pytest.raises(ValueError, match="baseline"):
        integrated_gradients(vgg(), X, T, baseline=X[:2])
    with pytest.raises(ValueError, match="at least one step"):
        integrated_gradients(vgg(), X, T, steps=0)
