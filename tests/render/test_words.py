import html as html_module
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from report_builder.render.catalog import Catalog
from report_builder.render.languages import LANGUAGES
from report_builder.render.numbers import Number, format_number
from report_builder.render.words import Words


def words(language: str, **sentences: str) -> Words:
    return Words(
        LANGUAGES[language],
        Catalog(language, {key.replace("__", "."): text for key, text in sentences.items()}),
        Catalog(language, {"loss": "loss" if language == "en" else "تابع زیان"}),
        {"BMI": "Body mass index"},
        lambda latex: Markup("<svg>{}</svg>").format(latex),
        {"BMI": "kg/m²"},
    )


def shown(markup: str) -> str:
    return html_module.unescape(re.sub(r"<[^>]+>", "", markup))


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_a_name_from_outside_appears_as_itself(odd_names, language):
    for name in odd_names:
        markup = words(language, s="x {name} y").html("s", {"name": name})
        assert shown(markup) == f"x {name} y"
        assert "<b>" not in markup
        assert words(language, s="{name}").text("s", {"name": name}) == name


@given(st.text(), st.sampled_from(sorted(LANGUAGES)))
def test_any_name_appears_as_itself(name, language):
    markup = words(language, s="{name}").html("s", {"name": name})
    assert shown(markup).replace("\r", "\n") == name.replace("\r", "\n")
    assert "<script" not in markup


def test_a_name_with_direction_marks_stays_in_its_own_isolate():
    assert words("en").name("a\u202eb") == '<bdi dir="ltr">a\u202eb</bdi>'
    assert words("en").name("ستون") == '<bdi dir="rtl">ستون</bdi>'
    assert words("en").name("plain") == "plain"
    assert words("fa").name("00$42") == '<bdi dir="ltr" class="name">00$42</bdi>'
    assert words("en").name("2019") == '<bdi dir="ltr" class="name">2019</bdi>'


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_no_line_ends_within_the_name_of_a_method(language):
    markup = words(language, s="Guided Grad-CAM, Score-CAM").html("s")
    assert re.findall(r'<span class="whole">(.*?)</span>', markup) == ["Grad-CAM", "Score-CAM"]


def test_a_whole_latin_phrase_is_one_isolate_in_persian():
    markup = words("fa", s="روش Grad-CAM++ از scikit-learn (Shapley value) با R² است").html("s")
    phrases = re.findall(r'<bdi dir="ltr">(.*?)</bdi>', markup)
    assert [Markup(phrase).striptags() for phrase in phrases] == [
        "Grad-CAM++",
        "scikit-learn",
        "Shapley value",
        "R²",
    ]
    assert "bdi" not in words("en", s="Grad-CAM++ of scikit-learn").html("s")


def test_markup_of_a_sentence():
    said = words("en", s="*so {n}* `a_b{` $x_i$ [[loss]] [[loss|losses]] {@fig-a-b}").html("s", {"n": "a<b"})
    assert said == (
        '<em>so a&lt;b</em> <code dir="ltr">a_b{</code> <svg>x_i</svg> <span data-term="loss">loss</span> '
        '<span data-term="loss">losses</span> <a class="ref" href="#fig-a-b"></a>'
    )


def test_plain_text_of_a_sentence():
    said = words("fa", s="*به {n}* `a` [[loss]] {m}")
    minus = Number(-2, "a#/b", format_number(-2, LANGUAGES["fa"]), "rtl")
    assert said.text("s", {"n": minus, "m": Markup("<b>&amp;</b>")}) == "به \u2066−۲\u2069 a تابع زیان &"


def test_what_has_no_plain_text_and_what_is_missing_is_an_error():
    with pytest.raises(ValueError, match="no plain text"):
        words("en", s="$x$").text("s")
    with pytest.raises(KeyError, match="needs the fact 'n'"):
        words("en", s="{n}").html("s")
    with pytest.raises(KeyError, match="needs the fact 'n'"):
        words("en", s="{n}").text("s")


def test_features_keep_their_own_name_where_none_is_given():
    assert words("en").feature("BMI") == "Body mass index"
    assert words("en").feature("BMI", unit=True) == "Body mass index (kg/m²)"
    assert words("en").feature("other", unit=True) == "other"
