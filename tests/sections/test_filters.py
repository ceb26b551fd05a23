import numpy as np
import pytest
import torch
from own_steps import folder_run, own_run

from report_builder.methods.activations import activations
from report_builder.models.own_networks import finished, load_own_network, new_network, save_own_network
from report_builder.pipeline.step import Saved
from report_builder.sections.filters import SECTION
from report_builder.sections.filters.ascent import canvas_size

(STEP,) = SECTION.steps
SMALL = {"filters.steps": 12, "filters.per_layer": 2, "evaluation.bootstrap_draws": 200}


@pytest.fixture(scope="module")
def farmyard(tmp_path_factory):
    run = own_run(tmp_path_factory.mktemp("farmyard"))
    run.run(STEP, SMALL)
    return run


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    run = folder_run(tmp_path_factory.mktemp("folder"))
    run.run(STEP, SMALL)
    return run


def with_network(run, architecture, tmp_path, change=lambda network: None):
    """The same pictures, under a network of random weights."""
    pictures = run.saved["own_pictures"].values
    size = pictures["size"]
    network = finished(new_network(architecture, len(pictures["classes"]), 3, size=size))
    change(network)
    save_own_network(network, tmp_path / "weights.safetensors", size=size)
    trained = run.saved["own_cnn"]
    np.savez(tmp_path / "arrays.npz", **trained.arrays())
    other = Saved("own_cnn", {**trained.values, "architecture": architecture}, tmp_path)
    run.saved["own_cnn"] = other
    try:
        return run.run(STEP, SMALL)
    finally:
        run.saved["own_cnn"] = trained


def values_of(run):
    return run.saved["filters"].values


def test_three_depths_see_more_and_more_of_the_picture(farmyard):
    layers = values_of(farmyard)["layers"]
    assert [layer["name"] for layer in layers] == ["features.3", "features.8", "features.22"]
    assert [layer["channels"] for layer in layers] == [16, 32, 128]
    assert [layer["side"] for layer in layers] == [112, 56, 14]
    assert [layer["receptive"] for layer in layers] == [5, 14, 92]


def test_statistics_are_shares_with_intervals(farmyard):
    for layer in values_of(farmyard)["layers"]:
        assert set(layer["statistics"]) == {"orientation", "colour", "class", "part", "chance", "object"}
        for name, one in layer["statistics"].items():
            low, high = one["interval"]
            assert low <= one["mean"] <= high, name
            assert -0.5 <= low <= high <= 1, name
            assert one["filters"] <= layer["channels"] - layer["dead"]
        parts = layer["parts"]
        assert parts["most_count"] <= parts["detectors"] <= layer["channels"]


def test_late_filters_of_the_trained_network_know_its_classes_and_parts(farmyard):
    values = values_of(farmyard)
    early, _, late = (layer["statistics"] for layer in values["layers"])
    for name in ("class", "part", "object"):
        assert late[name]["mean"] > early[name]["mean"]
        change = values["changes"][name]
        assert change["difference"] == pytest.approx(late[name]["mean"] - early[name]["mean"])
        assert change["interval"][0] > 0
    assert late["part"]["mean"] > 2 * late["chance"]["mean"]
    assert late["object"]["mean"] > values["area"]


def test_the_strongest_picture_is_the_one_that_excites_most(farmyard):
    trained, own = farmyard.saved["own_cnn"], farmyard.saved["own_pictures"]
    network = load_own_network("small_vgg", trained.file("weights.safetensors"), classes=13)
    first = own.values["splits"][0]["count"]
    pixels = torch.from_numpy(own.arrays()["pixels"][:first]).permute(0, 3, 1, 2).float() / 255
    for number, layer in enumerate(values_of(farmyard)["layers"]):
        maps = activations(network, pixels, layer["name"])
        kept = farmyard.saved["filters"].arrays()[f"maps_{number}"]
        assert [one["channel"] for one in layer["shown"]] == [0, layer["channels"] - 1]
        for i, one in enumerate(layer["shown"]):
            answers = maps[:, one["channel"]].mean((1, 2))
            assert answers.argmax() == one["place"]
            assert one["response"] == pytest.approx(answers.max().item(), rel=1e-4)
            np.testing.assert_allclose(kept[i], maps[one["place"], one["channel"]], atol=1e-4)


def test_ascent_without_bounds_leaves_the_pictures_far_behind(farmyard):
    for number, layer in enumerate(values_of(farmyard)["layers"]):
        low, high = layer["range"]
        assert low < 0 < 1 < high
        assert layer["canvas"] == 56
        arrays = farmyard.saved["filters"].arrays()
        for name in ("free", "regularised"):
            assert arrays[f"{name}_{number}"].shape == (2, 3, 56, 56)
        for one in layer["shown"]:
            assert one["free"] > max(1, one["shown"], one["regularised"])
            assert one["regularised"] > 0


def test_without_masks_nothing_is_said_of_an_object(folder):
    values = values_of(folder)
    assert values["area"] is None
    for layer in values["layers"]:
        assert not {"part", "chance", "object"} & set(layer["statistics"])
    for language, object_word in (("en", "animal"), ("fa", "جانور")):
        _, html = folder.draw("filters", language)
        assert object_word not in html
        assert "Dissection" not in html


def test_both_languages_print_the_layers_and_the_table(farmyard):
    for language in ("en", "fa"):
        _, html = farmyard.draw("filters", language)
        assert all(layer["name"] in html for layer in values_of(farmyard)["layers"])
        assert html.count("<img") == 1
        assert "Dissection" in html


@pytest.mark.parametrize("architecture", ["squeezenet1_1", "resnet18", "mobilenet_v3_small"])
def test_networks_of_torchvision_at_random_weights(folder, tmp_path, architecture):
    values = with_network(folder, architecture, tmp_path).values
    assert len(values["layers"]) == 3
    assert all(layer["receptive"] <= 32 for layer in values["layers"])
    for language in ("en", "fa"):
        folder.draw("filters", language)
    folder.run(STEP, SMALL)


def test_a_network_whose_layers_are_no_maps_is_left_out_with_the_reason(folder, tmp_path):
    """It keeps the channels last."""
    values = with_network(folder, "swin_t", tmp_path).values
    assert values == {"layers": [], "left_out": "layer_without_maps"}
    for language in ("en", "fa"):
        _, html = folder.draw("filters", language)
        assert "<table" not in html
    folder.run(STEP, SMALL)


@pytest.mark.parametrize(("layer", "number", "silent"), [(21, 2, 128), (21, 2, 100), (2, 0, 16)])
def test_silent_filters_are_counted_and_nothing_else_is_said_of_them(folder, tmp_path, layer, number, silent):
    def silence(network):
        network.features[layer].weight.data[:silent] = 0
        network.features[layer].bias.data[:silent] = -1

    described = with_network(folder, "small_vgg", tmp_path, silence).values["layers"][number]
    assert described["dead"] >= silent
    assert all(one["channel"] >= silent for one in described["shown"])
    assert (described["ascent"] is None) == (described["dead"] == described["channels"])
    for one in described["statistics"].values():
        assert one is None or one["filters"] <= described["channels"] - described["dead"]
    for language in ("en", "fa"):
        folder.draw("filters", language)
    folder.run(STEP, SMALL)


def test_a_small_canvas_is_taken_where_the_maps_stay_large_enough():
    network = new_network("squeezenet1_1", 3, 1, size=128)
    like = torch.zeros(1)
    assert canvas_size(network, "features.1", 128, like) == 64
    assert canvas_size(network, "features", 128, like) == 128
    assert canvas_size(network, "features", 32, like) == 32
