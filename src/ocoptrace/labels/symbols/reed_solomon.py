"""Reed-Solomon over GF(256) as QR symbols use it: the parity of many blocks, one block mended.

>>> data = [16, 32, 12, 86, 97, 128, 236, 17, 236, 17, 236, 17, 236, 17, 236, 17]
>>> [parity] = parities(np.array([data], np.uint8).T, 10).tolist()
>>> parity
[165, 36, 212, 193, 237, 54, 199, 135, 44, 85]
>>> correct([0, 0, *data[2:], *parity], parity=10) == data + parity
True

Source: ISO/IEC 18004, 7.5 and the example of annex I.
"""

from __future__ import annotations

from functools import cache, lru_cache
from itertools import chain
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

__all__ = ["correct", "parities"]

_POLYNOMIAL: Final = 0x11D
_EXP: Final = [1] * 510
_LOG: Final = [0] * 256


def _fill_logarithms() -> None:
    value = 1
    for power in range(255):
        _EXP[power] = _EXP[power + 255] = value
        _LOG[value] = power
        value <<= 1
        if value >= len(_LOG):
            value ^= _POLYNOMIAL


_fill_logarithms()


def parities(data: NDArray[np.uint8], parity: int) -> NDArray[np.uint8]:
    """Return the parity bytes of blocks, one block a row.

    Args:
        data: one block a column; a shorter block has zeros in front.
        parity: how many bytes of parity.
    """
    length, blocks = data.shape
    tables = _tables(length, parity)
    places = data.astype(np.intp)
    total = np.zeros((blocks, tables.shape[2]), np.uint64)
    for table, place in zip(tables, places, strict=True):
        total ^= table.take(place, axis=0)
    return total.view(np.uint8)[:, :parity]


@lru_cache(maxsize=32)
def _tables(length: int, parity: int) -> NDArray[np.uint64]:
    """Return for each byte of a block and each of its values what it adds, as words."""
    generator = [1]
    for power in range(parity):
        products = [_times(term, _EXP[power]) for term in generator]
        generator = [a ^ b for a, b in zip([*generator, 0], [0, *products], strict=True)]
    # The remainder of a one at each place, from the last place on.
    rest, remainders = generator[1:], []
    for _ in range(length):
        remainders.append(rest)
        products = [_times(term, rest[0]) for term in generator[1:]]
        rest = [a ^ b for a, b in zip([*rest[1:], 0], products, strict=True)]
    tables = np.zeros((length, len(_LOG), -(-parity // 8) * 8), np.uint8)
    for place, remainder in enumerate(reversed(remainders)):
        for byte, factor in enumerate(remainder):
            tables[place, :, byte] = _multiples(factor)
    return tables.view(np.uint64)


@cache
def _multiples(factor: int) -> NDArray[np.uint8]:
    """Return what a factor makes of each value."""
    return np.array([_times(value, factor) for value in range(len(_LOG))], np.uint8)


def correct(received: Sequence[int], *, parity: int) -> list[int] | None:
    """Return a block with its wrong codewords corrected, or None where they are too many.

    Args:
        received: the codewords, parity last.
        parity: how many of them correct errors.
    """
    syndromes = [_value(received, power) for power in range(parity)]
    if not any(syndromes):
        return list(received)
    locator = _error_locator(syndromes)
    length = len(received)
    places = [
        place for place in range(length) if not _value(locator[::-1], -(length - 1 - place) % 255)
    ]
    if len(places) != len(locator) - 1 or 2 * len(places) > parity:
        return None
    evaluator = [
        _xor(_times(syndromes[k - j], locator[j]) for j in range(min(k + 1, len(locator))))
        for k in range(len(places))
    ]
    corrected = list(received)
    for place in places:
        root = (length - 1 - place) % 255
        above = _value(evaluator[::-1], -root % 255)
        # The derivative of the locator has its odd terms only.
        below = _xor(
            _times(locator[k], _EXP[-root * (k - 1) % 255]) for k in range(1, len(locator), 2)
        )
        if not below:
            return None
        corrected[place] ^= _times(_times(above, _EXP[255 - _LOG[below]]), _EXP[root])
    return corrected if not any(_value(corrected, k) for k in range(parity)) else None


def _error_locator(syndromes: Sequence[int]) -> list[int]:
    """Return the shortest register that makes the syndromes (Berlekamp and Massey)."""
    current, previous = [1], [1]
    length, gap, last = 0, 1, 1
    for k, syndrome in enumerate(syndromes):
        terms = range(1, min(length, len(current) - 1) + 1)
        gone = _xor(chain([syndrome], (_times(current[i], syndromes[k - i]) for i in terms)))
        if not gone:
            gap += 1
            continue
        factor = _times(gone, _EXP[255 - _LOG[last]])
        shifted = [0] * gap + [_times(factor, c) for c in previous]
        width = max(len(current), len(shifted))
        padded = (current + [0] * (width - len(current)), shifted + [0] * (width - len(shifted)))
        longer = [a ^ b for a, b in zip(*padded, strict=True)]
        if 2 * length <= k:
            previous, last, gap, length = current, gone, 1, k + 1 - length
        else:
            gap += 1
        current = longer
    return current[: length + 1]


def _value(polynomial: Sequence[int], power: int) -> int:
    """Return a polynomial's value, highest term first, at a power of the generator."""
    value = 0
    for coefficient in polynomial:
        value = _times(value, _EXP[power]) ^ coefficient
    return value


def _times(a: int, b: int) -> int:
    return _EXP[_LOG[a] + _LOG[b]] if a and b else 0


def _xor(values: Iterable[int]) -> int:
    total = 0
    for value in values:
        total ^= value
    return total
