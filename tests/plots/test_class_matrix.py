"""The confusion matrix of many classes stays on the page and writes every count."""

from __future__ import annotations

import numpy as np
import pytest

from report_builder.plots.class_matrix import MatrixLabels, class_matrix
from report_builder.plots.style import FULL, style
from report_builder.render.languages import LANGUAGES


@pytest.mark.parametrize("language", list(LANGUAGES))
@pytest.mark.parametrize("number", [2, 13, 40])
def test_it_fits_and_names_every_class(number: int, language: str) -> None:
    counts = np.diag(np.full(number, 9)) + np.eye(number, k=1, dtype=int)
    names = [f"class number {k}" for k in range(number)]
    shares: list[float | None] = [*[0.9] * (number - 1), None]
    labels = MatrixLabels(names, "true", "predicted", "recall", "precision")
    with style():
        figure = class_matrix(counts, shares, shares, labels, LANGUAGES[language])
        figure.canvas.draw()
        width, height = (25.4 * inches for inches in figure.get_size_inches())
        texts = [text for text in figure.axes[0].texts if text.get_text()]
        box = figure.bbox
        for text in texts:
            extent = text.get_window_extent()
            assert extent.x0 >= box.x0 - 2
            assert extent.x1 <= box.x1 + 2
    assert width <= FULL + 0.01
    assert height <= 150
    # a name at each row and column, the counts that are not zero, a share at each row and column
    assert len(texts) == 2 * number + (2 * number - 1) + 2 * number + 4
