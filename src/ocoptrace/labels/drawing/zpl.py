"""ZPL II: pages for Zebra printers and the many that speak their language.

Everything is drawn here and sent as graphics: no printer font knows all Vietnamese letters,
and the modules stay whole dots. What the stickers share and what is a sticker's own are two
graphics: the rows of a symbol alone repeat, which no longer shows where text stands beside it.
Graphics are packed as hexadecimal with repeat counts, which every such printer reads; ``z64``
is half of that or less, but needs firmware that inflates.

>>> from ocoptrace.labels.display import Page, Polygon
>>> page = Page(10_000, 1_000, (), marks=(Polygon.rectangle(0, 0, 500, 1_000),))
>>> print(b"".join(write_zpl([page], dpi=203)).decode())
^XA^PW80^LL8^LH0,0
^FO0,0^GFA,80,80,10,F0,:::::::^FS
^PQ1^XZ
<BLANKLINE>
"""

from __future__ import annotations

import re
import zlib
from base64 import b64encode
from binascii import crc_hqx
from typing import TYPE_CHECKING, Final, Literal

from ocoptrace.labels.bitmap import Bitmap
from ocoptrace.labels.drawing.printer_setting import check_setting
from ocoptrace.labels.drawing.raster import Rasteriser

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ocoptrace.labels.display import Page
    from ocoptrace.labels.drawing.raster import PictureStyle

__all__ = ["Packing", "graphic_fields", "write_zpl"]

Packing = Literal["repeats", "z64"]
"""How a graphic is written: in hexadecimal with repeat counts, or deflated in base64."""

_MAX_GRAPHIC: Final = 99_999
"""Most bytes that one ^GF command may have; a larger bitmap is sent in bands."""
_STORED: Final = "R:OCOP.GRF"
"""Where shared art is kept: in working memory, gone when the printer is switched off."""
_MAX_COPIES: Final = 9_999
_MAX_DARKNESS: Final = 30
_SPEEDS: Final = (1, 14)
_REPEATED: Final = re.compile(r"(.)\1{2,418}")
_TWENTY: Final = 20
_ENDS: Final = {0x00: ",", 0xFF: "!"}


def write_zpl(
    pages: Iterable[Page],
    *,
    dpi: int,
    copies: int = 1,
    darkness: int | None = None,
    speed: int | None = None,
    packing: Packing = "repeats",
    store_art: bool = False,
    pictures: PictureStyle = "dithered",
) -> Iterator[bytes]:
    """Yield what to send to a printer, page by page.

    Args:
        pages: as ``lay_out`` yields them; a page is one label or one row of a roll.
        dpi: dots per inch of the printer, 203, 300 or 600.
        copies: how often each page is printed, up to 9,999.
        darkness: 0 to 30; as the printer is set where not given.
        speed: inches a second, 1 to 14; as the printer is set where not given.
        packing: how graphics are written.
        store_art: whether what the stickers share is sent once and kept in the printer. That
            saves most of the bytes, but then no label can be sent without those before it.
        pictures: how pictures become black and white.

    Raises:
        LabelError: ``label.printer_setting`` and ``label.dpi`` at once; ``label.other_dpi``
            and ``label.too_many_pixels`` when the page is reached.
    """
    check_setting("copies", copies, 1, _MAX_COPIES)
    check_setting("darkness", darkness, 0, _MAX_DARKNESS)
    check_setting("speed", speed, *_SPEEDS)
    writer = _Writer(Rasteriser(dpi=dpi, pictures=pictures), packing, store_art=store_art)
    head = "" if darkness is None else f"~SD{darkness:02d}\n"
    rate = "" if speed is None else f"^PR{speed}"
    return writer.labels(pages, head, rate, f"^PQ{copies}")


class _Writer:
    """One file under way."""

    def __init__(self, rasteriser: Rasteriser, packing: Packing, *, store_art: bool) -> None:
        self._rasteriser = rasteriser
        self._packing: Packing = packing
        self._store_art = store_art
        self._art: Bitmap | None = None
        self._art_fields = ""

    def labels(self, pages: Iterable[Page], head: str, rate: str, copies: str) -> Iterator[bytes]:
        for page in pages:
            whole = self._rasteriser.bitmap(page)
            download, fields = self._fields(whole, self._rasteriser.art(page))
            size = f"^PW{whole.width}^LL{whole.height}^LH0,0"
            yield f"{head}{download}^XA{size}{rate}\n{fields}{copies}^XZ\n".encode()
            head = ""
        if self._store_art and self._art:
            yield f"^XA^ID{_STORED}^FS^XZ\n".encode()

    def _fields(self, whole: Bitmap, art: Bitmap) -> tuple[str, str]:
        """Return what to send before a label, and its graphics."""
        # Where something white lies on the art, two graphics would not add up to the page.
        if art.is_blank or not art.without(whole).is_blank:
            return "", graphic_fields(whole, self._packing)
        download = ""
        if art is not self._art:
            self._art = art
            self._art_fields = graphic_fields(art, self._packing)
            if self._store_art:
                data = _pack(art, self._packing)
                download = f"~DG{_STORED},{len(art.rows)},{art.row_bytes},{data}\n"
                self._art_fields = f"^FO0,0^XG{_STORED},1,1^FS\n"
        return download, self._art_fields + graphic_fields(whole.without(art), self._packing)


def graphic_fields(bitmap: Bitmap, packing: Packing) -> str:
    """Return the commands that draw a bitmap from a label's top left corner on.

    Args:
        bitmap: the dots.
        packing: how the graphic is written.
    """
    return "".join(
        f"^FO0,{top}^GFA,{len(band.rows)},{len(band.rows)},{band.row_bytes},"
        f"{_pack(band, packing)}^FS\n"
        for top, band in _bands(bitmap)
    )


def _bands(bitmap: Bitmap) -> Iterator[tuple[int, Bitmap]]:
    most = _MAX_GRAPHIC // bitmap.row_bytes
    for top in range(0, bitmap.height, most):
        height = min(most, bitmap.height - top)
        start = top * bitmap.row_bytes
        rows = bitmap.rows[start : start + height * bitmap.row_bytes]
        yield top, Bitmap(bitmap.width, height, bitmap.dpi, rows)


def _pack(bitmap: Bitmap, packing: Packing) -> str:
    if packing == "repeats":
        return _with_repeats(bitmap)
    text = b64encode(zlib.compress(bitmap.rows))
    return f":Z64:{text.decode()}:{crc_hqx(text, 0):04X}"


def _with_repeats(bitmap: Bitmap) -> str:
    """Return rows with repeat counts; ``:`` is the row above once more."""
    step = bitmap.row_bytes
    packed: list[str] = []
    known: dict[bytes, str] = {}
    above = None
    for start in range(0, len(bitmap.rows), step):
        row = bitmap.rows[start : start + step]
        if row == above:
            packed.append(":")
            continue
        above = row
        text = known.get(row)
        if text is None:
            text = known[row] = _pack_row(row)
        packed.append(text)
    return "".join(packed)


def _pack_row(row: bytes) -> str:
    """Return a row in hexadecimal; ``,`` is white to its end, ``!`` is black."""
    kept, end = row, ""
    # Whole bytes only: half a byte before the comma is more than some printers understand.
    if row[-1] in _ENDS:
        kept, end = row.rstrip(row[-1:]), _ENDS[row[-1]]
    return _REPEATED.sub(_repeat, kept.hex().upper()) + end


def _repeat(run: re.Match[str]) -> str:
    """Return the letters for a count, g to z for 20 to 400, G to Y for 1 to 19, and the digit."""
    twenties, ones = divmod(len(run[0]), _TWENTY)
    tens = chr(ord("f") + twenties) if twenties else ""
    return tens + (chr(ord("F") + ones) if ones else "") + run[1]
