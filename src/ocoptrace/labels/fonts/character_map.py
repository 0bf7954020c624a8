"""Which character is which glyph: a font's ``cmap`` table, read within bounds.

fontTools expands whatever ranges a table claims, and a file of a few bytes can claim
billions of characters. Here ranges must rise, as the OpenType specification asks, so that a
table never names more characters than Unicode has.

>>> from struct import pack
>>> table = pack(">HHHHL", 0, 1, 3, 10, 12) + pack(">HHLLLLLL", 12, 0, 28, 0, 1, 65, 67, 5)
>>> read_character_map(table)
{65: 5, 66: 6, 67: 7}
"""

from __future__ import annotations

from struct import error as StructError  # noqa: N812 - a class, with a function's name
from struct import iter_unpack, unpack_from
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["read_character_map"]

# Platform and encoding, best first: all of Unicode, then its first plane.
_ENCODINGS: Final = ((3, 10), (0, 6), (0, 4), (3, 1), (0, 3), (0, 2), (0, 1), (0, 0))
_LAST_CHARACTER: Final = 0x10FFFF
_LAST_OF_PLANE: Final = 0xFFFF


def read_character_map(table: bytes) -> dict[int, int]:
    """Return the glyph number of each Unicode character, from subtables of format 4 or 12.

    Raises:
        ValueError: there is no such subtable, or it breaks the rules of its format.
    """
    try:
        (count,) = unpack_from(">H", table, 2)
        records = list(iter_unpack(">HHL", table[4 : 4 + 8 * count]))
        for encoding in _ENCODINGS:
            for *found, offset in records:
                if tuple(found) == encoding:
                    (kind,) = unpack_from(">H", table, offset)
                    if kind in _READERS:
                        return _READERS[kind](table[offset:])
    except StructError as error:
        raise ValueError("the cmap table breaks off") from error
    raise ValueError("there is no Unicode cmap of format 4 or 12")


def _segments(data: bytes) -> dict[int, int]:
    """Read format 4: segments of the first plane, each with a delta or a list of glyphs."""
    (doubled,) = unpack_from(">H", data, 6)
    count = doubled // 2
    shorts = f">{count}H"
    ends = unpack_from(shorts, data, 14)
    starts = unpack_from(shorts, data, 16 + doubled)
    deltas = unpack_from(shorts, data, 16 + 2 * doubled)
    offsets_at = 16 + 3 * doubled
    offsets = unpack_from(shorts, data, offsets_at)
    glyphs: dict[int, int] = {}
    last = -1
    for number, (start, end) in enumerate(zip(starts, ends, strict=True)):
        last = _risen(last, start, end, _LAST_OF_PLANE)
        for code in range(start, end + 1):
            glyph = code
            if offsets[number]:
                place = offsets_at + 2 * number + offsets[number] + 2 * (code - start)
                # The last segment of many fonts points nowhere.
                if place + 2 > len(data):
                    continue
                (glyph,) = unpack_from(">H", data, place)
                if not glyph:
                    continue
            glyph = (glyph + deltas[number]) & 0xFFFF
            if glyph:
                glyphs[code] = glyph
    return glyphs


def _groups(data: bytes) -> dict[int, int]:
    """Read format 12: groups of characters in a row, whose glyphs are in a row too."""
    (count,) = unpack_from(">L", data, 12)
    glyphs: dict[int, int] = {}
    last = -1
    for number in range(min(count, _LAST_CHARACTER)):
        start, end, first = unpack_from(">LLL", data, 16 + 12 * number)
        last = _risen(last, start, end, _LAST_CHARACTER)
        glyphs.update((code, first + code - start) for code in range(start, end + 1))
    return glyphs


def _risen(last: int, start: int, end: int, limit: int) -> int:
    if not last < start <= end <= limit:
        raise ValueError("the ranges of the cmap table do not rise")
    return end


_READERS: Final[dict[int, Callable[[bytes], dict[int, int]]]] = {4: _segments, 12: _groups}
