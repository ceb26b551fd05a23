import re
from importlib import import_module

import numpy as np
import pytest
from explained_run import drawn, results, run

from report_builder.plots.forces import spread, swarm_offsets
from report_builder.sections.shapley.compute import direction


def test_values_add_up_to_the_prediction():
    shapley = results()["shapley"]
    arrays = shapley.arrays()
    assert arrays["values"].sum(1) + arrays["base"] == pytest.approx(arrays["predictions"], abs=1e-12)
    assert shapley.values["additivity_error"] < 1e-12
    for sample in shapley.values["samples"]:
        total = sum(feature["shap"] for feature in sample["features"])
        assert total == pytest.approx(sample["prediction"] - shapley.values["base"])


def test_a_constant_feature_gets_nothing_and_has_no_direction():
    shapley = results()["shapley"].values
    constant = results()["table"].values["features"][-1]
    assert shapley["mean_abs"][constant] == pytest.approx(0, abs=1e-6)  # the model computes in float32
    assert shapley["ranking"][-1] == constant
    assert direction(np.ones(4), np.arange(4.0)) is None


def test_the_shares_add_up_to_one():
    shapley = results()["shapley"].values
    assert sum(shapley["share"].values()) == pytest.approx(1)
    for sample in shapley["samples"]:
        assert sum(feature["share"] for feature in sample["features"]) == pytest.approx(1)


def test_the_estimator_is_named_with_its_cost():
    shapley = results()["shapley"].values
    assert shapley["estimator"] == "exact"
    rows = shapley["test_rows"]
    assert 0 < shapley["evaluations"]["all"] <= rows * 2**5 * 15 + rows + 15


def test_many_features_are_sampled_and_the_page_says_so(tmp_path):
    saved = results(14, 120)
    shapley = saved["shapley"].values
    assert shapley["estimator"] == "permutation"
    assert shapley["standard_error"] > 0
    assert shapley["additivity_error"] < 1e-6  # the model computes in float32
    _, html = drawn("shapley", "en", tmp_path, saved)
    assert "permutation estimator" in html


def test_labels_neither_overlap_nor_leave_the_axis():
    random = np.random.default_rng(0)
    for _ in range(50):
        centres = np.sort(random.uniform(0, 10, 6))
        widths = random.uniform(0.5, 1.6, 6)
        places = np.array(spread(list(centres), list(widths), 0, 10))
        assert places[0] - widths[0] / 2 >= -1e-9
        assert places[-1] + widths[-1] / 2 <= 10 + 1e-9
        assert (np.diff(places) >= (widths[1:] + widths[:-1]) / 2 - 1e-9).all()


def test_swarm_points_stay_in_their_row():
    offsets = swarm_offsets(np.zeros(200), 0.1, most=0.38)
    assert np.abs(offsets).max() <= 0.38 + 1e-9
    assert offsets.sum() == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize("language", ["en", "fa"])
def test_all_figures_are_drawn(language, tmp_path):
    values, _ = drawn("shapley", language, tmp_path, results())
    assert values["items"] == ["T16"]
    assert [name.split(".")[0] for name in values["figures"]] == [
        "shapley-force",
        "shapley-waterfall",
        "shapley-beeswarm",
    ]


@pytest.mark.parametrize("language", ["en", "fa"])
def test_a_large_swarm_is_sampled_and_says_so(language, tmp_path, monkeypatch):
    compute = import_module("report_builder.sections.shapley.compute")
    monkeypatch.setattr(compute, "SWARM_POINTS", 20)
    whole = results()
    (tmp_path / "run").mkdir()
    saved = whole | {"shapley": run("shapley", tmp_path / "run", whole)}
    arrays, values = saved["shapley"].arrays(), saved["shapley"].values
    assert values["swarm"] == len(arrays["swarm"]) == 20
    ends = {int(arrays["predictions"].argmin()), int(arrays["predictions"].argmax())}
    assert ends <= set(arrays["swarm"].tolist())
    assert {key: value for key, value in values.items() if key != "swarm"} == whole["shapley"].values
    _, html = drawn("shapley", language, tmp_path / "some", saved)
    footnote = re.search(r'<span class="footnote">(.*?)</span></figcaption>', html, re.DOTALL)[1]
    assert 'data value="20" data-from="shapley#/swarm"' in footnote
    assert "footnote" not in drawn("shapley", language, tmp_path / "all", whole)[1]
