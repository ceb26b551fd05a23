"""The MLP's step: what it measures is what its saved probabilities say; the sentences follow the values."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from network_steps import draw, run, run_all, small_table, with_values
from sklearn import metrics as oracle

from report_builder.models.mlp import MLP
from report_builder.models.weights import load_weights
from report_builder.sections import mlp, nam, performance

SECTIONS = (mlp.SECTION, nam.SECTION, performance.SECTION)


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    return run_all(SECTIONS, tmp_path_factory.mktemp("steps"), small_table())


@pytest.mark.parametrize("step", ["mlp", "reference.mlp", "nam", "reference.nam"])
def test_values_are_those_of_the_saved_probabilities(saved, step):
    arrays, values = saved[step].arrays(), saved[step].values
    y, p = arrays["test_target"], arrays["test_probability"]
    assert values["test"]["accuracy"] == pytest.approx(oracle.accuracy_score(y, p >= 0.5))
    assert values["test"]["auc"] == pytest.approx(oracle.roc_auc_score(y, p))
    assert values["confusion"] == oracle.confusion_matrix(y, p >= 0.5).tolist()
    assert values["classes"] == {"negative": int((y == 0).sum()), "positive": int((y == 1).sum())}
    assert values["majority"] == pytest.approx(max(np.mean(y), 1 - np.mean(y)))
    for name, (low, high) in values["intervals"].items():
        assert low <= values["test"][name] <= high


def test_saved_weights_give_the_saved_probabilities(saved):
    arrays = saved["mlp"].arrays()
    model = MLP(arrays["test_inputs"].shape[1])
    load_weights(model, saved["mlp"].file("weights.npz"))
    model.eval()
    with torch.no_grad():
        p = model.probability(torch.as_tensor(arrays["test_inputs"], dtype=torch.float32)).numpy()
    np.testing.assert_allclose(p, arrays["test_probability"], atol=1e-7)


def test_layers_add_up_to_the_parameters(saved):
    values = saved["mlp"].values
    assert sum(layer["parameters"] for layer in values["layers"]) == values["parameters"]
    assert [layer["kind"] for layer in values["layers"]].count("Linear") == 5


def test_the_course_is_that_of_the_history(saved):
    arrays, values = saved["mlp"].arrays(), saved["mlp"].values
    assert values["epochs"] == len(arrays["train_loss"]) == 4
    assert values["lowest"]["validation_loss"] == min(arrays["validation_loss"])
    assert values["rise"] >= 0
    train, validation = arrays["train_loss"][-1], arrays["validation_loss"][-1]
    assert values["loss_gap"] == pytest.approx((validation - train) / train)


def test_same_seed_same_result(saved, tmp_path):
    (step, _) = mlp.SECTION.steps
    again = run(step, saved, tmp_path)
    assert again.values == saved["mlp"].values
    other = run(step, saved, tmp_path / "other", seed=6)
    assert (
        other.values["test"] != saved["mlp"].values["test"] or other.values["final"] != again.values["final"]
    )


def test_early_stopping_keeps_the_lowest_epoch(saved, tmp_path):
    (step, _) = mlp.SECTION.steps
    values = run(step, saved, tmp_path, **{"mlp.epochs": 60, "mlp.early_stopping": 3}).values
    assert values["kept_epoch"] == values["lowest"]["epoch"] < values["epochs"] < 60


@pytest.mark.parametrize("section", [mlp.SECTION, nam.SECTION])
@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"loss_gap": 0.5}, "clearly overfits"),
        ({"loss_gap": 0.05}, "overfits slightly"),
        ({"loss_gap": -0.5}, "does not overfit"),
        (
            {"kept_epoch": 4, "lowest": {"epoch": 2, "validation_loss": 0.1}, "rise": 0.3, "epochs": 4},
            "no longer helped",
        ),
        (
            {"kept_epoch": 4, "lowest": {"epoch": 4, "validation_loss": 0.1}, "epochs": 4},
            "at its lowest at the last",
        ),
        (
            {"kept_epoch": 2, "lowest": {"epoch": 2, "validation_loss": 0.1}, "epochs": 4},
            "put back the weights",
        ),
        ({"majority": 0.999}, "whole interval lies below"),
        ({"majority": 0.001}, "whole interval lies above"),
        ({"confusion": [[9, 1], [5, 9]]}, "misses more positive rows"),
        ({"confusion": [[9, 5], [1, 9]]}, "false alarms outnumber"),
    ],
)
def test_sentences_follow_the_values(saved, tmp_path, section, values, sentence):
    _, html = draw(section, "en", with_values(saved, section.name, **values), tmp_path)
    assert sentence in html


@pytest.mark.parametrize("language", ["en", "fa"])
def test_pages_answer_their_items(saved, tmp_path, language):
    values, _ = draw(mlp.SECTION, language, saved, tmp_path)
    assert values["items"] == ["T11", "T12", "T13", "T14"]
    assert len(values["findings"]) == 1
