"""SmoothGrad: equal to captum with the same draws; no noise, no smoothing; nothing is clipped."""

import pytest
import torch
from captum.attr import GuidedBackprop, NoiseTunnel, Saliency
from small_vision import Calls, images, linear, oracle, resnet, targets, vgg

from report_builder.methods.gradients import gradient, guided_backpropagation, saliency, stacked
from report_builder.methods.smoothing import normal_draws, smooth_grad, smooth_grad_sweep

X, T = images(), targets()


@pytest.mark.parametrize(
    ("method", "peer"),
    [(gradient, Saliency), (guided_backpropagation, GuidedBackprop)],
    ids=["gradient", "guided"],
)
@pytest.mark.parametrize(("ours", "theirs"), [(vgg(True), vgg()), (resnet(), resnet(False))])
def test_equal_to_captum_with_the_same_draws(method, peer, ours, theirs, monkeypatch):
    samples, sigma = 6, 0.2
    image, target = X[:1], T[:1]
    draws = normal_draws(image, range(samples), seed=5)
    spread = float(sigma * (image.max() - image.min()))
    monkeypatch.setattr(torch, "normal", lambda mean, std: draws * std)
    with oracle():
        options = {"abs": False} if peer is Saliency else {}
        expected = NoiseTunnel(peer(theirs)).attribute(
            image.clone().requires_grad_(),
            nt_type="smoothgrad",
            nt_samples=samples,
            stdevs=spread,
            target=target,
            **options,
        )
    monkeypatch.undo()
    ours_map = smooth_grad(ours, image, target, samples=samples, sigma=sigma, seed=5, map_of=method)
    torch.testing.assert_close(ours_map, expected, rtol=0, atol=1e-12)


@pytest.mark.parametrize("method", [gradient, saliency, guided_backpropagation])
def test_without_noise_it_is_the_map_itself(method):
    network = resnet()
    smooth = smooth_grad(network, X, T, samples=4, sigma=0.0, seed=1, map_of=method)
    torch.testing.assert_close(smooth, method(network, X, T), rtol=0, atol=1e-14)


def test_a_linear_network_is_not_changed_by_noise():
    network = linear()
    smooth = smooth_grad(network, X, T, samples=3, sigma=4.0, seed=1)
    torch.testing.assert_close(smooth, network.fc.weight[T].view_as(X), rtol=0, atol=1e-14)


def test_noise_has_the_size_asked_for_and_nothing_is_clipped():
    """The map here is the noisy image itself."""
    seen = []

    def itself(network, x, classes, memory):
        seen.append(x)
        return x

    smooth_grad(linear(), X, T, samples=400, sigma=0.5, seed=2, map_of=itself)
    noise = torch.cat(seen).view(3, 400, 3, 16, 16) - X[:, None]
    spread = X.amax((1, 2, 3)) - X.amin((1, 2, 3))
    torch.testing.assert_close(noise.std((1, 2, 3, 4)), 0.5 * spread, rtol=0.01, atol=0)
    assert torch.cat(seen).max() > X.max() + 1
    assert noise.mean().abs() < 0.01


def test_a_sweep_is_each_of_its_steps_at_the_price_of_the_last(monkeypatch):
    network = vgg()
    steps = [smooth_grad(network, X, T, samples=n, sigma=0.2, seed=8) for n in (1, 4, 9)]
    calls = Calls(network, monkeypatch)
    sweep = smooth_grad_sweep(network, X, T, counts=(1, 4, 9), sigma=0.2, seed=8)
    assert calls.images == 3 * 9
    torch.testing.assert_close(sweep, torch.stack(steps), rtol=0, atol=1e-13)


def test_several_maps_share_their_noisy_forward_passes(monkeypatch):
    network = vgg()
    alone = [
        smooth_grad(network, X, T, samples=4, sigma=0.2, seed=8, map_of=method)
        for method in (gradient, guided_backpropagation)
    ]
    calls = Calls(network, monkeypatch)
    options = {"samples": 4, "sigma": 0.2, "seed": 8}
    both = smooth_grad(network, X, T, **options, map_of=stacked("gradient", "guided"))
    assert calls.images == 3 * 4
    torch.testing.assert_close(both, torch.stack(alone, 1), rtol=0, atol=1e-13)


def test_draws_depend_on_seed_and_number_only():
    draws = normal_draws(X, range(5), seed=1)
    assert torch.equal(normal_draws(X, [3], seed=1)[0], draws[3])
    assert not torch.equal(normal_draws(X, range(5), seed=2), draws)
    assert not torch.equal(draws[0], draws[1])


@pytest.mark.parametrize(
    ("counts", "sigma"), [((), 0.1), ((0,), 0.1), ((3, 2), 0.1), ((2, 2), 0.1), ((2,), -1)]
)
def test_counts_and_sigma_that_mean_nothing_are_refused(counts, sigma):
    with pytest.raises(ValueError, match="counts must ascend"):
        smooth_grad_sweep(vgg(), X, T, counts=counts, sigma=sigma, seed=1)
