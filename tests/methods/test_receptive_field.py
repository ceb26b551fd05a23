import pytest
import torch
from torch import nn

from report_builder.methods.receptive_field import receptive_field
from report_builder.models.farmnet import FarmNet

NOISE = torch.rand(4, 3, 112, 112, generator=torch.Generator().manual_seed(0))


@pytest.mark.parametrize(("layer", "side"), [("features.0", 3), ("features.3", 5), ("features.8", 14)])
def test_equals_what_kernels_and_strides_give(layer, side):
    with torch.random.fork_rng():
        torch.manual_seed(3)
        assert receptive_field(FarmNet(2).eval(), NOISE, layer) == side


def test_grows_with_the_stride_before_it_and_ends_at_the_picture():
    layers = [
        nn.Conv2d(3, 4, 3, stride=2),
        nn.Conv2d(4, 4, 3),
        nn.Conv2d(4, 4, 3, stride=3),
        nn.Conv2d(4, 4, 3),
    ]
    with torch.random.fork_rng():
        torch.manual_seed(3)
        network = nn.Sequential(*(layer.double() for layer in layers))
    x = torch.rand(1, 3, 90, 90).double()
    assert [receptive_field(network, x, str(i)) for i in range(4)] == [3, 7, 11, 23]
    assert receptive_field(network, x[:, :, :20, :20], "2") == 11
    blind = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Conv2d(3, 2, 1)).double()
    assert receptive_field(blind, x, "1") == 90


def test_a_unit_that_hangs_on_nothing_sees_nothing():
    with torch.no_grad():
        layer = nn.Conv2d(3, 2, 3)
        layer.weight.zero_()
    assert receptive_field(nn.Sequential(layer), NOISE, "0") == 0
