"""How a text is cut into numeric, alphanumeric and byte segments, as zxing-cpp cuts it.

The cut is the cheapest by an estimate that shares a group's bits among its characters: ten
among three digits, eleven among two of the 45 characters. Texts of one length are cut
together, one character after the other, because serial numbers make each text's own.

>>> link = "HTTPS://ID.EXAMPLE/01/09521234543213"
>>> modes = cut(characters([link, link.lower()]), version=3)
>>> [segments(row) for row in modes]
[(('A', 0, 22), ('N', 22, 36)), (('B', 0, 22), ('N', 22, 36))]
>>> [bit_length(segments(row), version=3) for row in modes]
[195, 249]
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = [
    "ALPHANUMERIC",
    "MODE_BITS",
    "Mode",
    "Segments",
    "bit_length",
    "characters",
    "count_bits",
    "cut",
    "segments",
]

Mode = Literal["N", "A", "B"]
"""Numeric, alphanumeric, byte."""

Segments = tuple[tuple[Mode, int, int], ...]
"""Mode, start and end of each segment of a text."""

ALPHANUMERIC: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
"""The characters of alphanumeric mode, by their value (ISO/IEC 18004 table 5)."""

MODE_BITS: Final = 4
"""Bits that tell a segment's mode."""

# To version 9, and from version 10 to 26 (table 3).
_COUNT_BITS: Final[dict[Mode, tuple[int, int]]] = {"N": (10, 12), "A": (9, 11), "B": (8, 16)}
_MODES: Final[tuple[Mode, ...]] = ("N", "A", "B")
_LAST_SMALL: Final = 9
# Bits are counted in sixths, so that a half and a third of a group are whole.
_UNIT: Final = 6
_NEVER: Final = 2**28
_IS_DIGIT, _IS_ALPHANUMERIC = (
    np.isin(np.arange(256), np.frombuffer(some.encode(), np.uint8))
    for some in (ALPHANUMERIC[:10], ALPHANUMERIC)
)


def characters(texts: Sequence[str]) -> NDArray[np.uint8]:
    """Return ASCII texts of one length, one text a row."""
    return np.frombuffer("".join(texts).encode("ascii"), np.uint8).reshape(len(texts), -1)


def cut(texts: NDArray[np.uint8], *, version: int) -> NDArray[np.uint8]:
    """Return the mode of each character: 0 numeric, 1 alphanumeric, 2 byte.

    Args:
        texts: as ``characters`` returns them.
        version: a version of the symbols; all up to 9 are alike, and all from 10 on.
    """
    heads = [_UNIT * (MODE_BITS + count_bits(mode, version)) for mode in _MODES]
    number, length = texts.shape
    # The cheapest way to have encoded all so far, and to be in a mode.
    numeric, alphanumeric, byte = (np.full(number, head, np.int32) for head in heads)
    # For each character: its own mode, if the mode behind it is to be 0, 1 or 2.
    choices = np.empty((length, 3, number), np.uint8)
    # From here on one character of all texts at a time.
    digit_costs, pair_costs = (
        np.ascontiguousarray(costs.T) for costs in (_digit_costs(texts), _pair_costs(texts))
    )
    for digit_cost, pair_cost, choice in zip(digit_costs, pair_costs, choices, strict=True):
        numeric = numeric + digit_cost
        alphanumeric = alphanumeric + pair_cost
        byte = byte + 8 * _UNIT
        to_numeric = np.minimum(alphanumeric, byte) + heads[0]
        to_alphanumeric = np.minimum(numeric, byte) + heads[1]
        to_byte = np.minimum(numeric, alphanumeric) + heads[2]
        # Of modes that cost the same: the one it has, else numeric, else alphanumeric.
        choice[0] = np.where(numeric > to_numeric, 1 + (alphanumeric > byte), 0)
        choice[1] = np.where(alphanumeric > to_alphanumeric, 2 * (numeric > byte), 1)
        choice[2] = np.where(byte > to_byte, numeric > alphanumeric, 2)
        numeric = np.minimum(numeric, to_numeric)
        alphanumeric = np.minimum(alphanumeric, to_alphanumeric)
        byte = np.minimum(byte, to_byte)
    behind = np.argmin([numeric, alphanumeric, byte], axis=0)
    every = np.arange(number)
    modes = np.empty((length, number), np.uint8)
    for choice, mode in zip(choices[::-1], modes[::-1], strict=True):
        mode[:] = behind = choice[behind, every]
    return np.ascontiguousarray(modes.T)


def _digit_costs(texts: NDArray[np.uint8]) -> NDArray[np.int32]:
    """Return what each digit costs in its group of up to three, counted from its run's start."""
    digit = _IS_DIGIT[texts]
    place, start, end = _runs(digit)
    group = place - (place - start) % 3
    costs = np.array([0, 24, 21, 20], np.int32)[np.clip(end - group, 0, 3)]
    costs[~digit] = _NEVER
    return costs


def _pair_costs(texts: NDArray[np.uint8]) -> NDArray[np.int32]:
    """Return what each of the 45 characters costs in its pair, counted from its run's start."""
    paired = _IS_ALPHANUMERIC[texts]
    place, start, end = _runs(paired)
    alone = ((place - start) % 2 == 0) & (place + 1 == end)
    # The last of all is counted as if it stood alone, even where it closes a pair.
    alone[:, -1] = True
    costs = np.where(alone, np.int32(36), np.int32(33))
    costs[~paired] = _NEVER
    return costs


def _runs(inside: NDArray[np.bool_]) -> tuple[NDArray[np.int16], ...]:
    """Return the place of each character, and where its run begins and ends."""
    length = inside.shape[1]
    place = np.arange(length, dtype=np.int16)
    before = np.maximum.accumulate(np.where(inside, np.int16(-1), place), axis=1)
    behind = np.where(inside, np.int16(length), place)[:, ::-1]
    return place, before + np.int16(1), np.minimum.accumulate(behind, axis=1)[:, ::-1]


def segments(modes: NDArray[np.uint8]) -> Segments:
    """Return the segments of one text as (mode, start, end)."""
    starts = [0, *(np.flatnonzero(np.diff(modes)) + 1).tolist()]
    ends = [*starts[1:], len(modes)]
    return tuple(
        (_MODES[modes[start]], start, end) for start, end in zip(starts, ends, strict=True)
    )


def count_bits(mode: Mode, version: int) -> int:
    """Return how many bits tell a segment's length."""
    return _COUNT_BITS[mode][version > _LAST_SMALL]


def bit_length(cuts: Segments, *, version: int) -> int:
    """Return how many bits segments take, without the terminator."""
    total = 0
    for mode, start, end in cuts:
        length = end - start
        match mode:
            case "N":
                payload = 10 * (length // 3) + (0, 4, 7)[length % 3]
            case "A":
                payload = 11 * (length // 2) + 6 * (length % 2)
            case "B":
                payload = 8 * length
        total += MODE_BITS + count_bits(mode, version) + payload
    return total
