"""Profiles along a path: slopes add up to the change, and are the gradients of what is measured."""

import pytest
import torch
from small_vision import images, linear, resnet, targets, vgg

from report_builder.methods.gradients import gradient
from report_builder.methods.integrated_gradients import integrated_gradients
from report_builder.methods.path_profile import path_profile

X, T = images(), targets()
EVEN = [k / 256 for k in range(257)]


@pytest.mark.parametrize("network", [vgg(), resnet()], ids=["vgg", "resnet"])
@pytest.mark.parametrize("baseline", [None, X.mean((0, 2, 3))[:, None, None].expand_as(X[0])])
def test_slopes_add_up_to_the_change(network, baseline):
    found = path_profile(network, X, T, positions=EVEN, baseline=baseline)
    for profile in (found.logit, found.probability):
        scale = profile.values.amax() - profile.values.amin()
        assert scale > 0
        assert ((profile.integral - profile.change).abs() < 0.01 * scale).all()


def test_the_logits_slopes_integrate_to_integrated_gradients():
    network = vgg()
    complete = integrated_gradients(network, X, T, steps=200)
    found = path_profile(network, X, T, positions=EVEN).logit
    torch.testing.assert_close(found.change, complete.change, rtol=0, atol=1e-12)
    attributed = complete.attributions.flatten(1).sum(1)
    torch.testing.assert_close(found.integral, attributed, rtol=0, atol=0.01 * float(attributed.abs().max()))


def test_at_the_image_the_slope_is_gradient_times_input():
    network = resnet()
    found = path_profile(network, X, T, positions=[0, 0.3, 1]).logit
    expected = gradient(network, X, T)
    torch.testing.assert_close(found.slopes[:, -1], (expected * X).flatten(1).sum(1), rtol=0, atol=1e-12)
    torch.testing.assert_close(found.sizes[:, -1], expected.flatten(1).norm(dim=1), rtol=0, atol=1e-12)


def test_a_linear_logit_has_one_slope_everywhere():
    """And its change is that slope, however few and uneven the positions."""
    found = path_profile(linear(), X, T, positions=[0, 0.1, 0.7, 1]).logit
    for values in (found.slopes, found.sizes):
        torch.testing.assert_close(values, values[:, :1].expand_as(values), rtol=0, atol=1e-12)
    torch.testing.assert_close(found.integral, found.change, rtol=0, atol=1e-12)
    torch.testing.assert_close(found.mean_size, found.sizes[:, 0], rtol=0, atol=1e-12)


@pytest.mark.parametrize("positions", [[0, 0.5], [0.1, 1], [0, 0.5, 0.5, 1], [0, 0.6, 0.5, 1]])
def test_positions_that_are_no_path_are_refused(positions):
    with pytest.raises(ValueError, match="ascend from 0 to 1"):
        path_profile(linear(), X, T, positions=positions)
