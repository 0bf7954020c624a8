"""Where everything stands in a QR symbol (ISO/IEC 18004): patterns, codewords, format, masks.

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

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ocoptrace.labels.symbols.matrix import Level

    Modules = NDArray[np.uint8]
    Words = NDArray[np.uint64]

__all__ = ["MASKS", "MAX_VERSION", "QrLayout", "capacity", "pack", "qr_layout"]

MAX_VERSION: Final = 11
"""The largest version whose rows fit 64-bit words: 61 modules."""
MASKS: Final = 8

_WORD: Final = 64
# ISO/IEC 18004 table 9, versions 1 to 11: parity codewords of a block, number of blocks.
_PARITY: Final = {
    "L": (7, 10, 15, 20, 26, 18, 20, 24, 30, 18, 20),
    "M": (10, 16, 26, 18, 24, 16, 18, 22, 22, 26, 30),
    "Q": (13, 22, 18, 26, 18, 24, 18, 22, 20, 24, 28),
    "H": (17, 28, 22, 16, 22, 28, 26, 26, 24, 28, 24),
}
_BLOCKS: Final = {
    "L": (1, 1, 1, 1, 1, 2, 2, 2, 2, 4, 4),
    "M": (1, 1, 1, 2, 2, 4, 4, 4, 5, 5, 5),
    "Q": (1, 1, 2, 2, 4, 4, 6, 6, 8, 8, 8),
    "H": (1, 1, 2, 4, 4, 4, 5, 6, 8, 8, 11),
}
# Table 1: codewords in all.
_CODEWORDS: Final = (26, 44, 70, 100, 134, 172, 196, 242, 292, 346, 404)

_LEVEL_BITS: Final = {"L": 0b01, "M": 0b00, "Q": 0b11, "H": 0b10}
_FORMAT_GENERATOR: Final = 0b10100110111
_FORMAT_FLIPS: Final = 0b101010000010010
_VERSION_GENERATOR: Final = 0b1111100100101
_FIRST_WITH_VERSION: Final = 7


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


def capacity(version: int, level: Level) -> int:
    """Return how many bits of segments a symbol holds."""
    parity, blocks = _PARITY[level][version - 1], _BLOCKS[level][version - 1]
    return 8 * (_CODEWORDS[version - 1] - parity * blocks)


@lru_cache(maxsize=64)
def qr_layout(version: int, level: Level) -> QrLayout:
    """Return the layout of a version (1 to ``MAX_VERSION``) at a level."""
    size = 17 + 4 * version
    blocks, parity = _BLOCKS[level][version - 1], _PARITY[level][version - 1]
    data = capacity(version, level) // 8
    dark, taken = _patterns(version)
    order = _block_order(data, blocks)
    bits = _bit_places(taken, _interleaved(order, data, parity))
    bases = np.stack([_base(dark, taken, level, mask) for mask in range(MASKS)])
    return QrLayout(
        size,
        data,
        blocks,
        parity,
        order.ravel(),
        _in_words(bits),
        _in_words(bits.T),
        pack(bases),
        pack(bases.transpose(0, 2, 1)),
    )


def pack(modules: Modules) -> Words:
    """Return each last-axis line of modules as a word, its first module the lowest bit."""
    padded = np.zeros((*modules.shape[:-1], _WORD), np.uint8)
    padded[..., : modules.shape[-1]] = modules
    return np.packbits(padded, axis=-1, bitorder="little").view("<u8")[..., 0].astype(np.uint64)


def _patterns(version: int) -> tuple[Modules, Modules]:
    """Return the dark modules of the function patterns, and all that hold no data."""
    size = 17 + 4 * version
    dark, taken = np.zeros((2, size, size), np.uint8)
    dark[6, ::2] = dark[::2, 6] = taken[6] = taken[:, 6] = 1
    ring = np.maximum(*np.abs(np.mgrid[-3:4, -3:4]))
    for top, left in ((0, 0), (0, size - 7), (size - 7, 0)):
        dark[top : top + 7, left : left + 7] = ring != 2  # noqa: PLR2004 - the light ring
    # Finders, separators and format information.
    taken[:9, :9] = taken[:9, -8:] = taken[-8:, :9] = 1
    dark[size - 8, 8] = 1
    centres = _alignment_centres(version)
    for row in centres:
        for column in centres:
            if (row, column) not in {(6, 6), (6, centres[-1]), (centres[-1], 6)}:
                around = np.s_[row - 2 : row + 3, column - 2 : column + 3]
                dark[around] = ring[1:-1, 1:-1] != 1
                taken[around] = 1
    if version >= _FIRST_WITH_VERSION:
        number = _with_check_bits(version, _VERSION_GENERATOR)
        code = np.array([number >> bit & 1 for bit in range(18)], np.uint8).reshape(6, 3)
        dark[:6, -11:-8], dark[-11:-8, :6] = code, code.T
        taken[:6, -11:-8] = taken[-11:-8, :6] = 1
    return dark, taken


def _alignment_centres(version: int) -> list[int]:
    """Return the rows, and columns, on which alignment patterns have their centres."""
    last = 10 + 4 * version
    if version == 1:
        return []
    return [6, last] if version < _FIRST_WITH_VERSION else [6, (6 + last) // 2, last]


def _with_check_bits(number: int, generator: int) -> int:
    """Return a number followed by its BCH check bits (annexes C and D)."""
    check_bits = generator.bit_length() - 1
    rest = number << check_bits
    while rest.bit_length() > check_bits:
        rest ^= generator << rest.bit_length() - generator.bit_length()
    return number << check_bits | rest


def _base(dark: Modules, taken: Modules, level: Level, mask: int) -> Modules:
    """Return what is dark whatever the data: patterns, format, and the mask itself."""
    size = len(dark)
    row, column = np.mgrid[:size, :size]
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
    base = dark.copy()
    base[(condition == 0) & (taken == 0)] = 1
    number = _with_check_bits(_LEVEL_BITS[level] << 3 | mask, _FORMAT_GENERATOR) ^ _FORMAT_FLIPS
    code = [number >> bit & 1 for bit in range(15)]
    base[[0, 1, 2, 3, 4, 5, 7, 8], 8] = code[:8]
    base[8, [7, 5, 4, 3, 2, 1, 0]] = code[8:]
    base[8, -8:] = code[7::-1]
    base[-7:, 8] = code[8:]
    return base


def _block_order(data: int, blocks: int) -> NDArray[np.intp]:
    short, longer = divmod(data, blocks)
    longest = short + (longer > 0)
    order = np.full((blocks, longest), -1)
    start = 0
    for block in range(blocks):
        length = longest if block >= blocks - longer else short
        order[block, longest - length :] = np.arange(start, start + length)
        start += length
    return order


def _interleaved(order: NDArray[np.intp], data: int, parity: int) -> NDArray[np.intp]:
    """Return the codewords in the order they are placed, as numbers block by block."""
    blocks = len(order)
    # A short block lacks its last byte here, while for the parity it lacks its first.
    shifted = np.where(order[:, :1] < 0, np.roll(order, -1, axis=1), order)
    data_order = shifted.T.ravel()
    parities = data + np.arange(blocks * parity).reshape(blocks, parity).T.ravel()
    return np.concatenate([data_order[data_order >= 0], parities])


def _bit_places(taken: Modules, codewords: NDArray[np.intp]) -> NDArray[np.intp]:
    """Return for each module which bit stands there: two columns at a time, up and down."""
    size = len(taken)
    bits = (8 * codewords[:, None] + np.arange(8)).ravel()
    places = np.full((size, size), -1)
    upwards, at = True, 0
    for right in [*range(size - 1, 6, -2), 5, 3, 1]:
        for row in range(size - 1, -1, -1) if upwards else range(size):
            for column in (right, right - 1):
                if not taken[row, column] and at < len(bits):
                    places[row, column] = bits[at]
                    at += 1
        upwards = not upwards
    return places


def _in_words(bits: NDArray[np.intp]) -> NDArray[np.intp]:
    words = np.full((len(bits), _WORD), -1)
    words[:, : len(bits)] = bits
    return words.ravel()
