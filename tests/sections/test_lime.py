import numpy as np
import pytest
from explained_run import drawn, results, run

from report_builder.errors import InputError
from report_builder.sections.lime.compute import pick


def test_the_rule_takes_both_ends_and_the_middle():
    probability = np.array([0.2, 0.97, 0.55, 0.01, 0.7])
    assert pick(probability, "rule") == [(1, "positive"), (3, "negative"), (2, "borderline")]


def test_the_rule_takes_no_row_twice():
    assert pick(np.array([0.5, 0.5]), "rule") == [(0, "positive"), (1, "negative")]


@pytest.mark.parametrize("samples", [[5], [0, 0], [], [0, 1, 2, 3, 4, 5]])
def test_unfit_samples_name_the_setting(samples):
    with pytest.raises(InputError, match=r"explain\.samples"):
        pick(np.linspace(0, 1, 5), samples)


def test_the_settings_choose_the_rows(tmp_path):
    chosen = run("chosen", tmp_path, results(), explain__samples=[3, 1])
    assert [(row["index"], row["rule"]) for row in chosen.values["rows"]] == [(3, "setting"), (1, "setting")]


def test_weights_add_up_to_the_local_prediction():
    for sample in results()["lime"].values["samples"]:
        weights = [feature["weight"] for feature in sample["features"]]
        assert sample["intercept"] + sum(weights) == pytest.approx(sample["local_prediction"])
        assert weights == sorted(weights, key=abs, reverse=True)


def test_each_value_meets_its_condition():
    for sample in results()["lime"].values["samples"]:
        for feature in sample["features"]:
            low, high = feature["low"], feature["high"]
            slack = 1e-5 * max(1.0, abs(feature["value"]))
            assert low is None or feature["value"] > low - slack
            assert high is None or feature["value"] <= high + slack


def test_the_library_fault_is_measured_where_values_are_tied():
    sampler = results()["lime"].values["sampler"]
    first = next(iter(sampler["affected"]))
    assert list(sampler["affected"]) == [results()["table"].values["features"][0]]
    assert 0.3 < sampler["affected"][first] < 0.7
    assert sampler["mean_change"] > 0


def test_one_set_of_perturbations_serves_all_rows():
    lime = results()["lime"].values
    rows = results()["chosen"].values["test_rows"]
    assert lime["evaluations"] == {"one": 400, "all": 399 + rows}


def test_shapley_does_not_need_lime():
    from report_builder.sections.shapley import SECTION

    (step,) = SECTION.steps
    assert "lime" not in step.needs
    assert not any(setting.startswith("lime") for setting in step.settings)


@pytest.mark.parametrize("language", ["en", "fa"])
def test_every_feature_of_a_sample_is_named(language, tmp_path):
    values, html = drawn("lime", language, tmp_path, results())
    assert values["items"] == ["T15"]
    assert "column 3" in html
    assert "&lt;b&gt;$x_1$ &amp; co / ~a" in html
