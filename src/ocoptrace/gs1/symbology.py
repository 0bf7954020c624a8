r"""What a reader sends: the AIM symbology identifier, then the data of the symbol.

Inside, a message is plain text, or elements that start with FNC1, written ``^``; ``|`` stands
before what a composite symbol holds above its linear part. A plain text that starts with
``^`` gets a backslash, as the GS1 Barcode Syntax Engine writes it.

>>> received = receive("]d2010952010100111510L1")
>>> received.symbol, received.message
('GS1 DataMatrix', '^010952010100111510L1')
>>> transmit("DataMatrix", received.message) == "]d2010952010100111510L1"
True
>>> receive("]E09520101001115").message
'9520101001115'

Source: GS1 General Specifications, clause 5.1; ISO/IEC 15424.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from ocoptrace.errors import Gs1Error
from ocoptrace.gs1._shown import shown
from ocoptrace.gs1.application_identifiers import application_identifier
from ocoptrace.gs1.checks import is_digits
from ocoptrace.gs1.element_string import FNC1, read_elements

__all__ = ["SYMBOLS", "Received", "receive", "transmit"]

GROUP_SEPARATOR = "\x1d"
_COMPOSITE = "|"
_ELEMENTS = {
    "C1": "GS1-128",
    "J1": "GS1 DotCode",
    "Q3": "GS1 QR Code",
    "d2": "GS1 DataMatrix",
    "e0": "GS1 DataBar",
}
_DIGITS = {"E0": ("EAN-13", 13), "E4": ("EAN-8", 8), "I0": ("ITF-14", 14), "I1": ("ITF-14", 14)}
_TEXT = {"C0": "Code 128", "J0": "DotCode", "Q1": "QR Code", "d1": "DataMatrix"}
_WITH_COMPOSITE = ("DataBar", "GS1-128")
SYMBOLS = {
    "DataBar": ("e0", "e0"),
    "DataMatrix": ("d1", "d2"),
    "DotCode": ("J0", "J1"),
    "EAN-13": ("E0", "E0"),
    "EAN-8": ("E4", "E4"),
    "GS1-128": ("C0", "C1"),
    "ITF-14": ("I1", "I1"),
    "QR": ("Q1", "Q3"),
}
"""Symbols that ``transmit`` knows, and their identifiers: of plain text, of elements."""


class Received(NamedTuple):
    """What a reader sent, taken apart.

    Attributes:
        identifier: the two characters behind ``]``.
        symbol: name of the symbol.
        message: text or elements, see above; digits of an EAN, UPC or ITF.
    """

    identifier: str
    symbol: str
    message: str


def receive(scan_data: str) -> Received:
    """Return what a reader sent; its content is not checked yet.

    Args:
        scan_data: starts with ``]`` and the two characters of a symbology identifier.

    Raises:
        Gs1Error: no such identifier, or data of another shape than its symbol holds.
    """
    identifier, data = scan_data[1:3], scan_data[3:]
    if scan_data[:1] != "]":
        raise Gs1Error("gs1.symbology", value=shown(scan_data[:3]))
    if identifier in _TEXT:
        escaped = "\\" + data if re.match(r"\\*\^", data) else data
        return Received(identifier, _TEXT[identifier], escaped)
    if identifier in _ELEMENTS:
        symbol = _ELEMENTS[identifier]
        if not data:
            raise Gs1Error("gs1.symbol_data", symbol=symbol, value="")
        return Received(identifier, symbol, FNC1 + data.replace(GROUP_SEPARATOR, FNC1))
    if identifier not in _DIGITS:
        raise Gs1Error("gs1.symbology", value=shown(scan_data[:3]))
    symbol, length = _DIGITS[identifier]
    digits, separator, above = data.partition(f"{_COMPOSITE}]e0")
    if len(digits) != length or not is_digits(digits) or (separator and not above):
        raise Gs1Error("gs1.symbol_data", symbol=symbol, value=shown(data))
    if separator:
        digits += f"{_COMPOSITE}{FNC1}{above.replace(GROUP_SEPARATOR, FNC1)}"
    return Received(identifier, symbol, digits)


def transmit(symbol: str, message: str) -> str:
    """Return what a reader sends for a symbol that holds a message.

    Args:
        symbol: a key of SYMBOLS.
        message: text or elements as above; for EAN, UPC and ITF digits, or (01) alone.

    Raises:
        Gs1Error: an unknown symbol, or a message that it does not hold.
    """
    if symbol not in SYMBOLS:
        raise Gs1Error("gs1.unknown_symbol", value=shown(symbol), expected=", ".join(SYMBOLS))
    plain, elements = SYMBOLS[symbol]
    if elements in _DIGITS or (symbol == "DataBar" and not message.startswith(FNC1)):
        linear, separator, above = message.partition(f"{_COMPOSITE}{FNC1}")
        digits = _digits(symbol, linear)
        above = above.replace(FNC1, GROUP_SEPARATOR)
        if elements in _DIGITS:
            return f"]{elements}{digits}" + (f"{_COMPOSITE}]e0{above}" if separator else "")
        return f"]{elements}01{digits}{above}"
    if not message.startswith(FNC1):
        unescaped = message[1:] if re.match(r"\\+\^", message) else message
        return f"]{plain}{unescaped}"
    linear, separator, above = message.partition(f"{_COMPOSITE}{FNC1}")
    if separator:
        if symbol not in _WITH_COMPOSITE:
            raise Gs1Error("gs1.symbol_data", symbol=symbol, value=shown(message))
        linear += (FNC1 if _ends_open(linear) else "") + above
        elements = "e0"
    return f"]{elements}{linear[1:].replace(FNC1, GROUP_SEPARATOR)}"


def _digits(symbol: str, linear: str) -> str:
    """Return the digits of an EAN, UPC, ITF or DataBar, as many as its reader sends."""
    length = _DIGITS[SYMBOLS[symbol][1]][1] if symbol != "DataBar" else 14
    digits = linear.removeprefix(f"{FNC1}01") if linear.startswith(FNC1) else linear
    if not is_digits(digits) or len(digits.lstrip("0")) > length:
        raise Gs1Error("gs1.symbol_data", symbol=symbol, value=shown(linear))
    return digits.rjust(length, "0")[-length:]


def _ends_open(linear: str) -> bool:
    """Tell whether the last element needs FNC1 behind it before another may follow."""
    elements = read_elements(linear, unknown=True)
    ai = application_identifier(elements[-1][0]) if elements else None
    return ai is None or ai.predefined_length is None
