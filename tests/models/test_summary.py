"""The summary of a network against what is known of its layers."""

import pytest
import torch
from small_vision import SmallResNet, SmallVGG

from report_builder.models.farmnet import FarmNet
from report_builder.models.summary import summarise


def test_multiply_adds_of_a_small_network_by_hand():
    summary = summarise(SmallVGG(), 8, 40)
    convolutions = 6 * 3 * 9 * 8 * 8 + 8 * 6 * 9 * 4 * 4
    assert summary.multiply_adds == convolutions + 32 * 10 + 10 * 5
    assert summary.parameters == (3 * 9 + 1) * 6 + (6 * 9 + 1) * 8 + 33 * 10 + 11 * 5


def test_rows_hold_each_layer_once_and_the_activation_with_its_layer():
    network = FarmNet(13).eval()
    summary = summarise(network, 112, 40)
    leaves = [name for name, module in network.named_modules() if not list(module.children())]
    assert sum(row.modules for row in summary.layers) == len(leaves)
    assert sum(row.parameters for row in summary.layers) == summary.parameters
    first = summary.layers[1]
    assert (first.name, first.kinds, first.shape) == ("features.0", ("Conv2d", "ReLU"), (16, 112, 112))
    assert summary.layers[-1].shape == (13,)
    assert all(row.kinds != ("ReLU",) for row in summary.layers)


@pytest.mark.parametrize("most", [40, 6, 1])
def test_long_networks_are_told_by_blocks(most):
    network = SmallResNet().eval()
    summary = summarise(network, 16, most)
    assert sum(row.parameters for row in summary.layers) == summary.parameters
    assert summary.parameters == sum(parameter.numel() for parameter in network.parameters())
    assert len(summary.layers) <= max(most, len(list(network.children())))


def test_the_network_is_left_as_it_was():
    network = SmallVGG().eval()
    with pytest.raises(RuntimeError):
        summarise(network, 3, 40)  # too small for its pooling
    summarise(network, 8, 40)
    assert all(not module._forward_hooks for module in network.modules())
    assert all(parameter.grad is None for parameter in network.parameters())
    assert torch.is_grad_enabled()
