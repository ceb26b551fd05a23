import math

import pytest
import torch
from torch import nn

from report_builder.methods.filter_statistics import (
    class_selectivity,
    colour_selectivity,
    gratings,
    grey,
    orientation_selectivity,
    responses,
)

ORIENTATIONS, PERIODS = 12, (4, 6, 10)
GRATINGS = gratings(32, orientations=ORIENTATIONS, periods=PERIODS, phases=2)


def conv(kernels):
    """A layer of these kernels (k, 3, h, w) without a bias, whose sums are zero over space."""
    kernels = torch.stack(list(kernels)).float()
    layer = nn.Conv2d(3, len(kernels), kernels.shape[-1], bias=False)
    layer.weight.data = kernels
    return layer.requires_grad_(False)


def gabor(degrees, period=6, size=13):
    """Its stripes run at that angle, anticlockwise from horizontal; no answer to an even grey."""
    place = torch.arange(size) - (size - 1) / 2
    down, right = place[:, None], place[None]
    across = math.cos(math.radians(degrees)) * down + math.sin(math.radians(degrees)) * right
    kernel = torch.exp(-(down**2 + right**2) / 18) * torch.cos(2 * math.pi * across / period)
    return (kernel - kernel.mean()).expand(3, -1, -1)


def blob(size=13):
    place = torch.arange(size) - (size - 1) / 2
    square = place[:, None] ** 2 + place[None] ** 2
    kernel = torch.exp(-square / 4) / 4 - torch.exp(-square / 12) / 12
    return (kernel - kernel.mean()).expand(3, -1, -1)


def answers(layer):
    return responses(layer(GRATINGS.flatten(0, 2))).reshape(*GRATINGS.shape[:3], -1)


def test_gratings_repeat_after_their_period_along_their_stripes_nothing_changes():
    assert GRATINGS.shape == (ORIENTATIONS, 3, 2, 3, 32, 32)
    assert GRATINGS.min() >= 0
    assert GRATINGS.max() <= 1
    horizontal, vertical = GRATINGS[0, 0, 0, 0], GRATINGS[ORIENTATIONS // 2, 0, 0, 0]
    torch.testing.assert_close(horizontal, horizontal[:, :1].expand(-1, 32))
    torch.testing.assert_close(horizontal[4:], horizontal[:-4], atol=1e-5, rtol=0)
    torch.testing.assert_close(vertical, vertical[:1].expand(32, -1), atol=1e-5, rtol=0)
    assert torch.equal(GRATINGS[:, :, :, 0], GRATINGS[:, :, :, 2])


@pytest.mark.parametrize("degrees", [0, 45, 90, 120])
def test_a_gabor_answers_to_its_own_orientation(degrees):
    found = answers(conv([gabor(degrees)]))
    best = found[:, 1].mean(1)[:, 0].argmax()
    assert best * 180 / ORIENTATIONS == degrees
    assert orientation_selectivity(found).item() > 0.7


def test_a_blob_answers_to_all_orientations():
    assert orientation_selectivity(answers(conv([blob()]))).item() < 0.02


def test_orientation_selectivity_at_its_ends():
    single = torch.zeros(ORIENTATIONS, 2, 2, 3)
    single[4, 1, :, 0] = 0.2
    single[:, 0, :, 1] = 7.0
    found = orientation_selectivity(single)
    assert found[0].item() == pytest.approx(1)
    assert found[1].item() == pytest.approx(0, abs=1e-12)
    assert found[2].isnan()


def test_orthogonal_orientations_cancel_and_neighbours_hardly_do():
    two = torch.zeros(ORIENTATIONS, 1, 1, 2)
    two[[0, 6], :, :, 0] = 1.0
    two[[0, 1], :, :, 1] = 1.0
    assert orientation_selectivity(two).tolist() == pytest.approx([0, math.cos(math.pi / 12)], abs=1e-12)


def pictures(n=12, seed=0):
    return torch.rand(n, 3, 20, 20, generator=torch.Generator().manual_seed(seed))


def test_an_opponent_filter_lives_by_colour_and_a_grey_one_does_not():
    red_against_green = torch.tensor([1.0, -1.0, 0.0])[:, None, None] * torch.ones(3, 3, 3)
    red = torch.tensor([1.0, 0.0, 0.0])[:, None, None] * torch.ones(3, 3, 3)
    layer = conv([red_against_green, gabor(30, size=3), red])
    x = pictures()
    x[:, 1] *= 0.5  # redder than grey
    found = colour_selectivity(responses(layer(x)), responses(layer(grey(x))))
    assert found[0].item() == pytest.approx(1, abs=1e-5)
    assert found[1].item() == pytest.approx(0, abs=1e-5)
    assert 0.05 < found[2].item() < 0.5


def test_colour_selectivity_is_of_the_pictures_that_excite_most():
    coloured = torch.arange(30.0)[:, None].double()
    without = torch.where(coloured >= 20, coloured / 2, coloured * 100)
    assert colour_selectivity(coloured, without).item() == pytest.approx(0.5)
    assert colour_selectivity(coloured[:3], coloured[:3]).item() == 0


def test_grey_keeps_the_mean_of_the_channels():
    x = pictures()
    torch.testing.assert_close(grey(x).mean(1), x.mean(1))
    assert torch.equal(grey(grey(x)), grey(grey(x))[:, [2, 0, 1]])


def test_class_selectivity_is_the_share_of_variance_that_the_class_explains():
    labels = torch.arange(4).repeat(50)
    noise = torch.randn(200, 2, generator=torch.Generator().manual_seed(1)).double()
    by_class = labels[:, None].double()
    found = class_selectivity(
        torch.cat([by_class, noise, 2 * by_class + noise[:, :1], by_class * 0], 1), labels
    )
    assert found[0].item() == pytest.approx(1)
    assert found[1:3].abs().max() < 0.06
    assert found[3].item() == pytest.approx(5 / 6, abs=0.05)  # variance 4 x 1.25 of the class, 1 of the noise
    assert found[4].isnan()


def test_chance_is_taken_off():
    """With many classes of few pictures each, noise looks explained; its mean over many filters is zero."""
    noise = torch.randn(40, 3000, generator=torch.Generator().manual_seed(2)).double()
    assert abs(class_selectivity(noise, torch.arange(20).repeat(2)).mean()) < 0.02


@pytest.mark.parametrize("labels", [torch.zeros(6).long(), torch.arange(6)])
def test_class_selectivity_needs_variance_within_several_classes(labels):
    with pytest.raises(ValueError, match="classes"):
        class_selectivity(torch.rand(6, 2), labels)


def test_no_statistic_changes_when_a_filter_is_scaled():
    layer, scaled = conv([gabor(30), blob()]), conv([3.5 * gabor(30), 0.2 * blob()])
    x = pictures()
    labels = torch.arange(3).repeat(4)

    def all_of(network):
        coloured = responses(network(x))
        return torch.stack(
            [
                orientation_selectivity(answers(network)),
                colour_selectivity(coloured, responses(network(grey(x)))),
                class_selectivity(coloured, labels),
            ]
        )

    torch.testing.assert_close(all_of(scaled), all_of(layer), rtol=1e-4, atol=1e-4)
