"""Grids of pictures and maps: what stands where, on which scale, and that all of it fits."""

from itertools import pairwise

import numpy as np
import pytest
from PIL import Image

from report_builder.datasets.farmyard.fixed import load_fixed_scenes
from report_builder.plots.images import TALLEST, MapRow, PictureRow, as_pictures, image_grid, scaled
from report_builder.plots.method_grid import MethodMaps, method_grid
from report_builder.plots.sheet import colours
from report_builder.plots.style import FULL, HALF, save, style
from report_builder.plots.text_fit import cut, fitted, width_of
from report_builder.render.languages import ENGLISH, PERSIAN

LONG = ("hen", "گربهٔ راه‌راه", "Chesapeake Bay retriever", "a_name_without_any_break_in_it_at_all")


@pytest.fixture
def maps():
    return np.random.default_rng(3).standard_normal((4, 20, 20))


@pytest.fixture(autouse=True)
def report_style():
    with style():
        yield


def rows(maps, titles=LONG):
    flat_colours = np.stack([np.full((20, 20, 3), level) for level in (0.1, 0.3, 0.6, 0.9)])
    return [
        PictureRow("Picture", flat_colours, titles),
        MapRow("Guided backpropagation", maps, signed=True),
        MapRow("SmoothGrad × guided × Grad-CAM", np.abs(maps), signed=False, titles=titles),
        MapRow("Grad-CAM", np.abs(maps[:, ::5, ::5]), signed=False, over=flat_colours),
    ]


def test_each_map_is_scaled_by_itself_and_keeps_its_sign(maps):
    values = scaled(maps * np.array([1, 1e-6, 1e6, 0])[:, None, None])
    assert np.abs(values).max() == 1
    assert np.allclose(values[0], scaled(maps)[0])
    assert np.allclose(values[1], scaled(maps)[1])
    assert (values[3] == 0).all()
    assert (np.sign(values[:3]) == np.sign(maps[:3])).all()


def test_channels_are_summed_before_they_are_scaled():
    channels = np.random.default_rng(0).standard_normal((2, 3, 8, 8))
    assert np.array_equal(scaled(channels), scaled(channels.sum(1)))


def test_a_map_of_few_points_is_scaled_by_its_largest():
    maps = np.zeros((1, 100, 100))
    maps[0, 3, 3] = -4.0
    assert scaled(maps)[0, 3, 3] == -1


def test_pixels_become_pictures():
    pixels = np.random.default_rng(0).random((2, 3, 5, 5)) * 2 - 0.5
    pictures = as_pictures(pixels)
    assert pictures.shape == (2, 5, 5, 3)
    assert pictures.min() >= 0
    assert pictures.max() <= 1


@pytest.mark.parametrize("language", [ENGLISH, PERSIAN], ids=["en", "fa"])
@pytest.mark.parametrize("width", [FULL, HALF])
def test_every_text_is_inside_the_figure_and_titles_do_not_meet(maps, language, width):
    figure = image_grid(rows(maps), language, bar="Share of the percentile", width=width)
    figure.draw_without_rendering()
    box = figure.bbox
    extents = [text.get_window_extent() for text in figure.texts]
    for text, extent in zip(figure.texts, extents, strict=True):
        assert extent.x0 >= -1, text.get_text()
        assert extent.x1 <= box.x1 + 1, text.get_text()
        assert extent.y0 >= -1, text.get_text()
        assert extent.y1 <= box.y1 + 12, text.get_text()  # room above the letters that Arabic fonts claim
    lines = {}
    for extent, text in zip(extents, figure.texts, strict=True):
        lines.setdefault(round(text.get_position()[1], 4), []).append((extent.x0, extent.x1))
    for places in lines.values():
        places.sort()
        assert all(first[1] <= second[0] for first, second in pairwise(places))


def test_columns_and_names_start_where_the_language_does(maps):
    for language, mirrored in ((ENGLISH, False), (PERSIAN, True)):
        figure = image_grid(rows(maps, ()), language)
        pictures = figure.axes[:4]
        lefts = [axis.get_position().x0 for axis in pictures]
        assert lefts == sorted(lefts, reverse=mirrored)
        name = next(text for text in figure.texts if text.get_text() == "Picture")
        first = pictures[0].get_position()
        beyond = name.get_position()[0]
        assert beyond > first.x1 if mirrored else beyond < first.x0


def test_a_bar_for_each_kind_of_maps_that_is_there(maps):
    def bars(*kinds, bar="share"):
        shown = [MapRow("", maps, signed=kind) for kind in kinds]
        return len(image_grid(shown, ENGLISH, bar=bar, label=0).axes) - 4 * len(kinds)

    assert bars(True) == 1
    assert bars(True, False) == 2
    assert bars(False) == 0
    assert bars(True, bar="") == 0


def test_the_colour_of_zero_is_the_middle_of_signed_maps():
    assert np.allclose(colours(True)(0.5)[:3], 0xF7 / 255, atol=0.01)


def test_in_grey_zero_of_signed_maps_is_mid_grey_and_no_other_colour_is_left(maps):
    assert np.allclose(colours(True, grey=True)(0.5)[:3], 0.5, atol=0.01)
    shown = [MapRow("", maps, signed=True), MapRow("", np.abs(maps), signed=False)]
    figure = image_grid(shown, ENGLISH, bar="share", label=0, grey=True)
    assert {image.get_cmap().name for axis in figure.axes for image in axis.get_images()} == {"gray"}


def test_the_file_is_small_and_as_wide_as_asked(tmp_path):
    scenes = [scene.scene.image / 255 for scene in load_fixed_scenes()[:6]]
    pictures = np.stack(scenes)
    edges = np.stack([np.gradient(picture.mean(-1))[1] for picture in scenes])
    shown = [
        PictureRow("Picture", pictures, ("name",) * 6),
        MapRow("Signed", edges, signed=True),
        MapRow("Size", np.abs(edges), signed=False),
        MapRow("Upon", np.abs(edges[:, ::8, ::8]), signed=False, over=pictures),
    ]
    save(image_grid(shown, ENGLISH, bar="share"), tmp_path / "grid.jpg")
    with Image.open(tmp_path / "grid.jpg") as image:
        assert image.width / image.info["dpi"][0] * 25.4 == pytest.approx(FULL, abs=0.3)
    assert (tmp_path / "grid.jpg").stat().st_size < 150_000


@pytest.mark.parametrize("language", [ENGLISH, PERSIAN], ids=["en", "fa"])
@pytest.mark.parametrize("count", [1, 8, 9, 16])
def test_all_methods_stand_in_blocks_each_beside_the_pictures(maps, language, count):
    methods = [MethodMaps(f"Method\n{i}", maps[:3], signed=bool(i % 2)) for i in range(count)]
    figure = method_grid(np.zeros((3, 20, 20, 3)), "Picture", methods, language, "share")
    blocks = 1 if count <= 8 else 2
    kinds = len({method.signed for method in methods})
    assert len(figure.axes) == 3 * (blocks + count) + kinds
    for axis in figure.axes:
        box = axis.get_position()
        assert box.x0 >= -1e-9
        assert box.x1 <= 1 + 1e-9
        assert box.y0 >= 0
        assert box.y1 <= 1


def test_lines_fit_their_room():
    lines = fitted("West Highland white terrier", 20, 7)
    assert " ".join(lines) == "West Highland white terrier"
    assert all(width_of(line, 7) <= 20 for line in lines)
    assert fitted("one\ntwo", 50, 7) == ["one", "two"]
    assert fitted("backpropagation", 3, 7) == ["backpropagation"]
    assert cut("hen", 20, 7) == "hen"
    shorter = cut("backpropagation", 10, 7)
    assert shorter.endswith("…")
    assert width_of(shorter, 7) <= 10


@pytest.mark.parametrize("language", [ENGLISH, PERSIAN])
def test_few_columns_of_many_rows_stand_on_one_page(language):
    pictures = np.zeros((2, 8, 8, 3))
    rows = [PictureRow("x", pictures, ("a", "b") if number == 0 else ()) for number in range(6)]
    figure = image_grid(rows, language)
    width, height = figure.get_size_inches() * 25.4
    assert (width, height) == (pytest.approx(FULL), pytest.approx(TALLEST, abs=10))
    boxes = [axis.get_position() for axis in figure.axes]
    assert all(box.width * width == pytest.approx(box.height * height) for box in boxes)
    assert min(box.x0 for box in boxes) > 0
    assert max(box.x1 for box in boxes) < 1
