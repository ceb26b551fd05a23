"""The document of one language: numbered chapters out of the fragments, with every reference resolved."""

from __future__ import annotations

import datetime
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from markupsafe import Markup

from report_builder.contents import Chapter
from report_builder.pipeline.step import Saved
from report_builder.render.catalog import load_catalog
from report_builder.render.dates import gregorian, jalali
from report_builder.render.environment import make_environment
from report_builder.render.formulas import for_print, inline_formula
from report_builder.render.languages import LANGUAGES, Language
from report_builder.render.network_names import network_name
from report_builder.render.numbers import format_number
from report_builder.render.terms import gloss_terms
from report_builder.render.words import Words

_LABEL = re.compile(r'<span class="label" data-number="(?P<kind>\w+)" data-for="(?P<target>[^"]+)"></span>')
_REFERENCE = re.compile(r'<a class="ref(?P<more>[^"]*)" href="#(?P<target>[^"]+)"></a>')
_PAGE_OF = re.compile(r'<a class="page-of" href="#(?P<target>[^"]+)"></a>')
_IDENTIFIER = re.compile(r' id="([^"]+)"')
_SCRIPT = re.compile(r"<script\b.*?</script>\n?", re.DOTALL)
_FIGURE = re.compile(r'src="figures/([^"]+)"')


class AssemblyError(ValueError):
    """The fragments do not make one document: a reference leads nowhere, or two things have one id."""


@dataclass(frozen=True)
class Front:
    """What the cover says, in the language of the document; empty fields are left out.

    origin, file: where the data came from and the name of their file; "standin" says that they are
    synthetic, which the cover's banner and the running header then say, too. network: its name; drawn: its
    pictures are drawn scenes of the farmyard; published: its weights are those that its publisher gives out.
    own_images, signals: the user's own folder of pictures, and file of signals.
    """

    title: str
    subtitle: str = ""
    course: str = ""
    author: str = ""
    student_number: str = ""
    day: datetime.date = field(default_factory=datetime.date.today)
    origin: str = ""
    file: str = ""
    network: str = ""
    drawn: bool = False
    published: bool = True
    own_images: str = ""
    signals: str = ""

    @property
    def stand_in(self) -> bool:
        return self.origin == "standin"


@dataclass(frozen=True)
class Document:
    """An assembled document.

    html: without style sheet (the mark <!--style--> is its place) and with figures as figures/<name>.
    figures: file name -> path. references: id -> its printed name ("Figure 3").
    """

    language: Language
    html: str
    figures: Mapping[str, Path]
    references: Mapping[str, str]


def assemble(
    language: str,
    chapters: Sequence[Chapter],
    fragments: Mapping[str, Saved],
    front: Front,
    files: Mapping[str, Path],
    *,
    paper: bool,
    languages: Sequence[str] = ("en", "fa"),
    stem: str = "report",
    complete: bool = True,
) -> Document:
    """Number the chapters, their sections and blocks in order, and resolve the references between them.

    fragments: section -> result of its fragment step. files: the templates by project-relative name.
    paper: for print, with page numbers and without scripts. languages: those that the report is built in,
    each as the file <stem>.<language>.html beside this one.
    complete: False for a build of chosen sections, where a reference to another one says that it is absent.
    Raises AssemblyError for an unresolved reference or a repeated id.
    """
    frame = _Frame(language, files)
    parts = [_part(number, chapter, fragments, frame) for number, chapter in enumerate(chapters, 1)]
    others = [
        {
            "code": code,
            "href": f"{stem}.{code}.html",
            "label": _Frame(code, files).words.html("other_language"),
            "direction": LANGUAGES[code].direction,
        }
        for code in languages
        if code != language
    ]
    html = (
        make_environment(files)
        .get_template("report.html")
        .render(
            language=LANGUAGES[language],
            front=front,
            colophon=_colophon(front, frame),
            chapters=parts,
            others=others,
            for_print=paper,
            word=frame.words.html,
            name=frame.words.name,
        )
    )
    html = _LABEL.sub(frame.number_block, html)
    for section, saved in fragments.items():
        for item in saved.values["items"]:
            frame.references[f"item-{item}"] = frame.references[f"section-{section}"]
    html = _resolve(html, frame, paper=paper, complete=complete)
    repeated = sorted(name for name, count in Counter(_IDENTIFIER.findall(html)).items() if count > 1)
    if repeated:
        raise AssemblyError(f"these ids stand more than once: {', '.join(repeated)}")
    if paper:
        html = for_print(_SCRIPT.sub("", html))
    folders = {
        file: saved.folder / "figures" / file
        for saved in fragments.values()
        for file in saved.values["figures"]
    }
    figures = {file: folders[file] for file in _FIGURE.findall(html)}
    return Document(
        LANGUAGES[language], html, figures, {k: v.striptags() for k, v in frame.references.items()}
    )


class _Frame:
    """The words of the frame, and the numbers given so far."""

    def __init__(self, language: str, files: Mapping[str, Path]) -> None:
        catalog = load_catalog([files["templates/frame.toml"], files["templates/words.toml"]], language)
        glossary = load_catalog([files["templates/glossary.toml"]], language)
        self.words = Words(LANGUAGES[language], catalog, glossary, {}, inline_formula)
        latin = load_catalog([files["templates/glossary.toml"]], "en").sentences
        self.latin = None if LANGUAGES[language].direction == "ltr" else latin
        self.references: dict[str, Markup] = {}
        self.labels: dict[str, Markup] = {}
        self._last: Counter[str] = Counter()

    def number(self, value: int) -> str:
        return format_number(value, self.words.language)

    def name(self, kind: str, target: str, number: str) -> Markup:
        """Give a numbered thing its label and the text of references to it."""
        if target in self.labels:
            raise AssemblyError(f"{target} is numbered twice")
        self.references[target] = self.words.html(f"reference.{kind}", {"number": Markup(number)})
        self.labels[target] = self.words.html(f"label.{kind}", {"number": Markup(number)})
        return self.labels[target]

    def number_block(self, match: re.Match[str]) -> str:
        kind, target = match["kind"], match["target"]
        if kind == "section":
            label = self.labels[target]
        else:
            self._last[kind] += 1
            label = self.name(kind, target, self.number(self._last[kind]))
        return f'<span class="label">{label}</span>'


def _part(number: int, chapter: Chapter, fragments: Mapping[str, Saved], frame: _Frame) -> dict[str, Any]:
    """A chapter as its template wants it."""
    label = frame.name("chapter", f"chapter-{chapter.name}", frame.number(number))
    sections, findings, bodies = [], [], []
    for place, name in enumerate(chapter.sections, 1):
        saved = fragments[name]
        numbers = {"chapter": Markup(frame.number(number)), "section": Markup(frame.number(place))}
        section_label = frame.name("section", f"section-{name}", frame.words.html("section_number", numbers))
        title = gloss_terms(saved.values["title"], None)
        sections.append({"name": name, "label": section_label, "title": Markup(title)})
        # the first finding of a section is its answer; the others stand in the section's own box
        findings += [(Markup(gloss_terms(finding, None)), name) for finding in saved.values["findings"][:1]]
        bodies.append(saved.file("fragment.html").read_text(encoding="utf-8"))
    body = gloss_terms("\n".join(bodies), frame.latin, semicolon=frame.words.language.semicolon)
    return {
        "name": chapter.name,
        "label": label,
        "title": frame.words.html(f"chapter.{chapter.name}"),
        "sections": sections,
        "findings": findings,
        "body": Markup(body),
    }


def _resolve(html: str, frame: _Frame, *, paper: bool, complete: bool) -> str:
    """Fill in the references; page references (class page-of) exist on paper only."""
    lost: list[str] = []

    def filled(match: re.Match[str]) -> str:
        target = match["target"]
        if target not in frame.references:
            lost.append(target)
            return str(frame.words.html("reference.absent"))
        return f'<a class="ref{match["more"]}" href="#{target}">{frame.references[target]}</a>'

    html = _REFERENCE.sub(filled, html)
    before = frame.words.html("page_of")

    def page_of(match: re.Match[str]) -> str:
        target = match["target"]
        if not paper or target not in frame.references:
            return ""
        return f'<a class="page-of" href="#{target}" data-before="{before}"></a>'

    html = _PAGE_OF.sub(page_of, html)
    if lost and complete:
        raise AssemblyError(f"references lead nowhere: {', '.join(sorted(set(lost)))}")
    return html


def _colophon(front: Front, frame: _Frame) -> list[tuple[str, Markup]]:
    """Labelled lines of the cover."""
    rows = [("course", front.course), ("author", front.author), ("student_number", front.student_number)]
    filled = [(key, frame.words.name(text)) for key, text in rows if text]
    both = {"gregorian": gregorian(front.day, frame.words), "jalali": jalali(front.day, frame.words)}
    filled.append(("date", frame.words.html("date", both)))
    if front.origin:
        file = Markup('<code dir="ltr">{}</code>').format(front.file)
        filled.append(("data", frame.words.html(f"data.{front.origin}", {"file": file})))
    if front.network:
        seen = "drawn" if front.drawn else "photographs" if front.published else "other_weights"
        network = Markup('<bdi dir="ltr">{}</bdi>').format(network_name(front.network))
        filled.append(("network", frame.words.html(f"network.{seen}", {"network": network})))
    for key, named in (("own_images", front.own_images), ("signals", front.signals)):
        if named:
            filled.append((key, Markup('<code dir="ltr">{}</code>').format(named)))
    return filled
