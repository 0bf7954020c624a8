"""Pixels of a PDF or a picture, and a PDF page as PNG; the home of pypdfium2 and Pillow.

>>> list(grey_pages(b"a word document"))
Traceback (most recent call last):
...
ocoptrace.errors.LabelError: This file is not a PDF, PNG or JPEG file. ...
"""

from __future__ import annotations

from contextlib import contextmanager
from io import BytesIO
from math import ceil
from threading import Lock
from typing import TYPE_CHECKING, Final

import numpy as np
import pypdfium2
from PIL import Image

from ocoptrace.errors import LabelError
from ocoptrace.labels.images import read_picture

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

__all__ = [
    "MAX_BYTES",
    "MAX_DPI",
    "MAX_PAGES",
    "MAX_PIXELS",
    "MIN_DPI",
    "grey_pages",
    "render_pdf",
]

MAX_BYTES: Final = 64 * 2**20
"""Largest file that is opened."""
MAX_PIXELS: Final = 80_000_000
"""Largest page or picture: A4 at 600 dpi has 35 million pixels."""
MAX_PAGES: Final = 1000
"""Most pages of a PDF."""

MIN_DPI: Final = 10
"""Coarsest rendering."""
MAX_DPI: Final = 4800
"""Finest rendering, of a page small enough."""

_POINTS_PER_INCH: Final = 72
_TAIL: Final = 2048
# Points that keep a whole number of pixels from being rounded up to one more.
_HAIR: Final = 1e-4
# PDFium keeps one state for the whole process.
_PDFIUM: Final = Lock()


def render_pdf(data: bytes, *, dpi: int, page: int = 0) -> bytes:
    """Return one page of a PDF file as a PNG picture.

    Args:
        data: the PDF file.
        dpi: pixels per inch.
        page: which page, from 0.

    Raises:
        LabelError: ``label.dpi``, ``label.file_too_large``, ``label.pdf_truncated``,
            ``label.pdf_unreadable``, ``label.no_such_page``, ``label.too_many_pixels``.
    """
    _check_dpi(dpi)
    with _open_pdf(data) as document:
        if not 0 <= page < len(document):
            raise LabelError("label.no_such_page", page=page, pages=len(document))
        pixels = _render(document, page, dpi)
    out = BytesIO()
    Image.fromarray(pixels).save(out, format="PNG", dpi=(dpi, dpi))
    return out.getvalue()


def grey_pages(data: bytes, *, dpi: int = 300) -> Iterator[NDArray[np.uint8]]:
    """Yield each page of a PDF, or the one picture of a PNG or JPEG, as grey rows.

    Args:
        data: the file.
        dpi: pixels per inch at which a PDF is rendered.

    Raises:
        LabelError: as ``render_pdf``, and ``label.not_a_picture``,
            ``label.picture_unreadable``, ``label.too_many_pages``.
    """
    _check_dpi(dpi)
    if data.startswith(b"%PDF-"):
        with _open_pdf(data) as document:
            if len(document) > MAX_PAGES:
                raise LabelError("label.too_many_pages", pages=len(document), limit=MAX_PAGES)
            for page in range(len(document)):
                yield _render(document, page, dpi)
    else:
        picture = read_picture(data, max_bytes=MAX_BYTES, max_pixels=MAX_PIXELS)
        yield np.asarray(picture.convert("L"))


@contextmanager
def _open_pdf(data: bytes) -> Iterator[pypdfium2.PdfDocument]:
    _check_bytes(data)
    # PDFium mends a torn file silently, and then shows fewer stickers than were printed.
    if b"%%EOF" not in data[-_TAIL:]:
        raise LabelError("label.pdf_truncated", size=len(data))
    try:
        with _PDFIUM:
            document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        raise LabelError("label.pdf_unreadable", reason=str(error)) from error
    try:
        yield document
    finally:
        with _PDFIUM:
            document.close()


def _render(document: pypdfium2.PdfDocument, number: int, dpi: int) -> NDArray[np.uint8]:
    scale = dpi / _POINTS_PER_INCH
    try:
        with _PDFIUM:
            page = document[number]
            _check_pixels(page.get_width() * scale, page.get_height() * scale)
            _widen_to_pixels(page, scale)
            return np.array(page.render(scale=scale, grayscale=True).to_numpy())
    except pypdfium2.PdfiumError as error:
        raise LabelError("label.pdf_unreadable", reason=str(error)) from error


def _widen_to_pixels(page: pypdfium2.PdfPage, scale: float) -> None:
    """Widen a page to the right and below to whole pixels.

    PDFium would stretch it to whole pixels instead, and no dot of the page would then be
    just one pixel.
    """
    left, bottom, right, top = page.get_cropbox()
    width = ceil((right - left) * scale) / scale - _HAIR
    height = ceil((top - bottom) * scale) / scale - _HAIR
    for set_box in (page.set_mediabox, page.set_cropbox):
        set_box(left, top - height, left + width, top)


def _check_dpi(dpi: int) -> None:
    if not MIN_DPI <= dpi <= MAX_DPI:
        raise LabelError("label.dpi", dpi=dpi, least=MIN_DPI, most=MAX_DPI)


def _check_bytes(data: bytes) -> None:
    if len(data) > MAX_BYTES:
        raise LabelError("label.file_too_large", size=len(data), limit=MAX_BYTES)


def _check_pixels(width: float, height: float) -> None:
    if width * height > MAX_PIXELS:
        raise LabelError("label.too_many_pixels", limit=MAX_PIXELS // 10**6)
