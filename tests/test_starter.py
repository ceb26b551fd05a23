"""The settings of a user's own study, written by `init`."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner

from report_builder.cli import main
from report_builder.config import load_settings
from report_builder.errors import InputError
from report_builder.report import PROJECT
from report_builder.settings import PARTS, Settings
from report_builder.starter import Study, fill_in, start_study

TEMPLATE = PROJECT / "report.toml"


def table(path: Path, target: str = "kind", classes: tuple[str, ...] = ("no", "yes")) -> Path:
    rows = [f"{i},{i * 2},{classes[i % len(classes)]}" for i in range(12)]
    path.write_text("\n".join([f"a,b,{target}", *rows]) + "\n", encoding="utf-8")
    return path


def test_without_a_change_the_template_stays_as_it_is() -> None:
    text = TEMPLATE.read_text(encoding="utf-8")
    assert fill_in(text, {}, frozenset()) == text


def test_a_table_alone_is_a_tabular_study(tmp_path: Path) -> None:
    file = start_study(tmp_path / "study", Study(table=table(tmp_path / "t.csv"), title="Mine"), TEMPLATE)
    settings = load_settings(file)
    assert settings.report.parts == ("tabular",)
    assert settings.tabular.csv == tmp_path / "t.csv"
    assert (settings.tabular.target, settings.tabular.positive) == ("kind", "yes")
    assert settings.tabular.drop_zero == settings.tabular.zero_is_missing == ()
    assert settings.report.title.en == "Mine"
    text = file.read_text(encoding="utf-8")
    assert "[vision]" not in text
    assert not re.search(r"\bhen\b", text)
    assert "# a zero in these columns" in text  # comments stay


def test_what_lies_in_the_folder_is_found_and_named_relative_to_it(tmp_path: Path) -> None:
    table(tmp_path / "table.csv")
    (tmp_path / "images").mkdir()
    (tmp_path / "signals.npz").touch()
    written = tomllib.loads(start_study(tmp_path, Study(), TEMPLATE).read_text(encoding="utf-8"))
    assert written["report"]["parts"] == ["tabular", "own_cnn", "signals"]
    assert written["tabular"]["csv"] == "table.csv"
    assert written["own_cnn"]["images"] == "images"
    assert written["signals"]["file"] == "signals.npz"


@pytest.mark.parametrize("odd", ['a "quoted" # name', "back\\slash", "ستون"])
def test_odd_names_are_written_so_that_they_read_back(tmp_path: Path, odd: str) -> None:
    path = tmp_path / "t.csv"
    quoted = odd.replace('"', '""')
    path.write_text(f'a,b,"{quoted}"\n' + "1,2,0\n2,3,1\n" * 4, encoding="utf-8")
    file = start_study(tmp_path / "s", Study(table=path, title=odd, author=odd), TEMPLATE)
    settings = load_settings(file)
    assert settings.tabular.target == settings.report.author.fa == settings.report.title.en == odd
    assert settings.tabular.positive == 1


def test_several_classes_are_reduced_to_one_against_the_others(tmp_path: Path) -> None:
    path = table(tmp_path / "t.csv", classes=("0", "1", "2"))
    with pytest.raises(InputError, match="3 classes"):
        start_study(tmp_path / "s", Study(table=path), TEMPLATE)
    settings = load_settings(start_study(tmp_path / "s", Study(table=path, positive="2"), TEMPLATE))
    assert settings.tabular.positive == 2


@pytest.mark.parametrize(
    ("study", "said"),
    [
        (Study(), "nothing to study"),
        (Study(table=Path("nowhere.csv")), "nowhere.csv is not there"),
        (Study(images=Path("nowhere")), "nowhere is not there"),
        (Study(signals=Path("nowhere.npz")), "nowhere.npz is not there"),
    ],
)
def test_what_is_not_there_is_said(tmp_path: Path, study: Study, said: str) -> None:
    with pytest.raises(InputError, match=said):
        start_study(tmp_path, study, TEMPLATE)
    assert not (tmp_path / "report.toml").exists()


def test_settings_that_are_there_are_left_as_they_are(tmp_path: Path) -> None:
    table(tmp_path / "table.csv")
    start_study(tmp_path, Study(), TEMPLATE)
    with pytest.raises(InputError, match="already"):
        start_study(tmp_path, Study(title="another"), TEMPLATE)


def test_the_command_says_what_to_do_next(tmp_path: Path) -> None:
    done = CliRunner().invoke(
        main, ["init", str(tmp_path / "s"), "--table", str(table(tmp_path / "t.csv")), "--target", "kind"]
    )
    assert done.exit_code == 0
    assert f"--config {tmp_path / 's' / 'report.toml'}" in done.output
    failed = CliRunner().invoke(main, ["init", str(tmp_path / "s")])
    assert failed.exit_code == 2
    assert "already" in failed.output


def test_the_default_study_has_all_parts() -> None:
    assert Settings().report.parts == PARTS
