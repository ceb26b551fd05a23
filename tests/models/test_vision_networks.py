"""Networks by name: what belongs to them, and weights that fit."""

import re

import pytest
import torch
from safetensors.torch import save_file

from report_builder.errors import InputError
from report_builder.models import farmnet
from report_builder.models.networks import Network, in_bfloat16, load_network, writeup_index_faults
from report_builder.torchvision_shim import declare_missing_operators

declare_missing_operators()
import torchvision  # noqa: E402  only after the operators are declared


@pytest.fixture(scope="module")
def squeezenet() -> Network:
    return load_network("squeezenet1_1", random_seed=3)


def test_it_is_ready_to_be_explained(squeezenet):
    module = squeezenet.module
    assert not any(part.training for part in module.modules())
    assert not any(parameter.requires_grad for parameter in module.parameters())
    assert not any(getattr(part, "inplace", False) for part in module.modules())
    assert module.features[0].weight.is_contiguous(memory_format=torch.channels_last)


def test_names_and_preprocessing_come_from_the_weights(squeezenet):
    meta = torchvision.models.SqueezeNet1_1_Weights.IMAGENET1K_V1
    assert list(squeezenet.class_names) == meta.meta["categories"]
    transforms = meta.transforms()
    assert squeezenet.size == transforms.crop_size[0] == 224
    pixels = torch.rand(2, 3, 224, 224)
    expected = torchvision.transforms.functional.normalize(pixels, transforms.mean, transforms.std)
    torch.testing.assert_close(squeezenet.normalise(pixels), expected)
    torch.testing.assert_close(squeezenet.denormalise(squeezenet.normalise(pixels)), pixels)


@pytest.mark.parametrize("size", [(224, 224), (50, 400), (500, 333), (1, 1)])
def test_pictures_of_any_size_fit(squeezenet, size):
    picture = torch.rand(3, *size)
    pixels = squeezenet.fit(picture)
    assert pixels.shape == (3, 224, 224)
    assert pixels.min() >= 0
    assert pixels.max() <= 1
    if size == (224, 224):
        torch.testing.assert_close(pixels, picture)


def test_the_seed_decides_the_random_weights_and_leaves_the_generator_alone(squeezenet):
    state = torch.random.get_rng_state()
    same, other = (load_network("squeezenet1_1", random_seed=seed).module for seed in (3, 4))
    assert torch.equal(torch.random.get_rng_state(), state)
    x = torch.rand(1, 3, 64, 64)
    assert torch.equal(same(x), squeezenet.module(x))
    assert not torch.equal(other(x), squeezenet.module(x))


@pytest.mark.parametrize("ending", ["pth", "safetensors"])
def test_a_state_dict_of_one_s_own_is_read_as_it_is(squeezenet, tmp_path, ending):
    path = tmp_path / f"own.{ending}"
    state = {key: value.contiguous() for key, value in squeezenet.module.state_dict().items()}
    if ending == "pth":
        torch.save(state, path)
    else:
        save_file(state, path)
    network = load_network("squeezenet1_1", file=path)
    x = torch.rand(1, 3, 64, 64)
    assert torch.equal(network.module(x), squeezenet.module(x))
    assert not any(parameter.requires_grad for parameter in network.module.parameters())


def test_densenet_s_published_names_are_understood(tmp_path):
    network = load_network("densenet121", random_seed=0)
    layer = re.compile(r"(denselayer\d+\.(?:norm|conv))([12])\.")
    state = {k: v for k, v in network.module.state_dict().items() if "num_batches" not in k}  # newer, too
    old = {layer.sub(r"\1.\2.", name): value for name, value in state.items()}
    assert any(".norm.1." in name for name in old)
    torch.save(old, tmp_path / "old.pth")
    read = load_network("densenet121", file=tmp_path / "old.pth")
    x = torch.rand(1, 3, 64, 64)
    assert torch.equal(read.module(x), network.module(x))


def test_weights_that_do_not_fit_are_refused(squeezenet, tmp_path):
    path = tmp_path / "other.pth"
    torch.save({"features.0.weight": torch.zeros(1)}, path)
    with pytest.raises(InputError, match=r"The weights .*other\.pth do not fit the network"):
        load_network("squeezenet1_1", file=path)


def test_without_weights_there_is_no_network(tmp_path):
    with pytest.raises(ValueError, match="needs a file with weights"):
        load_network("vgg16")
    with pytest.raises(InputError, match=r"FarmNet's weights .* are not there"):
        load_network("farmnet", file=tmp_path / "none.safetensors")


def test_an_unknown_name_is_answered_with_its_neighbours():
    with pytest.raises(InputError, match=r"no network 'vgg61'; near: .*vgg16"):
        load_network("vgg61")


def test_farmnet_sees_pixels(tmp_path):
    path = tmp_path / "farmnet.safetensors"
    farmnet.save_farmnet(farmnet.FarmNet(3), path, {"classes": "hen,cat,none"})
    network = load_network("farmnet", file=path)
    assert network.class_names == ("hen", "cat", "none")
    pixels = torch.rand(1, 3, network.size, network.size)
    assert torch.equal(network.normalise(pixels), pixels)
    assert network.module(pixels).shape == (1, 3)


def test_farmnet_without_class_names_is_refused(tmp_path):
    farmnet.save_farmnet(farmnet.FarmNet(3), tmp_path / "f.safetensors", {"seed": "1"})
    with pytest.raises(InputError, match="do not name their classes"):
        load_network("farmnet", file=tmp_path / "f.safetensors")


def test_bfloat16_is_close_and_speaks_float32(squeezenet):
    reduced = in_bfloat16(squeezenet.module)
    x = torch.rand(2, 3, 64, 64)
    logits = squeezenet.module(x)
    assert reduced(x).dtype == torch.float32
    assert torch.nn.functional.cosine_similarity(reduced(x), logits).min() > 0.999
    assert squeezenet.module.features[0].weight.dtype == torch.float32
    assert reduced.get_submodule("features.0").weight.dtype == torch.bfloat16


def test_the_write_up_s_wrong_indices():
    """Three, each with the name that really stands there."""
    assert [tuple(fault) for fault in writeup_index_faults()] == [
        ("boxer", 243, "bull mastiff", 242),
        ("Persian cat", 281, "tabby", 283),
        ("Leonberg", 208, "Labrador retriever", 255),
    ]
