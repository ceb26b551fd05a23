import numpy as np
import pytest

from report_builder.plots.picture_blocks import DARK, Block, lit, picture_blocks
from report_builder.plots.style import style
from report_builder.render.languages import LANGUAGES


def block(heading, rows):
    return Block(heading, ("a", "b"), [(f"row {i}", [np.full((4, 4, 3), 0.5)] * 2) for i in range(rows)])


@pytest.mark.parametrize("code", ["en", "fa"])
def test_every_picture_has_a_cell_inside_the_figure(code):
    with style():
        figure = picture_blocks([block("first", 3), block("second", 2), block("third", 3)], LANGUAGES[code])
        boxes = [axis.get_position() for axis in figure.axes]
    assert len(boxes) == 2 * (3 + 2 + 3)
    assert all(box.x0 >= -1e-9 and box.x1 <= 1 + 1e-9 and box.y0 >= -1e-9 for box in boxes)
    starts = sorted({round(box.x0, 6) for box in boxes})
    assert len(starts) == 6
    first = boxes[0].x0
    assert first == pytest.approx(max(starts) if code == "fa" else min(starts))
    sides = np.array(
        [(box.width * figure.get_figwidth(), box.height * figure.get_figheight()) for box in boxes]
    )
    np.testing.assert_allclose(sides, sides[0, 0])


def test_a_picture_is_bright_where_it_is_answered_to():
    picture = np.full((20, 20, 3), 0.8)
    answer = np.zeros((10, 10))
    answer[:5] = 3.0
    seen = lit(picture, answer)
    np.testing.assert_allclose(seen[:8], 0.8, atol=1e-6)
    np.testing.assert_allclose(seen[12:], 0.8 * DARK, atol=1e-6)
    np.testing.assert_allclose(lit(picture, 100 * answer), seen, atol=1e-6)
    np.testing.assert_allclose(lit(picture, 0 * answer), 0.8 * DARK)
