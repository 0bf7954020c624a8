"""Which of the eight masks makes a QR symbol easiest to read: its penalties (ISO/IEC 18004, 7.8.3).

The standard leaves open what lies beside a pattern like a finder's at the symbol's edge; here
it is light, as the quiet zone is, and one light flank of four modules is enough. Format and
version information are part of what is judged. The first of equal masks is taken.

>>> rows = np.array([[0b1011101], [0], [0], [0], [0], [0], [0]], np.uint64)
>>> columns = np.array([[1], [0], [1], [1], [1], [0], [1]], np.uint64)
>>> penalties(rows, columns).tolist()
[260]
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Words = NDArray[np.uint64]

__all__ = ["penalties"]

_BLOCK: Final = 3
_FINDER: Final = 40
_PROPORTION: Final = 10


def penalties(rows: Words, columns: Words) -> NDArray[np.int32]:
    """Return the penalty of each of many symbols of one size.

    Args:
        rows: one symbol a column, one row of modules a word, module i its bit i.
        columns: the same of the symbols' columns.
    """
    size = len(rows)
    half = np.uint64(2 ** (size - 1) - 1)
    total = np.zeros(rows.shape[1], np.int32)
    for lines in (rows, columns):
        alike = _alike(lines, half)
        total += _runs(alike)
        total += _FINDER * _finders(lines)
        if lines is rows:
            beside = ~(lines[1:] ^ lines[:-1])
            total += _BLOCK * _count(alike[1:] & alike[:-1] & beside)
    share = 100.0 * _count(rows) / (size * size)
    proportion: NDArray[np.int32] = (np.abs(share - 50.0) / 5.0).astype(np.int32)
    return total + _PROPORTION * proportion


def _count(words: Words) -> NDArray[np.int32]:
    counts: NDArray[np.int32] = np.bitwise_count(words).sum(axis=0, dtype=np.int32)
    return counts


def _alike(lines: Words, half: np.uint64) -> Words:
    """Return where a module is like the next one in its line."""
    return ((lines ^ lines >> np.uint64(1)) & half) ^ half


def _runs(alike: Words) -> NDArray[np.int32]:
    """Return rule 1: a run of n >= 5 modules alike costs n - 2."""
    two = alike & alike >> np.uint64(1)
    five = two & two >> np.uint64(2)
    first = five & ~(five << np.uint64(1))
    return _count(five) + 2 * _count(first)


def _finders(lines: Words) -> NDArray[np.int32]:
    """Return rule 3: how many patterns 1011101 have four light modules at a side."""
    dark = lines & lines >> np.uint64(4)
    dark &= lines >> np.uint64(2)
    dark &= dark >> np.uint64(2)
    dark &= lines >> np.uint64(3)
    light = lines >> np.uint64(1)
    light |= lines >> np.uint64(5)
    dark &= ~light
    behind = lines >> np.uint64(7) | lines >> np.uint64(8)
    behind |= behind >> np.uint64(2)
    before = lines << np.uint64(1) | lines << np.uint64(2)
    before |= before << np.uint64(2)
    dark &= ~(before & behind)
    return _count(dark)
