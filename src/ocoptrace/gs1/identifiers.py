"""GS1 identification keys as values.

A key is parsed strictly: digits and check digit must be right, blanks and hyphens are not
taken off. Each knows its application identifier, so that a link is built from it:

>>> gtin = Gtin.parse("9520101001115")
>>> gtin.digits, str(gtin), gtin.element
('09520101001115', '09520101001115', ('01', '09520101001115'))
>>> Gln.parse("9520000000004")
Gln(value='9520000000004')
>>> Gtin.parse("9520101001119")
Traceback (most recent call last):
ocoptrace.errors.Gs1Error: (01): the check digit of "09520101001119" should be 5, but is 9. \
Compare each digit with the original; one may be mistyped.
"""

from __future__ import annotations

from typing import ClassVar, Self

from ocoptrace.errors import Gs1Error
from ocoptrace.gs1._frozen import Frozen
from ocoptrace.gs1._shown import shown
from ocoptrace.gs1.values import check_value

__all__ = ["Gdti", "Giai", "Gln", "Grai", "Gsrn", "Gtin", "Key", "Sscc"]

_GTIN_LENGTHS = (8, 12, 13, 14)


class Key(Frozen):
    """A GS1 identification key: one value of one application identifier.

    Args:
        value: the key as an element string carries it.

    Raises:
        Gs1Error: wrong length, characters or check digit.
    """

    __slots__ = ("value",)
    value: str
    ai: ClassVar[str]
    """The application identifier that carries the key."""

    def __init__(self, value: str) -> None:
        check_value(self.ai, value)
        self._set(value=value)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the key that a text is.

        Raises:
            Gs1Error: wrong length, characters or check digit.
        """
        return cls(text)

    @property
    def element(self) -> tuple[str, str]:
        """The key as an element: its AI and its value."""
        return self.ai, self.value

    def __str__(self) -> str:
        return self.value


class _NumericKey(Key):
    """A key of digits only."""

    __slots__ = ()

    @property
    def digits(self) -> str:
        """The digits of the key."""
        return self.value


class Gtin(_NumericKey):
    """A Global Trade Item Number in its 14-digit form: what a product is."""

    __slots__ = ()
    ai = "01"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the GTIN that 8, 12, 13 or 14 digits are.

        Raises:
            Gs1Error: another length, other characters, or a wrong check digit.
        """
        if len(text) in _GTIN_LENGTHS:
            return cls(text.rjust(14, "0"))
        raise Gs1Error(
            "gs1.length",
            place="(01)",
            ai="01",
            title="GTIN",
            value=shown(text),
            expected="8, 12, 13, 14",
            found=len(text),
        )


class Gln(_NumericKey):
    """A Global Location Number, 13 digits: where something is."""

    __slots__ = ()
    ai = "414"


class Sscc(_NumericKey):
    """A Serial Shipping Container Code, 18 digits: a carton or pallet."""

    __slots__ = ()
    ai = "00"


class Gsrn(_NumericKey):
    """A Global Service Relation Number of a recipient, 18 digits."""

    __slots__ = ()
    ai = "8018"


class Grai(Key):
    """A Global Returnable Asset Identifier: 0, 13 digits, then a serial or nothing."""

    __slots__ = ()
    ai = "8003"


class Giai(Key):
    """A Global Individual Asset Identifier: up to 30 characters of set 82."""

    __slots__ = ()
    ai = "8004"


class Gdti(Key):
    """A Global Document Type Identifier: 13 digits, then a serial or nothing."""

    __slots__ = ()
    ai = "253"
