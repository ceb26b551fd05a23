from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from report_builder.config import PATHS, load_settings, plain
from report_builder.errors import InputError
from report_builder.settings import Settings

PROJECT = Path(__file__).resolve().parents[1]


def test_the_defaults_are_those_of_the_settings_file() -> None:
    assert load_settings(PROJECT / "report.toml") == Settings()


def test_every_setting_stands_in_the_settings_file() -> None:
    written = tomllib.loads((PROJECT / "report.toml").read_text(encoding="utf-8"))
    known = plain(Settings())
    for table, key in PATHS:
        del known[table][key]  # has no default: it is there as a comment
    assert {key: set(value) if isinstance(value, dict) else None for key, value in written.items()} == {
        key: set(value) if isinstance(value, dict) else None for key, value in known.items()
    }


def test_an_override_comes_before_the_file(tmp_path: Path) -> None:
    file = tmp_path / "a.toml"
    file.write_text("seed = 3\n[mlp]\nepochs = 4\n", encoding="utf-8")
    settings = load_settings(file, ["mlp.epochs=9", "report.author.fa=سارا"])
    assert (settings.seed, settings.mlp.epochs, settings.report.author.fa) == (3, 9, "سارا")


def test_a_relative_table_lies_beside_the_settings(tmp_path: Path) -> None:
    file = tmp_path / "a.toml"
    file.write_text('[tabular]\ncsv = "b.csv"\n', encoding="utf-8")
    assert load_settings(file).tabular.csv == tmp_path / "b.csv"


@pytest.mark.parametrize(
    "override",
    [
        "seed=x",
        "seed=true",
        'mlp.epochs="15"',
        "mlp.dropout=true",
        "mlp=3",
        "nam.hidden=[64]",
        "nam.hidden=[64, -1]",
        "tabular.csv=3",
        "tabular.positive=true",
        "tabular.zero_is_missing=Insulin",
        "a.b.c=1",
    ],
)
def test_a_wrong_value_names_its_key(override: str) -> None:
    key = override.partition("=")[0]
    with pytest.raises(InputError, match=rf"^--set: .*\b{key.split('.')[0]}\b") as raised:
        load_settings(None, [override])
    assert str(raised.value).endswith((".", "?"))
    assert not str(raised.value).endswith(("?.", ".."))


def test_a_number_serves_where_a_name_is_meant() -> None:
    settings = load_settings(None, ["report.student_number=400123", "tabular.target=8"])
    assert (settings.report.student_number, settings.tabular.target) == ("400123", "8")


def test_a_typo_in_a_table_name_is_found(tmp_path: Path) -> None:
    file = tmp_path / "a.toml"
    file.write_text("[shaply]\nbackground = 50\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"a\.toml: there is no setting shaply; did you mean shapley\?$"):
        load_settings(file)


def test_a_report_of_no_part_is_refused_in_terms_of_settings() -> None:
    with pytest.raises(InputError, match=r"report\.parts = \[\]: at least one must be named"):
        load_settings(None, ["report.parts=[]"])
