r"""TSPL: pages for TSC printers and the many sold in Vietnam that speak their language.

As for ZPL, everything is drawn here and sent as one bitmap. In TSPL a 0 bit is black. The
printer finds the gap between labels by its sensor; its height is stated for calibration.

>>> from ocoptrace.labels.display import Page, Polygon
>>> page = Page(10_000, 1_000, (), marks=(Polygon.rectangle(0, 0, 500, 1_000),))
>>> (label,) = write_tspl([page], dpi=203)
>>> label[:42]
b'SIZE 10 mm,1 mm\r\nGAP 2 mm,0 mm\r\nDIRECTION '
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

import numpy as np

from ocoptrace.labels.drawing.printer_setting import check_setting
from ocoptrace.labels.drawing.raster import Rasteriser

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ocoptrace.labels.bitmap import Bitmap
    from ocoptrace.labels.display import Page
    from ocoptrace.labels.drawing.raster import PictureStyle

__all__ = ["write_tspl"]

_MAX_COPIES: Final = 9_999
_MAX_DENSITY: Final = 15
_SPEEDS: Final = (1, 14)
_MAX_GAP: Final = 25_400
_OVERWRITE: Final = 0


def write_tspl(
    pages: Iterable[Page],
    *,
    dpi: int,
    gap: int = 2_000,
    copies: int = 1,
    density: int | None = None,
    speed: int | None = None,
    direction: Literal[0, 1] = 1,
    pictures: PictureStyle = "dithered",
) -> Iterator[bytes]:
    """Yield what to send to a printer, page by page; the settings stand before the first.

    Args:
        pages: as ``lay_out`` yields them; a page is one label or one row of a roll.
        dpi: dots per inch of the printer, 203, 300 or 600.
        gap: micrometres between labels along the roll, up to 25.4 mm; 0 on a roll without.
        copies: how often each page is printed, up to 9,999.
        density: darkness, 0 to 15; as the printer is set where not given.
        speed: inches a second, 1 to 14; as the printer is set where not given.
        direction: which way up a label leaves the printer; 1 is head last, upright to one
            who stands before it.
        pictures: how pictures become black and white.

    Raises:
        LabelError: ``label.printer_setting`` and ``label.dpi`` at once; ``label.other_dpi``
            and ``label.too_many_pixels`` when the page is reached.
    """
    check_setting("copies", copies, 1, _MAX_COPIES)
    check_setting("density", density, 0, _MAX_DENSITY)
    check_setting("speed", speed, *_SPEEDS)
    check_setting("gap", gap, 0, _MAX_GAP)
    check_setting("direction", direction, 0, 1)
    settings = [f"GAP {_mm(gap)} mm,0 mm", f"DIRECTION {direction},0", "REFERENCE 0,0"]
    if density is not None:
        settings.append(f"DENSITY {density}")
    if speed is not None:
        settings.append(f"SPEED {speed}")
    return _labels(pages, Rasteriser(dpi=dpi, pictures=pictures), settings, copies)


def _labels(
    pages: Iterable[Page], rasteriser: Rasteriser, settings: list[str], copies: int
) -> Iterator[bytes]:
    size = None
    for page in pages:
        head: list[str] = []
        if size != (page.width, page.height):
            size = (page.width, page.height)
            head = [f"SIZE {_mm(page.width)} mm,{_mm(page.height)} mm", *settings]
        yield _lines(head) + _label(rasteriser.bitmap(page), copies)


def _label(bitmap: Bitmap, copies: int) -> bytes:
    place = f"BITMAP 0,0,{bitmap.row_bytes},{bitmap.height},{_OVERWRITE},"
    light = (~np.frombuffer(bitmap.rows, np.uint8)).tobytes()
    return b"CLS\r\n" + place.encode() + light + b"\r\n" + _lines([f"PRINT 1,{copies}"])


def _lines(commands: list[str]) -> bytes:
    return "".join(f"{command}\r\n" for command in commands).encode()


def _mm(micrometres: int) -> str:
    return f"{micrometres / 1000:g}"
