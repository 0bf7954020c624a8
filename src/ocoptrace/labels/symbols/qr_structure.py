"""What stands where in a QR symbol: patterns, format, codewords, blocks, masks (ISO/IEC 18004).

>>> codewords(7), [len(block.codewords) for block in blocks(7, "M")]
(196, [49, 49, 49, 49])
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from ocoptrace.labels.symbols.matrix import LEVELS

if TYPE_CHECKING:
    from ocoptrace.labels.symbols.matrix import Level

__all__ = [
    "MASKS",
    "MAX_VERSION",
    "Bits",
    "Block",
    "alignment_centres",
    "blocks",
    "capacity",
    "codeword_modules",
    "codewords",
    "fixed_patterns",
    "function_modules",
    "masked",
    "nearest_format",
    "without_codewords",
]

Bits = NDArray[np.bool_]
"""Modules of a square symbol, row by row; True is dark."""

MAX_VERSION: Final = 40
"""The largest symbol, 177 modules a side."""
MASKS: Final = 8
"""How many masks there are."""

_FIRST_WITH_VERSION: Final = 7
_FINDER: Final = 7
_LEVEL_BITS: Final = {"L": 0b01, "M": 0b00, "Q": 0b11, "H": 0b10}
_FORMAT_GENERATOR: Final = 0b10100110111
_FORMAT_FLIPS: Final = 0b101010000010010
_VERSION_GENERATOR: Final = 0b1111100100101
# Of 15 format bits, three may be wrong and the nearest of the 32 words is still the right one.
_FORMAT_ERRORS: Final = 3
# Error correction codewords of a block, and blocks, by level and version: Table 9.
_PARITY: Final = {
    "L": "7 10 15 20 26 18 20 24 30 18 20 24 26 30 22 24 28 30 28 28 "
    "28 28 30 30 26 28 30 30 30 30 30 30 30 30 30 30 30 30 30 30",
    "M": "10 16 26 18 24 16 18 22 22 26 30 22 22 24 24 28 28 26 26 26 "
    "26 28 28 28 28 28 28 28 28 28 28 28 28 28 28 28 28 28 28 28",
    "Q": "13 22 18 26 18 24 18 22 20 24 28 26 24 20 30 24 28 28 26 30 "
    "28 30 30 30 30 28 30 30 30 30 30 30 30 30 30 30 30 30 30 30",
    "H": "17 28 22 16 22 28 26 26 24 28 24 28 22 24 24 30 28 28 26 28 "
    "30 24 30 30 30 30 30 30 30 30 30 30 30 30 30 30 30 30 30 30",
}
_BLOCKS: Final = {
    "L": "1 1 1 1 1 2 2 2 2 4 4 4 4 4 6 6 6 6 7 8 "
    "8 9 9 10 12 12 12 13 14 15 16 17 18 19 19 20 21 22 24 25",
    "M": "1 1 1 2 2 4 4 4 5 5 5 8 9 9 10 10 11 13 14 16 "
    "17 17 18 20 21 23 25 26 28 29 31 33 35 37 38 40 43 45 47 49",
    "Q": "1 1 2 2 4 4 6 6 8 8 8 10 12 16 12 17 16 18 21 20 "
    "23 23 25 27 29 34 34 35 38 40 43 45 48 51 53 56 59 62 65 68",
    "H": "1 1 2 4 4 4 5 6 8 8 11 11 16 16 18 16 19 21 25 25 "
    "25 34 30 32 35 37 40 42 45 48 51 54 57 60 63 66 70 74 77 81",
}
# Parity that only guards against a wrong answer, in the smallest symbols: note b of Table 9.
_GUARD: Final = {(1, "L"): 3, (1, "M"): 2, (1, "Q"): 1, (1, "H"): 1, (2, "L"): 2, (3, "L"): 1}


@dataclass(frozen=True, slots=True)
class Block:
    """One Reed-Solomon block.

    Attributes:
        codewords: where its codewords stand in the symbol's sequence, parity last.
        parity: how many of them correct errors.
        guard: how many of those only guard against a wrong answer.
    """

    codewords: tuple[int, ...]
    parity: int
    guard: int

    def unused(self, wrong: int) -> float:
        """Return which share of the correction some wrong codewords leave (ISO/IEC 15415)."""
        return 1 - 2 * wrong / (self.parity - self.guard)


@cache
def alignment_centres(version: int) -> tuple[int, ...]:
    """Return rows (and columns) of alignment patterns' centres (Annex E).

    >>> alignment_centres(7), alignment_centres(1)
    ((6, 22, 38), ())
    """
    if version == 1:
        return ()
    count = version // 7 + 2
    # The last of an even pitch stands seven from the edge; what is left over goes to the first.
    step = 26 if version == 32 else (4 * version + 2 * count + 1) // (2 * count - 2) * 2  # noqa: PLR2004 - the table's one exception
    last = 4 * version + 10
    return (6, *(last - step * k for k in range(count - 2, -1, -1)))


@cache
def fixed_patterns(version: int) -> dict[str, tuple[Bits, Bits]]:
    """Return the fixed patterns: which modules belong to each, and the symbol's dark ones.

    ``a1``, ``a2``, ``a3`` are the finder patterns with their separators (top left, top right,
    bottom left), ``b1`` and ``b2`` the timing patterns across and down, ``c`` all alignment
    patterns: the division that grades fixed pattern damage.
    """
    size = 4 * version + 17
    dark = np.zeros((size, size), np.bool_)
    row, column = np.indices((size, size))
    parts: dict[str, Bits] = {}
    for name, (top, left) in {"a1": (3, 3), "a2": (3, size - 4), "a3": (size - 4, 3)}.items():
        ring = np.maximum(abs(row - top), abs(column - left))
        parts[name] = ring <= 4  # noqa: PLR2004 - the separator
        dark |= (ring == 3) | (ring <= 1)  # noqa: PLR2004 - the outer square
    corners = parts["a1"] | parts["a2"] | parts["a3"]
    parts["b1"] = (row == _FINDER - 1) & ~corners
    parts["b2"] = (column == _FINDER - 1) & ~corners
    dark |= (parts["b1"] | parts["b2"]) & ((row + column) % 2 == 0)
    parts["c"] = np.zeros_like(dark)
    for top in alignment_centres(version):
        for left in alignment_centres(version):
            ring = np.maximum(abs(row - top), abs(column - left))
            if not corners[top, left]:
                parts["c"] |= ring <= 2  # noqa: PLR2004 - the whole pattern
                dark[ring == 1] = False
                dark |= (ring == 2) | (ring == 0)  # noqa: PLR2004 - its outer square
    return {name: (inside, dark) for name, inside in parts.items()}


@cache
def function_modules(version: int) -> Bits:
    """Return the modules that hold no codeword."""
    size = 4 * version + 17
    function = np.logical_or.reduce([inside for inside, _ in fixed_patterns(version).values()])
    function[8, :9] = function[:9, 8] = True
    function[8, size - 8 :] = function[size - 8 :, 8] = True
    if version >= _FIRST_WITH_VERSION:
        function[:6, size - 11 : size - 8] = function[size - 11 : size - 8, :6] = True
    return np.asarray(function, np.bool_)


@cache
def codeword_modules(version: int) -> NDArray[np.int_]:
    """Return the modules of each codeword, first bit first, as numbers ``row * size + column``.

    Two columns at a time from the right, upwards and downwards in turn (§7.7.3).
    """
    size = 4 * version + 17
    free = ~function_modules(version)
    order = [
        row * size + column
        for turn, right in enumerate([*range(size - 1, _FINDER - 1, -2), 5, 3, 1])
        for row in (range(size) if turn % 2 else range(size - 1, -1, -1))
        for column in (right, right - 1)
        if free[row, column]
    ]
    return np.array(order[: len(order) // 8 * 8]).reshape(-1, 8)


@cache
def codewords(version: int) -> int:
    """Return how many codewords a symbol holds, data and parity."""
    return int((~function_modules(version)).sum()) // 8


def capacity(version: int, level: Level) -> int:
    """Return how many bits of data a symbol holds, pads included."""
    parity, count = _correction(version, level)
    return 8 * (codewords(version) - parity * count)


def _correction(version: int, level: Level) -> tuple[int, int]:
    """Return the parity codewords of a block, and how many blocks there are."""
    parity, count = (int(t[level].split()[version - 1]) for t in (_PARITY, _BLOCKS))
    return parity, count


@cache
def blocks(version: int, level: Level) -> tuple[Block, ...]:
    """Return the blocks of a symbol, short ones first; their codewords are interleaved (§7.6)."""
    total = codewords(version)
    parity, count = _correction(version, level)
    short, longer = divmod(total, count)
    data = short - parity
    first_parity = total - parity * count
    guard = _GUARD.get((version, level), 0)
    made = []
    for number in range(count):
        own = [number + count * k for k in range(data)]
        extra = number - (count - longer)
        if extra >= 0:
            own.append(count * data + extra)
        own += [first_parity + number + count * k for k in range(parity)]
        made.append(Block(tuple(own), parity, guard))
    return tuple(made)


def masked(size: int, mask: int) -> Bits:
    """Return the modules of a square that a mask turns over (Table 10)."""
    row, column = np.indices((size, size))
    both = row * column
    condition = (
        (row + column) % 2,
        row % 2,
        column % 3,
        (row + column) % 3,
        (row // 2 + column // 3) % 2,
        both % 2 + both % 3,
        (both % 2 + both % 3) % 2,
        ((row + column) % 2 + both % 3) % 2,
    )[mask]
    return np.asarray(condition == 0)


def without_codewords(version: int, level: Level, mask: int) -> Bits:
    """Return the dark modules of patterns, format and version; codewords are light."""
    size = 4 * version + 17
    dark = fixed_patterns(version)["a1"][1].copy()
    word = _format_word(level, mask)
    for places in _format_places(size):
        for k, place in enumerate(places):
            dark[place] = word >> 14 - k & 1
    dark[size - 8, 8] = True
    if version >= _FIRST_WITH_VERSION:
        word = _with_check_bits(version, _VERSION_GENERATOR)
        for k in range(18):
            near, far = k // 3, size - 11 + k % 3
            dark[near, far] = dark[far, near] = word >> k & 1
    return dark


def nearest_format(dark: Bits) -> tuple[Level, int] | None:
    """Return level and mask as the better copy of the format information says, if one does."""
    words = {_format_word(level, mask): (level, mask) for level in LEVELS for mask in range(MASKS)}
    read = [
        sum(int(dark[place]) << 14 - k for k, place in enumerate(places))
        for places in _format_places(len(dark))
    ]
    errors, word = min(((one ^ word).bit_count(), word) for word in words for one in read)
    return words[word] if errors <= _FORMAT_ERRORS else None


def _format_places(size: int) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    """Return where the two copies of the format information stand, highest bit first."""
    beside = [0, 1, 2, 3, 4, 5, 7, 8]
    near = [(8, column) for column in beside] + [(row, 8) for row in beside[-2::-1]]
    far = [(size - 1 - k, 8) for k in range(7)] + [(8, size - 8 + k) for k in range(8)]
    return near, far


def _format_word(level: Level, mask: int) -> int:
    return _with_check_bits(_LEVEL_BITS[level] << 3 | mask, _FORMAT_GENERATOR) ^ _FORMAT_FLIPS


def _with_check_bits(number: int, generator: int) -> int:
    """Return a number followed by its BCH check bits (Annexes C and D)."""
    check_bits = generator.bit_length() - 1
    rest = number << check_bits
    while rest.bit_length() > check_bits:
        rest ^= generator << rest.bit_length() - generator.bit_length()
    return number << check_bits | rest
