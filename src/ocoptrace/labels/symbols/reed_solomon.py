"""Reed-Solomon parity of many blocks at once, over GF(256) as QR symbols use it.

The parity is linear in the data: what each value of each byte adds to it is looked up, and
eight bytes of it are one word.

>>> data = np.array([[16, 32, 12, 86, 97, 128, 236, 17, 236, 17, 236, 17, 236, 17, 236, 17]])
>>> parities(data.astype(np.uint8).T, 10).tolist()
[[165, 36, 212, 193, 237, 54, 199, 135, 44, 85]]

Source: ISO/IEC 18004, 7.5 and the example of annex I.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["parities"]

_POLYNOMIAL: Final = 0x11D
_FIELD: Final = 256


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
    powers, logarithms = _field()

    def times(numbers: NDArray[np.intp], factor: int) -> NDArray[np.intp]:
        product = powers[(logarithms[numbers] + logarithms[factor]) % (_FIELD - 1)]
        return np.where((numbers == 0) | (factor == 0), 0, product)

    generator = np.array([1])
    for power in range(parity):
        root = int(powers[power])
        generator = np.append(generator, 0) ^ np.append(0, times(generator, root))
    # The remainder of a one at each place, from the last place on.
    rest, remainders = generator[1:], []
    for _ in range(length):
        remainders.append(rest)
        rest = np.append(rest[1:], 0) ^ times(generator[1:], int(rest[0]))
    tables = np.zeros((length, _FIELD, -(-parity // 8) * 8), np.uint8)
    values = np.arange(_FIELD)
    for place, remainder in enumerate(reversed(remainders)):
        for byte, factor in enumerate(remainder.tolist()):
            tables[place, :, byte] = times(values, factor)
    return tables.view(np.uint64)


def _field() -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the powers of the field's generator, and their exponents."""
    powers, logarithms = np.zeros((2, _FIELD), np.intp)
    value = 1
    for exponent in range(_FIELD - 1):
        powers[exponent] = value
        logarithms[value] = exponent
        value <<= 1
        if value >= _FIELD:
            value ^= _POLYNOMIAL
    return powers, logarithms
