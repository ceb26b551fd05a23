import numpy as np
import pytest
import torch
from torch import nn

from report_builder.methods.randomisation import cascade, layers_from_output, randomisation_test, randomised


def made():
    torch.manual_seed(0)
    network = nn.Sequential(
        nn.Conv2d(3, 4, 3),
        nn.BatchNorm2d(4),
        nn.ReLU(),
        nn.AdaptiveAvgPool2d(2),
        nn.Flatten(),
        nn.Linear(16, 5),
    )
    network(torch.randn(8, 3, 9, 9))  # running statistics of its own
    return network.double().eval().requires_grad_(False)


def state(network):
    return {name: value.clone() for name, value in network.state_dict().items()}


def equal(a, b):
    return all(torch.equal(a[name], b[name]) for name in a)


IMAGES = torch.rand(3, 3, 9, 9, generator=torch.Generator().manual_seed(1)).double()


def test_layers_with_weights_from_the_output_on():
    assert layers_from_output(made()) == ["5", "1", "0"]
    assert cascade(["5", "1", "0"]) == [("5",), ("5", "1"), ("5", "1", "0")]


@pytest.mark.parametrize("layers", [["5"], ["5", "1"], ["0", "1", "5"]])
def test_only_the_named_layers_change_and_all_come_back_bit_by_bit(layers):
    network = made()
    trained, modes = state(network), [m.training for m in network.modules()]
    with randomised(network, layers, seed=0):
        changed = {
            name.split(".")[0]
            for name, value in state(network).items()
            if not torch.equal(value, trained[name])
        }
        assert changed == set(layers)
    assert equal(state(network), trained)
    assert [m.training for m in network.modules()] == modes
    assert all(p.grad is None and not p.requires_grad for p in network.parameters())


def test_weights_come_back_after_an_error():
    network = made()
    trained = state(network)
    with pytest.raises(KeyError), randomised(network, ["5", "0"], seed=0):
        raise KeyError
    assert equal(state(network), trained)


@pytest.mark.parametrize("name", ["nothing", "2"])  # not there; a ReLU, which has no weights
def test_rejects_what_has_no_weights(name):
    network = made()
    trained = state(network)
    with (
        pytest.raises(ValueError, match=f"no weights to draw.*{name}"),
        randomised(network, ["5", name], seed=0),
    ):
        pass
    assert equal(state(network), trained)


def test_draws_depend_on_the_seed_and_the_layer_only():
    network = made()

    def weights(layers, seed):
        with randomised(network, layers, seed=seed):
            return network[5].weight.clone()

    assert torch.equal(weights(["5"], 0), weights(["1", "0", "5"], 0))
    assert not torch.equal(weights(["5"], 0), weights(["5"], 1))


def test_the_global_generator_is_left_alone():
    network = made()
    torch.manual_seed(7)
    expected = torch.rand(3)
    torch.manual_seed(7)
    with randomised(network, ["5", "0"], seed=0):
        assert torch.equal(torch.rand(3), expected)


def gradients(network):
    x = IMAGES.clone().requires_grad_()
    with torch.enable_grad():
        return torch.autograd.grad(network(x)[:, 2].sum(), x)[0]


def test_a_map_that_looks_at_the_weights_changes_and_one_that_does_not_stays():
    network = made()
    result = randomisation_test(
        network,
        lambda: {"gradient": gradients(network), "image": IMAGES, "blank": torch.zeros(3, 9, 9)},
        cascade(layers_from_output(network)),
        seed=0,
    )
    assert set(result) == {"gradient", "image", "blank"}
    assert all(values.shape == (3, 3) for values in result.values())
    np.testing.assert_allclose(result["image"], 1)
    assert (result["gradient"] < 0.9).all()
    assert (result["blank"] == 0).all()


def test_a_stage_without_layers_changes_nothing():
    network = made()
    result = randomisation_test(network, lambda: {"gradient": gradients(network)}, [()], seed=0)
    np.testing.assert_allclose(result["gradient"], 1)


def test_the_sign_of_a_map_does_not_count():
    network = made()
    signs = iter([1, -1])
    result = randomisation_test(network, lambda: {"map": next(signs) * IMAGES}, [["5"]], seed=0)
    np.testing.assert_allclose(result["map"], 1)
