"""The user's own sections: how they are found, and what is said of a folder that is none."""

from __future__ import annotations

import importlib.metadata
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from report_builder import own_sections
from report_builder.contents import OWN_SECTIONS, contents_of
from report_builder.errors import InputError
from report_builder.own_sections import own_sections as found
from report_builder.report import PROJECT, report_steps, step_files

EXAMPLE = PROJECT / "docs/own-sections/single_columns"
DECLARATION = """
from report_builder.sections.declaration import Section
SECTION = Section(name={name!r}, package=__name__)
"""


@pytest.fixture(autouse=True)
def _forgotten() -> Iterator[None]:
    """What a test imports is forgotten, and the module path is as it was."""
    modules, path = set(sys.modules), list(sys.path)
    yield
    for name in set(sys.modules) - modules:
        del sys.modules[name]
    sys.path[:] = path


def section(
    folder: Path, name: str, code: str | None = None, pages: tuple[str, ...] = ("html", "toml")
) -> Path:
    place = folder / name
    place.mkdir()
    (place / "__init__.py").write_text(DECLARATION.format(name=name) if code is None else code)
    for kind in pages:
        (place / f"{name}.{kind}").write_text("")
    return place


def test_a_folder_is_a_section_with_its_files() -> None:
    (own,) = found([EXAMPLE])
    assert own.section.name == "single_columns"
    assert own.files["templates/sections/single_columns.toml"] == EXAMPLE / "single_columns.toml"
    contents = contents_of(["tabular"], [own])
    assert [chapter.name for chapter in contents.chapters][-2:] == [OWN_SECTIONS, "checks"]
    steps, _ = report_steps(contents, {"study", "run", "assets", "front"}, (), ("en",), ("html",))
    assert "single_columns" in contents.analyses
    files = step_files(steps, {"table": EXAMPLE}, contents)
    assert all(path.exists() for path in files.values())


def test_an_installed_package_brings_a_section(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    section(tmp_path, "brought")
    monkeypatch.syspath_prepend(str(tmp_path))
    point = importlib.metadata.EntryPoint("brought", "brought", own_sections.GROUP)
    monkeypatch.setattr(
        own_sections, "entry_points", lambda group: [point] if group == own_sections.GROUP else []
    )
    (own,) = found([])
    assert own.section.name == "brought"


def test_a_section_may_not_have_the_name_of_another(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="a section exploration already"):
        contents_of(["tabular"], found([section(tmp_path, "exploration")]))


def test_a_name_of_a_left_out_section_is_taken_too(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="already"):
        contents_of(["signals"], found([section(tmp_path, "smoothing")]))


@pytest.mark.parametrize(
    ("name", "code", "pages", "said"),
    [
        ("no_section", "", ("html", "toml"), "declares no SECTION"),
        ("broken", "import nothing_of_that_name", ("html", "toml"), "ModuleNotFoundError"),
        ("wordless", None, ("html",), "has no wordless.toml"),
        ("pathlib", None, ("html", "toml"), "another Python module"),
        (
            "elsewhere",
            DECLARATION.replace("package=__name__", "").format(name="elsewhere"),
            ("html", "toml"),
            "package=__name__",
        ),
        ("not-a-name", None, ("html", "toml"), "named like a Python module"),
    ],
)
def test_a_folder_that_is_none_is_refused(
    tmp_path: Path, name: str, code: str | None, pages: tuple[str, ...], said: str
) -> None:
    with pytest.raises(InputError, match=said):
        found([section(tmp_path, name, code, pages)])


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"there is no .*__init__\.py"):
        found([tmp_path / "nowhere"])
