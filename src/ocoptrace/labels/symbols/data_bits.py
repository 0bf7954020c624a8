"""The data bits of many texts that are cut alike: segments, terminator, pads (ISO/IEC 18004, 7.4).

>>> text = np.frombuffer(b"01234567", np.uint8)[None, :]
>>> bits = data_bits(text, (("N", 0, 8),), version=1, codewords=16)
>>> np.packbits(bits).tobytes().hex(" ")
'10 20 0c 56 61 80 ec 11 ec 11 ec 11 ec 11 ec 11'

The example is that of annex I.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from ocoptrace.labels.symbols.segments import (
    ALPHANUMERIC,
    MODE_BITS,
    count_bits,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from ocoptrace.labels.symbols.segments import Mode, Segments

    Bits = NDArray[np.uint8]

__all__ = ["data_bits"]

_MODE_INDICATORS: Final = {"N": 0b0001, "A": 0b0010, "B": 0b0100}
_TERMINATOR: Final = 4
_PADS: Final = (0xEC, 0x11)
_ALPHANUMERIC_VALUES: Final = np.zeros(128, np.uint8)
_ALPHANUMERIC_VALUES[[ord(character) for character in ALPHANUMERIC]] = range(len(ALPHANUMERIC))


def data_bits(texts: NDArray[np.uint8], cuts: Segments, *, version: int, codewords: int) -> Bits:
    """Return the bits of each text's data codewords, one text a row.

    Args:
        texts: ASCII texts of one length, one a row.
        cuts: the segments of every one of them.
        version: the symbols' version.
        codewords: how many data codewords they hold; enough for the segments.
    """
    stream = np.zeros((len(texts), 8 * codewords), np.uint8)
    at = 0
    for mode, start, end in cuts:
        counted = count_bits(mode, version)
        head = _MODE_INDICATORS[mode] << counted | (end - start)
        width = MODE_BITS + counted
        stream[:, at : at + width] = [head >> bit & 1 for bit in reversed(range(width))]
        at += width
        for payload in _payload(texts[:, start:end], mode):
            stream[:, at : at + payload.shape[1]] = payload
            at += payload.shape[1]
    at = min(at + _TERMINATOR, 8 * codewords)
    pads = np.resize(np.array(_PADS, np.uint8), codewords - -(-at // 8))
    stream[:, 8 * (codewords - len(pads)) :] = np.unpackbits(pads)
    return stream


def _payload(characters: NDArray[np.uint8], mode: Mode) -> Iterator[Bits]:
    match mode:
        case "N":
            yield from _in_groups(characters - np.uint8(ord("0")), 10, (4, 7, 10))
        case "A":
            yield from _in_groups(_ALPHANUMERIC_VALUES[characters], 45, (6, 11))
        case "B":
            yield np.unpackbits(characters, axis=1)


def _in_groups(values: NDArray[np.uint8], base: int, widths: tuple[int, ...]) -> Iterator[Bits]:
    """Yield the bits of values taken some at a time as one number, then those of the rest."""
    number, length = values.shape
    whole = len(widths)
    rest = length % whole
    parts = [(values[:, : length - rest], whole), (values[:, length - rest :], rest)]
    for part, together in parts:
        if part.size:
            weights = base ** np.arange(together - 1, -1, -1)
            width = widths[together - 1]
            numbers = part.reshape(number, -1, together) @ weights
            # The bits stand at the left of two bytes.
            shifted = (numbers << 16 - width).astype(">u2")
            bits = np.unpackbits(shifted.view(np.uint8).reshape(number, -1, 2), axis=2)
            yield bits[:, :, :width].reshape(number, -1)
