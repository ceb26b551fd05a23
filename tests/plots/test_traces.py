import numpy as np
import pytest

from report_builder.plots.style import style
from report_builder.plots.traces import Trace, shaded_runs, traces
from report_builder.render.languages import LANGUAGES


def test_stretches_of_shade_have_a_beginning_and_an_end():
    assert shaded_runs(None) == []
    assert shaded_runs(np.zeros(5, bool)) == []
    assert shaded_runs(np.array([1, 1, 0, 1, 0, 1], bool)) == [(0, 2), (3, 4), (5, 6)]


@pytest.mark.parametrize("language", ["en", "fa"])
@pytest.mark.parametrize("count", [1, 6])
def test_every_signal_has_a_panel_in_reading_order(language, count):
    signals = [np.full((2, 20), n, dtype=float) + np.arange(20) for n in range(count)]
    shaded = np.arange(20) > 15
    panels = [Trace(f"class {n}", signal, shaded) for n, signal in enumerate(signals)]
    with style():
        figure = traces(panels, 4.0, "time", "value", LANGUAGES[language])
    drawn = {axis.get_title(): axis for axis in figure.axes if axis.get_title()}
    assert set(drawn) == {panel.title for panel in panels}
    figure.draw_without_rendering()
    for panel in panels:
        lines = drawn[panel.title].get_lines()
        assert len(lines) == 2
        np.testing.assert_allclose(lines[0].get_ydata(), panel.samples[0])
        assert lines[0].get_xdata()[-1] == pytest.approx(4 * 19 / 20)
        assert len(drawn[panel.title].patches) == 1
    if count > 1:
        first, second = (drawn[f"class {n}"].get_position().x0 for n in range(2))
        assert (first < second) == (language == "en")
