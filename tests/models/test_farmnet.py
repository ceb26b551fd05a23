"""FarmNet: torchvision's names, batch norm folded without a change, weights that load strictly."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch import nn

from report_builder.models.farmnet import (
    INPUT_SIZE,
    WEIGHTS,
    FarmNet,
    folded,
    load_farmnet,
    read_metadata,
    save_farmnet,
)


@pytest.fixture
def trained_a_little() -> FarmNet:
    torch.manual_seed(0)
    network = FarmNet(5, batch_norm=True)
    for layer in network.modules():
        if isinstance(layer, nn.BatchNorm2d):
            nn.init.uniform_(layer.running_mean, -0.5, 0.5)
            nn.init.uniform_(layer.running_var, 0.5, 2)
            nn.init.uniform_(layer.weight, 0.5, 1.5)
            nn.init.uniform_(layer.bias, -0.5, 0.5)
    return network.double().eval()


def test_folding_batch_norm_keeps_the_function(trained_a_little: FarmNet) -> None:
    images = torch.rand(3, 3, 48, 48, dtype=torch.float64)
    plain = folded(trained_a_little).double()
    assert not any(isinstance(layer, nn.BatchNorm2d) for layer in plain.modules())
    torch.testing.assert_close(plain(images), trained_a_little(images), rtol=1e-4, atol=1e-5)


def test_built_like_torchvisions_vgg() -> None:
    network = FarmNet()
    assert [name for name, _ in network.named_children()][-3:] == ["features", "avgpool", "classifier"]
    convolutions = [layer for layer in network.features if isinstance(layer, nn.Conv2d)]
    assert [layer.out_channels for layer in convolutions] == [16] * 2 + [32] * 2 + [64] * 3 + [128] * 3
    rectifiers = [layer for layer in network.modules() if isinstance(layer, nn.ReLU)]
    assert len(rectifiers) == 11
    assert not any(layer.inplace for layer in rectifiers)
    assert 0.4e6 < sum(weights.numel() for weights in network.parameters()) < 0.6e6


def test_any_size_of_image_goes_through() -> None:
    network = FarmNet().eval()
    for size in (56, INPUT_SIZE, 130):
        assert network(torch.rand(2, 3, size, size)).shape == (2, 13)


def test_weights_come_back_as_they_were(tmp_path: Path) -> None:
    network, file = FarmNet(4).eval(), tmp_path / "weights.safetensors"
    save_farmnet(network, file, {"seed": "3"})
    images = torch.rand(2, 3, 32, 32)
    torch.testing.assert_close(load_farmnet(file)(images), network(images), rtol=0, atol=0)
    assert read_metadata(file) == {"seed": "3"}
    first = file.read_bytes()
    save_farmnet(network, file, {"seed": "3"})
    assert file.read_bytes() == first


def test_foreign_weights_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "weights.safetensors"
    save_farmnet(FarmNet(13, batch_norm=True), file, {})
    with pytest.raises(RuntimeError, match="running_mean"):
        load_farmnet(file)


def test_the_embedded_weights_load_strictly_and_frozen() -> None:
    network = load_farmnet()
    assert not network.training
    assert not any(weights.requires_grad for weights in network.parameters())
    assert all(torch.isfinite(weights).all() for weights in network.parameters())
    assert {
        "seed",
        "generator_version",
        "validation_accuracy",
        "training_data_sha256",
    } <= read_metadata().keys()
    assert WEIGHTS.stat().st_size < 2.2e6
