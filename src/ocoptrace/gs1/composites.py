"""Identifiers of a key and what narrows it: one item, one batch, one spot.

>>> item = Sgtin(Gtin.parse("9520101001115"), "K7Q2")
>>> str(item), item.element_string()
('https://id.gs1.org/01/09520101001115/21/K7Q2', '(01)09520101001115(21)K7Q2')
>>> Sgtin.parse("urn:epc:id:sgtin:9520101.000111.K7Q2") == item
True
>>> Sgln.parse("(414)9520101000019").epc_urn(company_prefix_length=7)
'urn:epc:id:sgln:9520101.00001.0'
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from ocoptrace.errors import Gs1Error
from ocoptrace.gs1._shown import shown
from ocoptrace.gs1.digital_link import DigitalLink
from ocoptrace.gs1.element_string import ElementString
from ocoptrace.gs1.epc import epc_urn_to_digital_link
from ocoptrace.gs1.identifiers import Gln, Gtin
from ocoptrace.gs1.keys import Identifier
from ocoptrace.gs1.values import check_value

if TYPE_CHECKING:
    from ocoptrace.gs1.link_rules import Element

__all__ = ["Lgtin", "Sgln", "Sgtin"]


class _Composite(Identifier):
    """A key with a qualifier; its text is the canonical Digital Link."""

    __slots__ = ()

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the identifier that a Digital Link, element string or EPC URN names.

        Raises:
            Gs1Error: it is none of these, or names another kind of thing, or says more.
        """
        elements = _elements(text)
        value = cls._from(dict(elements))
        if value is None or set(value.elements) != set(elements):
            raise Gs1Error("gs1.other_kind", value=shown(text), expected=cls.__name__.upper())
        return value

    @classmethod
    def _from(cls, elements: dict[str, str]) -> Self | None:
        """Return the identifier of elements, or None where one is missing."""
        raise NotImplementedError

    def __str__(self) -> str:
        return self.digital_link().canonical()

    @classmethod
    def _text_schema(cls) -> dict[str, Any]:
        return {"format": "uri"}


def _elements(text: str) -> tuple[Element, ...]:
    if text.startswith("urn:"):
        text = epc_urn_to_digital_link(text)
    if text.startswith(("(", "^", "\x1d")):
        return ElementString.parse(text).elements
    return DigitalLink.parse(text).elements


class Sgtin(_Composite):
    """One item: a GTIN and a serial number.

    Args:
        gtin: the product.
        serial: 1 to 20 characters of set 82.

    Raises:
        Gs1Error: the serial is not one.
    """

    __slots__ = ("gtin", "serial")
    gtin: Gtin
    serial: str

    def __init__(self, gtin: Gtin, serial: str) -> None:
        check_value("21", serial)
        self._set(gtin=gtin, serial=serial)

    @property
    def elements(self) -> tuple[Element, ...]:
        """GTIN and serial number."""
        return self.gtin.element, ("21", self.serial)

    @classmethod
    def _from(cls, elements: dict[str, str]) -> Self | None:
        if "01" not in elements or "21" not in elements:
            return None
        return cls(Gtin(elements["01"]), elements["21"])


class Lgtin(_Composite):
    """One batch: a GTIN and a lot number.

    Args:
        gtin: the product.
        lot: 1 to 20 characters of set 82.

    Raises:
        Gs1Error: the lot is not one.
    """

    __slots__ = ("gtin", "lot")
    gtin: Gtin
    lot: str

    def __init__(self, gtin: Gtin, lot: str) -> None:
        check_value("10", lot)
        self._set(gtin=gtin, lot=lot)

    @property
    def elements(self) -> tuple[Element, ...]:
        """GTIN and lot number."""
        return self.gtin.element, ("10", self.lot)

    @classmethod
    def _from(cls, elements: dict[str, str]) -> Self | None:
        if "01" not in elements or "10" not in elements:
            return None
        return cls(Gtin(elements["01"]), elements["10"])


class Sgln(_Composite):
    """One place: a GLN, and what narrows it down where something does.

    Args:
        gln: the location.
        extension: 1 to 20 characters of set 82, or None.

    Raises:
        Gs1Error: the extension is not one.
    """

    __slots__ = ("extension", "gln")
    gln: Gln
    extension: str | None

    def __init__(self, gln: Gln, extension: str | None = None) -> None:
        if extension is not None:
            check_value("254", extension)
        self._set(gln=gln, extension=extension)

    @property
    def elements(self) -> tuple[Element, ...]:
        """GLN and extension, where there is one."""
        narrowed = () if self.extension is None else (("254", self.extension),)
        return self.gln.element, *narrowed

    @classmethod
    def _from(cls, elements: dict[str, str]) -> Self | None:
        if "414" not in elements:
            return None
        return cls(Gln(elements["414"]), elements.get("254"))
