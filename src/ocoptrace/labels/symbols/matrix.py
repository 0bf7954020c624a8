"""The modules of one symbol, whatever its kind: what every drawing backend is given.

>>> bars = Matrix("ean-8", 3, 1, bytes([1, 0, 1]), text="95201016")
>>> bars.quiet_zone, bars.size_with_quiet_zone, bars.runs()
((7, 0, 7, 0), 17, [(0, 0, 1), (2, 0, 1)])
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

__all__ = ["LEVELS", "MAX_LOGO_SHARES", "QUIET_ZONES", "Kind", "Level", "Matrix"]

Kind = Literal["qr", "micro-qr", "ean-13", "ean-8", "gs1-datamatrix", "gs1-128"]
"""The symbology."""

Level = Literal["L", "M", "Q", "H"]
"""Error correction of a QR symbol: about 7, 15, 25 or 30 % of the codewords may be lost."""

LEVELS: Final[tuple[Level, ...]] = ("L", "M", "Q", "H")
"""Every level, the weakest first."""

MAX_LOGO_SHARES: Final[dict[Level, float]] = {"L": 0.0, "M": 0.05, "Q": 0.10, "H": 0.15}
"""The share of a QR symbol's area that a logo may cover, at each level of error correction."""

QUIET_ZONES: Final[dict[Kind, tuple[int, int, int, int]]] = {
    "qr": (4, 4, 4, 4),
    "micro-qr": (2, 2, 2, 2),
    "ean-13": (11, 0, 7, 0),
    "ean-8": (7, 0, 7, 0),
    "gs1-datamatrix": (1, 1, 1, 1),
    "gs1-128": (10, 0, 10, 0),
}
"""Modules that stay light at the left, top, right and bottom (ISO/IEC 18004 §6.3.8,
ISO/IEC 15420, ISO/IEC 16022, ISO/IEC 15417; GS1 General Specifications 5)."""

_LINEAR: Final = frozenset({"ean-13", "ean-8", "gs1-128"})
# Where a symbol of row 8 keeps the bits of its format that say the mask, and what flips them.
_MASK_BITS: Final = {"qr": ((2, 3, 4), 0b101), "micro-qr": ((4, 5), 0b01)}


@dataclass(frozen=True, slots=True)
class Matrix:
    """The modules of one symbol, without its quiet zone.

    Attributes:
        kind: the symbology.
        width: modules across.
        height: rows; a linear symbol has one, drawn as tall as there is room.
        bits: ``width * height`` bytes, row by row from the top left; 1 is dark.
        text: what the symbol holds: the QR code's text, the digits of an EAN, the element
            string in brackets of a GS1 symbol.
        level: error correction of a QR symbol, ``None`` where there is no choice.

    Raises:
        ValueError: the bits are not those of such a symbol.
    """

    kind: Kind
    width: int
    height: int
    bits: bytes
    text: str
    level: Level | None = None

    def __post_init__(self) -> None:
        if len(self.bits) != self.width * self.height or self.bits.translate(None, b"\0\1"):
            raise ValueError("bits")
        if (self.height == 1) != (self.kind in _LINEAR):
            raise ValueError("height")

    @property
    def version(self) -> int | None:
        """The version of a QR symbol: 1 (21 modules) to 40 (177), of a Micro QR one 1 to 4."""
        if self.kind == "qr":
            return (self.width - 17) // 4
        return (self.width - 9) // 2 if self.kind == "micro-qr" else None

    @property
    def mask(self) -> int | None:
        """The mask of a QR or Micro QR symbol, as its format information says."""
        if self.kind not in _MASK_BITS:
            return None
        columns, flips = _MASK_BITS[self.kind]
        number = 0
        for column in columns:
            number = 2 * number + self.bits[8 * self.width + column]
        return number ^ flips

    @property
    def quiet_zone(self) -> tuple[int, int, int, int]:
        """Modules that must stay light at the left, top, right and bottom."""
        return QUIET_ZONES[self.kind]

    @property
    def size(self) -> int:
        """Modules a side; modules across where a symbol is not square."""
        return self.width

    @property
    def size_with_quiet_zone(self) -> int:
        """Modules across, the quiet zone on both sides included."""
        left, _, right, _ = self.quiet_zone
        return left + self.width + right

    def runs(self) -> list[tuple[int, int, int]]:
        """Return the dark runs of all rows as (column, row, length), top left first."""
        dark = np.zeros((self.height, self.width + 2), np.int8)
        dark[:, 1:-1] = np.frombuffer(self.bits, np.int8).reshape(self.height, self.width)
        edges = dark[:, 1:] - dark[:, :-1]
        rows, starts = np.nonzero(edges == 1)
        ends = np.nonzero(edges == -1)[1]
        return list(zip(starts.tolist(), rows.tolist(), (ends - starts).tolist(), strict=True))
