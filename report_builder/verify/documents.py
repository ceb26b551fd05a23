"""Do a language's HTML and PDF say the same?"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from pypdf.errors import PyPdfError

from report_builder.render.languages import LANGUAGES
from report_builder.verify.blocks import blocks_of
from report_builder.verify.check import Check
from report_builder.verify.folder import Results
from report_builder.verify.paper import Paper, UntaggedError, quoted, read_paper
from report_builder.verify.tree import Element

_UNSEEN = re.compile("[\\s\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]+")
_PAGE = re.compile(r"\D{0,6}\d{1,4}")  # of the contents and of references, which paper has alone
_LETTERS = re.compile(r"[^\W_]|(?<=\d)[.,٫٬](?=\d)")
_SHOWN = 60


@dataclass(frozen=True)
class _Said:
    """A block as it is compared. letters: in order; marks: the other characters, sorted where the line's
    direction may have moved them.
    """

    letters: str
    marks: str
    text: str
    paged: bool = False
    section: str = ""

    @property
    def key(self) -> tuple[str, str]:
        return self.letters, self.marks

    def joined(self, other: _Said, rtl: bool) -> _Said:
        return _said(self.text + other.text, rtl, paged=self.paged or other.paged, section=self.section)


def read_papers(results: Results) -> tuple[dict[str, Paper], list[str]]:
    """The PDFs by language, and what is to be said of those that cannot be read."""
    papers, faults = {}, []
    for language in LANGUAGES:
        path = results.document(language, "pdf")
        if path is None:
            continue
        try:
            papers[language] = read_paper(path)
        except (PyPdfError, UntaggedError, LookupError, ValueError) as error:
            faults.append(f"{path.name} cannot be read: {error}.")
    return papers, faults


def check_documents(results: Results, papers: Mapping[str, Paper], unread: Iterable[str] = ()) -> Check:
    """Block by block, in order: words, numbers, formulas and alternative texts. What is for the screen only
    is left out, and the page numbers of the paper.
    """
    check = Check("HTML and PDF", faults=list(unread))
    counts = []
    for language, paper in papers.items():
        if language not in results.pages:
            continue
        page = results.pages[language]
        rtl = page_direction(page) == "rtl"
        screen = list(_of_screen(page, rtl))
        printed = [(_said(block.text, rtl), block.repeated) for block in paper.blocks]
        check.faults += [f"report.{language}.pdf: {fault}" for fault in _differences(screen, printed, rtl)]
        words = sum(len(re.findall(r"\w+", said.text)) for said in screen)
        counts.append(
            f"{language}: {words} words and numbers in {len(screen)} blocks against {paper.pages} pages"
        )
    check.said = "; ".join(counts) or "no language was built as both"
    return check


def page_direction(page: Element) -> str:
    return next(page.find("html")).attributes.get("dir", "ltr")


def _of_screen(page: Element, rtl: bool) -> Iterator[_Said]:
    """What paper should show, in its order: the contents stand after the findings."""
    contents = next(page.find("ul", kind="toc"))
    heading = next(page.find("summary")).text
    main = next(page.find("main"))
    listed = [_said(heading, rtl), *_blocks(contents, rtl)]
    for child in main.children:
        if isinstance(child, Element):
            yield from _blocks(child, rtl)
            if "findings-page" in child.classes:
                yield from listed


def _blocks(element: Element, rtl: bool) -> Iterator[_Said]:
    for block in blocks_of(element):
        if block.element.within(kind="screen-only"):
            continue
        paged = block.element.within(kind="toc")
        text = ""
        for part, place in block.parts:
            if place.tag == "svg":
                part = quoted(place.attributes.get("data-latex", ""))
            elif place.tag == "img":
                part = quoted(place.attributes.get("alt", ""))
            paged = paged or place.within("span", kind="where")
            text += part
        yield _said(text, rtl, paged=paged, section=block.section)


def _said(text: str, rtl: bool, *, paged: bool = False, section: str = "") -> _Said:
    plain = _UNSEEN.sub("", unicodedata.normalize("NFKC", text))
    if not rtl:
        return _Said(plain, "", text, paged, section)
    letters = "".join(_LETTERS.findall(plain))
    marks = Counter(plain) - Counter(letters)
    return _Said(letters, "".join(sorted(marks.elements())), text, paged, section)


def _differences(screen: Sequence[_Said], printed: Sequence[tuple[_Said, bool]], rtl: bool) -> Iterator[str]:
    keys = [said.key for said in screen], [said.key for said, _ in printed]
    matcher = SequenceMatcher(None, *keys, autojunk=False)
    heads = {said.key for said, repeated in printed if repeated}
    for kind, start, end, first, last in matcher.get_opcodes():
        if kind != "equal":
            rest = [said for said, repeated in printed[first:last]]
            yield from _compared(list(screen[start:end]), rest, heads, rtl)


def _compared(
    screen: list[_Said], printed: list[_Said], heads: set[tuple[str, str]], rtl: bool
) -> Iterator[str]:
    """The differences between two runs of blocks, once what a page break does to a block is undone."""
    while screen and printed:
        ours, theirs = screen[0], printed[0]
        taken = _agree(screen, printed, rtl)
        if taken is not None:
            del screen[: taken[0]], printed[: taken[1]]
        elif theirs.key in heads and ours.key != theirs.key:
            del printed[0]
        else:
            yield _fault(ours, theirs)
            del screen[0], printed[0]
    for said in screen:
        yield f"“{_cut(said.text)}” stands in the HTML only (in {said.section or 'the frame'})."
    for said in printed:
        if said.key not in heads:
            yield f"“{_cut(said.text)}” stands in the PDF only."


def _agree(screen: list[_Said], printed: list[_Said], rtl: bool) -> tuple[int, int] | None:
    """How many blocks of each side say the same, one of the sides in one block."""
    for ours, theirs in ((1, 1), (1, 2), (1, 3), (2, 1), (3, 1), (4, 1), (1, 4)):
        if len(screen) < ours or len(printed) < theirs:
            continue
        here, there = screen[0], printed[0]
        for more in screen[1:ours]:
            here = here.joined(more, rtl)
        for more in printed[1:theirs]:
            there = there.joined(more, rtl)
        if here.key == there.key or (here.paged and _same_but_page(here, there)):
            return ours, theirs
    return None


def _same_but_page(here: _Said, there: _Said) -> bool:
    """The paper adds the number of a page."""
    return there.letters.startswith(here.letters) and bool(
        _PAGE.fullmatch(there.letters[len(here.letters) :].replace(".", ""))
    )


def _fault(ours: _Said, theirs: _Said) -> str:
    place = next(
        (i for i, (a, b) in enumerate(zip(ours.letters, theirs.letters, strict=False)) if a != b),
        min(len(ours.letters), len(theirs.letters)),
    )
    where = f"(in {ours.section or 'the frame'})"
    if ours.letters == theirs.letters:
        differing = f"{ours.marks} in the HTML, {theirs.marks} in the PDF"
        return f"the marks of “{_cut(ours.text)}” are {differing} {where}."
    around = slice(max(place - 25, 0), place + 25)
    return f"the HTML says “{ours.letters[around]}”, the PDF “{theirs.letters[around]}” {where}."


def _cut(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "…"
