"""What all GS1 identification keys have in common: parsing, making, printing.

A kind of key says how it is laid out; the kinds are in ``identifiers``.

>>> class Gln(DigitsKey):
...     __slots__ = ()
...     ai = "414"
...     _counted = 12
>>> Gln.of("9520101", "1").element
('414', '9520101000019')
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Self

from ocoptrace.errors import Gs1Error
from ocoptrace.gs1._shown import shown
from ocoptrace.gs1._text_value import TextValue
from ocoptrace.gs1.application_identifiers import known
from ocoptrace.gs1.checks import check_digit, is_digits
from ocoptrace.gs1.digital_link import CANONICAL_HOST, DigitalLink, bracketed
from ocoptrace.gs1.values import check_value, value_pattern

if TYPE_CHECKING:
    from ocoptrace.gs1.company_prefixes import CompanyPrefixes
    from ocoptrace.gs1.link_rules import Element

__all__ = ["DigitsKey", "Identifier", "Key", "LedKey", "SerialKey"]

_PREFIX_LENGTHS = range(4, 13)


class Identifier(TextValue):
    """What names a thing: one key, or a key with its qualifier."""

    __slots__ = ()

    @property
    def elements(self) -> tuple[Element, ...]:
        """The AIs and values of the identifier, the key first."""
        raise NotImplementedError

    def element_string(self) -> str:
        """Return the elements in brackets."""
        return bracketed(self.elements)

    def digital_link(
        self, *, host: str = CANONICAL_HOST, scheme: str = "https", stem: str = ""
    ) -> DigitalLink:
        """Return the link that names the thing.

        Raises:
            Gs1Error: a host, scheme or stem that no URI has.
        """
        return DigitalLink.of(*self.elements, host=host, scheme=scheme, stem=stem)

    def epc_urn(
        self,
        *,
        company_prefix_length: int | None = None,
        prefixes: CompanyPrefixes | None = None,
    ) -> str:
        """Return the EPC URN of the thing, or the EPC pattern of a class of things.

        Args:
            company_prefix_length: as ``digital_link_to_epc_urn`` takes it.
            prefixes: as ``digital_link_to_epc_urn`` takes it.

        Raises:
            Gs1Error: the length is not known or does not fit, or there is no URN.
        """
        # Imported here: most who name a thing never write a URN.
        from ocoptrace.gs1.epc import digital_link_to_epc_urn  # noqa: PLC0415

        return digital_link_to_epc_urn(
            self.digital_link().canonical(),
            company_prefix_length=company_prefix_length,
            prefixes=prefixes,
        )


class Key(Identifier):
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
    _counted: ClassVar[int] = 0
    """Digits of company prefix and reference together; 0 where the reference is free."""
    _lead: ClassVar[str] = ""
    """What stands before the company prefix."""

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

    @classmethod
    def of(cls, company_prefix: str, reference: str) -> Self:
        """Return the key of a company prefix and a reference; a check digit is computed.

        Args:
            company_prefix: GS1 Company Prefix, 4 to 12 digits.
            reference: the producer's own number; where the key has a fixed length, zeros are
                put in front.

        Raises:
            Gs1Error: the two do not make such a key.
        """
        return cls(cls._counted_part(company_prefix, reference))

    @classmethod
    def _counted_part(cls, company_prefix: str, reference: str, lead: str = "") -> str:
        """Return lead, prefix and reference, with the check digit where the key counts."""
        if not is_digits(company_prefix) or len(company_prefix) not in _PREFIX_LENGTHS:
            raise Gs1Error(
                "gs1.company_prefix_digits", place=f"({cls.ai})", value=shown(company_prefix)
            )
        if not cls._counted:
            return company_prefix + reference
        room = cls._counted - len(company_prefix)
        if len(reference) > room or not is_digits(reference or "0"):
            raise Gs1Error(
                "gs1.reference",
                place=f"({cls.ai})",
                title=known(cls.ai).title,
                value=shown(reference),
                expected=room,
            )
        digits = (lead or cls._lead) + company_prefix + reference.rjust(room, "0")[:room]
        return digits + check_digit(digits)

    @property
    def element(self) -> Element:
        """The key as an element: its AI and its value."""
        return self.ai, self.value

    @property
    def elements(self) -> tuple[Element, ...]:
        """The key alone."""
        return (self.element,)

    def __str__(self) -> str:
        return self.value

    @classmethod
    def _text_schema(cls) -> dict[str, Any]:
        return {"title": known(cls.ai).title, "pattern": f"^{value_pattern(cls.ai)}$"}


class DigitsKey(Key):
    """A key of digits only."""

    __slots__ = ()

    @property
    def digits(self) -> str:
        """The digits of the key."""
        return self.value


class LedKey(DigitsKey):
    """A key whose first digit is the producer's to choose."""

    __slots__ = ()
    _lead = "0"

    @classmethod
    def of(cls, company_prefix: str, reference: str, *, lead: str = "0") -> Self:
        """Return the key of a company prefix and a reference; the check digit is computed.

        Args:
            company_prefix: GS1 Company Prefix, 4 to 12 digits.
            reference: the producer's own number; zeros are put in front.
            lead: the digit before the prefix: indicator (packing level) of a GTIN, 0 for the
                product itself and 9 for variable measure; extension digit of an SSCC.

        Raises:
            Gs1Error: the three do not make such a key.
        """
        if len(lead) != 1 or not is_digits(lead):
            raise Gs1Error("gs1.lead_digit", place=f"({cls.ai})", value=shown(lead))
        return cls(cls._counted_part(company_prefix, reference, lead))


class SerialKey(Key):
    """A key of digits with a serial number, or none, behind its check digit."""

    __slots__ = ()
    _counted = 12

    @classmethod
    def of(cls, company_prefix: str, reference: str, *, serial: str = "") -> Self:
        """Return the key of a company prefix and a reference; the check digit is computed.

        Args:
            company_prefix: GS1 Company Prefix, 4 to 12 digits.
            reference: the producer's own number; zeros are put in front.
            serial: serial number of one thing; empty for the kind.

        Raises:
            Gs1Error: the three do not make such a key.
        """
        return cls(cls._counted_part(company_prefix, reference) + serial)
