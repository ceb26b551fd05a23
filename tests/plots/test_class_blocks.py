"""Blocks of classes: every picture has its map beside it, and no figure is higher than a page has room."""

import numpy as np
import pytest

from report_builder.plots.class_blocks import ClassRow, class_blocks
from report_builder.plots.images import TALLEST
from report_builder.plots.style import FULL, style
from report_builder.render.languages import LANGUAGES


def rows(classes: int, pictures: int) -> list[ClassRow]:
    return [
        ClassRow(
            ["hen", "a line that is too long for its place"],
            np.zeros((pictures, 8, 8, 3)),
            np.ones((pictures, 8, 8)),
        )
        for _ in range(classes)
    ]


@pytest.mark.parametrize("language", LANGUAGES.values(), ids=LANGUAGES)
@pytest.mark.parametrize(("classes", "pictures"), [(13, 3), (2, 3), (1, 1), (13, 1), (13, 8), (5, 2)])
def test_all_pictures_and_maps_stand_within_the_page(classes, pictures, language):
    with style():
        figure = class_blocks(rows(classes, pictures), language)
        figure.canvas.draw()
    assert len(figure.axes) == 2 * classes * pictures
    width, height = figure.get_size_inches() * 25.4
    assert width == pytest.approx(FULL)
    assert height <= TALLEST + 1e-6
    boxes = [axis.get_position() for axis in figure.axes]
    assert all(box.x0 >= 0 and box.x1 <= 1 and box.y0 >= 0 and box.y1 <= 1 for box in boxes)
    apart = [(round(box.x0, 4), round(box.y0, 4)) for box in boxes]
    assert len(set(apart)) == len(apart)


@pytest.mark.parametrize("language", LANGUAGES.values(), ids=LANGUAGES)
def test_a_map_stands_after_its_picture_in_the_direction_of_reading(language):
    figure = class_blocks(rows(2, 3), language)
    for picture, values in zip(figure.axes[::2], figure.axes[1::2], strict=True):
        after = values.get_position().x0 - picture.get_position().x0
        assert (after > 0) == (language.direction == "ltr")
