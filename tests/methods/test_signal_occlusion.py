"""Occlusion in time: equal to captum, exact on a linear network, and what its windows show."""

import pytest
import torch
from captum.attr import Occlusion
from small_signals import CHANNELS, LENGTH, cnn, linear, lstm, signals, targets

from report_builder.methods.signal_occlusion import occlusion_in_time

X, T = signals(), targets()


@pytest.mark.parametrize("network", [lstm(), cnn()], ids=["lstm", "cnn"])
@pytest.mark.parametrize(("window", "stride"), [(1, 1), (6, 6), (7, 3), (LENGTH, 1)])
def test_equal_to_captum(network, window, stride):
    expected = Occlusion(network).attribute(
        X, (CHANNELS, window), (CHANNELS, stride), baselines=0.3, target=T
    )
    ours = occlusion_in_time(network, X, T, window=window, stride=stride, fill=torch.tensor(0.3))
    for channel in range(CHANNELS):  # a window covers all channels; captum adds up in float32
        torch.testing.assert_close(ours, expected[:, channel].double(), rtol=0, atol=1e-6)


def test_windows_of_one_sample_give_a_linear_network_s_terms():
    network = linear()
    ours = occlusion_in_time(network, X, T, window=1, stride=1, fill=torch.tensor(0.0))
    terms = (X * network[1].weight[T].view_as(X)).sum(1)
    torch.testing.assert_close(ours, terms, rtol=0, atol=1e-12)


def test_the_mean_of_each_signal_as_what_windows_show():
    """The network sees the covered signals one by one: they are made here, too."""
    network, seen = lstm(), []

    def watched(x):
        seen.append(x)
        return network(x)

    mean = X.mean(2, keepdim=True)
    occlusion_in_time(watched, X, T, window=8, stride=8, fill=mean)
    covered = torch.cat(seen[1:]).view(3, 3, CHANNELS, LENGTH)
    for number in range(3):
        stretch = slice(8 * number, 8 * number + 8)
        expected = X.clone()
        expected[..., stretch] = mean
        torch.testing.assert_close(covered[:, number], expected, rtol=0, atol=0)


def test_a_stretch_that_shows_the_fill_already_loses_nothing():
    flat = X.clone()
    flat[..., 6:18] = 0.4
    ours = occlusion_in_time(lstm(), flat, T, window=6, stride=6, fill=torch.tensor(0.4, dtype=X.dtype))
    assert ours[:, 6:18].abs().max() < 1e-13
    assert ours[:, :6].abs().min() > 0


def test_blocks_change_nothing():
    whole = occlusion_in_time(lstm(), X, T, window=5, stride=2, fill=torch.tensor(0.0))
    for batch in (1, 4, 7):
        found = occlusion_in_time(lstm(), X, T, window=5, stride=2, fill=torch.tensor(0.0), batch=batch)
        torch.testing.assert_close(found, whole, rtol=0, atol=1e-13)


@pytest.mark.parametrize(("window", "stride"), [(0, 1), (LENGTH + 1, 1), (4, 5), (4, 0)])
def test_windows_that_do_not_cover_the_signal_are_refused(window, stride):
    with pytest.raises(ValueError, match="do not cover"):
        occlusion_in_time(lstm(), X, T, window=window, stride=stride, fill=torch.tensor(0.0))
