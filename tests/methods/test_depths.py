"""Layers at three depths: known for torchvision's families, in order, with feature maps."""

import pytest
import torch
import torchvision
from small_vision import functional_net, vgg

from report_builder.methods.applicability import NotApplicable
from report_builder.methods.cam import default_layer
from report_builder.methods.depths import before_rectifier, depth_layers
from report_builder.methods.hooks import capture
from report_builder.models.farmnet import FarmNet

FAMILIES = [
    "alexnet",
    "vgg16",
    "vgg11_bn",
    "resnet18",
    "resnet50",
    "squeezenet1_0",
    "squeezenet1_1",
    "mobilenet_v2",
    "mobilenet_v3_small",
    "densenet121",
    "efficientnet_b0",
    "convnext_tiny",
    "shufflenet_v2_x0_5",
    "regnet_y_400mf",
    "googlenet",
    "inception_v3",
]


def on_meta(make, **options):
    """A network of torchvision's whose numbers are never drawn and with which nothing is computed."""
    on = "cpu" if make is torchvision.models.regnet_y_400mf else "meta"  # its constructor reads numbers
    with torch.device(on):
        return make(weights=None, **options).eval().to("meta")


@pytest.mark.parametrize("name", FAMILIES)
def test_feature_maps_get_coarser_with_depth(name):
    options = {"init_weights": False} if name in ("googlenet", "inception_v3") else {}
    network = on_meta(getattr(torchvision.models, name), **options)
    images = torch.empty(1, 3, 299, 299, device="meta")
    layers = depth_layers(network)
    assert layers[-1] == default_layer(network)
    with capture(network, layers) as outputs:
        network(images)
    maps = [outputs[layer] for layer in layers]
    assert all(values.ndim == 4 for values in maps)
    heights = [values.shape[2] for values in maps]
    assert heights[0] > heights[1] > heights[2] > 1


@pytest.mark.parametrize(
    ("network", "expected"),
    [
        (FarmNet(3), ("features.3", "features.8", "features.22")),
        (on_meta(torchvision.models.vgg16), ("features.3", "features.15", "features.29")),
        (on_meta(torchvision.models.alexnet), ("features.1", "features.4", "features.11")),
    ],
)
def test_networks_like_vgg_are_cut_at_the_rectifier_before_a_pooling(network, expected):
    assert depth_layers(network) == expected
    assert all(isinstance(network.get_submodule(name), torch.nn.ReLU) for name in expected)


@pytest.mark.parametrize("network", [vgg(), functional_net(), torch.nn.Sequential()])
def test_a_network_without_three_depths_is_refused(network):
    with pytest.raises(NotApplicable) as refusal:
        depth_layers(network)
    assert refusal.value.key == "no_known_depths"


def test_before_a_rectifier_of_a_sequence_stands_what_feeds_it():
    assert before_rectifier(FarmNet(3), "features.22") == "features.21"
    assert before_rectifier(FarmNet(3), "features.21") == "features.21"
    assert before_rectifier(on_meta(torchvision.models.resnet18), "layer1.0.relu") == "layer1.0.relu"
    plain = torch.nn.Sequential(torch.nn.Conv2d(3, 2, 3), torch.nn.ReLU())
    assert before_rectifier(plain, "1") == "0"
