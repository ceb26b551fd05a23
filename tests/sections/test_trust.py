"""The summary of the network that is explained."""

import json

from vision_steps import PROJECT, farmyard_run, photograph_run

from report_builder.contents import load_section

(SUMMARY,) = load_section("trust").steps


def test_farmnet_with_its_training(tmp_path):
    values = farmyard_run(tmp_path).run(SUMMARY).values
    assert values["rectifiers"] == 11
    assert values["classes"] == 13
    assert values["parameters"] == sum(layer["parameters"] for layer in values["layers"])
    assert values["multiply_adds_million"] == values["multiply_adds"] / 1e6
    log = json.loads((PROJECT / "data" / "farmnet.training.json").read_text(encoding="utf-8"))
    assert values["training"]["accuracy"] == log["validation_accuracy"]
    assert values["training"]["scenes"] == 13 * log["recipe"]["scenes_per_class"]


def test_a_network_of_torchvision_has_no_training_of_ours(tmp_path):
    values = photograph_run(tmp_path).run(SUMMARY).values
    assert values["training"] is None
    assert values["classes"] == 1000
    assert values["layers"][-1]["shape"] == [1000, 1, 1]  # SqueezeNet ends with its global pooling
    assert 0 < len(values["layers"]) <= 32
    assert values["rectifiers"] > 0


def test_a_network_without_rectifiers_gates_none(tmp_path):
    assert photograph_run(tmp_path, "alexnet").run(SUMMARY).values["rectifiers"] == 7
    assert photograph_run(tmp_path, "efficientnet_b0").run(SUMMARY).values["rectifiers"] == 0
