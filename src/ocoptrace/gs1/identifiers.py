"""GS1 identification keys as values.

A key is parsed strictly: digits and check digit must be right, blanks and hyphens are not
taken off. Each knows its application identifier, so that a link is built from it:

>>> gtin = Gtin.parse("9520101001115")
>>> gtin.digits, gtin.short(), gtin.element
('09520101001115', '9520101001115', ('01', '09520101001115'))
>>> str(gtin.digital_link(host="example.com"))
'https://example.com/01/09520101001115'
>>> Gtin.parse("9520101001119")
Traceback (most recent call last):
ocoptrace.errors.Gs1Error: (01): the check digit of "09520101001119" should be 5, but is 9. \
Compare each digit with the original; one may be mistyped.

A producer makes a key of the company prefix that GS1 gave out and a number of its own; the
check digit is computed:

>>> Gtin.of("9520101", "111"), Sscc.of("9520101", "1", lead="3")
(Gtin(value='09520101001115'), Sscc(value='395201010000000010'))
>>> Grai.of("9520101", "1", serial="CRATE7").epc_urn(company_prefix_length=7)
'urn:epc:id:grai:9520101.00001.CRATE7'
"""

from __future__ import annotations

from typing import Any, Self

from ocoptrace.errors import Gs1Error
from ocoptrace.gs1._shown import shown
from ocoptrace.gs1.checks import char_set_82, check_pair
from ocoptrace.gs1.keys import DigitsKey, Key, LedKey, SerialKey

__all__ = [
    "KEYS",
    "Cpid",
    "Gcn",
    "Gdti",
    "Giai",
    "Ginc",
    "Gln",
    "Gmn",
    "Grai",
    "Gsin",
    "Gsrn",
    "Gsrnp",
    "Gtin",
    "Itip",
    "Pgln",
    "Sscc",
]

_GTIN_LENGTHS = (8, 12, 13, 14)
_MOST_BEFORE_PAIR = 23


class Gtin(LedKey):
    """A Global Trade Item Number in its 14-digit form: what a product is."""

    __slots__ = ()
    ai = "01"
    _counted = 12

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
            expected=", ".join(map(str, _GTIN_LENGTHS)),
            found=len(text),
        )

    def short(self) -> str:
        """Return the digits as a bar code shows them: GTIN-8, -12, -13, else -14.

        >>> Gtin("00000095201016").short(), Gtin("00614141123452").short()
        ('95201016', '614141123452')
        """
        zeros = len(self.value) - len(self.value.lstrip("0"))
        length = next(n for n in _GTIN_LENGTHS if n >= len(self.value) - zeros)
        return self.value[-length:]

    @classmethod
    def _text_schema(cls) -> dict[str, Any]:
        return {"title": "GTIN", "pattern": "^([0-9]{8}|[0-9]{12,14})$"}


class Gln(DigitsKey):
    """A Global Location Number, 13 digits: where something is."""

    __slots__ = ()
    ai = "414"
    _counted = 12


class Pgln(DigitsKey):
    """A Global Location Number of a party, 13 digits: who someone is."""

    __slots__ = ()
    ai = "417"
    _counted = 12


class Sscc(LedKey):
    """A Serial Shipping Container Code, 18 digits: a carton or pallet."""

    __slots__ = ()
    ai = "00"
    _counted = 16


class Gsrn(DigitsKey):
    """A Global Service Relation Number of a recipient, 18 digits."""

    __slots__ = ()
    ai = "8018"
    _counted = 17


class Gsrnp(DigitsKey):
    """A Global Service Relation Number of a provider, 18 digits."""

    __slots__ = ()
    ai = "8017"
    _counted = 17


class Gsin(DigitsKey):
    """A Global Shipment Identification Number, 17 digits: what one sender ships to one buyer."""

    __slots__ = ()
    ai = "402"
    _counted = 16


class Ginc(Key):
    """A Global Identification Number for Consignment: what one carrier takes together."""

    __slots__ = ()
    ai = "401"


class Grai(SerialKey):
    """A Global Returnable Asset Identifier: 0, 13 digits, then a serial or nothing."""

    __slots__ = ()
    ai = "8003"
    _lead = "0"


class Giai(Key):
    """A Global Individual Asset Identifier: up to 30 characters of set 82."""

    __slots__ = ()
    ai = "8004"


class Gdti(SerialKey):
    """A Global Document Type Identifier: 13 digits, then a serial or nothing."""

    __slots__ = ()
    ai = "253"


class Gcn(SerialKey):
    """A Global Coupon Number: 13 digits, then a serial of digits or nothing."""

    __slots__ = ()
    ai = "255"


class Cpid(Key):
    """A Component and Part Identifier: up to 30 characters of set 39."""

    __slots__ = ()
    ai = "8010"


class Gmn(Key):
    """A Global Model Number: prefix, model and a pair of check characters."""

    __slots__ = ()
    ai = "8013"

    @classmethod
    def of(cls, company_prefix: str, reference: str) -> Self:
        """Return the number of a company prefix and a model; the check pair is computed.

        Raises:
            Gs1Error: the two do not make such a number.

        >>> Gmn.of("1987654", "Ad4X4bL5ttr2310c")
        Gmn(value='1987654Ad4X4bL5ttr2310c2K')
        """
        text = cls._counted_part(company_prefix, reference)
        # Characters that no pair can be computed for are refused with the whole.
        pair = check_pair(text) if char_set_82(text) and len(text) <= _MOST_BEFORE_PAIR else "22"
        return cls(text + pair)


class Itip(DigitsKey):
    """An Individual Trade Item Piece: a GTIN, then which piece of how many."""

    __slots__ = ()
    ai = "8006"
    _counted = 12

    @classmethod
    def of(
        cls,
        company_prefix: str,
        reference: str,
        *,
        piece: int = 1,
        total: int = 1,
        lead: str = "0",
    ) -> Self:
        """Return the piece of a trade item; the check digit of its GTIN is computed.

        Args:
            company_prefix: GS1 Company Prefix, 4 to 12 digits.
            reference: the producer's own number of the trade item.
            piece: which piece, from 1.
            total: how many pieces there are, at most 99.
            lead: indicator digit of the GTIN.

        Raises:
            Gs1Error: these do not make such a key.

        >>> Itip.of("9520101", "111", piece=1, total=2)
        Itip(value='095201010011150102')
        """
        gtin = Gtin.of(company_prefix, reference, lead=lead)
        return cls(f"{gtin.value}{piece:02}{total:02}")


KEYS: dict[str, type[Key]] = {
    key.__name__.lower(): key
    for key in (
        Cpid, Gcn, Gdti, Giai, Ginc, Gln, Gmn, Grai, Gsin, Gsrn, Gsrnp, Gtin, Itip, Pgln, Sscc,
    )
}  # fmt: skip
"""Every key by its name in lower case."""
