"""The comparison as one self-contained page per language, in the look of the report."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from report_builder.compare.runs import Run
from report_builder.contents import Chapter
from report_builder.pipeline.step import Saved, Work
from report_builder.publish import write_whole
from report_builder.render.assembly import Front, assemble
from report_builder.render.catalog import load_catalog
from report_builder.render.fragment import PROJECT, draw_section, section_words
from report_builder.render.html import self_contained
from report_builder.render.languages import LANGUAGES
from report_builder.render.page import Page

SECTIONS = ("origins", "metrics", "importance", "maps")
STEM = "comparison"
_NAMES_FA = "tabular.names_fa"


def write_documents(first: Run, second: Run, comparison: Mapping[str, Any], out: Path) -> list[Path]:
    """Write comparison.<language>.html into `out` for every language; the files written."""
    files, saved = _files(), _saved(first, second, comparison)
    written = []
    for language in LANGUAGES:
        with TemporaryDirectory() as scratch:
            fragments = {
                name: _fragment(name, language, Path(scratch) / name, files, saved, _names_fa(first))
                for name in SECTIONS
            }
            title = load_catalog([files["templates/frame.toml"]], language)["comparison"]
            document = assemble(
                language,
                (Chapter(STEM, SECTIONS),),
                fragments,
                Front(title=title, subtitle=_subtitle(first, second), day=date.today()),
                files,
                paper=False,
                languages=tuple(LANGUAGES),
                stem=STEM,
            )
            target = out / f"{STEM}.{language}.html"
            write_whole(target, self_contained(document, files).encode())
        written.append(target)
    return written


def drawn_pages(first: Run, second: Run, comparison: Mapping[str, Any], language: str) -> list[Page]:
    """The filled pages of all sections: the sentences and tables that the document is rendered from."""
    files, saved = _files(), _saved(first, second, comparison)
    pages = []
    for name in SECTIONS:
        words = section_words(files, name, language, _names_fa(first), saved)
        page = Page(name, words, saved, {}, Path())
        import_module(f"{_package(name)}.draw").draw(page)
        pages.append(page)
    return pages


def _fragment(
    name: str,
    language: str,
    folder: Path,
    files: Mapping[str, Path],
    saved: Mapping[str, Saved],
    names_fa: Mapping[str, str],
) -> Saved:
    folder.mkdir()
    parameters = {"section": name, "package": _package(name), "language": language}
    work = Work(folder, settings={_NAMES_FA: names_fa}, needs=saved, files=files, parameters=parameters)
    return Saved(name, draw_section(work), folder)


def _package(section: str) -> str:
    return f"report_builder.compare.pages.{section}"


def _files() -> dict[str, Path]:
    """The report's templates by their names, and those of the comparison in the sections' place."""
    templates = PROJECT / "templates"
    files = {path.relative_to(PROJECT).as_posix(): path for path in templates.rglob("*") if path.is_file()}
    for section in SECTIONS:
        for kind in ("html", "toml"):
            files[f"templates/sections/{section}.{kind}"] = templates / STEM / f"{section}.{kind}"
    return files


def _saved(first: Run, second: Run, comparison: Mapping[str, Any]) -> dict[str, Saved]:
    """What the pages print: values of the runs as "A:mlp#/test/accuracy", of the comparison as its own."""
    steps = {row["source"].partition("#")[0] for row in comparison["metrics"]["rows"]} | {"run"}
    saved = {STEM: Saved.given(STEM, comparison)}
    for label, run in (("A", first), ("B", second)):
        saved |= {f"{label}:{step}": run.step(step) for step in sorted(steps)}
        saved[f"{label}:place"] = Saved.given("place", {"folder": str(run.folder)})
    return saved


def _names_fa(run: Run) -> Mapping[str, str]:
    return run.table("settings#/tabular/names_fa")


def _subtitle(first: Run, second: Run) -> str:
    """The runs by the names of their folders, or by their whole paths where these are one name."""
    a, b = first.folder, second.folder
    names = (str(a), str(b)) if a.name == b.name else (a.name, b.name)
    return f"A: {names[0]} · B: {names[1]}"
