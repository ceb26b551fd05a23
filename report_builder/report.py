"""The steps of a report: the analyses of its sections, their pages, and the documents made of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from report_builder.contents import CLOSING, Contents
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
    contents: Contents,
    given: Collection[str],
    only: Sequence[str],
    languages: Sequence[str],
    formats: Sequence[str],
) -> tuple[list[Step], list[str]]:
    """All steps, and the names of those that the report (or the draft of the sections in `only`) is made of.

    given: names of the results that come from outside. The audit compares the languages and the checklist
    reads the pages, so the whole report draws its pages in every language, whichever documents are wanted.
    """
    chapters = contents.chapters_with(only)
    sections = contents.sections
    pages = {
        name: [fragment_step(section, language) for language in LANGUAGES]
        for name, section in sections.items()
    }
    drawn = tuple(step.name for name in sections if name not in CLOSING for step in pages[name])
    steps: list[Step] = []
    for name, section in sections.items():
        # of a closing section, the step of its own name reads the pages
        steps += [
            replace(step, needs=(*step.needs, *drawn)) if name in CLOSING and step.name == name else step
            for step in section.steps
        ]
        steps += pages[name]
    documents = document_steps(chapters, languages, formats, document_stem(only), complete=not only)
    targets = [step.name for step in documents]
    if not only:
        targets += [step.name for both in pages.values() for step in both]
    return [*_resolved(steps, given), *documents], targets


def analysis_steps(contents: Contents, given: Collection[str]) -> list[Step]:
    """The analyses without any page, and so without those that read the pages."""
    analyses = [
        step for name, section in contents.sections.items() if name not in CLOSING for step in section.steps
    ]
    return _resolved(analyses, given)


def step_files(steps: Sequence[Step], assets: Mapping[str, Path], contents: Contents) -> dict[str, Path]:
    """Every input file by the name that the steps use: an asset's, one of the user's own sections', or a
    path relative to the project.
    """
    known = {**contents.files, **assets}
    names = {name for step in steps for name in step.files}
    return {name: known[name] if name in known else PROJECT / name for name in names}


def _resolved(steps: Sequence[Step], given: Collection[str]) -> list[Step]:
    """The steps with those of `needs_if_there` as needs that this report has."""
    there = {step.name for step in steps} | set(given)
    return [
        replace(
            step,
            needs=(*step.needs, *(need for need in step.needs_if_there if need in there)),
            needs_if_there=(),
        )
        for step in steps
    ]
