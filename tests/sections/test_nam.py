"""The NAM's step: its curves are the model, and nothing else is."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from network_steps import NAMES, draw, run_all, small_table

from report_builder.models.nam import NAM
from report_builder.plots.shapes import shape_functions
from report_builder.sections import mlp, nam, performance
from report_builder.sections.nam import draw as nam_draw
from report_builder.sections.nam.compute import additivity_error, trend
from report_builder.verdicts import ADDITIVITY_TOLERANCE

SECTIONS = (mlp.SECTION, nam.SECTION, performance.SECTION)


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    return run_all(SECTIONS, tmp_path_factory.mktemp("steps"), small_table())


@pytest.mark.parametrize("step", ["nam", "reference.nam"])
def test_contributions_and_bias_are_the_logit(saved, step):
    arrays, values = saved[step].arrays(), saved[step].values
    p = arrays["test_probability"]
    logit = arrays["contributions"].sum(1) + values["bias"]
    np.testing.assert_allclose(1 / (1 + np.exp(-logit)), p, atol=1e-6)
    assert values["additivity_error"] <= ADDITIVITY_TOLERANCE


def test_curves_hold_the_contributions(saved):
    """Reading a shape function at a test value gives the contribution, up to the grid's width."""
    arrays = saved["nam"].arrays()
    split = saved["split"].arrays()
    units = arrays["test_inputs"] * split["stds"] + split["means"]
    for j in range(units.shape[1]):
        grid, shape = arrays["grid"][:, j], arrays["shapes"][:, j]
        inside = (units[:, j] >= grid[0]) & (units[:, j] <= grid[-1])
        read = np.interp(units[inside, j], grid, shape)
        np.testing.assert_allclose(read, arrays["contributions"][inside, j], atol=0.02)


def test_importance_shares_and_ranking(saved):
    values = saved["nam"].values
    importance = values["importance"]
    assert values["ranking"] == sorted(importance, key=importance.__getitem__, reverse=True)
    assert sum(shape["share"] for shape in values["shape"].values()) == pytest.approx(1)
    assert {"size", "weight"} == set(values["ranking"][:2])
    assert values["shape"]["size"]["trend"] > 0.9
    assert values["shape"]["weight"]["trend"] < -0.9


def test_parameters_are_those_of_the_networks_and_the_bias(saved):
    values = saved["nam"].values
    assert values["parameters"] == values["parameters_per_feature"] * values["features"] + 1


def test_networks_are_tested_on_the_same_rows(saved):
    for prefix in ("", "reference."):
        first, second = (saved[f"{prefix}{name}"].arrays() for name in ("mlp", "nam"))
        for key in ("test_inputs", "test_target", "test_rows"):
            assert np.array_equal(first[key], second[key])


def test_additivity_error_finds_a_network_that_looks_at_another_column():
    class Leaky(NAM):
        def contributions(self, x):
            return super().contributions(x) + 0.1 * x.roll(1, dims=1)

    torch.manual_seed(0)
    x = torch.randn(20, 3)
    honest, leaky = NAM(3).eval(), Leaky(3).eval()
    assert additivity_error(honest, x) <= ADDITIVITY_TOLERANCE
    assert additivity_error(leaky, x) > 0.01


def test_trend():
    x = np.linspace(0, 1, 30)
    assert trend(np.exp(x)) == pytest.approx(1)
    assert trend(-x) == pytest.approx(-1)
    assert abs(trend((x - 0.5) ** 2)) < 0.1
    assert trend(np.ones(30)) == 0
    assert trend(np.ones(1)) == 0


@pytest.mark.parametrize("language", ["en", "fa"])
def test_pages_answer_their_items(saved, tmp_path, language):
    values, html = draw(nam.SECTION, language, saved, tmp_path)
    assert sorted(values["items"]) == ["T21", "T22", "T23"]
    assert 'id="question-nam-question_8a"' in html


def test_each_curve_stands_under_its_own_feature(saved, tmp_path, monkeypatch):
    drawn = []

    def remember(panels, *labels):
        drawn.extend(panels)
        return shape_functions(panels, *labels)

    monkeypatch.setattr(nam_draw, "shape_functions", remember)
    draw(nam.SECTION, "en", saved, tmp_path)
    training = saved["nam"].arrays()["training"]
    assert [panel.label for panel in drawn] == saved["nam"].values["ranking"]
    assert sorted(NAMES) != list(NAMES)
    for panel in drawn:
        assert np.array_equal(panel.data, training[:, NAMES.index(panel.label)])


def test_many_features_show_the_most_important_and_say_so(tmp_path):
    names = tuple(f"<b>${i}_{{x}}</b>" for i in range(15))
    saved = run_all(SECTIONS, tmp_path / "steps", small_table(names=names))
    _, html = draw(nam.SECTION, "en", saved, tmp_path)
    assert "show the most important ones only" in html
    assert "<b>$" not in html
    ranking = saved["nam"].values["ranking"]
    table = html[html.index('id="tab-nam-importance"') :].partition("</table>")[0]
    assert table.count("<tr>") == 13
    assert ranking[0].replace("<", "&lt;").replace(">", "&gt;") in table
