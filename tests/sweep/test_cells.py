"""Seeds and grids as they are written on the command line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from report_builder.config import load_settings
from report_builder.errors import InputError
from report_builder.sweep.cells import Axis, as_overrides, cells, parse_grid, parse_seeds


@pytest.mark.parametrize(
    ("text", "seeds"),
    [("0:4", (0, 1, 2, 3)), ("7", (7,)), ("9,1,5", (1, 5, 9)), ("0:10:4,3", (0, 3, 4, 8))],
)
def test_seeds(text, seeds):
    assert parse_seeds(text) == seeds


@given(st.integers(0, 2**32 - 60), st.integers(1, 50))
def test_a_range_of_seeds_leaves_out_its_end(first, count):
    assert parse_seeds(f"{first}:{first + count}") == tuple(range(first, first + count))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "write it as"),
        ("x", "write it as"),
        ("0:1:2:3", "write it as"),
        ("0:5:0", "write it as"),
        ("5:5", "these are none"),
        ("-1", "-1 is no seed"),
        (str(2**32), "is no seed"),
        ("1,1", "named twice"),
        ("0:3,2", "named twice"),
    ],
)
def test_wrong_seeds_are_one_sentence(text, said):
    with pytest.raises(InputError, match=said):
        parse_seeds(text)


def test_the_grid_has_every_combination_and_knows_short_names():
    axes = parse_grid(["mlp.epochs=15,30", "mlp.lr=1e-3,3e-3"])
    assert axes == (Axis("mlp.epochs", (15, 30)), Axis("mlp.learning_rate", (0.001, 0.003)))
    assert cells(axes) == [
        {"mlp.epochs": epochs, "mlp.learning_rate": rate} for epochs in (15, 30) for rate in (0.001, 0.003)
    ]
    assert cells(()) == [{}]


def test_values_are_toml_and_words_need_no_quotation_marks():
    assert parse_grid(["vision.precision=float32,bf16"])[0].values == ("float32", "bf16")
    assert parse_grid(["nam.hidden=[64, 32],[8, 4]"])[0].values == ([64, 32], [8, 4])
    assert parse_grid(["mlp.early_stopping=false,3"])[0].values == (False, 3)


def test_a_cell_is_a_set_of_settings():
    (axis,) = parse_grid(["mlp.lr=1e-3,3e-3"])
    first, second = (load_settings(None, ["mlp.epochs=4"], as_overrides(cell)) for cell in cells([axis]))
    assert (first.mlp.learning_rate, second.mlp.learning_rate) == (0.001, 0.003)
    assert first.mlp.epochs == second.mlp.epochs == 4
    assert load_settings(None, ["mlp.lr=0.5"]).mlp.learning_rate == 0.5


@pytest.mark.parametrize(
    ("texts", "said"),
    [
        (["mlp.epochs"], "write it as"),
        (["mlp.epochs="], "write it as"),
        (["seed=1,2"], "--seeds"),
        (["report.parts=tabular"], "does not vary"),
        (["mlp.epochs=1,2", "mlp.epochs=3"], "named twice"),
    ],
)
def test_a_wrong_grid_is_one_sentence(texts, said):
    with pytest.raises(InputError, match=said):
        parse_grid(texts)


def test_a_wrong_value_of_the_grid_is_said_to_be_the_grids():
    with pytest.raises(InputError, match=r"^--grid: mlp.epochs = -1"):
        load_settings(None, [], ["mlp.epochs=-1"])
    with pytest.raises(InputError, match=r"^--grid: there is no setting mlp.epoch; did you mean mlp.epochs"):
        load_settings(None, ["mlp.epochs=3"], ["mlp.epoch=1"])
