"""Score-CAM: equal to pytorch-grad-cam, with fewer forward passes where maps are constant."""

import numpy as np
import pytest
import torch
from pytorch_grad_cam import ScoreCAM
from pytorch_grad_cam.utils.model_targets import ClassifierOutputTarget
from small_vision import Calls, images, resnet, targets, vgg

from report_builder.methods.applicability import NotApplicable
from report_builder.methods.cam import display
from report_builder.methods.score_cam import score_cam

X, T = images(), targets()


@pytest.mark.parametrize(("network", "layer"), [(vgg(), "features.4"), (resnet(False), "layer4")])
def test_equal_to_pytorch_grad_cam(network, layer):
    network = network.float()
    try:
        with ScoreCAM(network, [network.get_submodule(layer)]) as peer:
            expected = peer(X.float(), [ClassifierOutputTarget(int(t)) for t in T])
        shown = display(score_cam(network, X.float(), T, layer), X.shape[-2:])
        np.testing.assert_allclose(shown.numpy(), expected, rtol=0, atol=2e-6)
    finally:
        network.double()


def test_weights_are_the_softmax_of_the_masked_scores():
    """By hand, in float64, for one image."""
    network = vgg()
    maps = network.features[:5](X[:1])
    masks = torch.nn.functional.interpolate(maps, size=(16, 16), mode="bilinear", align_corners=True)[0]
    scores = []
    for mask in masks:
        span = mask.max() - mask.min()
        scores.append(network(X[:1] * (mask - mask.min()) / (span + 1e-8))[0, T[0]])
    expected = (torch.stack(scores).softmax(0)[:, None, None] * maps[0]).sum(0).clamp_min(0)
    torch.testing.assert_close(
        score_cam(network, X[:1], T[:1], "features.4")[0], expected, rtol=0, atol=1e-12
    )


def test_constant_maps_share_one_forward_pass(monkeypatch):
    network = vgg()
    network.features[3].bias[:4] = -100.0
    expected = score_cam(network, X, T, "features.4")
    calls = Calls(network, monkeypatch)
    torch.testing.assert_close(score_cam(network, X, T, "features.4"), expected)
    # the images up to the layer, one blank image, the four living maps of each image
    assert calls.images == 3 + 1 + 3 * 4


def test_only_the_maps_that_vary_most_are_tried(monkeypatch):
    network = vgg()
    all_maps = score_cam(network, X, T, "features.4")
    torch.testing.assert_close(score_cam(network, X, T, "features.4", strongest=99), all_maps)
    calls = Calls(network, monkeypatch)
    score_cam(network, X, T, "features.4", strongest=2)
    assert calls.images == 3 + 1 + 3 * 2


def test_a_layer_without_maps_is_refused():
    with pytest.raises(NotApplicable) as caught:
        score_cam(vgg(), X, T, "classifier.1")
    assert caught.value.key == "layer_without_maps"
