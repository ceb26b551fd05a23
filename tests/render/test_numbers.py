from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from report_builder.render.languages import ENGLISH, LANGUAGES, PERSIAN
from report_builder.render.numbers import MINUS, Number, format_number

FINITE = st.floats(-1e12, 1e12, allow_nan=False)
DIGITS = st.integers(0, 6)


def read_back(text: str, language) -> float:
    text = text.replace(language.percent, "").replace(language.thousands_mark, "")
    text = text.replace(language.decimal_mark, ".").replace(MINUS, "-")
    return float(text.translate({ord(own): str(digit) for digit, own in enumerate(language.digits)}))


@given(FINITE, DIGITS, st.sampled_from(sorted(LANGUAGES)))
def test_a_printed_number_reads_back_as_its_rounded_value(value, digits, code):
    shown = Decimal(repr(read_back(format_number(value, LANGUAGES[code], digits=digits), LANGUAGES[code])))
    exact, half = Decimal(repr(value)), Decimal(5).scaleb(-digits - 1)
    assert abs(shown - exact) <= half
    assert abs(shown - exact) < half or abs(shown) > abs(exact)


@given(st.integers(0, 10**6), st.integers(0, 4), st.booleans())
def test_a_tie_is_rounded_as_a_reader_of_its_decimals_does(number, digits, percent):
    value = float(f"{number}.{'0' * digits}5")
    expected = Decimal(number) + Decimal(1).scaleb(-digits)
    if percent:
        value = float(Decimal(repr(value)).scaleb(-2))
    assert read_back(format_number(value, ENGLISH, digits=digits, percent=percent), ENGLISH) == float(
        expected
    )


@given(FINITE, DIGITS, st.booleans(), st.booleans())
def test_persian_uses_no_latin_digit_or_mark(value, digits, percent, signed):
    text = format_number(value, PERSIAN, digits=digits, percent=percent, signed=signed)
    assert not set(text) & set("0123456789.,%-")


@given(FINITE, DIGITS, st.booleans())
def test_the_sign_is_never_before_a_zero(value, digits, signed):
    text = format_number(value, ENGLISH, digits=digits, signed=signed)
    shows_zero = not set(text) & set("123456789")
    assert not (shows_zero and set(text) & {MINUS, "+"})


@given(
    FINITE.filter(lambda value: value == 0 or abs(value) > 1e-300), DIGITS, st.sampled_from(sorted(LANGUAGES))
)
def test_a_power_of_ten_reads_back_as_its_rounded_value(value, digits, code):
    language = LANGUAGES[code]
    text = format_number(value, language, digits=digits, scientific=True)
    mantissa, _, power = text.partition("^")
    tens = str(int(read_back(power, language))) if power else "0"
    if value:
        ending = "×10".translate({ord(str(digit)): own for digit, own in enumerate(language.digits)})
        assert mantissa.endswith(ending)
        mantissa = mantissa.removesuffix(ending)
    assert float(f"{read_back(mantissa, language)}e{tens}") == float(f"{value:.{digits}e}")


def test_tiny_errors_are_printed_as_powers_of_ten():
    assert format_number(3.2e-7, ENGLISH, scientific=True) == "3×10^−7"
    assert format_number(3.2e-7, PERSIAN, scientific=True) == "۳×۱۰^−۷"
    assert format_number(0.0, PERSIAN, scientific=True) == "۰"
    persian = Number(3.2e-7, "a#/b", format_number(3.2e-7, PERSIAN, scientific=True), "rtl").__html__()
    assert '<bdi dir="ltr">۳×۱۰<sup>−۷</sup></bdi>' in persian
    english = Number(3.2e-7, "a#/b", format_number(3.2e-7, ENGLISH, scientific=True), "ltr").__html__()
    assert ">3×10<sup>−7</sup></data>" in english
    assert "bdi" not in english


def test_examples():
    assert format_number(1234567.891, ENGLISH, digits=2) == "1,234,567.89"
    assert format_number(-1234.5, PERSIAN, digits=1) == "−۱٬۲۳۴٫۵"
    assert format_number(0.7532, PERSIAN, percent=True) == "۷۵٫۳٪"
    assert format_number(0.25, ENGLISH, signed=True) == "+0.250"
    assert format_number(154, ENGLISH) == "154"


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_what_is_no_number_is_refused(value):
    with pytest.raises(ValueError, match="not a number"):
        format_number(value, ENGLISH)


def test_a_signed_number_keeps_its_own_direction_in_persian_only():
    text = format_number(-0.2, PERSIAN)
    assert '<bdi dir="ltr">−۰٫۲۰۰</bdi>' in Number(-0.2, "a#/b", text, "rtl").__html__()
    share = format_number(0.2, PERSIAN, percent=True)
    assert f'<bdi dir="ltr">{share}</bdi>' in Number(0.2, "a#/b", share, "rtl").__html__()
    assert "bdi" not in Number(0.2, "a#/b", format_number(0.2, PERSIAN), "rtl").__html__()
    assert "bdi" not in Number(-0.2, "a#/b", format_number(-0.2, ENGLISH), "ltr").__html__()


def test_a_number_tells_its_value_and_source():
    html = Number(0.7533, 'mlp#/"test"/accuracy', "0.753", "ltr").__html__()
    assert html == '<data value="0.7533" data-from="mlp#/&#34;test&#34;/accuracy">0.753</data>'
