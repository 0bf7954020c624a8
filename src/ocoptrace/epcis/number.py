"""Numbers that keep the digits they were written with, so that a document can be written anew.

A whole number that a double holds is an ``int``; any other is a ``Real``.

>>> of_lexeme("6000"), of_lexeme("120.50"), of_lexeme("120.50").lexeme
(6000, 120.5, '120.50')
>>> of_lexeme("120.50") == 120.5, of_lexeme("123456789012345678901234").lexeme
(True, '123456789012345678901234')
>>> exact(of_lexeme("120.50")), exact(0.1)
(Decimal('120.50'), Decimal('0.1'))
"""

from __future__ import annotations

import math
import re
from decimal import Decimal, InvalidOperation
from typing import Self

from ocoptrace.errors import EpcisError

__all__ = ["MAX_DIGITS", "Real", "double", "exact", "lexeme", "of_lexeme"]

MAX_DIGITS = 256
"""Longest number that is read, in characters."""

_SHOWN = 40
_SIGNIFICANT_DIGITS = 15
_EXACT = 2**53
_SHORT = re.compile(r"-?[0-9]{1,7}\.[0-9]{1,7}")
"""A number of so few digits that a double surely holds it."""

_USUAL = re.compile(r"-?(?:0|[1-9][0-9]{0,14})(\.[0-9]{1,15})?")
"""A number as JSON has it, far from the ends of what a double reaches: most of them."""

_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")


class Real(float):
    """A number with its lexeme: a ``float`` to reckon with, the text to write it again.

    Attributes:
        lexeme: as it was written, in the grammar of JSON (RFC 8259, section 6).
    """

    __slots__ = ("lexeme",)
    lexeme: str

    def __new__(cls, lexeme: str) -> Self:
        """Return the number of a text.

        Raises:
            EpcisError: no JSON number, too long, or beyond what a double reaches.
        """
        if len(lexeme) > MAX_DIGITS or not _NUMBER.fullmatch(lexeme):
            raise EpcisError("fields.not_number", value=lexeme[:_SHOWN])
        self = super().__new__(cls, lexeme)
        if not math.isfinite(self):
            raise EpcisError("json.out_of_range", number=lexeme[:_SHOWN])
        self.lexeme = lexeme
        return self

    @classmethod
    def of_usual(cls, lexeme: str) -> Self:
        """Return the number of a text that surely is one and within reach."""
        self = float.__new__(cls, lexeme)
        self.lexeme = lexeme
        return self

    def __reduce__(self) -> tuple[type[Real], tuple[str]]:
        return Real, (self.lexeme,)


def of_lexeme(lexeme: str) -> int | Real:
    """Return the number of a JSON lexeme.

    Raises:
        EpcisError: no JSON number, too long, or beyond what a double reaches.
    """
    if usual := _USUAL.fullmatch(lexeme):
        if usual[1] or lexeme == "-0":
            return Real.of_usual(lexeme)
        return int(lexeme)
    number = Real(lexeme)
    whole = lexeme.removeprefix("-").isdigit() and lexeme != "-0" and abs(number) < _EXACT
    return int(lexeme) if whole else number


def lexeme(number: float) -> str:
    """Return the text of a number: as it was read, else in the shortest digits."""
    return number.lexeme if isinstance(number, Real) else repr(number)


def exact(number: float) -> Decimal:
    """Return the decimal number that the text of a number means."""
    return Decimal(lexeme(number))


def double(number: float) -> int | float:
    """Return the plain number whose canonical bytes mean what was written.

    Raises:
        EpcisError: a double does not hold it to 15 significant digits (formats, section 2).
    """
    if type(number) is int:
        if -_EXACT < number < _EXACT:
            return number
        raise EpcisError("json.inexact_number", number=str(number)[:_SHOWN])
    text = number.lexeme if type(number) is Real else lexeme(number)
    plain = float(number)
    if _SHORT.fullmatch(text):
        return plain
    try:
        decimal = Decimal(text)
    except InvalidOperation:  # an exponent that not even Decimal holds
        raise EpcisError("json.inexact_number", number=text[:_SHOWN]) from None
    digits = "".join(map(str, decimal.as_tuple().digits)).strip("0")
    # Near the ends of its range a double reads back as another number.
    if len(digits) > _SIGNIFICANT_DIGITS or decimal != Decimal(repr(plain)):
        raise EpcisError("json.inexact_number", number=text[:_SHOWN])
    return plain
