"""The vision checks of the audit: what passes, and that a fault is found."""

from pathlib import Path

import numpy as np
import pytest
from vision_steps import farmyard_run, photograph_run

from report_builder.contents import load_section
from report_builder.methods.passes import shared_passes
from report_builder.pipeline.step import Saved, Work
from report_builder.sections.audit.compute import _own_network, _signals, _vision
from report_builder.sections.seen import load, pictures

PHOTOGRAPHS, NETWORK_CHECKS = load_section("photographs").steps


@pytest.mark.parametrize("start", [farmyard_run, photograph_run])
def test_the_graph_holds_as_many_rectifiers_as_are_gated(tmp_path, start):
    run = start(tmp_path)
    run.run(PHOTOGRAPHS)
    values = run.run(NETWORK_CHECKS).values
    work = run.work(NETWORK_CHECKS)
    network = load(work)
    shown = pictures(work, network)
    passes = shared_passes(network.module, shown.images[:1], shown.targets[:1], rules=("guided",))
    assert values["rectifiers"] == passes.rectifiers > 0
    assert values["class_faults"] == 0 < values["classes_checked"]


def test_a_name_at_a_wrong_index_is_counted(tmp_path):
    run = farmyard_run(tmp_path)
    saved = run.run(PHOTOGRAPHS)
    images = [dict(image) for image in saved.values["images"]]
    images[0]["target_name"] = "lynx" if images[0]["target_name"] != "lynx" else "hen"
    images[1]["target"] = 99
    run.saved["photographs"] = Saved("photographs", {**saved.values, "images": images}, saved.folder)
    assert run.run(NETWORK_CHECKS).values["class_faults"] == 2


def results(**changed):
    values = {"gated": 11, "faults": 0, "completeness": 0.01, "noise": 1e-6, "pixels": 0} | changed
    given = {
        "network_checks": {"rectifiers": 11, "class_faults": values["faults"]},
        "gradient_maps": {"rectifiers": values["gated"]},
        "path_maps": {"completeness": {"integrated_gradients": {"relative_error": values["completeness"]}}},
        "smoothing": {"zero_noise_error": values["noise"]},
        "adversarial": {"pixels_changed_at_zero": values["pixels"]},
    }
    return Work(Path(), needs={name: Saved.given(name, entry) for name, entry in given.items()})


def test_sound_results_pass():
    assert all(check["passed"] for check in _vision(results()).values())


@pytest.mark.parametrize(
    ("changed", "check"),
    [
        ({"gated": 10}, "rectifiers_not_gated"),
        ({"faults": 1}, "classes_that_differ_from_the_weights"),
        ({"completeness": 0.2}, "integrated_gradients_completeness_error"),
        ({"noise": 0.01}, "smooth_grad_error_without_noise"),
        ({"pixels": 3}, "pixels_changed_by_an_attack_of_zero"),
    ],
)
def test_each_fault_fails_its_check_alone(changed, check):
    found = _vision(results(**changed))
    assert [name for name, entry in found.items() if not entry["passed"]] == [check]


@pytest.mark.parametrize("count", [0, 3])
def test_training_pictures_that_are_held_out_are_a_fault(count):
    work = Work(Path(), needs={"own_pictures": Saved.given("own_pictures", {"repeated": count})})
    (check,) = _own_network(work).values()
    assert check == {"value": count, "passed": count == 0}


def test_a_test_signal_that_was_learned_from_is_found(tmp_path):
    drawn = np.random.default_rng(1).normal(size=(9, 1, 20)).astype(np.float32)
    parts = {"train_x": drawn[:4], "validation_x": drawn[4:6], "test_x": drawn[6:]}
    for leaked, test in ((0, parts["test_x"]), (1, np.concatenate([parts["test_x"], drawn[5:6]]))):
        np.savez(tmp_path / "arrays.npz", **{**parts, "test_x": test})
        work = Work(tmp_path, needs={"signals": Saved("signals", {}, tmp_path)})
        assert _signals(work)["training_signals_in_test"]["value"] == leaked
