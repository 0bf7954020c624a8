"""Reading pixels back: every QR code or bar code of a sheet, a photo or a scan.

>>> from ocoptrace.labels import LabelContent, lay_out, load_stock, load_template, write_pdf
>>> content = LabelContent(
...     link="HTTPS://ID.EXAMPLE/01/09521234543213/10/L1", product="Mắm tôm",
...     producer="HTX", place="Hậu Lộc", lot="L1",
... )
>>> template, stock = load_template("ocop-50x30"), load_stock("roll-50x30")
>>> sheet = write_pdf(lay_out([content], template=template, stock=stock), title="Thử")
>>> [(scan.text, scan.kind, scan.page) for scan in scan_file(sheet)]
[('HTTPS://ID.EXAMPLE/01/09521234543213/10/L1', 'qr', 0)]
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final, cast

import zxingcpp

from ocoptrace.errors import LabelError
from ocoptrace.labels.reading.pixels import grey_pages

if TYPE_CHECKING:
    from collections.abc import Collection

    from ocoptrace.labels.reading.pixels import Pixels

__all__ = ["KINDS", "Scan", "scan_file", "scan_pixels"]

_FORMATS: Final = {
    "qr": zxingcpp.BarcodeFormat.QRCode,
    "micro-qr": zxingcpp.BarcodeFormat.MicroQRCode,
    "ean-13": zxingcpp.BarcodeFormat.EAN13,
    "ean-8": zxingcpp.BarcodeFormat.EAN8,
    "gs1-datamatrix": zxingcpp.BarcodeFormat.DataMatrix,
    "gs1-128": zxingcpp.BarcodeFormat.Code128,
}
KINDS: Final = tuple(_FORMATS)
"""The symbologies that can be read."""
_QR: Final = frozenset({"qr"})
# Asked for QRCode, zxing-cpp looks for Micro QR and rMQR too.
_ASKED: Final = _FORMATS | {"qr": zxingcpp.BarcodeFormat.QRCodeModel2}
# What the bars of other trades begin with: GS1 marks its own by FNC1 (ISO/IEC 15424).
_GS1: Final = {"gs1-datamatrix": "]d2", "gs1-128": "]C1"}
_CORNERS: Final = ("top_left", "top_right", "bottom_right", "bottom_left")


@dataclass(frozen=True, slots=True)
class Scan:
    """One symbol that was read.

    Attributes:
        text: its exact text; in a GS1 symbol, FNC1 between elements is U+001D.
        page: page of the file, from 0.
        position: its corners in pixels (x, y): top left, top right, bottom right, bottom
            left, as the symbol itself is turned.
        kind: its symbology, one of ``KINDS``.
        symbology_identifier: as a scanner sends it first, ``]Q1`` (ISO/IEC 15424).
        version: version of a QR symbol, 1 to 40, else 0.
    """

    text: str
    page: int
    position: tuple[tuple[int, int], ...]
    kind: str = "qr"
    symbology_identifier: str = "]Q1"
    version: int = 0


def scan_file(data: bytes, *, dpi: int = 300, kinds: Collection[str] = _QR) -> list[Scan]:
    """Return every symbol of a PDF, PNG or JPEG file, in reading order; maybe none.

    Args:
        data: the file; what it is, its first bytes say.
        dpi: pixels per inch at which a PDF is rendered.
        kinds: symbologies that are looked for, of ``KINDS``. A DataMatrix or Code 128 that
            does not hold GS1 data is passed over.

    Raises:
        LabelError: the file is none of these, torn, or too large, see ``grey_pages``;
            ``label.unknown_kind``.
    """
    return [
        scan
        for number, pixels in enumerate(grey_pages(data, dpi=dpi))
        for scan in scan_pixels(pixels, page=number, kinds=kinds)
    ]


def scan_pixels(
    pixels: Pixels, *, page: int = 0, kinds: Collection[str] = _QR, upright: bool = False
) -> list[Scan]:
    """Return every symbol of some rows of grey pixels, in reading order; maybe none.

    Args:
        pixels: one byte a pixel, 0 is black.
        page: what ``Scan.page`` says.
        kinds: as in ``scan_file``.
        upright: the picture was drawn, not taken, and none of its symbols is turned, white on
            black or blurred: half the work.

    Raises:
        LabelError: ``label.unknown_kind``.
    """
    formats = _formats(frozenset(kinds))
    if not pixels.size:
        return []
    barcodes = zxingcpp.read_barcodes(
        pixels,
        formats,
        text_mode=zxingcpp.TextMode.Plain,
        try_rotate=not upright,
        try_downscale=not upright,
        try_invert=not upright,
    )
    found = (_scan(barcode, page) for barcode in barcodes)
    return _in_reading_order([scan for scan in found if scan is not None])


@cache
def _formats(kinds: frozenset[str]) -> zxingcpp.BarcodeFormats:
    if unknown := kinds - _FORMATS.keys():
        raise LabelError("label.unknown_kind", kind=min(unknown), known=", ".join(KINDS))
    return zxingcpp.BarcodeFormats([_ASKED[kind] for kind in sorted(kinds)])


def _scan(barcode: zxingcpp.Barcode, page: int) -> Scan | None:
    kind = next((kind for kind, form in _FORMATS.items() if form == barcode.format), None)
    identifier = barcode.symbology_identifier
    if kind is None or identifier != _GS1.get(kind, identifier):
        return None
    points = (getattr(barcode.position, corner) for corner in _CORNERS)
    position = tuple((point.x, point.y) for point in points)
    extra = cast("dict[str, str]", barcode.extra)
    version = int(extra["Version"]) if kind == "qr" else 0
    return Scan(barcode.text, page, position, kind, identifier, version)


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
