"""A tagged PDF, read by its structure: blocks of text in reading order, and the pictures between them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pypdf import PdfReader

# Structure elements within a line of text; any other one begins and ends a block.
_INLINE = frozenset({"/Span", "/NonStruct", "/Link", "/Figure"})
_LEFT_OUT = frozenset({"/Lbl"})  # the marks of list items
_BFCHAR = re.compile(r"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]*)>")
# Of a page's content what draws text and images, as WeasyPrint writes it: strings of glyphs in hexadecimal
_OPERATOR = re.compile(
    rb"(?:(?P<properties><<[^>]*>>)\s+)?(?P<begins>\bB[DM]C\b)|(?P<ends>\bEMC\b)"
    rb"|(?P<font>/\S+)\s+[\d.]+\s+Tf\b|(?P<image>/\S+)\s+Do\b|\[(?P<strings>[^\]]*)\]\s*TJ\b"
)
_MARK = re.compile(rb"/MCID\s+(\d+)")
_STRING = re.compile(rb"<([0-9A-Fa-f]*)>")
_SECTION = re.compile(r"beginbfchar(.*?)endbfchar", re.DOTALL)
_RIGHT_TO_LEFT = re.compile("[\u05d0-\u05ea\u0620-\u064a\u0671-\u06d3\ufb1d-\ufdff\ufe70-\ufefc]")
_PERSIAN = re.compile("[\u0590-\u08ff]")  # its letters, digits and marks
# Within a line from right to left these keep their own order: numbers, and phrases in Latin letters.
_LEFT_TO_RIGHT = re.compile(r"[0-9۰-۹]+(?:[.,٫٬×][0-9۰-۹]+)*|[A-Za-z0-9]+(?:[ ._/:=-]*[A-Za-z0-9]+)*")


class UntaggedError(ValueError):
    """The PDF has no structure to read it by."""


@dataclass
class PaperBlock:
    """A paragraph, a cell, a caption. repeated: it stands in the head of a table, which each page repeats.

    pictures: the alternative texts of its formulas and figures, which stand in the text as well.
    """

    repeated: bool
    text: str = ""


@dataclass
class Picture:
    """A figure: its alternative text, and the image as the file holds it."""

    alternative: str
    image: Any


@dataclass
class Paper:
    """A document on paper. pages: how many."""

    pages: int
    blocks: list[PaperBlock] = field(default_factory=list)
    pictures: list[Picture] = field(default_factory=list)


@dataclass
class _Marked:
    """What one piece of marked content draws."""

    text: str = ""
    image: Any = None


def read_paper(path: Path) -> Paper:
    """Raises UntaggedError, and pypdf's PyPdfError for a file that is no PDF."""
    reader = PdfReader(path)
    root: Any = reader.root_object
    if "/StructTreeRoot" not in root:
        raise UntaggedError(f"{path.name} is not tagged")
    fonts: dict[int, dict[int, str]] = {}
    marked = {
        page.indirect_reference.idnum: _marked_content(page, fonts)
        for page in reader.pages
        if page.indirect_reference is not None
    }
    paper = Paper(len(reader.pages))
    walk = _Walk(paper, marked)
    walk.visit(root["/StructTreeRoot"], None, repeated=False)
    paper.blocks = [block for block in paper.blocks if block.text.strip()]
    return paper


@dataclass
class _Walk:
    """The way through the structure tree."""

    paper: Paper
    marked: dict[int, dict[int, _Marked]]

    def visit(self, reference: Any, page: int | None, *, repeated: bool) -> None:
        node = reference.get_object()
        if isinstance(node, int):
            self._add(self.marked.get(page or 0, {}).get(int(node), _Marked()).text, repeated)
            return
        kind = node.get("/S")
        if kind in _LEFT_OUT or node.get("/Type") == "/OBJR":
            return
        if "/Pg" in node:
            page = node.raw_get("/Pg").idnum
        children = node.get("/K", [])
        children = children.get_object() if hasattr(children, "get_object") else children
        children = children if isinstance(children, list) else [children]
        if kind == "/Figure":
            self._figure(node, children, page, repeated)
            return
        repeated = repeated or kind == "/THead"
        opens = kind not in _INLINE
        if opens:
            self.paper.blocks.append(PaperBlock(repeated))
        for child in children:
            self.visit(child, page, repeated=repeated)
        if opens:
            self.paper.blocks.append(PaperBlock(repeated))

    def _figure(self, node: Any, children: list[Any], page: int | None, repeated: bool) -> None:
        alternative = str(node.get("/Alt", ""))
        self._add(quoted(alternative), repeated)
        for child in children:
            content = child.get_object()
            if isinstance(content, int):
                image = self.marked.get(page or 0, {}).get(int(content), _Marked()).image
                if image is not None:
                    self.paper.pictures.append(Picture(alternative, image))

    def _add(self, text: str, repeated: bool) -> None:
        if not self.paper.blocks:
            self.paper.blocks.append(PaperBlock(repeated))
        self.paper.blocks[-1].text += text


def quoted(alternative: str) -> str:
    """An alternative text as it stands within the text of a block."""
    return f"⟦{alternative}⟧"


def _marked_content(page: Any, fonts: dict[int, dict[int, str]]) -> dict[int, _Marked]:
    """The text and image of each piece of marked content of a page.

    fonts: object number -> glyph -> its letters; filled as they are met.
    """
    resources = page["/Resources"].get_object()
    known, drawn = (
        resources[kind].get_object() if kind in resources else {} for kind in ("/Font", "/XObject")
    )
    glyphs: dict[int, list[str]] = {}
    found: dict[int, _Marked] = {}
    marks: list[int | None] = []
    letters: dict[int, str] = {}
    for operator in _OPERATOR.finditer(page.get_contents().get_data()):
        if operator["begins"]:
            inner = _MARK.search(operator["properties"] or b"")
            marks.append(int(inner[1]) if inner else marks[-1] if marks else None)
        elif operator["ends"]:
            marks.pop()
        elif operator["font"]:
            font = known.raw_get(operator["font"].decode())
            if font.idnum not in fonts:
                fonts[font.idnum] = _letters(font.get_object())
            letters = fonts[font.idnum]
        elif marks and marks[-1] is not None:
            if operator["image"]:
                image = drawn[operator["image"].decode()]
                if image.get("/Subtype") == "/Image":
                    found.setdefault(marks[-1], _Marked()).image = image
            else:
                line = glyphs.setdefault(marks[-1], [])
                for string in _STRING.findall(operator["strings"]):
                    raw = bytes.fromhex(string.decode())
                    line += [
                        letters.get(raw[i] << 8 | raw[i + 1], "\ufffd") for i in range(0, len(raw) - 1, 2)
                    ]
    for mark, line in glyphs.items():
        found.setdefault(mark, _Marked()).text = _in_reading_order(line)
    return found


def _letters(font: Any) -> dict[int, str]:
    """Glyph -> the letters that it stands for."""
    if "/ToUnicode" not in font:
        return {}
    table = font["/ToUnicode"].get_object().get_data().decode("latin-1")
    return {
        int(glyph, 16): bytes.fromhex(text).decode("utf-16-be")
        for section in _SECTION.findall(table)
        for glyph, text in _BFCHAR.findall(section)
    }


def _in_reading_order(line: list[str]) -> str:
    """The letters of a line, whose glyphs are drawn from left to right, in the order of reading."""
    drawn = "".join(line)
    latin = re.search("[A-Za-z]", drawn) and not _RIGHT_TO_LEFT.search(drawn)
    if latin or not _PERSIAN.search(drawn):
        return drawn
    text = "".join(reversed(line))
    return _LEFT_TO_RIGHT.sub(lambda run: run[0][::-1], text)
