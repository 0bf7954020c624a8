"""A QR symbol laid out for arrays: which bit is which module, with all masks drawn beforehand.

A row or column of modules is one 64-bit word, module i its bit i; that is as far as version
11 goes, and labels go no further.

>>> layout = qr_layout(7, "M")
>>> layout.size, layout.data_codewords, layout.blocks, layout.parity
(45, 124, 4, 18)
>>> layout.base_rows.shape, layout.base_rows.dtype
((8, 45), dtype('uint64'))
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import numpy as np

from ocoptrace.labels.symbols import qr_structure
from ocoptrace.labels.symbols.qr_structure import MASKS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ocoptrace.labels.symbols.matrix import Level
    from ocoptrace.labels.symbols.qr_structure import Bits

    Words = NDArray[np.uint64]

__all__ = ["MAX_VERSION", "QrLayout", "pack", "qr_layout"]

MAX_VERSION: Final = 11
"""The largest version whose rows fit 64-bit words: 61 modules."""

_WORD: Final = 64


@dataclass(frozen=True, eq=False, slots=True)
class QrLayout:
    """One version at one level.

    Attributes:
        size: modules a side.
        data_codewords: bytes of data, pads included.
        blocks: how many blocks the data is cut into; the first ones may be one shorter.
        parity: bytes of parity of each block.
        order: for each byte of ``blocks * longest`` data, block by block, its place in the
            data; -1 in front of a short block.
        row_bits: for each module of each row, 64 a row, the bit of data and parity (block by
            block) that stands there; -1 for none.
        column_bits: the same by columns.
        base_rows: for each mask the rows of patterns, format and version, and of the mask.
        base_columns: the same by columns.
    """

    size: int
    data_codewords: int
    blocks: int
    parity: int
    order: NDArray[np.intp]
    row_bits: NDArray[np.intp]
    column_bits: NDArray[np.intp]
    base_rows: Words
    base_columns: Words


@lru_cache(maxsize=64)
def qr_layout(version: int, level: Level) -> QrLayout:
    """Return the layout of a version (1 to ``MAX_VERSION``) at a level."""
    blocks = qr_structure.blocks(version, level)
    parity = blocks[0].parity
    data = qr_structure.capacity(version, level) // 8
    order = np.full((len(blocks), len(blocks[-1].codewords) - parity), -1)
    # Of each codeword of the sequence, its number when data and parity stand block by block.
    numbers = np.empty(qr_structure.codewords(version), np.intp)
    start = 0
    for number, block in enumerate(blocks):
        end = start + len(block.codewords) - parity
        order[number, start - end :] = range(start, end)
        first = data + number * parity
        numbers[list(block.codewords)] = [*range(start, end), *range(first, first + parity)]
        start = end
    size = 17 + 4 * version
    bits = np.full(size * size, -1)
    bits[qr_structure.codeword_modules(version)] = 8 * numbers[:, None] + np.arange(8)
    by_row = bits.reshape(size, size)
    bases = np.stack([_base(version, level, mask) for mask in range(MASKS)])
    return QrLayout(
        size,
        data,
        len(blocks),
        parity,
        order.ravel(),
        _in_words(by_row),
        _in_words(by_row.T),
        pack(bases),
        pack(bases.transpose(0, 2, 1)),
    )


def pack(modules: NDArray[np.bool_] | NDArray[np.uint8]) -> Words:
    """Return each last-axis line of modules as a word, its first module the lowest bit."""
    padded = np.zeros((*modules.shape[:-1], _WORD), np.uint8)
    padded[..., : modules.shape[-1]] = modules
    return np.packbits(padded, axis=-1, bitorder="little").view("<u8")[..., 0].astype(np.uint64)


def _base(version: int, level: Level, mask: int) -> Bits:
    """Return what is dark whatever the data: patterns, format, and the mask itself."""
    function = qr_structure.function_modules(version)
    fixed = qr_structure.without_codewords(version, level, mask)
    return np.where(function, fixed, qr_structure.masked(len(fixed), mask))


def _in_words(bits: NDArray[np.intp]) -> NDArray[np.intp]:
    words = np.full((len(bits), _WORD), -1)
    words[:, : len(bits)] = bits
    return words.ravel()
