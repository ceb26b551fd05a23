import numpy as np
import pytest
import torch
from torch import nn

from report_builder.errors import InputError
from report_builder.models.signal_networks import (
    KINDS,
    SAMPLES_PER_STEP,
    SignalLSTM,
    load_signal_network,
    new_signal_network,
    save_signal_network,
)

SHAPE = {"channels": 2, "classes": 3, "hidden": 12}


@pytest.fixture(params=KINDS)
def kind(request):
    return request.param


@pytest.fixture
def network(kind):
    return new_signal_network(kind, **SHAPE, seed=1)


def signals(samples=40, n=4):
    return torch.randn(n, 2, samples, generator=torch.Generator().manual_seed(2))


@pytest.mark.parametrize("samples", [16, 37, 40])
def test_logits_of_signals_of_any_length(network, samples):
    assert network(signals(samples)).shape == (4, 3)


def test_every_sample_matters(network):
    x = signals(38).requires_grad_()
    network.eval()
    gradient = torch.autograd.grad(network(x).square().sum(), x)[0]
    assert (gradient.abs().amax((0, 1)) > 0).all()


def test_the_seed_decides(kind):
    one, same, other = (new_signal_network(kind, **SHAPE, seed=seed)(signals()) for seed in (1, 1, 2))
    torch.testing.assert_close(one, same, rtol=0, atol=0)
    assert not torch.allclose(one, other)


def test_it_normalises_by_itself(network):
    """Other units of the same signals change nothing once the normalisation is fitted to them."""
    x = signals(n=30)
    network.fit_normalisation(x)
    before = network(x)
    np.testing.assert_allclose(network.normalised(x).mean((0, 2)), 0, atol=1e-6)
    np.testing.assert_allclose(network.normalised(x).std((0, 2)), 1, atol=1e-3)
    scaled = 1000 * x + 5
    network.fit_normalisation(scaled)
    torch.testing.assert_close(network(scaled), before, rtol=1e-3, atol=1e-4)


def test_a_channel_that_never_varies_does_no_harm(network):
    x = signals()
    x[:, 1] = 3
    network.fit_normalisation(x)
    assert network(x).isfinite().all()


def test_no_activation_is_shared_or_works_in_place(network):
    rectifiers = [module for module in network.modules() if isinstance(module, nn.ReLU)]
    assert len(set(map(id, rectifiers))) == len(rectifiers)
    assert not any(module.inplace for module in rectifiers)


def test_the_lstm_reads_in_order(kind):
    """What it has seen of the start of a signal is its state there, whatever comes after."""
    lstm = new_signal_network("lstm", **SHAPE, seed=1)
    assert isinstance(lstm, SignalLSTM)
    x = signals(4 * SAMPLES_PER_STEP)
    states = []
    lstm.lstm.register_forward_hook(lambda _module, _inputs, outputs: states.append(outputs[0]))
    lstm(x)
    lstm(x[:, :, : 3 * SAMPLES_PER_STEP])
    torch.testing.assert_close(states[0][:, :3], states[1])


@pytest.mark.parametrize(
    ("training", "gradients", "expected"), [(False, True, False), (True, True, True), (False, False, True)]
)
def test_cudnn_is_off_only_where_it_would_refuse_the_backward_pass(training, gradients, expected):
    lstm = new_signal_network("lstm", **SHAPE, seed=1).train(training)
    seen = []
    lstm.lstm.register_forward_pre_hook(lambda *_: seen.append(torch.backends.cudnn.enabled))
    before = torch.backends.cudnn.enabled
    with torch.backends.cudnn.flags(enabled=True), torch.set_grad_enabled(gradients):
        lstm(signals())
    assert seen == [expected]
    assert torch.backends.cudnn.enabled == before


def test_what_is_saved_is_read_back_frozen(kind, network, tmp_path):
    network.fit_normalisation(signals())
    path = tmp_path / "weights.safetensors"
    save_signal_network(network, path)
    again = load_signal_network(kind, path)
    torch.testing.assert_close(again(signals()), network(signals()), rtol=0, atol=0)
    assert not again.training
    assert not any(parameter.requires_grad for parameter in again.parameters())


def test_weights_of_the_other_kind_are_refused(tmp_path):
    path = tmp_path / "weights.safetensors"
    save_signal_network(new_signal_network("cnn", **SHAPE, seed=1), path)
    with pytest.raises(InputError, match="do not fit"):
        load_signal_network("lstm", path)
