"""Many QR symbols at once, bit for bit those of ``encode``: a run of stickers has one layout.

Texts are gathered that have one length and are cut into the same segments, then symbols that
have one version; each step of the standard is one operation on arrays. What is alone of its
kind goes to zxing-cpp.

>>> links = [f"HTTPS://ID.EXAMPLE/01/09521234543213/21/{10**11 + n}" for n in range(100)]
>>> symbols = encode_many(links)
>>> symbols == [encode(link) for link in links]
True
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final, cast

import numpy as np

from ocoptrace.errors import LabelError
from ocoptrace.labels.symbols.data_bits import data_bits
from ocoptrace.labels.symbols.masks import penalties
from ocoptrace.labels.symbols.matrix import Matrix
from ocoptrace.labels.symbols.qr import LEVEL, check_text, encode
from ocoptrace.labels.symbols.qr_layout import MAX_VERSION, qr_layout
from ocoptrace.labels.symbols.qr_structure import capacity
from ocoptrace.labels.symbols.reed_solomon import parities
from ocoptrace.labels.symbols.segments import bit_length, characters, cut, segments

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from ocoptrace.labels.symbols.matrix import Level
    from ocoptrace.labels.symbols.qr_layout import QrLayout
    from ocoptrace.labels.symbols.segments import Segments

__all__ = ["CHUNK", "encode_many"]

CHUNK: Final = 1024
"""Most symbols that are in the making at a time; each takes some 8 KB meanwhile."""

# Fewer are sooner done one by one.
_FEWEST: Final = 12
# zxing-cpp shrinks a symbol from above; so few segments never keep it from version 9.
_MOST_SEGMENTS: Final = 8
# Versions whose character counts are equally long.
_VERSIONS: Final = ((1, 9), (10, MAX_VERSION))
# Not even digits are that many in such a symbol.
_LONGEST: Final = capacity(MAX_VERSION, "L") // 3


def encode_many(texts: Sequence[str], level: Level = LEVEL) -> list[Matrix]:
    """Return the smallest QR symbol of each text, as ``encode`` makes it.

    Args:
        texts: ASCII texts; it is fast where hundreds are of one length and shape.
        level: error correction.

    Raises:
        LabelError: as ``encode``, with the place ``/<number from 0>`` of the first text.
    """
    found: list[Matrix | None] = [None] * len(texts)
    by_length: defaultdict[int, list[int]] = defaultdict(list)
    for number, text in enumerate(texts):
        try:
            check_text(text, level)
        except LabelError as error:
            raise _placed(error, number) from error
        by_length[len(text)].append(number)
    for length, numbers in by_length.items():
        for start in range(0, len(numbers), CHUNK):
            some = numbers[start : start + CHUNK]
            if len(some) >= _FEWEST and length <= _LONGEST:
                _encode_alike(texts, some, level, found)
    for number, matrix in enumerate(found):
        if matrix is None:
            try:
                found[number] = encode(texts[number], level)
            except LabelError as error:
                raise _placed(error, number) from error
    return cast("list[Matrix]", found)


def _placed(error: LabelError, number: int) -> LabelError:
    return LabelError(error.code, place=f"/{number}", **error.facts)


def _encode_alike(
    texts: Sequence[str], numbers: list[int], level: Level, found: list[Matrix | None]
) -> None:
    """Encode texts of one length, as far as enough of them have one version."""
    for first, last in _VERSIONS:
        rows = characters([texts[number] for number in numbers])
        larger: list[int] = []
        ready: defaultdict[int, list[tuple[list[int], NDArray[np.uint8]]]] = defaultdict(list)
        for members, cuts in _groups(cut(rows, version=first)):
            of_cut = [numbers[member] for member in members]
            bits = bit_length(cuts, version=first)
            fitting = (v for v in range(first, last + 1) if bits <= capacity(v, level))
            version = next(fitting, None)
            if version is None:
                larger += of_cut
            elif len(cuts) <= _MOST_SEGMENTS:
                codewords = qr_layout(version, level).data_codewords
                data = data_bits(rows[members], cuts, version=version, codewords=codewords)
                ready[version].append((of_cut, np.packbits(data, axis=1)))
        for version, parts in ready.items():
            of_version = [number for some, _ in parts for number in some]
            if len(of_version) >= _FEWEST:
                size = 17 + 4 * version
                drawn = _draw(np.concatenate([data for _, data in parts]), version, level)
                for number, modules in zip(of_version, drawn, strict=True):
                    found[number] = Matrix("qr", size, size, modules, texts[number], level)
        if len(larger) < _FEWEST:
            return
        numbers = larger


def _groups(modes: NDArray[np.uint8]) -> Iterator[tuple[list[int], Segments]]:
    """Yield the texts that are cut alike, and how."""
    length = modes.shape[1]
    text = modes.tobytes()
    members: defaultdict[bytes, list[int]] = defaultdict(list)
    for number in range(len(modes)):
        members[text[number * length : (number + 1) * length]].append(number)
    for numbers in members.values():
        yield numbers, segments(modes[numbers[0]])


def _draw(data: NDArray[np.uint8], version: int, level: Level) -> Iterator[bytes]:
    """Yield the modules of symbols of one version, whose data codewords are the rows."""
    layout = qr_layout(version, level)
    number, size = len(data), layout.size
    codewords = _with_parity(data, layout)
    rows, columns = _words(codewords, layout)
    costs = [
        penalties(rows ^ base_rows[:, None], columns ^ base_columns[:, None])
        for base_rows, base_columns in zip(layout.base_rows, layout.base_columns, strict=True)
    ]
    best = layout.base_rows[np.argmin(costs, axis=0)]
    finished = np.ascontiguousarray(rows.T) ^ best
    lines = finished.astype("<u8", copy=False).view(np.uint8).reshape(number, size, -1)
    modules = np.unpackbits(lines, axis=2, count=size, bitorder="little").tobytes()
    for start in range(0, len(modules), size * size):
        yield modules[start : start + size * size]


def _with_parity(data: NDArray[np.uint8], layout: QrLayout) -> NDArray[np.uint8]:
    """Return data, parity block by block, and a zero for where no codeword stands."""
    number = len(data)
    nothing = np.zeros((number, 1), np.uint8)
    # The last byte of all is the zero that makes up for what short blocks lack.
    by_block = np.hstack([data, nothing]).T[layout.order].reshape(layout.blocks, -1, number)
    columns = by_block.transpose(1, 2, 0).reshape(-1, number * layout.blocks)
    parity = parities(columns, layout.parity).reshape(number, -1)
    return np.hstack([data, parity, nothing])


def _words(codewords: NDArray[np.uint8], layout: QrLayout) -> Iterator[NDArray[np.uint64]]:
    """Yield the rows, then the columns: one symbol a column, one line of it a word."""
    bits = np.unpackbits(codewords, axis=1)
    for places in (layout.row_bits, layout.column_bits):
        lines = np.packbits(bits.take(places, axis=1), axis=1, bitorder="little").view("<u8")
        yield np.ascontiguousarray(lines.T, np.uint64)
