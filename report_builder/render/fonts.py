"""The fonts of pages and figures: IBM Plex from its packages, DejaVu Sans and Noto Emoji for what it lacks.

IBM Plex Sans Arabic serves both languages: it holds the Latin letters of IBM Plex Sans too, in static files
of every weight, where the package of IBM Plex Sans has variable files only, of which matplotlib sees the
regular weight alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

ARABIC, SANS, MONO = "IBM Plex Sans Arabic", "IBM Plex Sans", "IBM Plex Mono"
FALLBACK, EMOJI = "DejaVu Sans", "Noto Emoji"

_FILES = {
    SANS: ("fontpkg_ibm_plex_sans", "files/IBMPlexSans{}[wdth,wght].ttf"),
    ARABIC: ("fontpkg_ibm_plex_sans_arabic", "files/IBMPlexSansArabic-{}.ttf"),
    MONO: ("fontpkg_ibm_plex_mono", "files/IBMPlexMono-{}.ttf"),
    FALLBACK: ("matplotlib", "mpl-data/fonts/ttf/DejaVuSans{}.ttf"),
    EMOJI: ("manimgx_fonts", "NotoEmoji{}[wght].ttf"),
}


@dataclass(frozen=True)
class Face:
    """One font file: CSS family, weight and style."""

    family: str
    weight: int
    style: str
    path: Path


@cache
def faces() -> tuple[Face, ...]:
    """All faces that the report uses; FileNotFoundError if a package is missing or has other file names."""
    chosen = [
        (ARABIC, 400, "normal", "Regular"),
        (ARABIC, 600, "normal", "SemiBold"),
        (ARABIC, 700, "normal", "Bold"),
        (SANS, 400, "normal", ""),
        (SANS, 400, "italic", "-Italic"),
        (MONO, 400, "normal", "Regular"),
        (FALLBACK, 400, "normal", ""),
        (FALLBACK, 700, "normal", "-Bold"),
        (EMOJI, 400, "normal", ""),
    ]
    return tuple(Face(family, weight, style, _file(family, cut)) for family, weight, style, cut in chosen)


def text_width(text: str, weight: int) -> float:
    """Width in em of a text without kerning in IBM Plex Sans Arabic, whose Persian digits differ in width."""
    widths, names, units = _metrics(weight)
    return (
        float(sum(widths[names[ord(character)]][0] for character in text if ord(character) in names)) / units
    )


@cache
def _metrics(weight: int) -> tuple[Any, dict[int, str], int]:
    from fontTools.ttLib import TTFont  # type: ignore[import-untyped]

    path = next(face.path for face in faces() if face.family == ARABIC and face.weight == weight)
    with TTFont(path, lazy=True) as font:
        return font["hmtx"].metrics, font.getBestCmap(), font["head"].unitsPerEm


def _file(family: str, cut: str) -> Path:
    package, pattern = _FILES[family]
    spec = find_spec(package)  # found, not imported: matplotlib is slow to import
    if spec is None or spec.origin is None:
        raise FileNotFoundError(f"the Python package {package} with the font {family} is not installed")
    path = Path(spec.origin).parent / pattern.format(cut)
    if not path.is_file():
        raise FileNotFoundError(f"the font file {path} of {package} is missing")
    return path
