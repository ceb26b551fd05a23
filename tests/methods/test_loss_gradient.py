"""Gradients of loss, logit and probability: those of autograd, also where rounding would lose one."""

import pytest
import torch
from captum.attr import Saliency
from small_vision import Calls, images, linear, oracle, resnet, targets, vgg
from torch import nn

from report_builder.methods.batching import image_cost
from report_builder.methods.loss_gradient import class_gradients, loss_slopes

X, T = images(), targets()
NETWORKS = pytest.mark.parametrize("network", [vgg(), resnet(), linear()], ids=["vgg", "resnet", "linear"])


def by_autograd(network, quantity):
    network.eval()
    x = X.clone().requires_grad_()
    return torch.autograd.grad(quantity(network(x)), x)[0]


@NETWORKS
def test_the_gradient_of_the_loss_is_that_of_cross_entropy(network):
    expected = by_autograd(network, lambda z: nn.functional.cross_entropy(z, T, reduction="sum"))
    torch.testing.assert_close(class_gradients(network, X, T).loss, expected, rtol=0, atol=1e-12)


@NETWORKS
def test_the_gradient_of_the_probability_is_that_of_softmax(network):
    expected = by_autograd(network, lambda z: z.softmax(1).gather(1, T[:, None]).sum())
    found = class_gradients(network, X, T)
    torch.testing.assert_close(found.probability, expected, rtol=0, atol=1e-12)
    torch.testing.assert_close(
        found.probabilities, network(X).softmax(1)[range(len(T)), T], rtol=0, atol=1e-12
    )


@NETWORKS
def test_the_gradient_of_the_logit_is_captums(network):
    with oracle():
        expected = Saliency(network).attribute(X.clone().requires_grad_(), T, abs=False)
    torch.testing.assert_close(class_gradients(network, X, T).logit, expected, rtol=0, atol=1e-12)


def test_both_come_from_one_forward_pass(monkeypatch):
    network = vgg()
    image_cost(network, X)  # known once per network
    calls = Calls(network, monkeypatch)
    class_gradients(network, X, T)
    assert (calls.forward, calls.images, calls.backward) == (1, len(X), 2)


def test_slopes_of_the_loss_add_up_to_zero():
    slopes = loss_slopes(torch.randn(6, 4, dtype=torch.double), torch.tensor([0, 1, 2, 3, 0, 1]))
    torch.testing.assert_close(slopes.sum(1), torch.zeros(6, dtype=torch.double), rtol=0, atol=1e-15)


def test_a_probability_of_one_up_to_rounding_keeps_its_gradient():
    """In float32, softmax minus one would be zero at the class and leave the others unbalanced."""
    logits = torch.tensor([[30.0, 0.0, 1.0]])
    classes = torch.tensor([0])
    exact = loss_slopes(logits.double(), classes)
    assert logits.softmax(1)[0, 0] == 1
    torch.testing.assert_close(loss_slopes(logits, classes).double(), exact, rtol=1e-5, atol=0)


def test_a_class_that_is_not_there_is_refused():
    with pytest.raises(ValueError, match="between 0 and 4"):
        class_gradients(vgg(), X, T + 5)
