"""Code listings cut from the modules that ran, without importing them."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from pathlib import Path

from markupsafe import Markup


class ListingError(ValueError):
    """The module holds no such name."""


@dataclass(frozen=True)
class Listing:
    """A piece of source code; path as readers see it, first_line counted from 1."""

    name: str
    code: str
    path: str
    first_line: int


def source_file(address: str) -> str:
    """The file, relative to the project, of "package.module:Name"."""
    return address.partition(":")[0].replace(".", "/") + ".py"


def cut(address: str, file: Path) -> Listing:
    """The definition of "package.module:Name" (or "…:Class.method") in its file, docstrings cut to a line."""
    name = address.partition(":")[2]
    source = file.read_text(encoding="utf-8")
    node = _find(ast.parse(source), name)
    if node is None:
        raise ListingError(f"{source_file(address)} defines no {name!r}")
    decorators = getattr(node, "decorator_list", [])
    first = min([node.lineno, *(decorator.lineno for decorator in decorators)])
    lines: list[str | None] = list(source.splitlines()[first - 1 : node.end_lineno])
    for inner in ast.walk(node):
        if isinstance(inner, ast.FunctionDef | ast.ClassDef):
            _shorten_docstring(inner, lines, first)
    shown = [line for line in lines if line is not None]
    indent = min((len(line) - len(line.lstrip()) for line in shown if line.strip()), default=0)
    return Listing(name, "\n".join(line[indent:] for line in shown), source_file(address), first)


def highlight(code: str) -> Markup:
    """Python code as HTML with the classes of Pygments; the colours are in templates/css."""
    from pygments import highlight as run
    from pygments.formatters import HtmlFormatter
    from pygments.lexers import PythonLexer

    return Markup(run(code, PythonLexer(), HtmlFormatter(nowrap=True)).rstrip("\n"))


def _find(tree: ast.Module | ast.ClassDef, name: str) -> ast.stmt | None:
    head, _, rest = name.partition(".")
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name == head:
            if not rest:
                return node
            return _find(node, rest) if isinstance(node, ast.ClassDef) else None
        if isinstance(node, ast.Assign) and any(
            isinstance(t, ast.Name) and t.id == name for t in node.targets
        ):
            return node
    return None


def _shorten_docstring(node: ast.FunctionDef | ast.ClassDef, lines: list[str | None], first: int) -> None:
    if not node.body or ast.get_docstring(node, clean=False) is None:
        return
    text = node.body[0]
    start, end = text.lineno - first, (text.end_lineno or text.lineno) - first
    opening = lines[start]
    if end == start or opening is None:
        return
    lines[start] = f'{opening.rstrip()}"""'
    lines[start + 1 : end + 1] = [None] * (end - start)
