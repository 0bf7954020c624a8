"""Reading pixels back: every QR code of a sheet, a photo or a scan.

>>> from ocoptrace.labels import LabelContent, lay_out, load_stock, load_template, write_pdf
>>> content = LabelContent(
...     link="HTTPS://ID.EXAMPLE/01/09521234543213/10/L1", product="Mắm tôm",
...     producer="HTX", place="Hậu Lộc", lot="L1",
... )
>>> template, stock = load_template("ocop-50x30"), load_stock("roll-50x30")
>>> sheet = write_pdf(lay_out([content], template=template, stock=stock), title="Thử")
>>> [(scan.text, scan.page) for scan in scan_file(sheet)]
[('HTTPS://ID.EXAMPLE/01/09521234543213/10/L1', 0)]
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import zxingcpp

from ocoptrace.labels.pixels import grey_pages

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["Scan", "scan_file"]

_FORMATS: Final = zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.QRCode])
_CORNERS: Final = ("top_left", "top_right", "bottom_right", "bottom_left")


@dataclass(frozen=True, slots=True)
class Scan:
    """One QR code that was read.

    Attributes:
        text: its exact text.
        page: page of the file, from 0.
        position: its corners in pixels (x, y): top left, top right, bottom right, bottom
            left, as the symbol itself is turned.
    """

    text: str
    page: int
    position: tuple[tuple[int, int], ...]


def scan_file(data: bytes, *, dpi: int = 300) -> list[Scan]:
    """Return every QR code of a PDF, PNG or JPEG file, in reading order; maybe none.

    Args:
        data: the file; what it is, its first bytes say.
        dpi: pixels per inch at which a PDF is rendered.

    Raises:
        LabelError: the file is none of these, torn, or too large; see ``grey_pages``.
    """
    return [
        scan
        for number, pixels in enumerate(grey_pages(data, dpi=dpi))
        for scan in _scan_page(pixels, number)
    ]


def _scan_page(pixels: NDArray[np.uint8], number: int) -> list[Scan]:
    barcodes = zxingcpp.read_barcodes(pixels, _FORMATS, text_mode=zxingcpp.TextMode.Plain)
    scans = [
        Scan(
            barcode.text,
            number,
            tuple(
                (point.x, point.y)
                for point in (getattr(barcode.position, corner) for corner in _CORNERS)
            ),
        )
        for barcode in barcodes
    ]
    return _in_reading_order(scans)


def _in_reading_order(scans: list[Scan]) -> list[Scan]:
    """Sort from the top, codes whose heights overlap by half from the left."""
    ordered: list[Scan] = []
    row: list[Scan] = []
    for scan in sorted(scans, key=_centre_y):
        if row and _centre_y(scan) - _centre_y(row[0]) > _height(row[0]) / 2:
            ordered += sorted(row, key=_centre_x)
            row = []
        row.append(scan)
    return ordered + sorted(row, key=_centre_x)


def _centre_x(scan: Scan) -> float:
    return sum(x for x, _ in scan.position) / len(_CORNERS)


def _centre_y(scan: Scan) -> float:
    return sum(y for _, y in scan.position) / len(_CORNERS)


def _height(scan: Scan) -> int:
    heights = [y for _, y in scan.position]
    return max(heights) - min(heights)
