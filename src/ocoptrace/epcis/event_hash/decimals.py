"""Numbers in a pre-hash text: one spelling each, without zeros at their end.

>>> exact("150.0"), exact("007"), exact("-0.50"), exact("1e3"), exact("LOT-7")
('150', '7', '-0.5', '1000', 'LOT-7')
>>> binary("0.00001"), binary("12345678901234567890"), binary("1_000"), binary("0x10")
('1e-05', '12345678901234567168', '1000', '0x10')
"""

from __future__ import annotations

import re

from ocoptrace.epcis.faults import shown
from ocoptrace.errors import EpcisError

__all__ = ["MAX_EXPONENT", "binary", "exact"]

MAX_EXPONENT = 400
"""Beyond this power of ten a number stays as written: its plain form would only be long."""

_NUMBER = re.compile(r"([+-]?)([0-9]+)(?:\.([0-9]+))?(?:[eE]([+-]?[0-9]+))?")
_NO_NUMBER = re.compile(r"[A-HJ-MO-Za-hj-mo-z]")
"""How no number begins in Python, which knows ``inf`` and ``nan``: most texts, told quickly."""

_MAX_EXPONENT_DIGITS = 5


def exact(text: str) -> str:
    """Return the plain decimal form of a number; any other text as it is.

    The standard says nothing of signs, leading zeros and exponents; that they make no
    difference keeps XML, where numbers are text, equal to JSON.
    """
    match = _NUMBER.fullmatch(text)
    if match is None:
        return text
    sign, whole, fraction, power = match.groups()
    fraction = fraction or ""
    if power:
        if len(power) > _MAX_EXPONENT_DIGITS or abs(int(power)) > MAX_EXPONENT:
            return text
        digits, point = whole + fraction, len(whole) + int(power)
        digits = digits.rjust(len(digits) - point, "0") if point < 0 else digits.ljust(point, "0")
        point = max(point, 0)
        whole, fraction = digits[:point], digits[point:]
    whole, fraction = whole.lstrip("0") or "0", fraction.rstrip("0")
    plain = f"{whole}.{fraction}" if fraction else whole
    return f"-{plain}" if sign == "-" and plain != "0" else plain


def binary(text: str) -> str:
    """Return a number as a double holds it; a text that Python reads as none, as it is.

    This is what release 1.9.3 of the reference implementation does to every value, whatever
    it means.

    Raises:
        EpcisError: an infinity, or beyond a double, where that release drops the whole event.
    """
    if _NO_NUMBER.match(text):
        return text
    try:
        number = float(text)
        return str(int(number) if int(number) == number else number)
    except OverflowError as error:
        raise EpcisError("epcis.hash_dropped", value=shown(text)) from error
    except ValueError:
        return text
