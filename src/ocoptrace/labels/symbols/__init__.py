"""Symbols: a text in, the dark and light modules of a QR code or bar code out.

zxing-cpp is the one encoder; what draws a matrix in a file format takes it from here.

>>> from ocoptrace.labels.symbols import encode
>>> symbol = encode("HTTPS://ID.EXAMPLE/01/09521234543213")
>>> symbol.kind, symbol.level, symbol.version
('qr', 'M', 2)
"""

from __future__ import annotations

from ocoptrace.labels.symbols.batch import encode_many
from ocoptrace.labels.symbols.gs1_symbols import ean, gs1_128, gs1_datamatrix, human_readable
from ocoptrace.labels.symbols.matrix import MAX_LOGO_SHARES, Kind, Level, Matrix
from ocoptrace.labels.symbols.qr import encode, encode_micro

__all__ = [
    "MAX_LOGO_SHARES",
    "Kind",
    "Level",
    "Matrix",
    "ean",
    "encode",
    "encode_many",
    "encode_micro",
    "gs1_128",
    "gs1_datamatrix",
    "human_readable",
]
