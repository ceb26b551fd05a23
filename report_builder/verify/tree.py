"""An HTML page as a tree: elements with their attributes, and the text between them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = frozenset({"meta", "link", "img", "br", "hr", "input", "wbr", "path"})
# Elements within a line of text; any other one begins and ends a block.
INLINE = frozenset(
    [
        "a",
        "span",
        "em",
        "strong",
        "code",
        "data",
        "bdi",
        "sup",
        "wbr",
        "sub",
        "time",
        "i",
        "b",
        "img",
        "svg",
        "path",
        "math",
        "small",
        "label",
        "select",
    ]
)


@dataclass
class Element:
    tag: str
    attributes: dict[str, str]
    parent: Element | None
    children: list[Element | str] = field(default_factory=list)

    @property
    def classes(self) -> list[str]:
        return self.attributes.get("class", "").split()

    @property
    def identifier(self) -> str:
        return self.attributes.get("id", "")

    def walk(self) -> Iterator[Element]:
        """This element and all within it, in the order of the page."""
        yield self
        for child in self.children:
            if isinstance(child, Element):
                yield from child.walk()

    def find(self, *tags: str, kind: str = "") -> Iterator[Element]:
        """All elements within of these tags (any, where none is given) and of the class `kind`."""
        for element in self.walk():
            if (not tags or element.tag in tags) and (not kind or kind in element.classes):
                yield element

    def ancestors(self) -> Iterator[Element]:
        """This element and those around it, innermost first."""
        place: Element | None = self
        while place is not None:
            yield place
            place = place.parent

    def within(self, *tags: str, kind: str = "") -> bool:
        return any(
            (not tags or place.tag in tags) and (not kind or kind in place.classes)
            for place in self.ancestors()
        )

    @property
    def text(self) -> str:
        return "".join(child if isinstance(child, str) else child.text for child in self.children)


def parse(html: str) -> Element:
    """The page's root. Void elements of SVG are closed at once; a stray end tag is passed over."""
    builder = _Builder()
    builder.feed(html)
    builder.close()
    return builder.root


class _Builder(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.root = Element("", {}, None)
        self._open = self.root

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs}, self._open)
        self._open.children.append(element)
        if tag not in VOID:
            self._open = element

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._open.children.append(Element(tag, {name: value or "" for name, value in attrs}, self._open))

    def handle_endtag(self, tag: str) -> None:
        place: Element | None = self._open
        while place is not None and place.tag != tag:
            place = place.parent
        if place is not None and place.parent is not None:
            self._open = place.parent

    def handle_data(self, data: str) -> None:
        self._open.children.append(data)
