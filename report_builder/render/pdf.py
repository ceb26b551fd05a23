"""The printed report: tagged PDF (PDF/UA-1) by WeasyPrint, with what it leaves out added at the end."""

from __future__ import annotations

import logging
import os
import re
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from report_builder.render.assembly import Document
from report_builder.render.fonts import SANS, faces
from report_builder.render.indexed_images import index_images
from report_builder.render.line_breaks import full_lines

STYLE_FILES = ("templates/css/base.css", "templates/css/print.css")
_FIGURE = re.compile(r'src="figures/([^"]+)"')
_PRINTED = 4  # bit of an annotation's flags


class PdfWarning(UserWarning):
    """Something that WeasyPrint complained of."""


def write_pdf(document: Document, files: Mapping[str, Path], target: Path) -> None:
    """Write the document, assembled for paper; every complaint of WeasyPrint becomes a PdfWarning.

    files: STYLE_FILES by project-relative name.
    """
    from weasyprint import CSS, HTML
    from weasyprint.text.fonts import FontConfiguration

    html = document.html.replace("<!--style-->", "").replace("<!--script-->", "")
    html = _FIGURE.sub(lambda match: f'src="{document.figures[match[1]].resolve().as_uri()}"', html)
    rtl = document.language.direction == "rtl"

    def finish(_: Any, pdf: Any) -> None:
        _complete(pdf, rtl=rtl)
        index_images(pdf)

    with _complaints(), _fixed_time(), full_lines():
        fonts = FontConfiguration()
        sheets = [CSS(string=_font_faces(), font_config=fonts)]
        sheets += [
            CSS(string=files[name].read_text(encoding="utf-8"), font_config=fonts) for name in STYLE_FILES
        ]
        HTML(string=html, base_url=None).write_pdf(
            target,
            stylesheets=sheets,
            font_config=fonts,
            finisher=finish,
            pdf_variant="pdf/ua-1",
            pdf_identifier=b"report-builder",
        )


def _font_faces() -> str:
    """@font-face rules with the addresses of the font files."""
    return "\n".join(
        f'@font-face {{ font-family: "{family}"; font-weight: {face.weight}; font-style: {face.style}; '
        f'src: url("{face.path.as_uri()}"); }}'
        for face in faces()
        for family in ([face.family] if face.style == "normal" else [SANS])
    )


def _complete(pdf: Any, *, rtl: bool) -> None:
    """Add the scope of header cells, the print flag of links and the reading direction."""
    import pydyf

    by_reference = {item.reference: item for item in pdf.objects if isinstance(item, pydyf.Dictionary)}
    for item in by_reference.values():
        if item.get("S") == "/TR":
            cells = [by_reference[kid] for kid in item["K"] if kid in by_reference]
            scope = "/Row" if any(cell["S"] == "/TD" for cell in cells) else "/Column"
            for cell in cells:
                if cell["S"] == "/TH":
                    cell["A"]["Scope"] = scope
        if item.get("Subtype") == "/Link":
            item["F"] = _PRINTED
    if rtl:
        pdf.catalog.setdefault("ViewerPreferences", pydyf.Dictionary({}))["Direction"] = "/R2L"


@contextmanager
def _fixed_time() -> Iterator[None]:
    """Fonts that are cut down carry the time of day, and every PDF would differ, unless this is set."""
    before = os.environ.get("SOURCE_DATE_EPOCH")
    os.environ["SOURCE_DATE_EPOCH"] = before or "0"
    try:
        yield
    finally:
        if before is None:
            del os.environ["SOURCE_DATE_EPOCH"]


@contextmanager
def _complaints() -> Iterator[None]:
    """Turn what WeasyPrint logs into warnings."""
    logger = logging.getLogger("weasyprint")
    collected: list[str] = []
    handler = logging.Handler(logging.WARNING)
    handler.emit = lambda record: collected.append(record.getMessage())  # type: ignore[method-assign]
    before, propagated = list(logger.handlers), logger.propagate
    logger.handlers, logger.propagate = [handler], False
    try:
        yield
    finally:
        logger.handlers, logger.propagate = before, propagated
    for message in collected:
        warnings.warn(message, PdfWarning, stacklevel=3)
