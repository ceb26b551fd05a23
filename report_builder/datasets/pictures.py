"""One picture file as RGB bytes, whatever kind of file it is, or a sentence that says why not."""

from __future__ import annotations

import re
import struct
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFile, UnidentifiedImageError

from report_builder.errors import InputError

SMALLEST_SIDE = 16
MOST_PIXELS = 150_000_000
LARGEST_SIDE = 2048
# Pictures only: Pillow also opens PostScript, which runs programs
FORMATS = ("AVIF", "BMP", "GIF", "JPEG", "JPEG2000", "MPO", "PNG", "PPM", "TIFF", "WEBP")
_ORIENTATION = 0x0112
# What brings a picture upright, by the camera's note
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_GREY = ("1", "L", "LA", "La", "I", "I;16", "I;16B", "I;16L", "I;16N")
_SIXTEEN_BITS = re.compile(r";16[BLN]|^I;16")
# What Pillow raises for files that are cut off, altered, or no pictures at all
_BROKEN = (OSError, SyntaxError, ValueError, TypeError, KeyError, IndexError, struct.error, OverflowError)


@dataclass(frozen=True)
class Picture:
    """pixels: (h, w, 3) uint8, RGB, upright.

    notes: what was done on the way, of: "animated" (the first frame serves), "pages" (the first page serves),
    "reduced" (to LARGEST_SIDE), "rotated" (as the camera noted), "grey" (all three channels are equal),
    "alpha" (laid on white), "cmyk" (converted without a colour profile), "sixteen_bit" (the upper byte).
    """

    pixels: NDArray[np.uint8]
    notes: tuple[str, ...]


def read_picture(path: Path, name: str | None = None, *, smallest: int = SMALLEST_SIDE) -> Picture:
    """The picture in a file. name: what messages call it; its path without it.

    Raises InputError for a file that cannot be read, has a side under `smallest` or more than MOST_PIXELS
    pixels, or values whose range it does not say.
    """
    called = name or str(path)
    try:
        with warnings.catch_warnings(), cut_files_refused():
            warnings.simplefilter("ignore")  # of odd metadata, and of sizes that are checked here
            with Image.open(path, formats=_formats()) as image:
                _check_size(image, called, smallest)
                return _read(image, called)
    except InputError:
        raise
    except Image.DecompressionBombError:
        raise InputError(f"The picture {called} has more than {MOST_PIXELS:,} pixels.") from None
    except UnidentifiedImageError:
        raise InputError(f"The picture {called} is of no kind that can be read here.") from None
    except MemoryError:
        raise InputError(f"The picture {called} does not fit into memory.") from None
    except _BROKEN as error:
        reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
        raise InputError(f"The picture {called} cannot be read: {reason.rstrip('.')}.") from None


@contextmanager
def cut_files_refused() -> Iterator[None]:
    """Pillow's own default. WeasyPrint, once it is imported, lets Pillow paint what is missing grey."""
    before, ImageFile.LOAD_TRUNCATED_IMAGES = ImageFile.LOAD_TRUNCATED_IMAGES, False
    try:
        yield
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES = before


def _formats() -> tuple[str, ...]:
    Image.init()
    return tuple(kind for kind in FORMATS if kind in Image.OPEN)


def _check_size(image: Image.Image, called: str, smallest: int) -> None:
    width, height = image.size
    if width * height > MOST_PIXELS:
        raise InputError(f"The picture {called} has more than {MOST_PIXELS:,} pixels.")
    if min(width, height) < smallest:
        raise InputError(
            f"The picture {called} has {width} x {height} pixels: each side needs at least {smallest}."
        )


def _read(image: Image.Image, called: str) -> Picture:
    notes = []
    if getattr(image, "n_frames", 1) > 1 and image.format != "MPO":  # those are still pictures of cameras
        notes.append("pages" if image.format == "TIFF" else "animated")
        image.seek(0)
    mode, deep, turned = image.mode, _is_deep(image), _turn(image) is not None
    if max(image.size) > LARGEST_SIDE:
        notes.append("reduced")
        if image.format == "JPEG":  # decodes fewer pixels to begin with; the mode stays
            image.draft(mode, (LARGEST_SIDE, LARGEST_SIDE))
    image.load()
    turn = _turn(image)  # some kinds of files are turned while they are loaded, and forget the note
    if deep or mode in ("I", "F"):
        image = _eight_bits(image, called)
    image, transparent = _without_alpha(image)
    if max(image.size) > LARGEST_SIDE:
        image.thumbnail((LARGEST_SIDE, LARGEST_SIDE), Image.Resampling.LANCZOS)
    if turn is not None:
        image = image.transpose(turn)
    notes += [
        note
        for note, holds in (
            ("rotated", turned),
            ("grey", mode in _GREY),
            ("alpha", transparent),
            ("cmyk", mode == "CMYK"),
            ("sixteen_bit", deep or mode == "I"),
        )
        if holds
    ]
    return Picture(np.asarray(image.convert("RGB")).copy(), tuple(notes))


def _is_deep(image: Image.Image) -> bool:
    """Whether the file has 16 bits per channel. Pillow itself keeps the upper byte of those in colour."""
    tiles = getattr(image, "tile", ())
    raw = tiles[0].args if tiles else ""
    raw = raw[0] if isinstance(raw, tuple) and raw else raw
    return bool(_SIXTEEN_BITS.search(str(raw)) or image.mode.startswith("I;16"))


def _eight_bits(image: Image.Image, called: str) -> Image.Image:
    """Grey values of 16 bits or more as bytes; pictures in colour are bytes already."""
    if image.mode not in ("I", "F") and not image.mode.startswith("I;16"):
        return image
    values: NDArray[Any] = np.asarray(image)
    if image.mode == "F" or values.min() < 0 or values.max() > 0xFFFF:
        raise InputError(
            f"The picture {called} has {'fractions' if image.mode == 'F' else '32-bit numbers'} as values, "
            "and does not say which is white."
        )
    return Image.fromarray((values >> 8).astype(np.uint8))


def _without_alpha(image: Image.Image) -> tuple[Image.Image, bool]:
    """The picture laid on white, and whether any of it was transparent."""
    if not image.has_transparency_data:
        return image, False
    layer = image.convert("RGBA")
    lowest = layer.getchannel("A").getextrema()[0]
    white = Image.new("RGBA", layer.size, "white")
    return Image.alpha_composite(white, layer).convert("RGB"), lowest != 0xFF


def _turn(image: Image.Image) -> Image.Transpose | None:
    """What brings it upright; None for an upright picture, and where the metadata is broken."""
    try:
        return _TURNS.get(image.getexif().get(_ORIENTATION, 0))
    except _BROKEN:
        return None
