"""LaTeX formulas as one SVG path in the colour of the text, with MathML for screen readers."""

from __future__ import annotations

import base64
import re
import warnings
from dataclasses import dataclass
from functools import cache
from typing import Any
from xml.etree import ElementTree

from markupsafe import Markup

_EM = 16.0  # pixels per em at which ziamath is asked to draw
_SVG = "{http://www.w3.org/2000/svg}"


@dataclass(frozen=True)
class Formula:
    """A drawn formula; width, height and depth (below the baseline) in em."""

    latex: str
    path: str
    view_box: str
    width: float
    height: float
    depth: float
    mathml: str

    @property
    def _size(self) -> str:
        return f"width:{self.width:.3f}em;height:{self.height:.3f}em;vertical-align:{-self.depth:.3f}em"

    def for_screen(self) -> Markup:
        """Inline SVG in the current colour, and the same formula as MathML that only screen readers meet."""
        return Markup(
            '<span class="math" dir="ltr"><svg class="formula" aria-hidden="true" focusable="false" '
            'data-latex="{}" viewBox="{}" style="{}"><path d="{}"/></svg>{}</span>'
        ).format(self.latex, self.view_box, self._size, self.path, Markup(self.mathml))


def inline_formula(latex: str) -> Markup:
    """A formula within a line of text."""
    return draw_formula(latex, False).for_screen()


def display_formula(latex: str) -> Markup:
    """A formula on a line of its own."""
    return draw_formula(latex, True).for_screen()


@cache
def draw_formula(latex: str, display: bool) -> Formula:
    """Draw a formula; ValueError names one that the renderer cannot read."""
    from latex2mathml.converter import convert

    ziamath = _ziamath()
    try:
        drawn = ziamath.Latex(latex, size=_EM, inline=not display, margin=0.5)
        root = ElementTree.fromstring(drawn.svg())
        mathml = convert(latex, display="block" if display else "inline")
    except Exception as error:
        raise ValueError(f"the formula {latex!r} cannot be drawn: {error}") from error
    view_box = root.attrib["viewBox"]
    _, top, width, height = (float(part) for part in view_box.split())
    path = "".join(_outline(element, latex) for element in root)
    return Formula(latex, path, view_box, width / _EM, height / _EM, (top + height) / _EM, _tidy(mathml))


@cache
def _ziamath() -> Any:
    with warnings.catch_warnings():
        # its first import uses importlib.resources.path, which Python 3.11 calls deprecated and 3.13 does not
        warnings.filterwarnings("ignore", "path is deprecated", DeprecationWarning)
        import ziamath
    from ziamath.config import config

    config.svg2 = False  # outlines in place, no <symbol> whose id would repeat on a page
    config.precision = 2
    return ziamath


_DRAWN = re.compile(
    r'<svg class="formula"[^>]* data-latex="(?P<latex>[^"]*)" '
    r'viewBox="(?P<box>[^"]*)" style="(?P<size>[^"]*)">'
    r'<path d="(?P<path>[^"]*)"/></svg><math.*?</math>',
    re.DOTALL,
)


def for_print(html: str) -> str:
    """The page with each drawn formula as an image: print knows no MathML and needs an alternative text."""

    def image(match: re.Match[str]) -> str:
        svg = (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{match["box"]}">'
            f'<path d="{match["path"]}" fill="#1B1F23"/></svg>'
        )
        source = base64.b64encode(svg.encode()).decode()
        return (
            f'<img class="formula" alt="{match["latex"]}" style="{match["size"]}" '
            f'src="data:image/svg+xml;base64,{source}">'
        )

    return _DRAWN.sub(image, html)


def _outline(element: ElementTree.Element, latex: str) -> str:
    """The path data of a glyph, or of the rule of a fraction."""
    if element.tag == f"{_SVG}path":
        return re.sub(r"\s*([A-Z])\s*", r"\1", element.attrib["d"]).replace(" -", "-")
    if element.tag == f"{_SVG}rect":
        x, y, width, height = (float(element.attrib[key]) for key in ("x", "y", "width", "height"))
        return f"M{x:.2f} {y:.2f}h{width:.2f}v{height:.2f}h{-width:.2f}Z"
    raise ValueError(f"the formula {latex!r} needs <{element.tag}>, which is not an outline")


def _tidy(mathml: str) -> str:
    return mathml.replace("<math ", '<math class="mathml" ', 1)
