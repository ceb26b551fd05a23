"""One self-contained HTML file per language: style, figures and fonts are inside, no other host is asked."""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from report_builder.render.assembly import Document
from report_builder.render.fonts import ARABIC, EMOJI, MONO, SANS, Face, faces

STYLE_FILES = ("templates/css/base.css", "templates/css/screen.css", "templates/css/explorer.css")
SCRIPT_FILE = "templates/scripts/frame.js"
_FIGURE = re.compile(r'src="figures/([^"]+)"')
_TEXT = re.compile(r"<style\b.*?</style>|<svg\b.*?</svg>|<[^>]+>", re.DOTALL)
_TYPED_LATER = "".join(map(chr, range(0x20, 0x7F))) + "۰۱۲۳۴۵۶۷۸۹٫٬٪−–×"  # what scripts may write


def self_contained(document: Document, files: Mapping[str, Path]) -> str:
    """The document with everything that it shows inside.

    files: STYLE_FILES and SCRIPT_FILE by project-relative name.
    """
    style = "\n".join(files[name].read_text(encoding="utf-8") for name in STYLE_FILES)
    text = _TEXT.sub(" ", document.html)
    letters = "".join(sorted(set(text) | set(_TYPED_LATER)))
    script = files[SCRIPT_FILE].read_text(encoding="utf-8")
    html = document.html.replace("<!--style-->", f"<style>\n{_font_faces(letters)}\n{style}</style>")
    html = html.replace("<!--script-->", f"<script>\n{script}</script>")

    def embedded(match: re.Match[str]) -> str:
        kind = "jpeg" if match[1].endswith(".jpg") else "png"
        return f'src="{_data_uri(f"image/{kind}", document.figures[match[1]].read_bytes())}"'

    return _FIGURE.sub(embedded, html)


def _font_faces(letters: str) -> str:
    """@font-face rules with the letters that the document uses."""
    embedded = [
        face
        for face in faces()
        if (face.family, face.weight) in ((ARABIC, 400), (ARABIC, 600), (MONO, 400), (EMOJI, 400))
        or face.style == "italic"
    ]
    rules = []
    for face in embedded:
        wanted = _letters_for(face, letters)
        if not wanted:
            continue
        # the italic letters stand beside the upright ones of the same design, under one name
        family = ARABIC if face.family == SANS else face.family
        source = _data_uri("font/woff2", _subset(face, wanted))
        rules.append(
            f'@font-face {{ font-family: "{family}"; font-weight: {face.weight}; font-style: {face.style}; '
            f'src: url("{source}") format("woff2"); }}'
        )
    return "\n".join(rules)


def _letters_for(face: Face, letters: str) -> str:
    """The letters that the face is embedded for."""
    if face.family == ARABIC:
        return letters
    first, last = (0x2600, 0x10FFFF) if face.family == EMOJI else (0, 0x24F)
    return "".join(letter for letter in letters if first <= ord(letter) <= last)


@cache
def _subset(face: Face, letters: str) -> bytes:
    """The face as WOFF2 with these letters only, as it stands without variation axes."""
    from fontTools import subset  # type: ignore[import-untyped]
    from fontTools.varLib import instancer  # type: ignore[import-untyped]

    options = subset.Options(flavor="woff2", notdef_outline=True, layout_features=["*"], name_IDs=[1, 2, 13])
    options.drop_tables += ["DSIG", "meta"]
    font = subset.load_font(str(face.path), options)
    cutter = subset.Subsetter(options)
    cutter.populate(text=letters)
    cutter.subset(font)
    if "fvar" in font:
        instancer.instantiateVariableFont(
            font, {axis.axisTag: axis.defaultValue for axis in font["fvar"].axes}, inplace=True
        )
    font.recalcTimestamp = False
    buffer = io.BytesIO()
    subset.save_font(font, buffer, options)
    font.close()
    return buffer.getvalue()


def _data_uri(kind: str, content: bytes) -> str:
    return f"data:{kind};base64,{base64.b64encode(content).decode()}"
