"""Feature maps are the layer's own output."""

import pytest
import torch
from small_vision import images, vgg

from report_builder.methods.activations import activations, strongest
from report_builder.methods.applicability import NotApplicable

X = images()


@pytest.mark.parametrize("number", range(6))
def test_they_are_what_the_layer_returns(number):
    expected = vgg().features[: number + 1](X)
    torch.testing.assert_close(
        activations(vgg(inplace=True), X, f"features.{number}"), expected, rtol=0, atol=1e-14
    )


def test_a_layer_without_maps_is_refused():
    with pytest.raises(NotApplicable) as caught:
        activations(vgg(), X, "classifier.0")
    assert caught.value.key == "layer_without_maps"


def test_the_strongest_maps_come_first():
    maps = activations(vgg(), X, "features.4")
    top, channels = strongest(maps, 3)
    assert top.shape == (3, 3, 8, 8)
    means = maps.mean((2, 3))
    for image in range(3):
        assert torch.equal(top[image], maps[image, channels[image]])
        assert (
            means[image, channels[image]].tolist() == means[image].sort(descending=True).values[:3].tolist()
        )
    assert strongest(maps, 99)[0].shape[1] == 8
