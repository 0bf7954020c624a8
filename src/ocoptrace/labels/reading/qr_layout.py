"""Where things stand in a QR symbol: fixed patterns, codewords, blocks (ISO/IEC 18004).

>>> len(codeword_modules(7)), [len(block.codewords) for block in blocks(7, "M")]
(196, [49, 49, 49, 49])
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "FIRST_WITH_VERSION",
    "LEVELS",
    "MAX_VERSION",
    "Bits",
    "Block",
    "alignment_centres",
    "blocks",
    "codeword_modules",
    "format_places",
    "function_modules",
    "segments",
]

Bits = NDArray[np.bool_]
"""Modules of a square symbol, row by row; True is dark."""

LEVELS: Final = "LMQH"
"""Error correction, the weakest first."""
MAX_VERSION: Final = 40
"""The largest symbol, 177 modules a side."""
FIRST_WITH_VERSION: Final = 7
"""The smallest symbol that says its version."""

_FINDER: Final = 7
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
def segments(version: int) -> dict[str, tuple[Bits, Bits]]:
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
    function = np.logical_or.reduce([inside for inside, _ in segments(version).values()])
    function[8, :9] = function[:9, 8] = True
    function[8, size - 8 :] = function[size - 8 :, 8] = True
    if version >= FIRST_WITH_VERSION:
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
def blocks(version: int, level: str) -> tuple[Block, ...]:
    """Return the blocks of a symbol; their codewords are interleaved (§7.6)."""
    total = len(codeword_modules(version))
    parity, count = (int(t[level].split()[version - 1]) for t in (_PARITY, _BLOCKS))
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


def format_places(size: int) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    """Return where the two copies of the format information stand, highest bit first."""
    beside = [0, 1, 2, 3, 4, 5, 7, 8]
    near = [(8, column) for column in beside] + [(row, 8) for row in beside[-2::-1]]
    far = [(size - 1 - k, 8) for k in range(7)] + [(8, size - 8 + k) for k in range(8)]
    return near, far
