"""What can be seen of a network, what is refused, and that nothing stays in it."""

import pytest
import torch
from small_vision import images, resnet, traces, vgg
from torch import nn

from report_builder.methods.applicability import NotApplicable
from report_builder.methods.hooks import (
    capture,
    find_layer,
    frozen,
    layer_input,
    layer_output,
    output_of,
    replaced_input,
)

X = images()


def test_captured_outputs_are_not_changed_by_what_follows_in_place():
    """The first batch norm is overwritten by a rectifier, the second by an addition."""
    network, plain = resnet(shared=True), resnet(shared=False)
    names = ["layer1.bn1", "layer1.bn2", "layer4"]
    with torch.no_grad(), capture(network, names) as outputs:
        logits = network(X)
    assert torch.equal(logits, plain(X))
    before = plain.layer1.conv1(plain.maxpool(plain.relu(plain.bn1(plain.conv1(X)))))
    torch.testing.assert_close(outputs["layer1.bn1"], plain.layer1.bn1(before), rtol=0, atol=1e-14)
    assert (outputs["layer1.bn2"] < 0).any()


def test_autograd_begins_at_the_first_captured_layer():
    network = vgg()
    with capture(network, ["features.2", "features.5"]) as outputs:
        score = network(X).sum()
    assert outputs["features.2"].is_leaf
    first, second = torch.autograd.grad(score, list(outputs.values()))
    assert first.shape == outputs["features.2"].shape
    assert second.shape == outputs["features.5"].shape


def test_a_layer_that_is_called_twice_has_no_single_output():
    network = resnet(shared=True)
    before = traces(network)
    with pytest.raises(NotApplicable) as caught, capture(network, ["layer1.relu"]):
        network(X)
    assert caught.value.key == "layer_called_twice"
    values = torch.zeros(3, 6, 4, 4, dtype=X.dtype)
    with pytest.raises(NotApplicable) as caught, replaced_input(network, "layer1.relu", values):
        network(X)
    assert caught.value.key == "layer_called_twice"
    assert traces(network) == before


def test_a_layer_that_hands_on_several_tensors_is_refused():
    class Pair(nn.Module):
        def forward(self, x):
            return x, x

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.pair = Pair()

        def forward(self, x):
            return sum(self.pair(x)).mean((2, 3))

    network = Net()
    with pytest.raises(NotApplicable) as caught, capture(network, ["pair"]):
        network(X)
    assert caught.value.key == "layer_without_one_output"
    with pytest.raises(NotApplicable):
        layer_output(network, X, "pair")


def test_unknown_layers_are_named_with_their_neighbours():
    with pytest.raises(ValueError, match=r"no layer 'features\.9'; near: .*features\.[0-5]"):
        find_layer(vgg(), "features.9")
    with pytest.raises(ValueError, match="no layer ''"):
        find_layer(vgg(), "")


def test_a_layer_that_is_never_reached_is_said():
    network = vgg()
    network.spare = nn.ReLU()
    with pytest.raises(ValueError, match="did not reach"), capture(network, ["spare"]):
        network(X)
    with pytest.raises(ValueError, match="did not reach"):
        layer_output(network, X, "spare")


def test_output_of_can_be_differentiated_and_stops_there():
    network = vgg()
    before = traces(network)
    x = X.clone().requires_grad_()
    output = output_of(network, x, "features.2")
    assert torch.equal(output, layer_output(network, X, "features.2"))
    (found,) = torch.autograd.grad(output.square().sum(), [x])
    (expected,) = torch.autograd.grad(network.features[:3](x).square().sum(), [x])
    torch.testing.assert_close(found, expected)
    network.classifier = None  # never reached
    output_of(network, x, "features.2")
    assert traces(network)[:3] == before[:3]


def test_layer_output_and_input_stop_there():
    network = vgg()
    reached = []
    network.features[4].register_forward_hook(lambda *_: reached.append(1))
    torch.testing.assert_close(layer_output(network, X, "features.2"), network.features[:3](X))
    reached.clear()
    layer_output(network, X, "features.2")
    torch.testing.assert_close(layer_input(network, X, "features.3"), layer_output(network, X, "features.2"))
    assert not reached


def test_a_replaced_input_is_what_the_layer_gets():
    network = resnet()
    values = layer_input(network, X, "layer4")
    with replaced_input(network, "layer4", values):
        logits = network(torch.zeros_like(X[:1]))
    torch.testing.assert_close(logits, network(X), rtol=0, atol=1e-14)


def test_frozen_restores_mixed_modes_also_after_an_error():
    network = vgg().train()
    network.features.eval()
    network.features[0].weight.requires_grad_(True)
    before = traces(network)
    with torch.no_grad(), frozen(network):
        assert not any(module.training for module in network.modules())
        assert not any(parameter.requires_grad for parameter in network.parameters())
        assert torch.is_grad_enabled()
    assert traces(network) == before
    with pytest.raises(RuntimeError), frozen(network):
        network(X[:, :1])
    assert traces(network) == before


def test_half_set_hooks_are_removed():
    network = vgg()
    before = traces(network)
    with pytest.raises(ValueError, match="no layer"), capture(network, ["features.0", "nowhere"]):
        pass
    assert traces(network) == before
