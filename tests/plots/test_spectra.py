"""Power spectra: the names of the curves stand where no curve passes."""

import numpy as np
import pytest

from report_builder.plots.spectra import power_spectra
from report_builder.plots.style import style
from report_builder.render.languages import ENGLISH, PERSIAN

FREQUENCY = np.linspace(0.009, 0.5, 28)
# Noise, pictures and smooth pictures; then noise far below the others at all frequencies
CURVES = {
    "near": (np.full(28, 0.1), 0.01 / FREQUENCY**2, 1e-4 / FREQUENCY**4),
    "far": (np.full(28, 1e-5), 0.1 / FREQUENCY**2, 1e3 / FREQUENCY**3),
}


@pytest.mark.parametrize("language", [ENGLISH, PERSIAN])
@pytest.mark.parametrize("case", CURVES)
@pytest.mark.parametrize("height", [44.0, 52.0])
def test_no_curve_passes_through_the_names(language, case, height):
    names = ("without regularisation", "photographs", "all regularisers")
    with style():
        figure = power_spectra(
            FREQUENCY, dict(zip(names, CURVES[case], strict=True)), "f", "power", language, height=height
        )
        figure.canvas.draw()
    axis = figure.axes[0]
    box = axis.get_legend().get_window_extent()
    for line in axis.get_lines():
        x, y = axis.transData.transform(line.get_xydata()).T
        fine = np.linspace(x[0], x[-1], 500)
        assert not any(box.contains(*point) for point in zip(fine, np.interp(fine, x, y), strict=True))


def test_bins_of_no_power_are_left_out():
    power = np.where(np.arange(28) < 14, 0.0, 1.0)
    with style():
        figure = power_spectra(FREQUENCY, {"half": power, "none": np.zeros(28)}, "f", "power", ENGLISH)
    assert [len(line.get_xdata()) for line in figure.axes[0].get_lines()] == [14, 0]
