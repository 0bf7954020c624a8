r"""PNG files (RFC 2083): a page in black and white for printing, in colour for looking at.

The file says how large a dot is, so that a program that heeds it prints dot for dot; the bytes
depend on nothing but the page.

>>> from ocoptrace.labels.display import Page
>>> write_png(Page(50_000, 30_000, ()), dpi=203)[:8]
b'\x89PNG\r\n\x1a\n'
"""

from __future__ import annotations

import zlib
from struct import pack
from typing import TYPE_CHECKING, Final

import numpy as np

from ocoptrace.labels.bitmap import dots_per_metre
from ocoptrace.labels.drawing.raster import Rasteriser, preview

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ocoptrace.labels.bitmap import Bitmap
    from ocoptrace.labels.display import Page
    from ocoptrace.labels.drawing.raster import PictureStyle

__all__ = ["bitmap_png", "pixels_png", "write_png", "write_preview"]

_SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
_GREY: Final = 0
_TRUE_COLOUR: Final = 2
_METRE: Final = 1
_UNFILTERED: Final = 0
_SUB: Final = 1


def write_png(page: Page, *, dpi: int, pictures: PictureStyle = "dithered") -> bytes:
    """Return a page as a PNG file in black and white, one bit a dot.

    Raises:
        LabelError: as ``Rasteriser``.
    """
    return bitmap_png(Rasteriser(dpi=dpi, pictures=pictures).bitmap(page))


def write_preview(page: Page, *, dpi: int) -> bytes:
    """Return a page as a PNG file in colour, to be looked at.

    Raises:
        LabelError: as ``preview``.
    """
    return pixels_png(preview(page, dpi=dpi), dpi=dpi)


def bitmap_png(bitmap: Bitmap) -> bytes:
    """Return a bitmap as a PNG file, one bit a dot."""
    # In a PNG file 0 is black.
    light = ~np.frombuffer(bitmap.rows, np.uint8).reshape(bitmap.height, bitmap.row_bytes)
    size = (bitmap.width, bitmap.height)
    lines = _filtered(_UNFILTERED, light)
    return _file(pack(">IIBBBBB", *size, 1, _GREY, 0, 0, 0), lines, bitmap.dpi)


def pixels_png(pixels: NDArray[np.uint8], *, dpi: int | None = None) -> bytes:
    """Return rows of grey (height × width) or RGB pixels (height × width × 3) as a PNG file."""
    height, width, *channels = pixels.shape
    step = 3 if channels else 1
    rows = pixels.reshape(height, -1)
    # Each value as its difference to the pixel on its left: flat colours become zeros.
    differences = rows.copy()
    differences[:, step:] -= rows[:, :-step]
    colour = _TRUE_COLOUR if channels else _GREY
    lines = _filtered(_SUB, differences)
    return _file(pack(">IIBBBBB", width, height, 8, colour, 0, 0, 0), lines, dpi)


def _filtered(kind: int, rows: NDArray[np.uint8]) -> bytes:
    return np.pad(rows, ((0, 0), (1, 0)), constant_values=kind).tobytes()


def _file(header: bytes, lines: bytes, dpi: int | None) -> bytes:
    pitch = dots_per_metre(dpi) if dpi else 0
    return b"".join(
        [
            _SIGNATURE,
            _chunk(b"IHDR", header),
            _chunk(b"pHYs", pack(">IIB", pitch, pitch, _METRE)) if dpi else b"",
            _chunk(b"IDAT", zlib.compress(lines)),
            _chunk(b"IEND", b""),
        ]
    )


def _chunk(kind: bytes, data: bytes) -> bytes:
    return pack(">I", len(data)) + kind + data + pack(">I", zlib.crc32(kind + data))
