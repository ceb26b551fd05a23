"""The steps of a report: the analyses of its sections, their pages, and the documents made of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from report_builder.contents import CLOSING, chapters_with, load_section, section_names
from report_builder.errors import InputError
from report_builder.pipeline.step import Step
from report_builder.render.document import document_steps
from report_builder.render.fragment import fragment_step
from report_builder.render.languages import LANGUAGES

PROJECT = Path(__file__).resolve().parents[1]
FORMATS = ("html", "pdf")


def chosen(name: str, wanted: Sequence[str], known: Sequence[str]) -> tuple[str, ...]:
    """The wanted ones in the known order, all where none is wanted. Raises InputError for an unknown one."""
    for item in wanted:
        if item not in known:
            raise InputError(f"--{name} {item}: there is no such one; there are {', '.join(known)}.")
    return tuple(item for item in known if item in wanted) or tuple(known)


def document_stem(only: Sequence[str]) -> str:
    """The documents' name: a draft of some sections leaves the report as it is."""
    return "draft" if only else "report"


def report_steps(
    only: Sequence[str], languages: Sequence[str], formats: Sequence[str]
) -> tuple[list[Step], list[str]]:
    """All steps, and the names of those that the report (or the draft of the sections in `only`) is made of.

    The audit compares the languages and the checklist reads the pages, so the whole report draws its
    pages in every language, whichever documents are wanted.
    """
    chapters = chapters_with(only)
    sections = {name: load_section(name) for name in section_names()}
    pages = {
        name: [fragment_step(section, language) for language in LANGUAGES]
        for name, section in sections.items()
    }
    contents = tuple(step.name for name in sections if name not in CLOSING for step in pages[name])
    steps: list[Step] = []
    for name, section in sections.items():
        # of a closing section, the step of its own name reads the pages
        steps += [
            replace(step, needs=(*step.needs, *contents)) if name in CLOSING and step.name == name else step
            for step in section.steps
        ]
        steps += pages[name]
    documents = document_steps(chapters, languages, formats, document_stem(only))
    targets = [step.name for step in documents]
    if not only:
        targets += [step.name for drawn in pages.values() for step in drawn]
    return [*steps, *documents], targets


def analysis_names() -> tuple[str, ...]:
    """Names of the steps whose values are the results, in the order of the contents."""
    return tuple(step.name for name in section_names() for step in load_section(name).steps)


def step_files(steps: Sequence[Step], assets: Mapping[str, Path]) -> dict[str, Path]:
    """Every input file by the name that the steps use: an asset's, or a path relative to the project."""
    names = {name for step in steps for name in step.files}
    return {name: assets[name] if name in assets else PROJECT / name for name in names}
