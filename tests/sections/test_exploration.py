import re
from importlib import import_module

import numpy as np
import pytest
from data_steps import draw_pages, pima_like, run_steps, write_csv
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis

from report_builder.assets.diabetes import STANDIN_PARAMETERS
from report_builder.errors import InputError
from report_builder.sections.exploration.compute import _discriminant

ODD = ("<b>a & b</b>", "price ($)", "a/b_b^2", "ستون فارسی", "x" * 40, "~", "v6", "v7", "v8", "v9")


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    folder = tmp_path_factory.mktemp("data")
    return run_steps(pima_like(folder / "t.csv"), folder)


@pytest.fixture(scope="module")
def odd(tmp_path_factory):
    folder = tmp_path_factory.mktemp("odd")
    generator = np.random.default_rng(0)
    x = generator.normal(size=(90, len(ODD)))
    y = (x[:, 0] + 0.5 * generator.normal(size=90) > 0.4).astype(int)
    x[:, 2] = 1.0  # constant
    x[:, 8] = x[:, 0] * 1e6  # collinear
    return run_steps(write_csv(folder / "t.csv", ODD, x, y), folder)


def test_the_table_is_the_file(saved):
    values = saved["table"].values
    assert values["rows"] == len(saved["table"].arrays("table")["target"]) == 120
    assert values["zeros"]["Insulin"] == 40
    assert values["zeros"]["Age"] == 0


def test_the_standin_is_drawn_where_the_origin_says_so(tmp_path):
    values = run_steps(STANDIN_PARAMETERS, tmp_path, origin="standin")["table"].values
    assert values["origin"] == "standin"
    assert values["rows"] == 768


@pytest.mark.parametrize("wrong", [{"target": "class"}, {"positive": 0}])
def test_the_standin_has_its_own_target(tmp_path, wrong):
    with pytest.raises(InputError, match="stand-in"):
        run_steps(STANDIN_PARAMETERS, tmp_path, origin="standin", **wrong)


def test_correlations_leave_out_the_dropped_rows(saved):
    table, found = saved["table"].arrays("table"), saved["exploration"].values
    kept = (table["features"][:, 1] != 0) & (table["features"][:, 5] != 0)
    everything = np.column_stack([table["features"], table["target"]])[kept]
    assert found["correlated_rows"] == kept.sum()
    np.testing.assert_allclose(found["correlation"]["matrix"], np.corrcoef(everything.T), atol=1e-12)


def test_measured_correlations_leave_out_the_missing_values(saved):
    features = saved["table"].arrays("table")["features"]
    kept = (features[:, [1, 3, 5]] != 0).all(axis=1)
    pairs = saved["exploration"].values["correlation"]["pairs"]
    pair = next(p for p in pairs if {p["first"], p["second"]} == {"SkinThickness", "BMI"})
    assert pair["measured_rows"] == kept.sum()
    assert pair["measured"] == pytest.approx(np.corrcoef(features[kept][:, [3, 5]].T)[0, 1])
    assert pair["measured"] > pair["r"]


def test_histograms_and_outliers_count_every_row_once(saved):
    found, arrays = saved["exploration"].values, saved["exploration"].arrays()
    classes = found["classes"]
    for i, column in enumerate(found["outliers"]["columns"]):
        assert arrays[f"counts_{i}"].sum(axis=1).tolist() == [classes["negative"], classes["positive"]]
        assert column["count"] == column["negative"] + column["positive"]


def test_a_better_line_than_either_column_alone(saved):
    found = saved["exploration"].values["pair_plot"]
    assert 0.5 <= found["single"]["auc"] <= 1
    assert found["pair"]["auc"] >= found["single"]["auc"] - 0.02


def test_the_discriminant_is_that_of_scikit_learn():
    generator = np.random.default_rng(1)
    target = np.repeat([0, 1], [150, 50])
    x = generator.normal(size=(200, 3)) @ generator.normal(size=(3, 3)) + target[:, None] * [1.0, -1.0, 0.3]
    theirs = LinearDiscriminantAnalysis().fit(x, target).decision_function(x)
    assert np.corrcoef(_discriminant(x, target), theirs)[0, 1] == pytest.approx(1, abs=1e-9)


def test_the_treatments_are_compared_with_the_untreated_rows(saved):
    kept, *others = saved["exploration"].values["outlier_effect"]["treatments"]
    assert kept["treatment"] == "kept"
    assert "difference" not in kept
    for other in others:
        assert other["difference"] == pytest.approx(other["auc"] - kept["auc"])
        assert other["interval"][0] <= other["difference"] <= other["interval"][1]


@pytest.mark.parametrize("language", ["en", "fa"])
def test_the_pages_of_the_known_table(saved, tmp_path, language):
    page = draw_pages(saved, tmp_path, language)["exploration"]
    assert all(f'id="item-T0{i}"' in page for i in range(1, 7))
    assert ("mg/dL" if language == "en" else "میلی‌گرم") in page
    assert 'data-from="writeup#/correlation/2/value"' in page


@pytest.mark.parametrize("language", ["en", "fa"])
def test_the_pages_of_any_table(odd, tmp_path, language):
    pages = draw_pages(odd, tmp_path, language)
    assert "<b>a" not in pages["exploration"]
    assert "&lt;b&gt;a &amp; b&lt;/b&gt;" in pages["exploration"]
    assert "writeup#" not in pages["exploration"]
    assert "glucose drink" not in pages["preparation"]


@pytest.mark.parametrize("language", ["en", "fa"])
def test_a_long_table_is_sampled_for_the_figures_and_says_so(tmp_path, monkeypatch, language):
    path = pima_like(tmp_path / "t.csv", rows=400)
    whole = run_steps(path, tmp_path / "whole")
    for section, name in (("exploration", "PAIR_PLOT_POINTS"), ("preparation", "MOST_POINTS")):
        monkeypatch.setattr(import_module(f"report_builder.sections.{section}.compute"), name, 100)
    saved = run_steps(path, tmp_path / "sampled")
    drawn = saved["split"].values["smote"]["points"]
    assert drawn["real"] + drawn["synthetic"] == len(saved["split"].arrays()["shown"]) == 100
    split = saved["split"].values
    share = split["smote"]["synthetic"] / split["sizes"]["train_balanced"]
    assert drawn["synthetic"] == pytest.approx(100 * share, abs=1)
    pages = draw_pages(saved, tmp_path / "pages", language)
    sources = ("exploration#/pair_plot/points", "split#/smote/points/synthetic")
    for html, source in zip(pages.values(), sources, strict=True):
        footnote = re.search(r'<span class="footnote">(.*?)</span></figcaption>', html, re.DOTALL)[1]
        assert f'data-from="{source}"' in footnote
    assert not any("footnote" in html for html in draw_pages(whole, tmp_path / "all", language).values())
    assert saved["exploration"].values["pair_plot"].pop("points") == 100
    del split["smote"]["points"]
    assert all(saved[step].values == whole[step].values for step in ("exploration", "split"))
