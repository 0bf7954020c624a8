"""GS1 Digital Link: the URI that names a product, batch, item, place or party.

>>> link = DigitalLink.parse("HTTPS://ID.EXAMPLE.VN/01/09520101001115/10/MT-0601?17=271231#41")
>>> link.level, link.gtin, link.lot, link.attributes, link.fragment
('batch', '09520101001115', 'MT-0601', (('17', '271231'),), '41')
>>> link.canonical()
'https://id.gs1.org/01/09520101001115/10/MT-0601'
>>> link.element_string()
'(01)09520101001115(10)MT-0601(17)271231'
>>> link.item("K7Q2").to_uri(upper=True)
'HTTPS://ID.EXAMPLE.VN/01/09520101001115/10/MT-0601/21/K7Q2?17=271231'

Rules: GS1 Digital Link Standard, URI Syntax, as the GS1 Barcode Syntax Engine applies them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from ocoptrace.errors import Gs1Error
from ocoptrace.gs1 import uri as uris
from ocoptrace.gs1._shown import shown
from ocoptrace.gs1._text_value import TextValue
from ocoptrace.gs1.checks import is_digits
from ocoptrace.gs1.link_parts import LinkParts, check_elements, read_link
from ocoptrace.gs1.link_rules import is_primary_key, path_order
from ocoptrace.gs1.percent_encoding import escape

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ocoptrace.gs1.link_rules import Element

__all__ = ["CANONICAL_HOST", "DigitalLink", "Level", "bracketed"]

CANONICAL_HOST = "id.gs1.org"
"""The host of canonical names; it says nothing about who answers there."""

Level = Literal["product", "batch", "item", "place", "party", "logistic_unit", "other"]
"""What kind of thing a name names."""

_LEVELS: dict[tuple[str, ...], Level] = {
    ("00",): "logistic_unit",
    ("01",): "product",
    ("01", "10"): "batch",
    ("01", "10", "21"): "item",
    ("01", "21"): "item",
    ("414",): "place",
    ("414", "254"): "place",
    ("414", "7040"): "place",
    ("417",): "party",
    ("417", "7040"): "party",
}
_VARIANT = "22"


class DigitalLink(TextValue):
    """A GS1 Digital Link whose elements are right; two name one thing if ``canonical()`` agrees.

    Args:
        key: AI and value of the primary key.
        qualifiers: AIs and values that narrow the key, in their order.
        attributes: AIs and values that describe the thing, as read.
        other: query parameters that are not GS1's: raw name, decoded value; kept, not read.
        scheme: ``https`` or ``http``.
        host: host, with a port where there is one.
        stem: raw path before the key: empty, or starting with ``/``.
        fragment: raw text behind ``#``.

    Raises:
        Gs1Error: a value, combination or order that GS1 does not allow; a part no URI has.
    """

    __slots__ = ("_parts",)
    _parts: LinkParts

    def __init__(
        self,
        key: Element,
        qualifiers: tuple[Element, ...] = (),
        attributes: tuple[Element, ...] = (),
        other: tuple[tuple[str, str], ...] = (),
        *,
        scheme: str = "https",
        host: str = CANONICAL_HOST,
        stem: str = "",
        fragment: str = "",
    ) -> None:
        host = uris.check_host(host.lower())
        uris.check_scheme(scheme)
        uris.check_raw(stem, path=True)
        uris.check_raw(fragment)
        path = (key, *qualifiers)
        check_elements(path, attributes)
        uris.check_parameters(other)
        for name, _ in other:
            if is_digits(name):
                raise Gs1Error("gs1.unknown_ai", place=f"({name})", ai=shown(name))
        self._set(_parts=LinkParts(scheme, host, stem, path, attributes, other, fragment))

    @classmethod
    def parse(cls, uri: str, *, short_gtin: bool = False) -> DigitalLink:
        """Return the link that a URI is.

        The primary key is the rightmost one of the path, so that a stem may hold anything.

        Args:
            uri: at most ``uri.MAX_LENGTH`` characters; scheme all lower or all upper case.
            short_gtin: read a GTIN of 8, 12 or 13 digits too, as links before 2023 had them.

        Raises:
            Gs1Error: no URI of that kind, no key in it, or something GS1 does not allow.
        """
        parts = read_link(uri, short_gtin=short_gtin)
        check_elements(parts.path, parts.attributes)
        return cls._made(parts)

    @classmethod
    def of(
        cls,
        *elements: Element,
        host: str = CANONICAL_HOST,
        scheme: str = "https",
        stem: str = "",
        fragment: str = "",
    ) -> DigitalLink:
        """Return the link of elements given in any order.

        The first primary key is the link's; its qualifiers go into the path, what is left
        into the query, in the order given.

        Args:
            elements: pairs of AI and value, each AI once.
            host: host, with a port where there is one.
            scheme: ``https`` or ``http``.
            stem: raw path before the key, starting with ``/``.
            fragment: raw text behind ``#``.

        Raises:
            Gs1Error: no key among them, or something GS1 does not allow.
        """
        key = next((element for element in elements if is_primary_key(element[0])), None)
        if key is None:
            raise Gs1Error("gs1.no_key", value=shown(bracketed(elements)))
        rest = [element for element in elements if element is not key]
        order = path_order(key[0], [ai for ai, _ in rest])
        qualifiers = sorted(
            (element for element in rest if element[0] in order),
            key=lambda element: order.index(element[0]),
        )
        attributes = tuple(element for element in rest if element[0] not in order)
        return cls(
            key,
            tuple(qualifiers),
            attributes,
            scheme=scheme,
            host=host,
            stem=stem,
            fragment=fragment,
        )

    @property
    def scheme(self) -> str:
        """``https`` or ``http``."""
        return self._parts.scheme

    @property
    def host(self) -> str:
        """Host in lower case, with a port where there is one."""
        return self._parts.host

    @property
    def stem(self) -> str:
        """Raw path before the key: empty, or starting with ``/``."""
        return self._parts.stem

    @property
    def key(self) -> Element:
        """AI and value of the primary key."""
        return self._parts.path[0]

    @property
    def qualifiers(self) -> tuple[Element, ...]:
        """AIs and values that narrow the key, in their order."""
        return self._parts.path[1:]

    @property
    def attributes(self) -> tuple[Element, ...]:
        """AIs and values that describe the thing, as read."""
        return self._parts.attributes

    @property
    def other(self) -> tuple[tuple[str, str], ...]:
        """Query parameters that are not GS1's: raw name, decoded value; kept, not read."""
        return self._parts.other

    @property
    def fragment(self) -> str:
        """Raw text behind ``#``."""
        return self._parts.fragment

    @property
    def elements(self) -> tuple[Element, ...]:
        """Key, qualifiers and attributes."""
        return self._parts.path + self._parts.attributes

    @property
    def level(self) -> Level:
        """What kind of thing the link names; a consumer product variant does not change it."""
        codes = tuple(ai for ai, _ in self.qualifiers if ai != _VARIANT)
        return _LEVELS.get((self.key[0], *codes), "other")

    @property
    def gtin(self) -> str | None:
        """The 14 digits of the GTIN, where that is the key."""
        return self.key[1] if self.key[0] == "01" else None

    @property
    def lot(self) -> str | None:
        """The batch or lot number, where the path has one."""
        return self._qualifier("10")

    @property
    def serial(self) -> str | None:
        """The serial number, where the path has one."""
        return self._qualifier("21")

    def canonical(self) -> str:
        """Return the one name of the thing: key and qualifiers on the canonical host."""
        return f"https://{CANONICAL_HOST}{self._path()}"

    def canonical_with_attributes(self) -> str:
        """Return the canonical name with every GS1 attribute, sorted by AI as text."""
        return self.canonical() + uris.write_query(sorted(self.attributes))

    def to_uri(
        self,
        *,
        host: str | None = None,
        scheme: str = "https",
        stem: str | None = None,
        upper: bool = False,
        fragment: str | None = None,
    ) -> str:
        """Return the link as a URI, with its attributes and other parameters.

        Args:
            host: another host than its own.
            scheme: ``https`` or ``http``.
            stem: another stem than its own.
            upper: write scheme and host in upper case, which a QR code packs closer.
            fragment: another fragment than its own.

        Raises:
            Gs1Error: a host, scheme, stem or fragment that no URI has.
        """
        head = uris.authority(scheme, self.host if host is None else host, upper=upper)
        stem = self.stem if stem is None else uris.check_raw(stem, path=True)
        fragment = self.fragment if fragment is None else uris.check_raw(fragment)
        query = uris.write_query((*self.attributes, *self.other))
        return f"{head}{stem}{self._path()}{query}{fragment and '#' + fragment}"

    def element_string(self) -> str:
        """Return the elements in brackets: ``(01)…(10)…``."""
        return bracketed(self.elements)

    def product(self) -> DigitalLink:
        """Return the product alone: the GTIN, without qualifiers and attributes.

        Raises:
            Gs1Error: the key is not a GTIN.
        """
        return self._with()

    def batch(self) -> DigitalLink | None:
        """Return the batch alone: GTIN and lot; None without a lot.

        Raises:
            Gs1Error: the key is not a GTIN.
        """
        link = self._with(*[element for element in self.qualifiers if element[0] == "10"])
        return link if self.lot is not None else None

    def item(self, serial: str) -> DigitalLink:
        """Return one item of this batch or product; attributes stay, the fragment goes.

        Args:
            serial: 1 to 20 characters of set 82.

        Raises:
            Gs1Error: the key is not a GTIN, or the serial is not one.
        """
        kept = (element for element in self.qualifiers if element[0] in (_VARIANT, "10"))
        return self._with(*kept, ("21", serial), attributes=self.attributes)

    def __str__(self) -> str:
        return self.to_uri(scheme=self.scheme)

    def __repr__(self) -> str:
        return f"DigitalLink.parse({str(self)!r})"

    def _qualifier(self, code: str) -> str | None:
        return next((value for ai, value in self.qualifiers if ai == code), None)

    @classmethod
    def _text_schema(cls) -> dict[str, Any]:
        return {"format": "uri", "examples": ["https://id.gs1.org/01/09520101001115"]}

    def _path(self) -> str:
        return "".join(f"/{ai}/{escape(value)}" for ai, value in self._parts.path)

    def _with(self, *qualifiers: Element, attributes: tuple[Element, ...] = ()) -> DigitalLink:
        """Return a link of the same GTIN, host and stem."""
        if self.gtin is None:
            raise Gs1Error("gs1.no_product", place=f"({self.key[0]})", name=shown(str(self)))
        return DigitalLink(
            self.key,
            qualifiers,
            attributes,
            scheme=self.scheme,
            host=self.host,
            stem=self.stem,
        )


def bracketed(elements: Iterable[Element]) -> str:
    """Return elements with their AIs in brackets; a bracket in a value gets a backslash."""
    written = ((ai, value.replace("(", "\\(")) for ai, value in elements)
    return "".join(f"({ai}){value}" for ai, value in written)
