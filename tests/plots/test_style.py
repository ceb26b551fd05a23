import warnings

import matplotlib as mpl
import numpy as np
import pytest
from PIL import Image

from report_builder.plots.curves import in_reading_order
from report_builder.plots.style import (
    CLASS_COLOURS,
    DIVERGING,
    DPI,
    FULL,
    HALF,
    centred,
    localise_axes,
    new_figure,
    panel_letter,
    save,
    style,
)
from report_builder.render.languages import ENGLISH, PERSIAN


def drawn(language, path, label="loss"):
    with style():
        figure, axes = new_figure(HALF, 50)
        axes[0, 0].plot([-1.5, 0, 1.5], [-1000, 0, 2000.0], label=label)
        axes[0, 0].set_xlabel(label)
        localise_axes(axes[0, 0], language)
        panel_letter(axes[0, 0], 0, language)
        axes[0, 0].legend()
        figure.canvas.draw()
        texts = [text.get_text() for text in axes[0, 0].get_xticklabels() + axes[0, 0].get_yticklabels()]
        letter = axes[0, 0].get_title(loc="left" if language is ENGLISH else "right")
        save(figure, path)
    return texts, letter


def test_the_settings_of_matplotlib_are_left_as_they_were(tmp_path):
    before = dict(mpl.rcParams)
    drawn(PERSIAN, tmp_path / "a.png")
    assert dict(mpl.rcParams) == before


def test_tick_labels_have_the_digits_of_the_language(tmp_path):
    english, letter = drawn(ENGLISH, tmp_path / "en.png")
    assert letter == "a"
    assert "−1.5" in english
    assert "2000" in english
    persian, letter = drawn(PERSIAN, tmp_path / "fa.png")
    assert letter == "الف"
    assert "−۱٫۵" in persian
    assert not set("".join(persian)) & set("0123456789.-")


def test_labels_given_as_text_keep_their_digits():
    with style():
        figure, axes = new_figure()
        axes[0, 0].bar(["F1", "L2"], [1, 2])
        localise_axes(axes[0, 0], PERSIAN)
        figure.canvas.draw()
        assert [text.get_text() for text in axes[0, 0].get_xticklabels()] == ["F1", "L2"]


@pytest.mark.parametrize("width", [FULL, HALF])
def test_a_figure_is_saved_at_its_printed_size_without_alpha(tmp_path, width):
    with style():
        figure, _ = new_figure(width, 60)
        save(figure, tmp_path / "figures" / "a.png")
    with Image.open(tmp_path / "figures" / "a.png") as image:
        assert image.mode == "P"
        assert image.width == pytest.approx(width / 25.4 * DPI, abs=1)
        assert image.height == pytest.approx(60 / 25.4 * DPI, abs=1)
        assert set(image.info) <= {"dpi"}, "no date, no program, no transparent colour"


def test_the_same_picture_gives_the_same_bytes(tmp_path):
    drawn(PERSIAN, tmp_path / "a.png", "زیان")
    drawn(PERSIAN, tmp_path / "b.png", "زیان")
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()


@pytest.mark.parametrize("name", ["price ($)", "$a_b^2$", r"\frac{", "a_b & <c>", "$", "شاخص تودهٔ بدنی"])
def test_a_name_is_never_read_as_mathematics(tmp_path, name):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        drawn(ENGLISH, tmp_path / "a.png", name)


def test_persian_letters_are_drawn_joined_and_from_the_font_of_the_pages(tmp_path):
    """Joined letters are narrower than the same letters apart; a missing glyph would warn."""
    with style():
        figure, _ = new_figure()
        renderer = figure.canvas.get_renderer()
        joined = figure.text(0, 0, "ببب").get_window_extent(renderer).width
        apart = figure.text(0, 0, "ب\u200cب\u200cب").get_window_extent(renderer).width
    assert joined < 0.8 * apart


def test_signed_values_are_centred_on_the_neutral_colour():
    norm = centred(np.array([-1.0, 4.0]))
    assert (norm.vmin, norm.vmax) == (-4, 4)
    red, green, blue, _ = DIVERGING(norm(0.0))
    assert max(red, green, blue) - min(red, green, blue) < 0.02
    assert centred(np.zeros(3)).vmax == 1


def test_classes_have_one_colour_each():
    assert len(set(CLASS_COLOURS.values())) == len(CLASS_COLOURS) == 2


def test_the_first_panel_stands_where_reading_starts():
    axes = [0, 1, 2]
    assert in_reading_order(axes, ENGLISH)[0] == 0
    assert in_reading_order(axes, PERSIAN)[0] == 2
