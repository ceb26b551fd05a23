import numpy as np
import pytest
from data_steps import draw_pages, pima_like, run_steps, write_csv

from report_builder.datasets.splitting import Split
from report_builder.errors import InputError
from report_builder.sections.zero_columns import zero_columns

PROTOCOLS = ("split", "reference.split")


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    folder = tmp_path_factory.mktemp("data")
    return run_steps(pima_like(folder / "t.csv"), folder)


def test_impossible_zeros_cost_their_rows_only(saved):
    values = saved["split"].values
    assert values["dropped"] == {"BMI": 2, "Glucose": 1}
    assert values["dropped_rows"] == 3
    assert values["kept_rows"] == 117
    assert values["missing_before"]["Insulin"] == 40
    assert values["missing"]["Insulin"] == 37
    assert values["rows_with_missing"] == 67


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_values_count_what_the_arrays_hold(saved, protocol):
    values, split = saved[protocol].values, Split.from_arrays(saved[protocol].arrays())
    sizes = values["sizes"]
    assert sizes["total"] == sizes["train"] + sizes["validation"] + sizes["test"]
    assert sizes["train_balanced"] == len(split.y_train)
    assert (sizes["validation"], sizes["test"]) == (len(split.y_validation), len(split.y_test))
    assert values["classes"]["test"]["positive"] == split.y_test.sum()
    assert sum(values["shares"].values()) == pytest.approx(1)


def test_rows_lead_back_to_the_table(saved):
    table, arrays = saved["table"].arrays("table"), saved["split"].arrays()
    split = Split.from_arrays(arrays)
    rows = arrays["kept_rows"][split.rows_test]
    np.testing.assert_array_equal(table["target"][rows], split.y_test)
    glucose = split.in_units(split.x_test)[:, 1]
    np.testing.assert_allclose(table["features"][rows, 1], glucose)


def test_only_the_reference_protocol_leaks(saved):
    clean, reference = (saved[protocol].values for protocol in PROTOCOLS)
    assert set(clean["leak"].values()) == {0}
    assert clean["synthetic"]["test"] == clean["synthetic"]["validation"] == 0
    leak = reference["leak"]
    assert leak["tested_on_relatives"] <= leak["synthetic_test_rows"] == reference["synthetic"]["test"]
    assert leak["synthetic_test_rows"] > 0


def test_the_clean_protocol_balances_the_training_rows(saved):
    values = saved["split"].values
    after = values["classes"]["train_balanced"]
    assert after["negative"] == after["positive"]
    added = values["sizes"]["train_balanced"] - values["sizes"]["train"]
    assert added == values["smote"]["synthetic"] == values["synthetic"]["train"]


def test_scaling_is_fitted_on_the_training_rows(saved):
    for column in saved["split"].values["scaling"]:
        assert column["train_mean"] == pytest.approx(0, abs=1e-9)
        assert column["train_std"] == pytest.approx(1)


def test_the_projection_keeps_what_principal_components_keep(saved):
    arrays = saved["split"].arrays()
    real = arrays["projection"][arrays["rows_train"] >= 0]
    assert np.corrcoef(real.T)[0, 1] == pytest.approx(0, abs=1e-9)
    first, second = saved["split"].values["smote"]["variance"]
    assert 1 >= first >= second > 0
    assert real.var(axis=0)[1] / real.var(axis=0)[0] == pytest.approx(second / first)


def test_columns_of_another_table_do_not_apply():
    settings = {"tabular.drop_zero": ["BMI"], "tabular.zero_is_missing": ["Insulin"]}
    assert zero_columns(settings, ["size", "age"]).absent == ("BMI", "Insulin")
    found = zero_columns(settings, ["BMI", "age"])
    assert (found.drop, found.missing) == (("BMI",), ("Insulin",))


def test_a_slip_in_a_column_name_is_an_error(tmp_path):
    with pytest.raises(InputError, match="Insulinn"):
        run_steps(pima_like(tmp_path / "t.csv"), tmp_path, zero_is_missing=["Insulinn"])


@pytest.mark.parametrize("language", ["en", "fa"])
def test_the_pages_of_the_known_table(saved, tmp_path, language):
    page = draw_pages(saved, tmp_path, language)["preparation"]
    assert all(f'id="item-{item}"' in page for item in ("T07", "T08", "T09", "T10"))
    assert ("living patient" if language == "en" else "بیمار زنده") in page


@pytest.mark.parametrize("language", ["en", "fa"])
def test_the_pages_of_a_balanced_table_without_synthetic_rows(tmp_path, language):
    generator = np.random.default_rng(2)
    y = np.tile([0, 1], 40)
    x = generator.normal(size=(80, 3)) + y[:, None]
    saved = run_steps(write_csv(tmp_path / "t.csv", ("a", "b", "c"), x, y), tmp_path)
    assert saved["split"].values["smote"]["synthetic"] == 0
    page = draw_pages(saved, tmp_path / "pages", language)["preparation"]
    assert "fig-preparation-smote" not in page
