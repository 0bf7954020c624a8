"""The reference decode of a sampled QR symbol (ISO/IEC 18004 §12).

What a grade needs to know: not what a symbol says, but which of its modules and codewords are
wrong. The codewords are corrected here, so that it depends on no encoder.

>>> from ocoptrace.labels.symbols import encode
>>> symbol = encode("HTTPS://ID.EXAMPLE/01/09521234543213")
>>> dark = np.frombuffer(symbol.bits, np.uint8).reshape(symbol.size, symbol.size) == 1
>>> torn = dark.copy()
>>> torn[10:13, 14:17] ^= True
>>> decoded = decode(torn)
>>> decoded.version, decoded.level, decoded.wrong, bool((decoded.reference == dark).all())
(2, 'M', (3,), True)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from ocoptrace.labels.reading.qr_layout import (
    FIRST_WITH_VERSION,
    LEVELS,
    MAX_VERSION,
    blocks,
    codeword_modules,
    format_places,
    function_modules,
    segments,
)
from ocoptrace.labels.reading.reed_solomon import correct

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from ocoptrace.labels.reading.qr_layout import Bits

__all__ = ["Decoded", "decode"]

_MASKS: Final[tuple[Callable[[NDArray[np.int_], NDArray[np.int_]], Bits], ...]] = (
    lambda i, j: (i + j) % 2 == 0,
    lambda i, j: (i % 2 == 0) | (j < 0),
    lambda i, j: (j % 3 == 0) | (i < 0),
    lambda i, j: (i + j) % 3 == 0,
    lambda i, j: (i // 2 + j // 3) % 2 == 0,
    lambda i, j: i * j % 2 + i * j % 3 == 0,
    lambda i, j: (i * j % 2 + i * j % 3) % 2 == 0,
    lambda i, j: ((i + j) % 2 + i * j % 3) % 2 == 0,
)
_LEVEL_BITS: Final = {"M": 0, "L": 1, "H": 2, "Q": 3}
_FORMAT_MASK: Final = 0x5412
_FORMAT_GENERATOR: Final = 0x537
_VERSION_GENERATOR: Final = 0x1F25
# Of 15 format bits, three may be wrong and the nearest of the 32 words is still the right one.
_FORMAT_ERRORS: Final = 3


@dataclass(frozen=True, slots=True)
class Decoded:
    """A symbol that the reference decode read.

    Attributes:
        version: 1 to 40.
        level: error correction, L, M, Q or H.
        mask: 0 to 7.
        reference: the modules as they ought to be.
        wrong_codewords: for each codeword of the symbol, whether it is wrong.
        wrong: how many are, block by block.
    """

    version: int
    level: str
    mask: int
    reference: Bits
    wrong_codewords: Bits
    wrong: tuple[int, ...]


def decode(dark: Bits) -> Decoded | None:
    """Return what the reference decode makes of sampled modules, or None if it cannot.

    Args:
        dark: a square of 21 to 177 modules a side.
    """
    version, rest = divmod(len(dark) - 17, 4)
    if rest or not 1 <= version <= MAX_VERSION or dark.shape != (len(dark), len(dark)):
        return None
    named = _format(dark)
    if named is None:
        return None
    level, mask = named
    modules = codeword_modules(version)
    masked = _MASKS[mask](*np.indices(dark.shape))
    flips = masked.ravel()
    sampled = np.packbits(dark.ravel()[modules] ^ flips[modules], axis=1)[:, 0]
    right = sampled.copy()
    wrong = []
    for block in blocks(version, level):
        where = list(block.codewords)
        corrected = correct(sampled[where].tolist(), parity=block.parity)
        if corrected is None:
            return None
        right[where] = corrected
        wrong.append(int((right[where] != sampled[where]).sum()))
    # Up to seven modules are left over; they hold zeros.
    reference = np.where(
        function_modules(version), _without_codewords(version, level, mask), masked
    )
    flat = reference.ravel()
    flat[modules] = np.unpackbits(right[:, None], axis=1).astype(np.bool_) ^ flips[modules]
    return Decoded(version, level, mask, reference, right != sampled, tuple(wrong))


def _format_word(level: str, mask: int) -> int:
    data = _LEVEL_BITS[level] << 3 | mask
    return (data << 10 | _remainder(data << 10, _FORMAT_GENERATOR)) ^ _FORMAT_MASK


def _remainder(value: int, generator: int) -> int:
    while value.bit_length() >= generator.bit_length():
        value ^= generator << value.bit_length() - generator.bit_length()
    return value


def _format(dark: Bits) -> tuple[str, int] | None:
    """Return level and mask, from whichever copy of the format information is nearer."""
    words = {_format_word(level, mask): (level, mask) for level in LEVELS for mask in range(8)}
    read = [
        sum(int(dark[place]) << 14 - k for k, place in enumerate(places))
        for places in format_places(len(dark))
    ]
    errors, word = min(((one ^ word).bit_count(), word) for word in words for one in read)
    return words[word] if errors <= _FORMAT_ERRORS else None


def _without_codewords(version: int, level: str, mask: int) -> Bits:
    """Return a symbol's modules, those of its codewords light."""
    size = 4 * version + 17
    dark = segments(version)["a1"][1].copy()
    word = _format_word(level, mask)
    for places in format_places(size):
        for k, place in enumerate(places):
            dark[place] = word >> 14 - k & 1
    dark[size - 8, 8] = True
    if version >= FIRST_WITH_VERSION:
        bits = version << 12 | _remainder(version << 12, _VERSION_GENERATOR)
        for k in range(18):
            near, far = k // 3, size - 11 + k % 3
            dark[near, far] = dark[far, near] = bits >> k & 1
    return dark
