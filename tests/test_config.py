from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from report_builder.config import Settings, load_settings, plain
from report_builder.errors import InputError

PROJECT = Path(__file__).resolve().parents[1]


def test_the_defaults_are_those_of_the_settings_file() -> None:
    assert load_settings(PROJECT / "report.toml") == Settings()


def test_every_setting_stands_in_the_settings_file() -> None:
    written = tomllib.loads((PROJECT / "report.toml").read_text(encoding="utf-8"))
    known = plain(Settings())
    del known["tabular"]["csv"]  # has no default: it is there as a comment
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
    "override", ["seed=x", "tabular.zero_is_missing=Insulin", "nam.hidden=[64, -1]", "a.b.c=1"]
)
def test_a_wrong_value_names_its_key(override: str) -> None:
    with pytest.raises(InputError, match=override.split("=")[0].split(".")[0]):
        load_settings(None, [override])
