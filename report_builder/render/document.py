"""The steps that make the documents: the fragments of one language become one HTML and one PDF file."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from report_builder.contents import Chapter
from report_builder.pipeline.step import Step, Values, Work
from report_builder.render import html, pdf
from report_builder.render.assembly import Document, Front, assemble

_FRAME = ("templates/frame.toml", "templates/words.toml", "templates/glossary.toml", "templates/report.html")
_STYLES = {"html": (*html.STYLE_FILES, html.SCRIPT_FILE), "pdf": pdf.STYLE_FILES}


def document_steps(
    chapters: Sequence[Chapter],
    languages: Sequence[str],
    formats: Sequence[str],
    stem: str,
    *,
    complete: bool,
) -> list[Step]:
    """A step `<format>.<language>` for each document, whose file is report.<format>.

    stem: under which the documents are published, so that the languages link to each other.
    complete: every reference must lead somewhere; those of a draft may name a part that it leaves out.
    """
    return [
        Step(
            f"{kind}.{language}",
            f"report_builder.render.document:write_{kind}",
            needs=("front", *(f"fragment.{s}.{language}" for chapter in chapters for s in chapter.sections)),
            files=(*_FRAME, *_STYLES[kind]),
            parameters={
                "language": language,
                "languages": list(languages),
                "stem": stem,
                "chapters": [[chapter.name, list(chapter.sections)] for chapter in chapters],
                "complete": complete,
            },
        )
        for language in languages
        for kind in formats
    ]


def write_html(work: Work) -> Values:
    document = _assembled(work, paper=False)
    text = html.self_contained(document, work.files)
    (work.folder / "report.html").write_text(text, encoding="utf-8")
    return {}


def write_pdf(work: Work) -> Values:
    document = _assembled(work, paper=True)
    pdf.write_pdf(document, work.files, work.folder / "report.pdf")
    return {}


def _assembled(work: Work, *, paper: bool) -> Document:
    language = work.parameters["language"]
    chapters = [Chapter(name, tuple(sections)) for name, sections in work.parameters["chapters"]]
    fragments = {name.split(".")[1]: saved for name, saved in work.needs.items() if name != "front"}
    front = work.needs["front"].values
    texts = front["texts"][language]
    return assemble(
        language,
        chapters,
        fragments,
        Front(
            title=texts["title"],
            course=texts["course"],
            author=texts["author"],
            student_number=front["student_number"],
            day=date.fromisoformat(front["date"]),
            origin=front["origin"],
            file=front["file"],
            network=front["network"],
            drawn=front["drawn"],
            published=front["published"],
            own_images=front["own_images"],
            signals=front["signals"],
        ),
        work.files,
        paper=paper,
        languages=work.parameters["languages"],
        stem=work.parameters["stem"],
        complete=work.parameters["complete"],
    )
