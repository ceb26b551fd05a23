import numpy as np
import pytest
import torch

from report_builder.models.signal_networks import KINDS, new_signal_network
from report_builder.models.signal_training import signal_logits, train_signal_network


def bumps(n=120, samples=40, seed=0):
    """A bump up, a bump down, or none, somewhere in the noise."""
    generator = np.random.default_rng(seed)
    y = np.arange(n) % 3
    centres = generator.uniform(10, samples - 10, (n, 1))
    bump = np.exp(-0.5 * ((np.arange(samples) - centres) / 3) ** 2)
    x = bump * np.array([0, 1, -1])[y][:, None] + 0.05 * generator.normal(size=(n, samples))
    return x[:, None].astype(np.float32), y


def fit(kind, **options):
    network = new_signal_network(kind, channels=1, classes=3, hidden=12, seed=3)
    chosen = {"epochs": 25, "batch_size": 16, "learning_rate": 1e-2, "noise": 0.1, "seed": 3} | options
    return network, train_signal_network(network, bumps(), bumps(60, seed=1), **chosen)


@pytest.mark.parametrize("kind", KINDS)
def test_it_learns_what_can_be_learnt(kind):
    network, history = fit(kind)
    x, y = bumps(90, seed=2)
    accuracy = (signal_logits(network, torch.from_numpy(x)).argmax(1).numpy() == y).mean()
    assert accuracy > 0.9
    assert not network.training
    assert history.train_loss[-1] < 0.5 * history.train_loss[0]


@pytest.mark.parametrize("kind", KINDS)
def test_the_epoch_of_the_lowest_validation_loss_is_kept(kind):
    network, history = fit(kind, learning_rate=0.1, epochs=8)
    assert history.kept_epoch == np.argmin(history.validation_loss) + 1
    x, y = bumps(60, seed=1)
    logits = signal_logits(network, torch.from_numpy(x))
    loss = torch.nn.functional.cross_entropy(logits, torch.from_numpy(y)).item()
    assert loss == pytest.approx(history.validation_loss.min(), rel=1e-4)
    accuracy = (logits.argmax(1).numpy() == y).mean()
    assert accuracy == pytest.approx(history.validation_accuracy[history.kept_epoch - 1])


def test_the_seed_decides():
    told = []
    one, same = (fit("cnn", epochs=2, progress=lambda *now: told.append(now))[0] for _ in range(2))
    other, _ = fit("cnn", epochs=2, seed=4)
    x = torch.from_numpy(bumps()[0])
    torch.testing.assert_close(one(x), same(x), rtol=0, atol=0)
    assert not torch.allclose(one(x), other(x))
    assert told == [(1, 2), (2, 2)] * 2


def test_the_unit_of_the_signals_does_not_matter():
    """The noise, too, is in standard deviations."""
    x, y = bumps()
    networks = [new_signal_network("lstm", channels=1, classes=3, hidden=6, seed=3) for _ in range(2)]
    options = {"epochs": 1, "batch_size": 16, "learning_rate": 1e-3, "noise": 0.5, "seed": 1}
    for network, scale in zip(networks, (1, 1024), strict=True):
        train_signal_network(network, (scale * x, y), (scale * x, y), **options)
    one, other = (
        signal_logits(network, torch.from_numpy(scale * x))
        for network, scale in zip(networks, (1, 1024), strict=True)
    )
    torch.testing.assert_close(one, other, rtol=1e-4, atol=1e-5)


def test_a_loss_that_is_not_finite_is_an_error():
    x, y = bumps()
    x[0, 0, 0] = np.inf
    network = new_signal_network("cnn", channels=1, classes=3, hidden=12, seed=3)
    options = {"epochs": 1, "batch_size": 16, "learning_rate": 1e-3, "noise": 0.0, "seed": 1}
    with pytest.raises(FloatingPointError):
        train_signal_network(network, (x, y), (x, y), **options)


def test_many_signals_are_classified_in_parts():
    network = new_signal_network("lstm", channels=1, classes=3, hidden=4, seed=3).eval()
    x = torch.from_numpy(bumps()[0])
    torch.testing.assert_close(signal_logits(network, x, batch=7), network(x), rtol=1e-4, atol=1e-6)
