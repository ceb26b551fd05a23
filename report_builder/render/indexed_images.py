"""Figures of few colours as indexed images in the PDF: the same pixels at a third of the size."""

from __future__ import annotations

import zlib
from io import BytesIO
from struct import pack
from typing import Any

import numpy as np

MOST_COLOURS = 256


def index_images(pdf: Any) -> None:
    """Turn every RGB image of the document with at most 256 colours into an indexed one, in place.

    WeasyPrint embeds PNG figures with three bytes a pixel, whatever their palette.
    """
    import pydyf

    for item in pdf.objects:
        if isinstance(item, pydyf.Stream) and _is_plain_rgb(item.extra):
            pixels = _decoded(item.stream[0].data, item.extra["Width"], item.extra["Height"])
            palette = pixels.convert("RGB").getcolors(MOST_COLOURS)
            if palette is not None:
                _replace(item, np.asarray(pixels), sorted(colour for _, colour in palette))


def _is_plain_rgb(extra: Any) -> bool:
    return (
        extra.get("Subtype") == "/Image"
        and extra.get("ColorSpace") == "/DeviceRGB"
        and extra.get("Filter") == "/FlateDecode"
        and "SMask" not in extra
    )


def _decoded(data: bytes, width: int, height: int) -> Any:
    """The picture whose compressed PNG rows these are."""
    from PIL import Image

    def chunk(name: bytes, content: bytes) -> bytes:
        return pack(">I", len(content)) + name + content + pack(">I", zlib.crc32(name + content))

    header = pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    png = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")
    return Image.open(BytesIO(png))


def _replace(item: Any, pixels: np.ndarray, palette: list[tuple[int, int, int]]) -> None:
    packed = pixels.astype(np.uint32) @ np.array([1 << 16, 1 << 8, 1], dtype=np.uint32)
    known = np.array(palette, dtype=np.uint32) @ np.array([1 << 16, 1 << 8, 1], dtype=np.uint32)
    indices = np.searchsorted(known, packed).astype(np.uint8)
    colours = "".join(f"{red:02x}{green:02x}{blue:02x}" for red, green, blue in palette)
    item.extra["ColorSpace"] = f"[/Indexed /DeviceRGB {len(palette) - 1} <{colours}>]"
    del item.extra["DecodeParms"]
    item.stream = [zlib.compress(indices.tobytes(), 9)]
