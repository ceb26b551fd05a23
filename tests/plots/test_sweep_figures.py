"""Figures over the runs of a sweep: what stands where, in both reading directions."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.colors import to_hex

from report_builder.plots.dependence_bands import Band, FeatureBands, dependence_bands
from report_builder.plots.seed_dots import SeedPanel, SeedRow, seed_dots
from report_builder.plots.setting_map import SettingPanel, setting_map
from report_builder.plots.style import ORANGE
from report_builder.render.languages import LANGUAGES
from report_builder.render.numbers import format_number

VALUES = np.array([[0.1, 0.2, 0.3], [0.4, np.nan, 0.6]])


@pytest.mark.parametrize("language", ["en", "fa"])
def test_every_cell_of_a_map_holds_its_number_and_the_chosen_one_is_framed(language: str) -> None:
    own = LANGUAGES[language]
    panel = SettingPanel("loss", VALUES, (0, 1), (1, 2), low_is_good=True)
    figure = setting_map([panel], ("rows", ["a", "b"]), ("columns", ["x", "y", "z"]), own)
    axis = figure.axes[0]
    texts = {text.get_position(): text.get_text() for text in axis.texts}
    for (row, column), value in np.ndenumerate(VALUES):
        expected = format_number(value, own, digits=3) if np.isfinite(value) else "–"
        assert texts[(column, row)] == expected
    frames = [patch for patch in axis.patches if to_hex(patch.get_edgecolor()) == ORANGE.lower()]
    centres = {(patch.get_center()[1], patch.get_center()[0]): patch.get_linestyle() for patch in frames}
    assert {(round(y), round(x)) for y, x in centres} == {(0, 1), (1, 2)}
    assert axis.xaxis_inverted() == (language == "fa")
    assert not axis.xaxis_inverted() or axis.yaxis.get_ticks_position() == "right"


def test_the_best_cell_is_the_brightest_whichever_end_is_good() -> None:
    values = np.array([[1.0, 2.0]])
    brightness = {}
    for low in (True, False):
        figure = setting_map(
            [SettingPanel("", values, None, low_is_good=low)], ("", [""]), ("s", ["1", "2"]), LANGUAGES["en"]
        )
        image = figure.axes[0].images[0]
        brightness[low] = image.cmap(image.norm(values))[0, :, :3].sum(-1)
    assert brightness[True][0] > brightness[True][1]
    assert brightness[False][0] < brightness[False][1]


@pytest.mark.parametrize("language", ["en", "fa"])
def test_every_run_is_a_dot_and_the_mean_lies_in_its_interval(language: str) -> None:
    runs = np.array([0.7, 0.75, 0.8, 0.71])
    rows = [SeedRow("first", runs, (0.6, 0.9)), SeedRow("second", runs + 0.05, None)]
    panels = [SeedPanel("accuracy", rows), SeedPanel("AUC", rows), SeedPanel("other", rows[:1])]
    figure = seed_dots(panels, "one run", "mean", LANGUAGES[language])
    axes = figure.axes if language == "en" else figure.axes[::-1]
    dots = [line.get_xdata() for line in axes[0].lines if len(line.get_xdata()) == len(runs)]
    assert [sorted(found) for found in dots] == [sorted(runs), sorted(runs + 0.05)]
    middle = [line for line in axes[0].lines if len(line.get_xdata()) == 3]
    assert [list(line.get_xdata()) for line in middle] == [[0.6, runs.mean(), 0.9]]
    named = [[label.get_text().strip("\u200f") for label in axis.get_yticklabels()] for axis in axes]
    assert named == [["first", "second"], ["", ""], ["first"]]


@pytest.mark.parametrize("count", [1, 4, 5])
def test_bands_hold_their_curves_on_one_scale(count: int) -> None:
    grid = np.linspace(0, 1, 5)
    band = Band(grid, grid - 0.1, grid + 0.1)
    features = [FeatureBands(f"feature {j}", grid, {"mlp": band, "nam": band}) for j in range(count)]
    figure = dependence_bands(features, {"mlp": "MLP", "nam": "NAM"}, "probability", LANGUAGES["en"])
    shown = [axis for axis in figure.axes if axis.get_visible()]
    assert len(shown) == count
    assert len({axis.get_ylim() for axis in shown}) == 1
    assert all(axis.get_ylim()[1] > 1.1 for axis in shown)
    assert [axis.texts[0].get_text() for axis in shown] == [feature.label for feature in features]
