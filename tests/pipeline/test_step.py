"""What a step may return and save."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from report_builder.pipeline.step import Saved, Work, plain, stable_json

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(JSON)
def test_plain_values_stay_as_they_are(value):
    assert plain(value, "step") == value
    assert stable_json(plain(value, "step")) == stable_json(value)


def test_numpy_scalars_and_tuples_become_plain():
    value = {
        "a": np.float32(0.5),
        "b": np.int64(3),
        "c": (np.bool_(True), np.array(2.0)),
        "d": np.float64(1.5),
    }
    converted = plain(value, "step")
    assert converted == {"a": 0.5, "b": 3, "c": [True, 2], "d": 1.5}
    assert [type(item) for item in (converted["a"], converted["b"], converted["d"])] == [float, int, float]


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf, np.float32("nan"), np.float64("inf")])
def test_a_number_that_is_not_finite_is_named(number):
    with pytest.raises(ValueError, match=r"mlp\.test\.rows\[1\]\.auc is (nan|-?inf)"):
        plain({"test": {"rows": [{}, {"auc": number}]}}, "mlp")


@pytest.mark.parametrize(
    "value", [np.zeros(3), {1}, b"x", 1j, object(), np.longdouble(1), {1: 2}, {"a": {None: 1}}]
)
def test_other_values_are_refused(value):
    with pytest.raises(TypeError, match=r"^mlp"):
        plain(value, "mlp")


def test_arrays_come_back_and_their_file_is_the_same_byte_for_byte(tmp_path):
    arrays = {"x": np.arange(6.0).reshape(2, 3), "names": np.array(["سن", "age"])}
    contents = []
    for folder in (tmp_path / "one", tmp_path / "two"):
        folder.mkdir()
        Work(folder).save(**arrays)
        contents.append((folder / "arrays.npz").read_bytes())
    assert contents[0] == contents[1]
    loaded = Saved("step", {}, tmp_path / "one").arrays()
    assert all(np.array_equal(loaded[name], arrays[name]) for name in arrays)


def test_object_arrays_are_refused(tmp_path):
    with pytest.raises(TypeError, match="'x' of arrays"):
        Work(tmp_path).save(x=np.array([{}, None]))


def test_a_given_result_has_values_a_digest_and_no_files():
    assert Saved.given("run", {"seed": 1}).digest == Saved.given("else", {"seed": 1}).digest
    assert Saved.given("run", {"seed": 1}).digest != Saved.given("run", {"seed": 2}).digest
    with pytest.raises(FileNotFoundError, match="run was given"):
        Saved.given("run", {}).file("x").read_bytes()
