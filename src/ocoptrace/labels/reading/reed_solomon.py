"""Reed-Solomon over GF(256) with the polynomial of QR symbols (ISO/IEC 18004 §7.5.2).

>>> block = [16, 32, 12, 86, 97, 128, 236, 17, 236, 17, 236, 17, 236, 17, 236, 17]
>>> parity = [165, 36, 212, 193, 237, 54, 199, 135, 44, 85]
>>> torn = [0, 0, *block[2:], *parity]
>>> correct(torn, parity=10) == block + parity
True
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = ["correct"]

_EXP: Final = [1] * 510
_LOG: Final = [0] * 256


def _fill_logarithms() -> None:
    value = 1
    for power in range(255):
        _EXP[power] = _EXP[power + 255] = value
        _LOG[value] = power
        value <<= 1
        if value > 255:  # noqa: PLR2004 - a byte
            value ^= 0x11D


_fill_logarithms()


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
