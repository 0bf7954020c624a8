"""QR symbols (ISO/IEC 18004): a link in, a square of dark and light modules out.

Level M without boost: a sticker on a jar gets scratched, and a fuller symbol would need
smaller modules. The encoder mixes numeric, alphanumeric and byte segments, which keeps a
sealed Digital Link at version 7 (45 modules).

>>> matrix = encode("HTTPS://ID.EXAMPLE/01/09521234543213")
>>> matrix.version, matrix.size
(2, 25)
>>> matrix.runs()[0]
(0, 0, 7)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import zxingcpp

from ocoptrace.errors import LabelError

__all__ = ["LEVEL", "QUIET_ZONE", "Matrix", "encode"]

LEVEL: Final = "M"
"""Error correction: about 15 % of the codewords may be lost."""
QUIET_ZONE: Final = 4
"""White modules that a symbol needs on each side (ISO/IEC 18004 §6.3.8)."""


@dataclass(frozen=True, slots=True)
class Matrix:
    """The modules of one symbol, without its quiet zone.

    Attributes:
        size: modules a side.
        bits: ``size * size`` bytes, row by row from the top left; 1 is dark.
    """

    size: int
    bits: bytes

    @property
    def version(self) -> int:
        """The symbol version, 1 (21 modules) to 40 (177 modules)."""
        return (self.size - 17) // 4

    @property
    def size_with_quiet_zone(self) -> int:
        """Modules a side, the quiet zone on both sides included."""
        return self.size + 2 * QUIET_ZONE

    def runs(self) -> list[tuple[int, int, int]]:
        """Return the dark runs of all rows as (column, row, length), top left first."""
        dark = np.zeros((self.size, self.size + 2), np.int8)
        dark[:, 1:-1] = np.frombuffer(self.bits, np.int8).reshape(self.size, self.size)
        edges = dark[:, 1:] - dark[:, :-1]
        rows, starts = np.nonzero(edges == 1)
        ends = np.nonzero(edges == -1)[1]
        return list(zip(starts.tolist(), rows.tolist(), (ends - starts).tolist(), strict=True))


def encode(text: str) -> Matrix:
    """Return the smallest QR symbol of an ASCII text at level M.

    Raises:
        LabelError: ``label.link_too_long`` where no QR symbol holds the text,
            ``label.link_characters`` where it is empty or not ASCII.
    """
    if not text or not text.isascii():
        found = "".join(sorted({c for c in text if not c.isascii()}))
        raise LabelError("label.link_characters", found=found)
    try:
        barcode = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level=LEVEL)
    except ValueError as error:
        raise LabelError("label.link_too_long", length=len(text)) from error
    pixels = np.asarray(barcode.to_image(scale=1, add_quiet_zones=False))
    return Matrix(pixels.shape[0], (pixels == 0).astype(np.uint8).tobytes())
