"""A section as a piece of HTML in one language: the step that each section's pages are drawn by."""

from __future__ import annotations

import re
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from report_builder.pipeline.step import Saved, Step, Values, Work
from report_builder.render.catalog import load_catalog
from report_builder.render.languages import LANGUAGES
from report_builder.render.listings import source_file
from report_builder.sections.declaration import Section

if TYPE_CHECKING:
    from report_builder.render.words import Words

PROJECT = Path(__file__).resolve().parents[2]
_NAMES_FA = "tabular.names_fa"  # the user's Persian names of data columns
_SHARED = ("words.toml", "glossary.toml", "features.toml", "formulas.toml")
_NUMBER = re.compile(r'<data value="([^"]*)" data-from="([^"]*)">')


def fragment_step(section: Section, language: str) -> Step:
    """The step `fragment.<section>.<language>`; its files are named by their path relative to the project."""
    blocks = sorted(path.name for path in (PROJECT / "templates/blocks").glob("*.html"))
    script = f"templates/scripts/{section.name}.js"
    files = [
        f"templates/sections/{section.name}.html",
        f"templates/sections/{section.name}.toml",
        *(f"templates/{name}" for name in _SHARED),
        *(f"templates/blocks/{name}" for name in blocks),
        *dict.fromkeys(source_file(address) for address in section.listings),
        *([script] if (PROJECT / script).is_file() else []),
    ]
    return Step(
        name=f"fragment.{section.name}.{language}",
        function="report_builder.render.fragment:draw_section",
        needs=section.reads,
        needs_if_there=section.reads_if_there,
        settings=tuple(dict.fromkeys([*section.settings, _NAMES_FA])),
        files=tuple(files),
        parameters={"section": section.name, "package": section.package, "language": language},
        imports=(section.package, f"{section.package}.draw"),
    )


def draw_section(work: Work) -> Values:
    """Draw a section's figures and sentences and render its template into fragment.html.

    Returns title, findings (HTML), items (inventory ids answered), figures (file names in figures/) and
    numbers (every printed value with its source, for the comparison of the languages).
    """
    from report_builder.plots.style import style
    from report_builder.render.environment import Blocks, make_environment
    from report_builder.render.page import Page

    name = work.parameters["section"]
    package = work.parameters["package"]
    words = section_words(work.files, name, work.parameters["language"], work.settings[_NAMES_FA], work.needs)
    page = Page(name, words, work.needs, work.settings, work.folder / "figures")
    with style():
        import_module(f"{package}.draw").draw(page)

    environment = make_environment(work.files)
    blocks = Blocks(page, environment, _formulas(work.files["templates/formulas.toml"]), work.files)
    body = environment.get_template(f"sections/{name}.html").render(blocks.functions())
    blocks.check(import_module(package).SECTION.answers)
    title = words.html("title", page.facts)
    html = environment.get_template("blocks/section.html").render(
        name=name,
        title=title,
        findings=page.findings,
        findings_title=words.html("common.in_short"),
        body=body,
    )
    (work.folder / "fragment.html").write_text(html, encoding="utf-8")
    return {
        "title": str(title),
        "findings": [str(finding) for finding in page.findings],
        "items": blocks.items,
        "figures": [picture.file for picture in page.figures.values()],
        "numbers": sorted([source, value] for value, source in _NUMBER.findall(html)),
    }


def section_words(
    files: Mapping[str, Path],
    section: str,
    language: str,
    names_fa: Mapping[str, str],
    saved: Mapping[str, Saved],
) -> Words:
    """The words of one section: its own sentences, the common ones, the glossary, names of columns."""
    from report_builder.render.formulas import inline_formula
    from report_builder.render.words import Words

    catalog = load_catalog(
        [files[f"templates/sections/{section}.toml"], files["templates/words.toml"]], language
    )
    glossary = load_catalog([files["templates/glossary.toml"]], language)
    names = load_catalog([files["templates/features.toml"]], language).sentences
    features = {key.removeprefix("name."): text for key, text in names.items() if key.startswith("name.")}
    units = {key.removeprefix("unit."): text for key, text in names.items() if key.startswith("unit.")}
    # A column of another table may have the same name and another unit: units hold for the whole Pima
    # table only.
    columns = saved["table"].values["features"] if "table" in saved else []
    known_table = set(units) <= set(columns)
    chosen = dict(names_fa) if language == "fa" else {}
    return Words(
        LANGUAGES[language],
        catalog,
        glossary,
        {**features, **chosen},
        inline_formula,
        units if known_table else {},
    )


def _formulas(path: Path) -> dict[str, str]:
    import tomllib

    formulas: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    return formulas
