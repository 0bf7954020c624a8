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
from typing import TYPE_CHECKING

import numpy as np

from ocoptrace.labels.symbols.qr_structure import (
    MAX_VERSION,
    blocks,
    codeword_modules,
    function_modules,
    masked,
    nearest_format,
    without_codewords,
)
from ocoptrace.labels.symbols.reed_solomon import correct

if TYPE_CHECKING:
    from ocoptrace.labels.symbols.matrix import Level
    from ocoptrace.labels.symbols.qr_structure import Bits

__all__ = ["Decoded", "decode"]


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
    level: Level
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
    named = nearest_format(dark)
    if named is None:
        return None
    level, mask = named
    modules = codeword_modules(version)
    turned = masked(len(dark), mask)
    flips = turned.ravel()
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
    fixed = without_codewords(version, level, mask)
    reference = np.where(function_modules(version), fixed, turned)
    flat = reference.ravel()
    flat[modules] = np.unpackbits(right[:, None], axis=1).astype(np.bool_) ^ flips[modules]
    return Decoded(version, level, mask, reference, right != sampled, tuple(wrong))
