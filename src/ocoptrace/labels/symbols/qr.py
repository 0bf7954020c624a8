"""QR and Micro QR symbols (ISO/IEC 18004): a link in, a square of modules out.

Level M unless asked otherwise, and never raised silently: a sticker on a jar gets scratched,
and a fuller symbol would need smaller modules. The encoder mixes numeric, alphanumeric and
byte segments, which keeps a sealed Digital Link at version 7 (45 modules).

>>> symbol = encode("HTTPS://ID.EXAMPLE/01/09521234543213")
>>> symbol.version, symbol.size, symbol.runs()[0]
(2, 25, (0, 0, 7))
>>> encode("HTTPS://ID.EXAMPLE/01/09521234543213", level="H").version
3
>>> encode_micro("95201016").size
13
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ocoptrace.errors import LabelError
from ocoptrace.labels.symbols.encoder import modules
from ocoptrace.labels.symbols.matrix import LEVELS, QUIET_ZONES, Matrix

if TYPE_CHECKING:
    from ocoptrace.labels.symbols.encoder import Symbology
    from ocoptrace.labels.symbols.matrix import Kind, Level

__all__ = ["LEVEL", "MAX_LENGTH", "QUIET_ZONE", "check_text", "encode", "encode_micro"]

LEVEL: Final = "M"
"""Error correction unless asked otherwise: about 15 % of the codewords may be lost."""
QUIET_ZONE: Final = QUIET_ZONES["qr"][0]
"""White modules that a QR symbol needs on each side (ISO/IEC 18004 §6.3.8)."""
MAX_LENGTH: Final = 7089
"""Most characters that any QR symbol holds: digits, at version 40 and level L."""

# The smallest Micro QR symbol only detects errors.
_M1_SIZE: Final = 11


def encode(text: str, level: Level = LEVEL) -> Matrix:
    """Return the smallest QR symbol of an ASCII text.

    Args:
        text: what to encode.
        level: error correction; a larger symbol is never filled up with more of it.

    Raises:
        LabelError: ``label.link_too_long`` where no QR symbol holds the text,
            ``label.link_characters`` where it is empty or not ASCII, ``label.level``.
    """
    check_text(text, level)
    return _square("qr", "QRCode", text, level)


def encode_micro(text: str, level: Level = LEVEL) -> Matrix:
    """Return the smallest Micro QR symbol of a short ASCII text.

    At level M it holds 30 digits, 18 characters of 0-9 A-Z and some signs, or 13 others.
    Telephones read it seldom; it is for the producer's own scanners.

    Args:
        text: what to encode.
        level: error correction; there is no level H.

    Raises:
        LabelError: as ``encode``, and ``label.micro_level``.
    """
    check_text(text, level)
    if level == "H":
        raise LabelError("label.micro_level", level=level)
    matrix = _square("micro-qr", "MicroQRCode", text, level)
    if matrix.width == _M1_SIZE:
        return Matrix("micro-qr", _M1_SIZE, _M1_SIZE, matrix.bits, text)
    return matrix


def check_text(text: str, level: str) -> None:
    """Refuse what no QR symbol can hold.

    Raises:
        LabelError: as ``encode``.
    """
    if level not in LEVELS:
        raise LabelError("label.level", value=level, known=", ".join(LEVELS))
    if not text or not text.isascii():
        found = "".join(sorted({c for c in text if not c.isascii()}))
        raise LabelError("label.link_characters", found=found)
    if len(text) > MAX_LENGTH:
        raise LabelError("label.link_too_long", length=len(text), level=level)


def _square(kind: Kind, symbology: Symbology, text: str, level: Level) -> Matrix:
    try:
        dark = modules(text, symbology, ec_level=level)
    except ValueError as error:
        raise LabelError("label.link_too_long", length=len(text), level=level) from error
    height, width = dark.shape
    return Matrix(kind, width, height, dark.tobytes(), text, level)
