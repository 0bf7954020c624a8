"""Plain names: what a producer without GS1 membership calls products, batches and items.

They stand beside GS1 names with the same powers: a namespace host, a producer code that the
registrar gave out, then product, lot and serial (docs/spec, names).

>>> name = PlainName.parse("HTTPS://COOP.EXAMPLE/OCOP/7K2M9QXA/MT500/L-0601/K7Q2#41")
>>> name.level, name.producer, name.product_code, name.lot, name.serial
('item', '7K2M9QXA', 'MT500', 'L-0601', 'K7Q2')
>>> name.canonical()
'https://coop.example/ocop/7K2M9QXA/MT500/L-0601/K7Q2'
>>> name.product().to_uri(upper=True)
'HTTPS://COOP.EXAMPLE/OCOP/7K2M9QXA/MT500'
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ocoptrace.errors import Gs1Error
from ocoptrace.gs1 import uri as uris
from ocoptrace.gs1._shown import shown
from ocoptrace.gs1._text_value import TextValue
from ocoptrace.gs1.checks import slug
from ocoptrace.gs1.link_rules import is_primary_key

if TYPE_CHECKING:
    from ocoptrace.gs1.digital_link import Level
    from ocoptrace.gs1.link_rules import Element

__all__ = ["PlainName"]

_SEGMENT = re.compile(r"[A-Z0-9][A-Z0-9._-]{0,31}")
_LITERAL = "ocop"
_LEVELS: dict[int, Level] = {2: "product", 3: "batch", 4: "item"}


class PlainName(TextValue):
    """A plain name whose parts are right; the namespace host is part of the name.

    Args:
        host: namespace host, with a port where there is one.
        producer: the producer's code.
        product_code: the producer's code of the product.
        lot: lot number, or None.
        serial: serial number of one item of the lot, or None.
        other: query parameters: raw name, decoded value; kept, not read.
        fragment: raw text behind ``#``.

    Raises:
        Gs1Error: a part that breaks the rules of plain names.
    """

    __slots__ = ("fragment", "host", "lot", "other", "producer", "product_code", "serial")
    host: str
    producer: str
    product_code: str
    lot: str | None
    serial: str | None
    other: tuple[tuple[str, str], ...]
    fragment: str

    def __init__(
        self,
        host: str,
        producer: str,
        product_code: str,
        lot: str | None = None,
        serial: str | None = None,
        *,
        other: tuple[tuple[str, str], ...] = (),
        fragment: str = "",
    ) -> None:
        host = uris.check_host(host.lower())
        if serial is not None and lot is None:
            raise Gs1Error("gs1.plain_serial_without_lot", value=shown(serial))
        for segment in (producer, product_code, lot, serial):
            if segment is not None:
                _check_segment(segment)
        uris.check_parameters(other)
        uris.check_raw(fragment)
        self._set(
            host=host,
            producer=producer,
            product_code=product_code,
            lot=lot,
            serial=serial,
            other=other,
            fragment=fragment,
        )

    @classmethod
    def parse(cls, uri: str) -> PlainName:
        """Return the plain name that a URI is.

        Args:
            uri: at most ``uri.MAX_LENGTH`` characters; scheme, host and the word ``ocop`` in
                lower or upper case, everything else in upper case.

        Raises:
            Gs1Error: no URI of that kind, or a part that breaks the rules.
        """
        _, host, path, query, fragment = uris.split(uri)
        root, literal, *segments = path.split("/") if path.count("/") > 1 else ("", "", "")
        if root or literal.lower() != _LITERAL or len(segments) not in _LEVELS:
            raise Gs1Error("gs1.plain_name", uri=shown(uri))
        other = tuple(uris.read_query(query) if query else ())
        return cls(host, *segments, other=other, fragment=fragment)

    @classmethod
    def of(
        cls,
        host: str,
        producer: str,
        product: str,
        lot: str | None = None,
        serial: str | None = None,
        *,
        fragment: str = "",
    ) -> PlainName:
        """Return the name of parts.

        Raises:
            Gs1Error: a part that breaks the rules of plain names.
        """
        return cls(host, producer, product, lot, serial, fragment=fragment)

    @property
    def scheme(self) -> str:
        """Always ``https``."""
        return "https"

    @property
    def key(self) -> None:
        """None: a plain name has no GS1 key."""

    @property
    def gtin(self) -> None:
        """None: a plain name has no GTIN."""

    @property
    def qualifiers(self) -> tuple[Element, ...]:
        """Empty: a plain name has no GS1 elements."""
        return ()

    @property
    def attributes(self) -> tuple[Element, ...]:
        """Empty: a plain name has no GS1 attributes."""
        return ()

    @property
    def elements(self) -> tuple[Element, ...]:
        """Empty: a plain name has no GS1 elements."""
        return ()

    @property
    def level(self) -> Level:
        """What kind of thing the name names."""
        return _LEVELS[len(self._segments())]

    def canonical(self) -> str:
        """Return the one name of the thing."""
        return f"https://{self.host}/{_LITERAL}/{'/'.join(self._segments())}"

    def canonical_with_attributes(self) -> str:
        """Return the canonical name: there are no attributes to add."""
        return self.canonical()

    def to_uri(
        self,
        *,
        host: str | None = None,
        scheme: str = "https",
        stem: str | None = None,
        upper: bool = False,
        fragment: str | None = None,
    ) -> str:
        """Return the name as a URI, with its other parameters.

        Args:
            host: its own host, if given; any other would be another name.
            scheme: ``https`` or ``http``.
            stem: empty, if given.
            upper: write all of the name in upper case, which a QR code packs closer.
            fragment: another fragment than its own.

        Raises:
            Gs1Error: another host, a stem, a scheme or fragment that no URI has.
        """
        if stem or (host is not None and host.lower() != self.host):
            raise Gs1Error("gs1.plain_host", name=self.canonical(), host=shown(f"{host}{stem}"))
        head = uris.authority(scheme, self.host, upper=upper)
        literal = _LITERAL.upper() if upper else _LITERAL
        query = uris.write_query(self.other)
        fragment = self.fragment if fragment is None else uris.check_raw(fragment)
        path = "/".join((head, literal, *self._segments()))
        return f"{path}{query}{fragment and '#' + fragment}"

    def element_string(self) -> str:
        """Refuse: there is no element string of a plain name.

        Raises:
            Gs1Error: always.
        """
        raise Gs1Error("gs1.no_elements", name=self.canonical())

    def product(self) -> PlainName:
        """Return the product alone."""
        return PlainName(self.host, self.producer, self.product_code)

    def batch(self) -> PlainName | None:
        """Return the batch alone; None without a lot."""
        if self.lot is None:
            return None
        return PlainName(self.host, self.producer, self.product_code, self.lot)

    def item(self, serial: str) -> PlainName:
        """Return one item of this batch; the fragment goes.

        Args:
            serial: 1 to 32 characters of A-Z, 0-9, dot, underscore and hyphen.

        Raises:
            Gs1Error: no lot, or the serial is not one.
        """
        return PlainName(self.host, self.producer, self.product_code, self.lot, serial)

    def __str__(self) -> str:
        return self.to_uri()

    def __repr__(self) -> str:
        return f"PlainName.parse({str(self)!r})"

    def _segments(self) -> tuple[str, ...]:
        segments = (self.producer, self.product_code, self.lot, self.serial)
        return tuple(segment for segment in segments if segment is not None)


def _check_segment(segment: str) -> None:
    """Check a part of a name: short, plain, and never to be taken for a GS1 key."""
    if not _SEGMENT.fullmatch(segment):
        suggestion = slug(segment).upper().replace("/", "-")[:32].lstrip(".-_")
        raise Gs1Error("gs1.plain_segment", value=shown(segment), suggestion=suggestion or "A1")
    if is_primary_key(segment):
        raise Gs1Error("gs1.plain_segment_is_key", value=segment, suggestion=f"N{segment}")
