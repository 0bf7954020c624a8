"""Bitmaps: one page as the black and white dots of a printer.

A printer of "203 dpi" has 8 dots a millimetre, which is 203.2 dpi; those of 300 and 600 dpi
are what they say. Layout counts 203 dots an inch, so that a page of 100 mm comes out 0.1 mm
narrower on such a printer. Files state the true pitch, so that one dot of the page stays one
dot of the print head.

>>> dark = Bitmap.from_array(np.eye(3, 10, dtype=np.uint8), dpi=203)
>>> dark.width, dark.height, dark.row_bytes, dark.rows.hex()
(10, 3, 2, '800040002000')
>>> dots_per_metre(203), dots_per_metre(300)
(8000, 11811)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Self

import numpy as np

from ocoptrace.labels.display import MICROMETRES_PER_INCH

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["COARSEST", "MAX_PIXELS", "Bitmap", "dots_per_metre"]

COARSEST: Final = 10
"""Fewest pixels per inch of a picture for the eye, drawn or read."""

MAX_PIXELS: Final = 80_000_000
"""Largest page or picture, drawn or read: A4 at 600 dpi has 35 million pixels."""

_EIGHT_DOTS_A_MILLIMETRE: Final = 203


@dataclass(frozen=True, slots=True)
class Bitmap:
    """Black and white dots.

    Attributes:
        width: dots across.
        height: dots down.
        dpi: dots per inch, as layout counts them.
        rows: from the top, each filled up with 0 to whole bytes; the first dot is the
            highest bit, and 1 is black.

    Raises:
        ValueError: the rows are not of that size.
    """

    width: int
    height: int
    dpi: int
    rows: bytes

    def __post_init__(self) -> None:
        if min(self.width, self.height) < 1 or len(self.rows) != self.row_bytes * self.height:
            raise ValueError("rows")

    @property
    def row_bytes(self) -> int:
        """Bytes of a row."""
        return (self.width + 7) // 8

    @classmethod
    def from_array(cls, dark: NDArray[np.uint8], *, dpi: int) -> Self:
        """Return the bitmap of rows of dots, one a byte: 1 is black, 0 is white."""
        height, width = dark.shape
        return cls(width, height, dpi, np.packbits(dark, axis=1).tobytes())

    def to_array(self) -> NDArray[np.uint8]:
        """Return rows of dots, one a byte: 1 is black, 0 is white."""
        packed = np.frombuffer(self.rows, np.uint8).reshape(self.height, self.row_bytes)
        return np.unpackbits(packed, axis=1, count=self.width)

    def to_grey(self) -> NDArray[np.uint8]:
        """Return rows of pixels, one a byte: 0 is black, 255 is white."""
        return (1 - self.to_array()) * np.uint8(255)

    def without(self, other: Bitmap) -> Bitmap:
        """Return the dots that are black here and white in a bitmap of the same size.

        Raises:
            ValueError: the other has another size.
        """
        if (self.width, self.height) != (other.width, other.height):
            raise ValueError("other")
        mine, others = (np.frombuffer(bitmap.rows, np.uint8) for bitmap in (self, other))
        return Bitmap(self.width, self.height, self.dpi, (mine & ~others).tobytes())

    @property
    def is_blank(self) -> bool:
        """Whether no dot is black."""
        return not self.rows.strip(b"\0")


def dots_per_metre(dpi: int) -> int:
    """Return how many dots a metre a printer of so many dots an inch truly has."""
    if dpi == _EIGHT_DOTS_A_MILLIMETRE:
        return 8000
    return round(dpi * 1_000_000 / MICROMETRES_PER_INCH)
