"""Pixels of a PDF or a picture, and a PDF page as PNG; the home of pypdfium2 and Pillow.

>>> list(grey_pages(b"a word document"))
Traceback (most recent call last):
...
ocoptrace.errors.LabelError: This file is not a PDF, PNG or JPEG file. ...
"""

from __future__ import annotations

from contextlib import contextmanager
from io import SEEK_END, BytesIO
from math import ceil
from threading import RLock
from typing import TYPE_CHECKING, Final

import numpy as np
import pypdfium2
from numpy.typing import NDArray
from PIL import Image

from ocoptrace.errors import LabelError
from ocoptrace.labels.bitmap import COARSEST, MAX_PIXELS
from ocoptrace.labels.display import MICROMETRES_PER_INCH
from ocoptrace.labels.images import read_picture

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ocoptrace.labels.display import Box

__all__ = [
    "MAX_BYTES",
    "MAX_DPI",
    "MAX_PAGES",
    "Pixels",
    "grey_pages",
    "grey_picture",
    "open_pdf",
    "render_page",
    "render_pdf",
]

Pixels = NDArray[np.uint8]
"""Rows of grey pixels, one byte each; 0 is black."""

MAX_BYTES: Final = 64 * 2**20
"""Largest file that is opened."""
MAX_PAGES: Final = 1000
"""Most pages of a PDF."""

MAX_DPI: Final = 4800
"""Finest rendering, of a page small enough."""

_PDF: Final = b"%PDF-"
_POINTS_PER_INCH: Final = 72
_POINTS_PER_MICROMETRE: Final = _POINTS_PER_INCH / MICROMETRES_PER_INCH
_TAIL: Final = 2048
# Points that keep a whole number of pixels from being rounded up to one more.
_HAIR: Final = 1e-3
# PDFium keeps one state for the whole process. The lock lets its own thread in again: whenever
# Python collects a half-read file, also while another page is drawn, that file is closed.
_PDFIUM: Final = RLock()


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
    _check_bytes(data)
    with open_pdf(data) as document:
        if not 0 <= page < len(document):
            raise LabelError("label.no_such_page", page=page, pages=len(document))
        pixels = render_page(document, page, dpi=dpi)
    out = BytesIO()
    Image.fromarray(pixels).save(out, format="PNG", dpi=(dpi, dpi))
    return out.getvalue()


def grey_pages(data: bytes, *, dpi: int = 300) -> Iterator[Pixels]:
    """Yield each page of a PDF, or the one picture of a PNG or JPEG, as grey rows.

    Args:
        data: the file.
        dpi: pixels per inch at which a PDF is rendered.

    Raises:
        LabelError: as ``render_pdf``, and ``label.not_a_picture``,
            ``label.picture_unreadable``, ``label.too_many_pages``.
    """
    _check_dpi(dpi)
    if data.startswith(_PDF):
        _check_bytes(data)
        with open_pdf(data) as document:
            if len(document) > MAX_PAGES:
                raise LabelError("label.too_many_pages", pages=len(document), limit=MAX_PAGES)
            for page in range(len(document)):
                yield render_page(document, page, dpi=dpi)
    else:
        yield grey_picture(data)[0]


def grey_picture(data: bytes) -> tuple[Pixels, int]:
    """Return a PNG or JPEG picture as grey rows, and its pixels per inch, 0 where not said.

    Raises:
        LabelError: ``label.file_too_large``, ``label.not_a_picture``,
            ``label.picture_unreadable``, ``label.too_many_pixels``.
    """
    picture = read_picture(data, max_bytes=MAX_BYTES, max_pixels=MAX_PIXELS)
    dpi, _ = picture.info.get("dpi", (0, 0))
    return np.asarray(picture.convert("L")), round(dpi)


@contextmanager
def open_pdf(source: bytes | Path) -> Iterator[pypdfium2.PdfDocument]:
    """Open a PDF file, of any length where it is a file of our own on disk.

    Raises:
        LabelError: ``label.pdf_truncated``, ``label.pdf_unreadable``.
        OSError: the file cannot be read.
    """
    size, tail = _end(source)
    # PDFium mends a torn file silently, and then shows fewer stickers than were printed.
    if b"%%EOF" not in tail:
        raise LabelError("label.pdf_truncated", size=size)
    try:
        with _PDFIUM:
            document = pypdfium2.PdfDocument(source)
    except pypdfium2.PdfiumError as error:
        raise LabelError("label.pdf_unreadable", reason=str(error)) from error
    try:
        yield document
    finally:
        with _PDFIUM:
            document.close()


def _end(source: bytes | Path) -> tuple[int, bytes]:
    if isinstance(source, bytes):
        return len(source), source[-_TAIL:]
    with source.open("rb") as file:
        size = file.seek(0, SEEK_END)
        file.seek(max(0, size - _TAIL))
        return size, file.read()


def render_page(
    document: pypdfium2.PdfDocument, number: int, *, dpi: int, box: Box | None = None
) -> Pixels:
    """Return one page of an open PDF file, or a part of it, as grey rows.

    Args:
        document: as ``open_pdf`` gives it.
        number: which page, from 0.
        dpi: pixels per inch.
        box: left, top, right, bottom in micrometres; None is the whole page. What lies
            outside the page is left out; a box that does so has no pixels.

    Raises:
        LabelError: ``label.dpi``, ``label.too_many_pixels``, ``label.pdf_unreadable``.
    """
    _check_dpi(dpi)
    scale = dpi / _POINTS_PER_INCH
    try:
        with _PDFIUM:
            page = document[number]
            whole = page.get_mediabox(), page.get_cropbox()
            try:
                if box is not None and not _cut(page, box):
                    return np.zeros((0, 0), np.uint8)
                _check_pixels(page.get_width() * scale, page.get_height() * scale)
                _widen_to_pixels(page, scale)
                return np.array(page.render(scale=scale, grayscale=True).to_numpy())
            finally:
                page.set_mediabox(*whole[0])
                page.set_cropbox(*whole[1])
                page.close()
    except pypdfium2.PdfiumError as error:
        raise LabelError("label.pdf_unreadable", reason=str(error)) from error


def _cut(page: pypdfium2.PdfPage, box: Box) -> bool:
    """Cut a page down to a part of it, and tell whether that holds anything of the page."""
    left, bottom, right, top = page.get_cropbox()
    x1, y1, x2, y2 = (length * _POINTS_PER_MICROMETRE for length in box)
    x1, x2 = max(left, left + x1), min(right, left + x2)
    y1, y2 = max(bottom, top - y2), min(top, top - y1)
    if x2 - x1 < 1 or y2 - y1 < 1:
        return False
    page.set_cropbox(x1, y1, x2, y2)
    return True


def _widen_to_pixels(page: pypdfium2.PdfPage, scale: float) -> None:
    """Widen a page to the right and below to whole pixels.

    PDFium would stretch it to whole pixels instead, and no dot of the page would then be
    just one pixel.
    """
    left, bottom, right, top = page.get_cropbox()
    width = ceil((right - left) * scale - _HAIR) / scale - _HAIR
    height = ceil((top - bottom) * scale - _HAIR) / scale - _HAIR
    for set_box in (page.set_mediabox, page.set_cropbox):
        set_box(left, top - height, left + width, top)


def _check_dpi(dpi: int) -> None:
    if not COARSEST <= dpi <= MAX_DPI:
        raise LabelError("label.dpi", dpi=dpi, least=COARSEST, most=MAX_DPI)


def _check_bytes(data: bytes) -> None:
    if len(data) > MAX_BYTES:
        raise LabelError("label.file_too_large", size=len(data), limit=MAX_BYTES)


def _check_pixels(width: float, height: float) -> None:
    if width * height > MAX_PIXELS:
        raise LabelError("label.too_many_pixels", limit=MAX_PIXELS // 10**6)
