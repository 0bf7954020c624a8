r"""The dark modules of many symbols as PDF rectangles: what the PDF writer fills, once a symbol.

Runs go down the columns, and equal runs side by side are one rectangle: of the orders tried,
that is the smallest once compressed, because a QR code is filled column by column and what
its texts have in common stays together.

>>> from ocoptrace.labels.symbols import Matrix
>>> [operators] = rectangles([Matrix("ean-8", 6, 1, bytes([1, 1, 0, 0, 1, 0]), text="")])
>>> operators
'0 0 2 1 re\n4 0 1 1 re\n'
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from ocoptrace.labels.symbols.matrix import Matrix

__all__ = ["CHUNK", "rectangles"]

CHUNK: Final = 128
"""Most symbols that are in the making at a time; each takes some 40 KB meanwhile."""

_NUMBERS: Final = np.array([f"{number} ".encode() for number in range(1000)], "S4").view(np.uint32)
"""The text of each number, with a blank, in one word."""
_OPERATOR: Final = np.array([b"re\n"], "S4").view(np.uint32)[0]


def rectangles(matrices: Sequence[Matrix]) -> list[str]:
    """Return for each symbol its ``x y w h re`` operators, one a line.

    One unit is one module; x grows to the right and y downwards from the top left module, so
    that the page's matrix must turn y over. No two rectangles overlap, and one fill takes all.

    Args:
        matrices: any symbols; it is fast where hundreds are of one size.
    """
    found = [""] * len(matrices)
    by_size: defaultdict[tuple[int, int], list[int]] = defaultdict(list)
    for number, matrix in enumerate(matrices):
        by_size[matrix.height, matrix.width].append(number)
    for size, numbers in by_size.items():
        for start in range(0, len(numbers), CHUNK):
            some = numbers[start : start + CHUNK]
            joined = b"".join([matrices[number].bits for number in some])
            symbols = np.frombuffer(joined, np.uint8).reshape(len(some), *size)
            for number, operators in zip(some, _operators(symbols), strict=True):
                found[number] = operators
    return found


def _operators(symbols: NDArray[np.uint8]) -> Iterator[str]:
    number, height, width = symbols.shape
    spans, runs = _spans(symbols)
    # Symbol by symbol, column by column, from the top.
    found = np.flatnonzero(spans)
    columns, y = np.divmod(found, height + 1)
    symbol, x = np.divmod(columns, width)
    words = np.empty((len(found), 5), np.uint32)
    for column, values in enumerate((x, y, spans[found], runs[found])):
        words[:, column] = _NUMBERS[values]
    words[:, 4] = _OPERATOR
    padded = words.tobytes()
    size = words.itemsize * words.shape[1]
    ends = np.searchsorted(symbol, np.arange(number), side="right") * size
    start = 0
    for end in ends.tolist():
        yield padded[start:end].translate(None, b"\0").decode("ascii")
        start = end


def _spans(symbols: NDArray[np.uint8]) -> tuple[NDArray[np.int16], NDArray[np.int16]]:
    """Return where a rectangle begins its width, and its height; by symbol, column, row."""
    number, height, width = symbols.shape
    # Column first: all symbols' columns at one x are worked on together.
    columns = np.zeros((width, number, height + 2), np.int8)
    columns[:, :, 1:-1] = symbols.transpose(2, 0, 1)
    edges = columns[:, :, 1:] - columns[:, :, :-1]
    starts, ends = np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)
    runs = np.zeros((width + 1, number, height + 1), np.int16)
    runs.ravel()[starts] = ends - starts
    # How many equal runs stand side by side from here on; none where one stands at the left.
    spans = (runs > 0).astype(np.int16)
    for x in range(width - 2, -1, -1):
        alike = (runs[x] == runs[x + 1]) & (runs[x] > 0)
        spans[x] += alike * spans[x + 1]
        spans[x + 1] *= ~alike
    by_symbol = (np.ascontiguousarray(each[:width].swapaxes(0, 1)) for each in (spans, runs))
    return next(by_symbol).ravel(), next(by_symbol).ravel()
