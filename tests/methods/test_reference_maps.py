import numpy as np
import pytest
import torch
from scipy.ndimage import sobel

from report_builder.methods.reference_maps import centre_prior, edge_maps, random_maps


def test_random_maps_are_uniform_and_repeatable():
    maps = random_maps(50, 20, 30, seed=3)
    assert maps.shape == (50, 20, 30)
    assert maps.mean().item() == pytest.approx(0.5, abs=0.01)
    assert torch.equal(maps, random_maps(50, 20, 30, seed=3))
    assert not torch.equal(maps, random_maps(50, 20, 30, seed=4))


@pytest.mark.parametrize("shape", [(7, 9), (8, 8)])
def test_centre_prior_peaks_in_the_middle_and_is_symmetric(shape):
    prior = centre_prior(*shape)
    assert torch.equal(prior, prior.flip(0))
    assert torch.equal(prior, prior.flip(1))
    assert prior.argmax() in [
        y * shape[1] + x for y in (shape[0] // 2, (shape[0] - 1) // 2) for x in range(shape[1])
    ]
    assert (prior[shape[0] // 2].diff()[: (shape[1] - 1) // 2] > 0).all()


def test_edges_equal_scipy():
    images = torch.rand(3, 3, 10, 12, generator=torch.Generator().manual_seed(0)).double()
    for ours, image in zip(edge_maps(images), images.mean(1).numpy(), strict=True):
        theirs = np.hypot(sobel(image, 0, mode="nearest"), sobel(image, 1, mode="nearest")) / 8
        np.testing.assert_allclose(ours, theirs, atol=1e-14)


def test_edges_see_no_edge_in_a_constant_and_the_slope_of_a_ramp():
    assert (edge_maps(torch.full((1, 3, 5, 6), 0.3).double()) == 0).all()
    ramp = torch.arange(8.0).expand(1, 3, 6, 8).double()
    torch.testing.assert_close(edge_maps(ramp)[:, :, 1:-1], torch.ones(1, 6, 6).double())
