"""Strips under signals: their place in time, their height, both directions of reading."""

import numpy as np
import pytest

from report_builder.plots.fading import FadingCurve, HitPanel, fading_figure
from report_builder.plots.relevance_strips import Strip, StripRow, StripSignal, relevance_strips
from report_builder.plots.style import style
from report_builder.render.languages import LANGUAGES

NETWORKS, METHODS, LENGTH = ("one", "two"), ("a", "b", "c", "d"), 50


def signal(planted=None):
    strips = [[Strip(np.linspace(-1, 1, LENGTH), signed=True) for _ in METHODS] for _ in NETWORKS]
    return StripSignal(np.sin(np.arange(LENGTH))[None], planted, strips)


def drawn(language, rows):
    with style():
        return relevance_strips(rows, NETWORKS, METHODS, 2.5, "s", LANGUAGES[language], bar="relevance")


@pytest.mark.parametrize("language", list(LANGUAGES))
def test_four_rows_of_three_signals_fit_on_a_page(language):
    figure = drawn(language, [StripRow("class", [signal()] * 3)] * 4)
    width, height = figure.get_size_inches() * 25.4
    assert width == pytest.approx(160)
    assert height <= 150
    images = [axis for axis in figure.axes if axis.images]
    assert len(images) == 4 * 3 * len(NETWORKS) * len(METHODS) + 1  # and a colour bar


@pytest.mark.parametrize("language", list(LANGUAGES))
def test_a_strip_stands_under_its_samples_and_time_runs_to_the_right(language):
    figure = drawn(language, [StripRow("class", [signal(), signal()])])
    traces = [axis for axis in figure.axes if len(axis.lines) == 1 and not axis.images]
    strips = [axis for axis in figure.axes if axis.images][:-1]
    assert len(traces) == 2
    for axis in strips:
        assert any(axis.get_position().x0 == pytest.approx(trace.get_position().x0) for trace in traces)
        assert axis.get_xlim() == pytest.approx((-0.5, LENGTH - 0.5))
        values = axis.images[0].get_array()[0]
        assert values[0] < 0 < values[-1]
    starts = [trace.get_position().x0 for trace in traces]
    assert (starts == sorted(starts)) == (LANGUAGES[language].direction == "ltr")


def test_what_was_planted_is_marked_on_trace_and_strips():
    planted = np.zeros(LENGTH, dtype=bool)
    planted[10:20] = planted[40:] = True
    figure = drawn("en", [StripRow("class", [signal(planted)])])
    strip = next(axis for axis in figure.axes if axis.images)
    assert [line.get_xdata()[0] for line in strip.lines] == [9.5, 19.5, 39.5, 49.5]
    assert sum(len(axis.patches) for axis in figure.axes if not axis.images) == 2


def test_signals_that_never_change_are_drawn():
    flat = StripSignal(np.zeros((2, LENGTH)), None, [[Strip(np.zeros(LENGTH), signed=False)]])
    figure = drawn("en", [StripRow("class", [flat])])
    assert np.asarray(figure.axes[1].images[0].get_array()).max() == 0


@pytest.mark.parametrize("language", list(LANGUAGES))
@pytest.mark.parametrize("networks", [0, 2])
def test_fading_curves_end_at_the_right(language, networks):
    curves = [FadingCurve("one", np.linspace(0.1, 2, 30)), FadingCurve("two", np.ones(30))]
    hits = [HitPanel(name, np.full((3, 2), 0.5)) for name in NETWORKS[:networks]]
    with style():
        figure = fading_figure(
            curves, 2.5, "back", "size", hits, METHODS[:3], ("x", "y"), "hits", LANGUAGES[language]
        )
    assert len(figure.axes) == 1 + networks
    panel = next(axis for axis in figure.axes if axis.get_yscale() == "log")
    assert panel.get_xlim() == (2.5, 0)
    line = panel.lines[0]
    assert line.get_xdata()[-1] == 0
    assert line.get_ydata()[-1] == 2


@pytest.mark.parametrize("language", list(LANGUAGES))
@pytest.mark.parametrize(("low", "high"), [(0.9, 1.1), (0.3, 9.0), (1e-5, 20.0), (0.0, 0.0)])
def test_the_scale_of_a_fading_is_written_in_few_plain_numbers(language, low, high):
    curves = [FadingCurve("one", np.linspace(low, high, 30))]
    with style():
        figure = fading_figure(curves, 2.5, "back", "size", [], (), (), "", LANGUAGES[language])
        figure.canvas.draw()
        (axis,) = figure.axes
        bottom, top = axis.get_ylim()
        written = [
            tick.label1.get_text()
            for ticks in (axis.yaxis.get_major_ticks(), axis.yaxis.get_minor_ticks())
            for tick in ticks
            if bottom <= tick.get_loc() <= top
        ]
    texts = [text for text in written if text]
    assert 2 <= len(texts) <= 9
    assert not [text for text in texts if "$" in text]
