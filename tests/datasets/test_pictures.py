"""Every kind of picture file is read as RGB bytes, or refused with a sentence that names it."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageFile

from report_builder.datasets import pictures
from report_builder.datasets.pictures import LARGEST_SIDE, read_picture
from report_builder.errors import InputError

HEIGHT, WIDTH = 24, 32


@pytest.fixture
def rgb() -> np.ndarray:
    """Left half red to black, right half blue: no symmetry."""
    pixels = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    pixels[:, : WIDTH // 2, 0] = np.linspace(255, 0, HEIGHT)[:, None]
    pixels[:, WIDTH // 2 :, 2] = 255
    return pixels


def png(path: Path, values: np.ndarray, colour: int) -> Path:
    """A PNG of 16 bits per channel; colour: 0 grey, 2 RGB, 6 RGBA."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return (
            struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
        )

    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in values)
    header = struct.pack(">IIBBBBB", values.shape[1], values.shape[0], 16, colour, 0, 0, 0)
    body = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + body)
    return path


@pytest.mark.parametrize("ending", ["png", "bmp", "tif", "ppm"])
def test_rgb_is_read_as_it_is(tmp_path: Path, rgb: np.ndarray, ending: str) -> None:
    Image.fromarray(rgb).save(tmp_path / f"a.{ending}")
    picture = read_picture(tmp_path / f"a.{ending}")
    assert picture.notes == ()
    assert picture.pixels.dtype == np.uint8
    np.testing.assert_array_equal(picture.pixels, rgb)


@pytest.mark.parametrize("ending", ["jpg", "webp"])
def test_lossy_kinds_are_read(tmp_path: Path, rgb: np.ndarray, ending: str) -> None:
    Image.fromarray(rgb).save(tmp_path / f"a.{ending}", quality=95)
    picture = read_picture(tmp_path / f"a.{ending}")
    assert picture.notes == ()
    assert np.abs(picture.pixels.astype(int) - rgb).mean() < 12


@pytest.mark.parametrize("mode", ["L", "1"])
def test_grey_has_three_equal_channels(tmp_path: Path, rgb: np.ndarray, mode: str) -> None:
    image = Image.fromarray(rgb).convert(mode)
    image.save(tmp_path / "a.png")
    picture = read_picture(tmp_path / "a.png")
    assert picture.notes == ("grey",)
    np.testing.assert_array_equal(picture.pixels, np.repeat(np.asarray(image.convert("L"))[..., None], 3, 2))


def test_transparency_is_laid_on_white(tmp_path: Path, rgb: np.ndarray) -> None:
    alpha = np.full((HEIGHT, WIDTH), 255, np.uint8)
    alpha[:, 16:] = 0
    alpha[:, :4] = 51
    Image.fromarray(np.dstack([rgb, alpha])).save(tmp_path / "a.png")
    picture = read_picture(tmp_path / "a.png")
    assert picture.notes == ("alpha",)
    np.testing.assert_array_equal(picture.pixels[:, 4:16], rgb[:, 4:16])
    assert (picture.pixels[:, 16:] == 255).all()
    mixed = 255 * 0.8 + 0.2 * rgb[:, :4].astype(float)
    np.testing.assert_allclose(picture.pixels[:, :4], mixed, atol=1)


def test_an_opaque_alpha_channel_is_no_transparency(tmp_path: Path, rgb: np.ndarray) -> None:
    Image.fromarray(np.dstack([rgb, np.full((HEIGHT, WIDTH), 255, np.uint8)])).save(tmp_path / "a.png")
    picture = read_picture(tmp_path / "a.png")
    assert picture.notes == ()
    np.testing.assert_array_equal(picture.pixels, rgb)


def test_grey_with_alpha(tmp_path: Path) -> None:
    Image.new("LA", (WIDTH, HEIGHT), (0, 0)).save(tmp_path / "a.png")
    picture = read_picture(tmp_path / "a.png")
    assert picture.notes == ("grey", "alpha")
    assert (picture.pixels == 255).all()


@pytest.mark.parametrize("transparent", [False, True])
def test_palettes(tmp_path: Path, rgb: np.ndarray, transparent: bool) -> None:
    image = Image.fromarray(rgb).quantize(8)
    blue = image.getpixel((WIDTH - 1, 0))
    image.save(tmp_path / "a.png", **({"transparency": blue} if transparent else {}))
    picture = read_picture(tmp_path / "a.png")
    assert picture.notes == (("alpha",) if transparent else ())
    expected = np.asarray(image.convert("RGB"))
    np.testing.assert_array_equal(picture.pixels[:, :16], expected[:, :16])
    np.testing.assert_array_equal(picture.pixels[:, 16:], 255 if transparent else expected[:, 16:])


@pytest.mark.parametrize("ending", ["jpg", "tif"])
def test_cmyk(tmp_path: Path, ending: str) -> None:
    Image.new("CMYK", (WIDTH, HEIGHT), (0, 255, 255, 0)).save(tmp_path / f"a.{ending}")
    picture = read_picture(tmp_path / f"a.{ending}")
    assert picture.notes == ("cmyk",)
    np.testing.assert_allclose(picture.pixels.mean((0, 1)), [255, 0, 0], atol=4)


@pytest.mark.parametrize(("colour", "channels", "notes"), [(0, 1, ("grey", "sixteen_bit")), (2, 3, None)])
def test_sixteen_bits(tmp_path: Path, colour: int, channels: int, notes: tuple[str, ...] | None) -> None:
    values = (
        np.linspace(0, 65535, HEIGHT * WIDTH * channels).reshape(HEIGHT, WIDTH, channels).astype(np.uint16)
    )
    picture = read_picture(png(tmp_path / "a.png", values, colour))
    assert picture.notes == (notes or ("sixteen_bit",))
    np.testing.assert_array_equal(picture.pixels, np.broadcast_to(values >> 8, picture.pixels.shape))


def test_sixteen_bits_in_a_tiff(tmp_path: Path) -> None:
    values = np.linspace(0, 65535, HEIGHT * WIDTH).reshape(HEIGHT, WIDTH).astype(np.uint16)
    Image.fromarray(values).save(tmp_path / "a.tif")
    picture = read_picture(tmp_path / "a.tif")
    assert picture.notes == ("grey", "sixteen_bit")
    np.testing.assert_array_equal(picture.pixels[..., 1], values >> 8)


@pytest.mark.parametrize("kind", [np.float32, np.int32])
def test_values_of_unknown_range_are_refused(tmp_path: Path, kind: type) -> None:
    Image.fromarray(np.full((HEIGHT, WIDTH), 70000, kind)).save(tmp_path / "deep.tif")
    with pytest.raises(InputError, match=r"deep\.tif has .* does not say which is white"):
        read_picture(tmp_path / "deep.tif")


@pytest.mark.parametrize(
    ("ending", "note"), [("gif", "animated"), ("webp", "animated"), ("png", "animated"), ("tif", "pages")]
)
def test_the_first_frame_serves(tmp_path: Path, ending: str, note: str) -> None:
    frames = [Image.new("RGB", (WIDTH, HEIGHT), colour) for colour in ("red", "blue", "lime")]
    options = {"lossless": True} if ending == "webp" else {}
    frames[0].save(tmp_path / f"a.{ending}", save_all=True, append_images=frames[1:], **options)
    picture = read_picture(tmp_path / f"a.{ending}")
    assert picture.notes == (note,)
    assert (picture.pixels == [255, 0, 0]).all()


@pytest.mark.parametrize("ending", ["png", "tif"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_the_camera_s_note_is_followed(
    tmp_path: Path, rgb: np.ndarray, orientation: int, ending: str
) -> None:
    """Stored as a camera held that way stores it, it is read upright."""
    turned = {
        1: rgb,
        2: rgb[:, ::-1],
        3: rgb[::-1, ::-1],
        4: rgb[::-1],
        5: rgb.swapaxes(0, 1),
        6: np.rot90(rgb, 1),
        7: rgb.swapaxes(0, 1)[::-1, ::-1],
        8: np.rot90(rgb, -1),
    }
    exif = Image.Exif()
    exif[0x0112] = orientation
    Image.fromarray(np.ascontiguousarray(turned[orientation])).save(tmp_path / f"a.{ending}", exif=exif)
    picture = read_picture(tmp_path / f"a.{ending}")
    np.testing.assert_array_equal(picture.pixels, rgb)
    assert picture.notes == (("rotated",) if orientation > 1 else ())


@pytest.mark.parametrize("exif", [b"Exif\0\0broken", b"Exif\0\0II*\0\xff\xff\xff\xff"])
def test_broken_metadata_do_no_harm(tmp_path: Path, rgb: np.ndarray, exif: bytes) -> None:
    Image.fromarray(rgb).save(tmp_path / "a.jpg", exif=exif)
    assert read_picture(tmp_path / "a.jpg").notes == ()


@pytest.mark.parametrize("ending", ["jpg", "png"])
def test_large_pictures_are_reduced(tmp_path: Path, ending: str) -> None:
    Image.new("RGB", (5000, 1000), "teal").save(tmp_path / f"a.{ending}")
    picture = read_picture(tmp_path / f"a.{ending}")
    assert picture.notes == ("reduced",)
    assert max(picture.pixels.shape) <= LARGEST_SIDE
    assert picture.pixels.shape[1] == pytest.approx(5 * picture.pixels.shape[0], rel=0.01)
    np.testing.assert_allclose(picture.pixels, np.broadcast_to([0, 128, 128], picture.pixels.shape), atol=4)


@pytest.mark.parametrize("size", [(15, 400), (400, 15), (1, 1)])
def test_tiny_pictures_are_refused(tmp_path: Path, size: tuple[int, int]) -> None:
    Image.new("RGB", size).save(tmp_path / "dot.png")
    with pytest.raises(InputError, match=r"dot\.png has \d+ x \d+ pixels: each side needs at least 16"):
        read_picture(tmp_path / "dot.png")


@pytest.mark.parametrize("side", [13_000, 60_000])
def test_a_bomb_is_not_unpacked(tmp_path: Path, side: int) -> None:
    """Only the header says how large it is; Pillow itself warns of the first and refuses the second."""
    path = png(tmp_path / "bomb.png", np.zeros((1, 1, 3), np.uint16), 2)
    content = bytearray(path.read_bytes())
    content[16:24] = struct.pack(">II", side, side)
    content[29:33] = struct.pack(">I", zlib.crc32(content[12:29]))
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"bomb\.png has more than 150,000,000 pixels"):
        read_picture(path)


def test_a_picture_beyond_the_memory_is_refused(
    tmp_path: Path, rgb: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    def exhausted(*_: object) -> None:
        raise MemoryError

    Image.fromarray(rgb).save(tmp_path / "big.png")
    monkeypatch.setattr(pictures, "_read", exhausted)
    with pytest.raises(InputError, match=r"big\.png does not fit into memory"):
        read_picture(tmp_path / "big.png")


@pytest.mark.parametrize("ending", ["png", "jpg", "gif", "webp", "tif", "bmp"])
@pytest.mark.parametrize("share", [0.02, 0.3, 0.7])
@pytest.mark.parametrize("lenient", [True, False])
def test_a_file_that_is_cut_off_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ending: str, share: float, lenient: bool
) -> None:
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", lenient)  # WeasyPrint's import sets it
    noise = np.random.default_rng(1).integers(0, 256, (60, 60, 3), dtype=np.uint8)
    path = tmp_path / f"cut.{ending}"
    Image.fromarray(noise).save(path)
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * share)])
    with pytest.raises(InputError, match=rf"The picture .*cut\.{ending} (cannot be read|is of no kind)"):
        read_picture(path)
    assert ImageFile.LOAD_TRUNCATED_IMAGES is lenient


@pytest.mark.parametrize("content", [b"", b"no picture", b"%!PS-Adobe-3.0 EPSF-3.0\n"])
def test_other_files_are_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "text.jpg").write_bytes(content)
    with pytest.raises(InputError, match=r"The picture .*text\.jpg is of no kind that can be read here"):
        read_picture(tmp_path / "text.jpg")


def test_a_missing_file_and_a_name_for_messages(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"The picture cat\.png cannot be read: No such file"):
        read_picture(tmp_path / "gone.png", name="cat.png")
