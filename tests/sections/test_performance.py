"""The comparison: curves against scikit-learn, differences against values, the write-up's arithmetic."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from network_steps import draw, run, run_all, small_table, with_values
from scipy.stats import norm
from sklearn import metrics as oracle

from report_builder.assets.pima import COLUMNS
from report_builder.pipeline.step import Saved
from report_builder.sections import mlp, nam, performance
from report_builder.sections.performance.compute import MODELS, PREFIXES
from report_builder.sections.performance.writeup import NORMAL_QUANTILE

SECTIONS = (mlp.SECTION, nam.SECTION, performance.SECTION)
STEPS = {step.name: step for step in performance.SECTION.steps}


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    return run_all(SECTIONS, tmp_path_factory.mktemp("steps"), small_table())


@pytest.fixture(scope="module")
def pima(tmp_path_factory):
    return run_all(SECTIONS, tmp_path_factory.mktemp("pima"), small_table(names=COLUMNS[:-1]))


def metric(saved, prefix, model, name):
    if model in ("mlp", "nam"):
        return saved[f"{prefix}{model}"].values["test"][name]
    return saved[f"{prefix}baselines"].values[model]["test"][name]


@pytest.mark.parametrize(("protocol", "prefix"), PREFIXES.items())
def test_differences_are_those_of_the_single_values(saved, protocol, prefix):
    values = saved["performance"].values[protocol]
    assert len(values["pairs"]) == 6
    for pair, found in values["pairs"].items():
        first, second = pair.split("_")
        for name, difference in found["difference"].items():
            expected = metric(saved, prefix, first, name) - metric(saved, prefix, second, name)
            assert difference == pytest.approx(expected, abs=1e-12)
            low, high = found["intervals"][name]
            assert found["told_apart"][name] == (not low <= 0 <= high)
        test = found["mcnemar"]
        gain = (test["only_first"] - test["only_second"]) / values["rows"]
        assert gain == pytest.approx(found["difference"]["accuracy"], abs=1e-12)
    for name, best in values["best"].items():
        every = {model: metric(saved, prefix, model, name) for model in MODELS}
        assert every[best] == (min if name == "brier" else max)(every.values())


def test_the_change_is_reference_minus_clean(saved):
    for model, change in saved["performance"].values["change"].items():
        for name, difference in change["difference"].items():
            expected = metric(saved, "reference.", model, name) - metric(saved, "", model, name)
            assert difference == pytest.approx(expected, abs=1e-12)


def test_curves_have_the_areas_of_scikit_learn(saved):
    arrays = saved["performance"].arrays()
    for model in MODELS:
        false_positive, true_positive = arrays[f"clean.{model}.roc"]
        assert oracle.auc(false_positive, true_positive) == pytest.approx(metric(saved, "", model, "auc"))
        predicted, observed, rows = arrays[f"clean.{model}.calibration"]
        total = rows.sum()
        values = saved["performance"].values["clean"]
        assert total == values["rows"]
        assert (observed * rows).sum() / total == pytest.approx(values["prevalence"])
        mean = values["models"][model]["mean_probability"]
        assert (predicted * rows).sum() / total == pytest.approx(mean)
        assert values["models"][model]["calibration_error"] >= abs(values["models"][model]["excess"]) - 1e-12


def test_models_tested_on_different_rows_are_refused(saved, tmp_path):
    folder = tmp_path / "nam"
    folder.mkdir()
    arrays = saved["nam"].arrays()
    arrays["test_inputs"] = arrays["test_inputs"][::-1]
    np.savez(folder / "arrays.npz", **arrays)
    broken = {**saved, "nam": replace(saved["nam"], folder=folder)}
    with pytest.raises(ValueError, match="mlp and nam were tested on different rows"):
        run(STEPS["performance"], broken, tmp_path)


def test_the_writeup_agrees_with_itself(pima):
    """Each printed metric follows from the printed confusion matrix, and its rows are the test rows."""
    values = pima["writeup"].values
    for name in ("mlp", "nam"):
        (tn, fp), (fn, tp) = values[name]["confusion"]
        assert tn + fp + fn + tp == values[name]["rows"]["test"]
        derived = {
            "accuracy": (tn + tp) / (tn + fp + fn + tp),
            "precision": tp / (tp + fp),
            "recall": tp / (tp + fn),
            "f1": 2 * tp / (2 * tp + fp + fn),
        }
        assert values[name]["test"] == pytest.approx(derived, abs=6e-4)
    assert norm.ppf(0.975) == pytest.approx(NORMAL_QUANTILE)
    low, high = values["difference"]["interval"]
    assert low < 0 < values["difference"]["accuracy"] < high


@pytest.mark.parametrize("language", ["en", "fa"])
@pytest.mark.parametrize("section", SECTIONS, ids=lambda section: section.name)
def test_the_writeup_stands_beside_the_pima_table_only(saved, pima, tmp_path, section, language):
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    shown, _ = draw(section, language, pima, tmp_path / "a")
    hidden, _ = draw(section, language, saved, tmp_path / "b")
    assert any(source.startswith("writeup#") for source, _ in shown["numbers"])
    assert not any(source.startswith("writeup#") for source, _ in hidden["numbers"])


def test_a_table_with_other_columns_has_no_writeup(tmp_path):
    table = Saved.given("table", {"features": [*COLUMNS[:-2], "Other"]})
    assert run(STEPS["writeup"], {"table": table}, tmp_path).values["applies"] is False


@pytest.mark.parametrize("apart", [False, True])
def test_the_sentence_says_whether_the_networks_can_be_told_apart(saved, tmp_path, apart):
    clean = saved["performance"].values["clean"]
    pair = {**clean["pairs"]["mlp_nam"], "told_apart": dict.fromkeys(clean["best"], apart)}
    changed = {**clean, "pairs": {**clean["pairs"], "mlp_nam": pair}}
    values, html = draw(performance.SECTION, "en", with_values(saved, "performance", clean=changed), tmp_path)
    assert ("cannot be told apart" in values["findings"][0]) is not apart
    assert ("The two networks can, in" in html) is apart
