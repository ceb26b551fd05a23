"""The blocks of a page, paragraphs, cells, captions: what its readers see, in order."""

from __future__ import annotations

from dataclasses import dataclass, field

from report_builder.verify.tree import INLINE, Element

_UNSEEN = frozenset({"head", "style", "script", "math"})  # math says again what the formula before it says
_PICTURES = frozenset({"svg", "img"})


@dataclass
class Block:
    """A line or paragraph. section: the id of the chapter or section that it stands in. parts: its pieces of
    text with the element around each; a formula or a picture is a piece without text.
    """

    element: Element
    section: str
    parts: list[tuple[str, Element]] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "".join(text for text, _ in self.parts)

    @property
    def empty(self) -> bool:
        return not any(text.strip() or part.tag in _PICTURES for text, part in self.parts)


def blocks_of(page: Element) -> list[Block]:
    """All blocks within an element that hold anything."""
    reader = _Reader(page)
    reader.visit(page)
    return [block for block in reader.blocks if not block.empty]


class _Reader:
    def __init__(self, page: Element) -> None:
        self.section = ""
        self.blocks = [Block(page, "")]

    def visit(self, element: Element) -> None:
        if element.tag in _UNSEEN:
            return
        if element.tag in _PICTURES:
            self.blocks[-1].parts.append(("", element))
            return
        if element.identifier.startswith(("chapter-", "section-")) or element.identifier == "findings":
            self.section = element.identifier
        if element.tag not in INLINE:
            self.blocks.append(Block(element, self.section))
        for child in element.children:
            if isinstance(child, str):
                self.blocks[-1].parts.append((child, element))
                continue
            self.visit(child)
            if child.tag not in INLINE:
                self.blocks.append(Block(element, self.section))
