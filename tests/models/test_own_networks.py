"""Networks of one's own: they take pixels, survive being written, and unknown names get a hint."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch import nn

from report_builder.errors import InputError
from report_builder.methods.cam import default_layer
from report_builder.models.farmnet import MEAN, STD
from report_builder.models.own_networks import finished, load_own_network, new_network, save_own_network

# of MNASNet the state dict carries a version that safetensors does not keep
SMALL = ("small_vgg", "squeezenet1_1", "shufflenet_v2_x0_5", "mnasnet0_5")


@pytest.mark.parametrize("name", SMALL)
def test_what_is_written_is_read_back_ready(name: str, tmp_path: Path) -> None:
    network = finished(new_network(name, 3, 5, size=64)).eval()
    path = tmp_path / "weights.safetensors"
    save_own_network(network, path, size=64)
    loaded = load_own_network(name, path, classes=3)
    pixels = torch.rand(2, 3, 64, 64, generator=torch.Generator().manual_seed(1))
    torch.testing.assert_close(loaded(pixels), network(pixels), rtol=1e-3, atol=1e-4)
    assert not loaded.training
    assert not any(weight.requires_grad for weight in loaded.parameters())
    assert not any(getattr(part, "inplace", False) for part in loaded.modules())


def test_the_seed_decides_the_weights() -> None:
    first, again, other = (
        new_network("squeezenet1_1", 2, seed, size=64).state_dict()["features.0.weight"] for seed in (1, 1, 2)
    )
    assert (first == again).all()
    assert (first != other).any()


def test_a_network_of_torchvision_normalises_by_itself_and_keeps_its_names() -> None:
    network = new_network("squeezenet1_1", 2, 1, size=64)
    seen: list[torch.Tensor] = []
    layer = network.get_submodule("features.0")
    layer.register_forward_pre_hook(lambda _, inputs: seen.append(inputs[0]))
    pixels = torch.rand(1, 3, 64, 64)
    network(pixels)
    torch.testing.assert_close(seen[0], (pixels - MEAN) / STD)
    assert default_layer(network) == "features"


def test_an_unknown_name_gets_a_hint() -> None:
    with pytest.raises(InputError, match="resnet18"):
        new_network("rsnet18", 2, 1, size=64)


@pytest.mark.parametrize(("name", "size"), [("alexnet", 32), ("vit_b_16", 100)])
def test_a_size_that_the_network_cannot_take_is_said(name: str, size: int) -> None:
    with pytest.raises(InputError, match=r"own_cnn\.size"):
        new_network(name, 2, 1, size=size)


def test_weights_of_other_classes_do_not_fit(tmp_path: Path) -> None:
    path = tmp_path / "weights.safetensors"
    save_own_network(finished(new_network("small_vgg", 3, 5, size=64)), path, size=64)
    with pytest.raises(InputError, match="do not fit"):
        load_own_network("small_vgg", path, classes=4)


def test_finished_is_the_same_function() -> None:
    network = new_network("small_vgg", 3, 5, size=32).eval()
    pixels = torch.rand(2, 3, 32, 32)
    torch.testing.assert_close(finished(network)(pixels), network(pixels), rtol=1e-4, atol=1e-5)
    assert not any(isinstance(part, nn.BatchNorm2d) for part in finished(network).modules())
