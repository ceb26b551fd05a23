"""The section `certainty`: what the step says of the cells of a grid, and of trials that failed."""

import numpy as np
import pytest
from sweep_steps import GRID, measured


@pytest.fixture(scope="module")
def gridded(tmp_path_factory):
    return measured(tmp_path_factory.mktemp("gridded"), grid=GRID, failed=[(0, 2), (3, 1)])


def scalars(values, path=""):
    if isinstance(values, dict):
        for key, value in values.items():
            yield from scalars(value, f"{path}/{key}")
    else:
        yield path, values


def test_the_best_cell_is_chosen_on_validation(gridded):
    grid = gridded.values["grid"]
    assert (grid["model"], grid["by"], grid["settings"]) == ("mlp", "validation_loss", list(GRID))
    assert (grid["best"], grid["best_on_test"]) == (1, 3)
    cells = grid["cells"]
    difference = cells[3]["test_accuracy"]["mean"] - cells[1]["test_accuracy"]["mean"]
    assert grid["gain"] == pytest.approx(difference)
    assert grid["optimism"] > 0
    assert [cell["seeds"] for cell in cells] == [5, 6, 6, 5]
    assert [cell["settings"]["mlp.epochs"] for cell in cells] == [15, 15, 30, 30]
    assert all(cell[name] for cell in cells for name in grid["measures"])
    assert {"test_auc", "lime_rank_correlation", "smooth_grad_similarity"} <= set(grid["measures"])


def test_choosing_among_equal_cells_on_the_test_set_is_optimism_alone(tmp_path):
    def change(cell, seed, values, arrays):
        random = np.random.default_rng([cell, seed])
        values["tabular"]["metrics"]["mlp"]["accuracy"] = 0.8 + 0.02 * random.normal()
        values["tabular"]["validation"]["mlp"]["loss"] = 0.5 + 0.02 * random.normal()

    sweep = {"seeds": range(200), "parts": ["tabular"], "grid": {"mlp.epochs": [1, 2]}}
    grid = measured(tmp_path, change=change, **sweep).values["grid"]
    # the larger of two independent normal values lies 1 / sqrt(pi) above their mean
    assert grid["optimism"] == pytest.approx(0.02 / np.sqrt(np.pi), rel=0.3)


def test_where_the_test_set_cannot_tell_cells_apart_it_agrees_with_the_choice(tmp_path):
    def change(cell, seed, values, arrays):
        values["tabular"]["metrics"]["mlp"]["accuracy"] = 0.8

    grid = measured(tmp_path, change=change, parts=["tabular"], grid={"mlp.epochs": [1, 2, 3]}).values["grid"]
    assert grid["best"] == grid["best_on_test"] == 1
    assert grid["gain"] == grid["optimism"] == 0


def test_failed_trials_are_listed_and_left_out(gridded):
    values = gridded.values
    assert values["failed"] == [
        {"cell": 0, "seed": 2, "error": "RuntimeError: planted for seed 2"},
        {"cell": 3, "seed": 1, "error": "RuntimeError: planted for seed 1"},
    ]
    assert (values["trials"], values["cells"], values["seeds"]) == (24, 4, 6)
    assert values["main"]["seeds"] == values["metrics"]["tabular"]["mlp"]["auc"]["seeds"] == 5
    assert gridded.arrays("runs")["tabular.seeds"].tolist() == [0, 1, 3, 4, 5]


def test_other_cells_do_not_touch_the_main_one(tmp_path):
    alone = measured(tmp_path / "alone", seeds=range(4))
    among = measured(tmp_path / "among", seeds=range(4), grid=GRID)
    for key in ("metrics", "pairs", "importance", "vision", "dependence"):
        assert among.values[key] == alone.values[key]


def test_the_main_cell_is_the_one_that_is_named(tmp_path):
    values = measured(tmp_path, grid=GRID, main=2, parts=["tabular"]).values
    assert values["main"]["settings"] == {"mlp.epochs": 30, "mlp.learning_rate": 1e-3}
    mean = values["grid"]["cells"][2]["test_auc"]["mean"]
    assert values["metrics"]["tabular"]["mlp"]["auc"]["mean"] == mean


def test_cells_whose_maps_differ_in_shape(tmp_path):
    def change(cell, seed, values, arrays):
        if cell == 1:
            arrays["vision.smooth_grad"] = arrays["vision.smooth_grad"][:1, :8, :8]
        if (cell, seed) == (2, 0):
            arrays["vision.smooth_grad"] = arrays["vision.smooth_grad"][:2]

    grid = measured(tmp_path, parts=["vision"], grid={"vision.shown": [3, 1, 2]}, change=change).values[
        "grid"
    ]
    found = [cell["smooth_grad_similarity"] for cell in grid["cells"]]
    assert [value is None for value in found] == [False, False, True]
    assert (grid["model"], grid["best"], grid["optimism"]) == (None, None, None)


@pytest.mark.parametrize(
    ("setting", "model", "by"),
    [
        ("nam.epochs", "nam", "validation_loss"),
        ("tabular.smote_neighbours", "mlp", "validation_loss"),
        ("signals.epochs", "signals", "validation_accuracy"),
        ("own_cnn.epochs", "own_cnn", "validation_loss"),
        ("lime.perturbations", None, None),
    ],
)
def test_a_grid_is_measured_on_what_it_trains(tmp_path, setting, model, by):
    grid = measured(tmp_path, grid={setting: [1, 2, 3]}).values["grid"]
    assert (grid["model"], grid["by"]) == (model, by)
    assert grid["best"] == (None if model is None else 1)
    assert ("test_accuracy" in grid["measures"]) == (model is not None)


def test_what_the_grid_does_not_change_is_no_measure_of_it(tmp_path):
    kept = {}

    def change(cell, seed, values, arrays):
        for name in ("vision.smooth_grad", "vision.lime_image"):
            arrays[name] = kept.setdefault((name, seed), arrays[name])

    measures = measured(tmp_path, grid=GRID, change=change).values["grid"]["measures"]
    assert not any(name.endswith("similarity") for name in measures)
    assert "test_auc" in measures


def test_a_folder_without_test_pictures_has_no_test_to_cheat_on(tmp_path):
    def change(cell, seed, values, arrays):
        own = values["own_cnn"]
        own |= {"main": "validation", "accuracy": {"validation": own["accuracy"]["hard"]}}
        own |= {"rows": {"train": 80, "validation": 20}, "data": "resampled"}

    values = measured(tmp_path, parts=["own_cnn"], grid={"own_cnn.epochs": [1, 2]}, change=change).values
    assert (values["grid"]["best"], values["grid"]["best_on_test"]) == (1, None)
    assert values["data"]["own_cnn"]["ratio"] == 0.25


def test_all_numbers_are_finite_and_the_same_again(gridded, tmp_path):
    for _, value in scalars(gridded.values):
        assert not isinstance(value, float) or np.isfinite(value)
    for name in ("arrays", "runs"):
        assert all(np.isfinite(array).all() for array in gridded.arrays(name).values())
    again = measured(tmp_path, grid=GRID, failed=[(0, 2), (3, 1)])
    assert again.values == gridded.values
