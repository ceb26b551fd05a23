import json

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from report_builder.render.languages import ENGLISH, LANGUAGES, PERSIAN
from report_builder.render.numbers import format_number
from report_builder.verify.printed import UnreadableNumberError, states

VALUES = st.floats(-1e6, 1e6, allow_nan=False).map(lambda value: json.loads(repr(value)))
LANGUAGE = st.sampled_from(sorted(LANGUAGES))


@given(VALUES, LANGUAGE, st.integers(0, 6), st.booleans(), st.booleans())
def test_a_printed_number_states_its_value(value, code, digits, percent, signed):
    text = format_number(value, LANGUAGES[code], digits=digits, percent=percent, signed=signed)
    assert states(text, value, LANGUAGES[code])


@given(VALUES, LANGUAGE, st.integers(0, 4))
def test_powers_of_ten_state_their_value(value, code, digits):
    small = value * 1e-12
    assume(small == 0 or abs(small) > 1e-290)  # below, a float holds fewer digits than are printed
    text = format_number(small, LANGUAGES[code], digits=digits, scientific=True)
    assert states(text, small, LANGUAGES[code])


@given(st.integers(-(10**6), 10**6), LANGUAGE)
def test_another_digit_anywhere_states_another_value(value, code):
    language = LANGUAGES[code]
    text = format_number(value / 1000, language, digits=3)
    for place, character in enumerate(text):
        if character in language.digits:
            other = language.digits[(language.digits.index(character) + 1) % 10]
            assert not states(text[:place] + other + text[place + 1 :], value / 1000, language)


@pytest.mark.parametrize(
    ("text", "value", "stated"),
    [
        ("75.3\u202f%", 0.7532, True),
        ("75.3\u202f%", 0.7536, False),
        ("75.3", 0.7532, False),
        ("−0.219", -0.219, True),
        ("0.219", -0.219, False),
        ("3×10^−7", 3.4e-7, True),
        ("3×10^−7", 3.4e-6, False),
        ("1,200", 1200, True),
    ],
)
def test_rounding_percent_sign_and_power_count(text, value, stated):
    assert states(text, value, ENGLISH) is stated


@pytest.mark.parametrize("text", ["0.75", "۰٫۷۵۳ ", "abc", "", "1٬2"])
def test_what_is_no_number_of_the_language_is_said(text):
    with pytest.raises(UnreadableNumberError):
        states(text, 0.75, PERSIAN)
