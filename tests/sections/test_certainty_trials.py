"""The steps that reduce a run, on small real runs of each part."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import numpy as np
import pytest
import torch
from data_steps import PIMA, pima_like, write_csv
from network_steps import SETTINGS as NETWORK_SETTINGS
from own_steps import folder_run, own_run
from signal_steps import file_run, signal_run
from vision_steps import VisionRun, farmyard_run, photograph_run

from report_builder.contents import CHAPTERS, contents_of, load_section
from report_builder.datasets.splitting import Split
from report_builder.models.mlp import MLP
from report_builder.models.nam import NAM
from report_builder.models.weights import load_weights
from report_builder.pipeline.step import Saved
from report_builder.sections.certainty.trials import TRIAL_STEPS
from report_builder.settings import PARTS

SMALL = {name: value for name, value in NETWORK_SETTINGS.items() if "." in name and "names" not in name} | {
    "lime.perturbations": 200,
    "shapley.background": 8,
    "nam.hidden": [16, 8],
}
TABULAR = ("exploration", "preparation", "mlp", "nam", "performance", "lime", "shapley", "agreement")
LEFT_OUT = ("exploration", "performance", "writeup")  # steps that a trial does not need


def tabular_run(folder: Path, csv: Path, seed: int) -> VisionRun:
    """The tabular part up to its trial."""
    run = VisionRun(folder, {}, {"table": csv})
    asset = {"origin": "settings", "source": "a test", "licence": "none", "sha256": "", "reasons": []}
    run.saved = {"assets": Saved.given("assets", {"table": asset})}
    for section in TABULAR:
        for step in load_section(section).steps:
            if step.name not in LEFT_OUT:
                run.run(step, SMALL | {"seed": seed})
    run.run(TRIAL_STEPS["tabular"], SMALL)
    return run


@pytest.fixture(scope="module")
def pima(tmp_path_factory):
    """Two seeds of a table with missing values; its column Age is constant."""
    folder = tmp_path_factory.mktemp("pima")
    csv = pima_like(folder / "table.csv", rows=160)
    lines = csv.read_text(encoding="utf-8").splitlines()
    age = PIMA.index("Age")
    rows = [line.split(",") for line in lines[1:]]
    kept = [",".join([*row[:age], "30.0", *row[age + 1 :]]) for row in rows]
    csv.write_text("\n".join([lines[0], *kept]) + "\n", encoding="utf-8")
    return [tabular_run(folder / str(seed), csv, seed) for seed in (1, 2)]


@pytest.fixture(scope="module")
def two_features(tmp_path_factory):
    folder = tmp_path_factory.mktemp("two")
    random = np.random.default_rng(0)
    x = random.normal(size=(140, 2)).round(3)
    csv = write_csv(folder / "table.csv", ("size", "weight"), x, (x[:, 0] > 0.2).astype(int))
    return tabular_run(folder, csv, 4)


def visual(run: VisionRun, seed: int) -> VisionRun:
    """The vision part up to its trial."""
    compute = import_module("report_builder.sections.feature_visualisation.compute")
    wanted = ("photographs", "gradient_maps", "smoothing", "lime_maps", "hens")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(compute, "DRAWS", 2)
        for section in ("photographs", "gradients", "smoothing", "perturbation", "feature_visualisation"):
            for step in load_section(section).steps:
                if step.name in wanted:
                    run.run(step, {"seed": seed})
    run.run(TRIAL_STEPS["vision"])
    return run


@pytest.fixture(scope="module")
def farmyards(tmp_path_factory):
    return [visual(farmyard_run(tmp_path_factory.mktemp(f"farmyard{seed}")), seed) for seed in (1, 2)]


def relevant(run: VisionRun) -> Saved:
    for step in load_section("relevance").steps:
        run.run(step)
    return run.run(TRIAL_STEPS["signals"])


def test_a_trial_needs_steps_of_its_part_only() -> None:
    assert set(TRIAL_STEPS) == set(PARTS)
    for part, step in TRIAL_STEPS.items():
        own = {name for chapter in CHAPTERS if chapter.part == part for name in chapter.sections}
        known = contents_of([part]).sections
        steps = {each.name for name in own for each in known[name].steps}
        assert set(step.needs) <= steps
        assert step.name == f"trial.{part}"


def test_the_values_are_those_of_the_run(pima):
    for run in pima:
        found, saved = run.saved["trial.tabular"].values, run.saved
        assert found["metrics"]["mlp"] == saved["mlp"].values["test"]
        assert found["metrics"]["forest"] == saved["baselines"].values["forest"]["test"]
        assert found["reference"]["nam"] == saved["reference.nam"].values["test"]
        assert found["reference"]["logistic"] == saved["reference.baselines"].values["logistic"]["test"]
        assert found["validation"]["mlp"]["loss"] == saved["mlp"].values["final"]["validation_loss"]
        assert found["importance"]["shap"] == saved["shapley"].values["mean_abs"]
        assert found["importance"]["nam"] == saved["nam"].values["importance"]
        assert found["ceiling"]["sign"] == saved["agreement"].values["ceiling"]["sign"]
        split = Split.from_arrays(saved["split"].arrays())
        assert found["rows"]["train"] == (~split.train_synthetic).sum() < len(split.y_train)
        assert found["rows"]["test"] == len(split.y_test)
        assert found["reference_rows"]["train"] == saved["reference.mlp"].values["rows"]["train"]
        assert found["direction"]["lime"]["Age"] is found["direction"]["shap"]["Age"] is None
        assert found["direction"]["shap"]["Glucose"] is not None


def test_the_grid_is_of_the_measured_values_and_the_same_with_every_seed(pima):
    first, second = (run.saved["trial.tabular"].arrays() for run in pima)
    np.testing.assert_array_equal(first["grid"], second["grid"])
    assert not np.array_equal(first["pdp_mlp"], second["pdp_mlp"])
    table = pima[0].saved["table"].arrays("table")
    rows = table["features"][pima[0].saved["split"].arrays()["kept_rows"]]
    for name in ("Insulin", "Glucose"):
        j = PIMA.index(name)
        column = rows[:, j][rows[:, j] != 0]
        assert [first["grid"][j, 0], first["grid"][j, -1]] == pytest.approx(
            np.percentile(column, [5, 95]).tolist()
        )
    assert set(first["grid"][PIMA.index("Age")]) == {30.0}
    assert np.ptp(first["pdp_mlp"][PIMA.index("Age")]) == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize("name", ["mlp", "nam"])
def test_the_curves_are_means_of_the_test_rows_with_one_feature_replaced(pima, name):
    run = pima[0]
    split, arrays = Split.from_arrays(run.saved["split"].arrays()), run.saved["trial.tabular"].arrays()
    model = MLP(len(PIMA)) if name == "mlp" else NAM(len(PIMA), hidden=(16, 8))
    load_weights(model, run.saved[name].file("weights.npz"))
    model.eval()
    for j, point in ((1, 0), (4, 20), (5, 39)):
        rows = split.in_units(split.x_test)
        rows[:, j] = arrays["grid"][j, point]
        with torch.no_grad():
            asked = torch.as_tensor((rows - split.means) / split.stds, dtype=torch.float32)
            expected = float(model.probability(asked).mean())
        assert arrays[f"pdp_{name}"][j, point] == pytest.approx(expected, abs=1e-5)


def test_a_table_of_two_features(two_features):
    found = two_features.saved["trial.tabular"]
    assert found.values["features"] == ["size", "weight"]
    assert found.arrays()["pdp_nam"].shape == (2, 40)


def test_the_pictures_do_not_depend_on_the_seed(farmyards):
    (step, *_) = load_section("photographs").steps
    assert "seed" not in step.settings
    assert step.needs == ("vision",)
    first, second = (run.saved["photographs"].arrays() for run in farmyards)
    for name, array in first.items():
        np.testing.assert_array_equal(array, second[name])


def test_maps_are_scaled_by_their_largest_size(farmyards):
    for run in farmyards:
        arrays = run.saved["trial.vision"].arrays()
        for name, low in (("smooth_grad", 0), ("lime_image", -1)):
            assert arrays[name].dtype == np.float16
            np.testing.assert_array_equal(np.abs(arrays[name]).max((1, 2)), 1)
            assert arrays[name].min() >= low
        raw = np.abs(run.saved["smoothing"].arrays()["smooth_grad"]).sum(1)
        scaled = arrays["smooth_grad"].astype(float) * raw.max((1, 2), keepdims=True)
        np.testing.assert_allclose(scaled, raw, rtol=2e-3, atol=1e-6 * raw.max())
        hen = run.saved["hens"].arrays()["pixels"][0].transpose(1, 2, 0)
        np.testing.assert_allclose(arrays["hen"] / 255, hen.clip(0, 1), atol=0.5 / 255 + 1e-6)
        values = run.saved["trial.vision"].values
        assert values["names"] == ["hen", "cat"]
        assert values["hens"]["robust"] == run.saved["hens"].values["images"][0]["robust"]
    first, second = (run.saved["trial.vision"].arrays() for run in farmyards)
    for name in first:
        assert not np.array_equal(first[name], second[name])


def test_photographs_of_the_user_are_named_by_their_files(tmp_path):
    run = photograph_run(tmp_path)
    wanted = ("photographs", "gradient_maps", "smoothing", "lime_maps")
    for section in ("photographs", "gradients", "smoothing", "perturbation"):
        for step in load_section(section).steps:
            if step.name in wanted:
                run.run(step)
    image = {"probability": 0.5, "robust": 0.5}
    folder = tmp_path / "made"
    folder.mkdir()
    np.savez(folder / "arrays.npz", pixels=np.full((1, 3, 8, 8), 1.5))
    run.saved["hens"] = Saved("hens", {"class": {"name": "hen"}, "images": [image]}, folder)
    found = run.run(TRIAL_STEPS["vision"])
    assert found.values["files"] == ["0.png", "1.png"]
    assert (found.arrays()["hen"] == 255).all()


def test_simulated_signals_are_drawn_anew_and_scored_by_the_truth(tmp_path):
    run = signal_run(tmp_path)
    found = relevant(run).values
    assert (found["data"], found["score"]) == ("simulated", "pointing")
    assert found["rules"] == ["energy", "random"]
    assert found["accuracy"]["lstm"] == run.saved["signal_models.lstm"].values["accuracy"]
    assert found["rows"]["test"] == len(run.saved["signals"].arrays()["test_y"])
    assert set(found["rules"]) < set(found["scores"]["cnn"])


def test_signals_of_a_file_are_split_anew_and_scored_by_deletion(tmp_path):
    found = relevant(file_run(tmp_path)).values
    assert (found["data"], found["score"]) == ("resampled", "deletion")


def test_a_folder_is_split_anew(tmp_path):
    run = folder_run(tmp_path)
    found = run.run(TRIAL_STEPS["own_cnn"]).values
    assert (found["data"], found["main"]) == ("resampled", "validation")
    trained = run.saved["own_cnn"].values
    assert found["accuracy"] == {"validation": trained["splits"]["validation"]["accuracy"]}
    assert found["validation"]["loss"] == trained["final"]["validation_loss"]
    assert sum(found["rows"].values()) == 60


def test_the_farmyard_s_scenes_are_fixed(tmp_path):
    found = own_run(tmp_path).run(TRIAL_STEPS["own_cnn"]).values
    assert (found["data"], found["main"]) == ("fixed", "hard")
    assert found["rows"]["hard"] == 39
    assert set(found["validation"]) == {"accuracy"}
