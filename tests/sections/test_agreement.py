import numpy as np
import pytest
from explained_run import drawn, results, run

from report_builder.methods.agreement import agreement
from report_builder.methods.lime import Condition
from report_builder.sections.agreement.compute import share_leaving


def test_the_values_are_those_of_the_measures():
    saved = results()
    found = saved["agreement"].values
    lime, shap = saved["lime"].arrays()["coefficients"], saved["shapley"].arrays()["values"]
    expected = agreement(lime, shap, seed=0)
    assert found["spearman"] == pytest.approx(expected.spearman.value)
    assert found["sign"] == pytest.approx(expected.sign.value)
    assert found["top3_jaccard"] == pytest.approx(expected.jaccard.value)


@pytest.mark.parametrize("measure", ["spearman", "sign", "top3_jaccard"])
def test_intervals_hold_their_value(measure):
    found = results()["agreement"].values
    for part in (found, found["ceiling"]):
        low, high = part["intervals"][measure]
        assert low <= part[measure] <= high


def test_the_correlation_is_that_of_real_training_rows():
    saved = results()
    split = saved["split"].arrays()
    real = split["rows_train"] >= 0
    names = [str(name) for name in split["feature_names"]]
    for j, name in enumerate(names[:-1]):
        expected = np.corrcoef(split["x_train"][real, j], split["y_train"][real])[0, 1]
        assert saved["agreement"].values["correlation"][name] == pytest.approx(expected)
    assert saved["agreement"].values["correlation"][names[-1]] is None


def test_deletion_ends_where_random_deletion_ends():
    arrays = results()["agreement"].arrays()
    for key in ("lime", "shap"):
        assert arrays[f"curve_{key}"][:, 0] == pytest.approx(arrays["curve_random"][:, 0])
        assert arrays[f"curve_{key}"][:, -1] == pytest.approx(arrays["curve_random"][:, -1], abs=1e-6)


def test_the_share_that_leaves_a_condition_foresees_a_model_made_of_conditions():
    random = np.random.default_rng(0)
    rows = random.normal(size=(50, 3))
    bounds = [(None, -0.3), (-0.3, 0.4), (0.4, None)]
    conditions = [tuple(Condition(j, *bound) for j, bound in enumerate(bounds))]
    weights = np.array([0.2, -0.1, 0.4])
    meets = np.stack(
        [rows[:, 0] <= -0.3, (rows[:, 1] > -0.3) & (rows[:, 1] <= 0.4), rows[:, 2] > 0.4], axis=1
    )
    change = weights.sum() - (meets @ weights).mean()
    assert (weights * share_leaving(conditions, rows)).sum() == pytest.approx(change)


def test_local_errors_of_shap_are_rounding_and_its_order_beats_chance():
    accuracy = results()["agreement"].values["accuracy"]
    assert accuracy["local_error"]["shap"] < 1e-12
    assert accuracy["deletion_gain"]["shap"]["interval"][0] > 0


def test_the_same_run_gives_the_same_values(tmp_path):
    saved = results()
    assert run("agreement", tmp_path, saved).values == saved["agreement"].values


@pytest.mark.parametrize("language", ["en", "fa"])
def test_the_three_questions_are_answered(language, tmp_path):
    values, html = drawn("agreement", language, tmp_path, results())
    assert values["items"] == ["T17", "T18", "T19"]
    assert html.count('class="question"') == 3
