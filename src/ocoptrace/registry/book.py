"""What a story's events refer to by code: its places, products, lots, partners and papers.

A GS1 key gives a Digital Link; where there is none, the name is a plain one below the
producer's id. ``DOC`` is kept for papers.

>>> book = Book(producer_id="7K3MQ9TB", namespace_host="id.example")
>>> book.place_id("XUONG", "9521234000006"), book.place_id("XUONG", None)
('https://id.gs1.org/414/9521234000006', 'https://id.example/ocop/7K3MQ9TB/XUONG')
>>> book.product_id("MOI", None)
'https://id.example/ocop/7K3MQ9TB/MOI'
>>> book.lot_id(book.product_id("MOI", None), "250820")
'https://id.example/ocop/7K3MQ9TB/MOI/250820'
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import quote

from ocoptrace.errors import RegistryError
from ocoptrace.gs1 import DigitalLink, Gln, Gtin, PlainName, Sscc, parse_name

if TYPE_CHECKING:
    from ocoptrace.registry.batch import Batch
    from ocoptrace.registry.place import Place
    from ocoptrace.registry.producer import Partner, Producer
    from ocoptrace.registry.product import Product

__all__ = ["PAPERS", "Book"]

Thing = TypeVar("Thing")

PAPERS = "DOC"
"""The code under which plain names of papers stand."""


@dataclass(kw_only=True)
class Book:
    """Everything of one story that has a code, while it is being read.

    Attributes:
        producer_id: the 8 symbols that the registrar issued.
        namespace_host: the host that plain names stand on.
        products: products and materials, by code.
        partners: by ``kind:code``; ``producer`` is the producer itself.
        batches: by canonical name.
    """

    producer_id: str
    namespace_host: str
    producer: Producer | None = None
    partners: dict[str, Partner] = field(default_factory=dict)
    places: dict[str, Place] = field(default_factory=dict)
    products: dict[str, Product] = field(default_factory=dict)
    batches: dict[str, Batch] = field(default_factory=dict)

    def place_id(self, code: str, gln: str | None) -> str:
        """Return the canonical name of a place.

        Raises:
            Gs1Error: the GLN or the code has a fault.
        """
        if gln is not None:
            return DigitalLink.of(("414", str(Gln.parse(gln)))).canonical()
        return self._plain(code)

    def product_id(self, code: str, gtin: str | None) -> str:
        """Return the canonical name of a product or material.

        Raises:
            Gs1Error: the GTIN or the code has a fault.
        """
        if gtin is not None:
            return DigitalLink.of(("01", str(Gtin.parse(gtin)))).canonical()
        return self._plain(code)

    def lot_id(self, product: str, lot: str) -> str:
        """Return the canonical name of a lot of a product.

        Raises:
            Gs1Error: characters or a length that a lot cannot have.
        """
        name = parse_name(product)
        if isinstance(name, DigitalLink):
            return DigitalLink.of(name.key, ("10", lot)).canonical()
        return PlainName.of(name.host, name.producer, name.product_code, lot).canonical()

    def logistic_unit_id(self, sscc: str) -> str:
        """Return the canonical name of a logistic unit.

        Raises:
            Gs1Error: the SSCC has a fault.
        """
        return DigitalLink.of(("00", str(Sscc.parse(sscc)))).canonical()

    def paper_id(self, number: str) -> str:
        """Return the URI of a business document of the producer (CBV 2.0, section 8.5).

        Raises:
            Gs1Error: no GLN to stand on, and characters that a plain name cannot have.
        """
        if self.producer is not None and self.producer.gln is not None:
            return f"urn:epcglobal:cbv:bt:{self.producer.gln}:{quote(number, safe='')}"
        return PlainName.of(self.namespace_host, self.producer_id, PAPERS, number).canonical()

    def place(self, code: str) -> Place:
        """Return the place with a code.

        Raises:
            RegistryError: the story declares no such place.
        """
        return _found(self.places, code)

    def partner(self, reference: str) -> Partner:
        """Return the partner behind ``producer`` or ``kind:code``.

        Raises:
            RegistryError: the story declares no such partner.
        """
        return _found(self.partners, reference)

    def product(self, code: str) -> Product:
        """Return the product or material with a code.

        Raises:
            RegistryError: the story declares no such product or material.
        """
        return _found(self.products, code)

    def lot(self, code: str, lot: str) -> str:
        """Return the canonical name of a lot of the product or material with a code.

        Raises:
            RegistryError: the story declares no such product or material.
            Gs1Error: characters or a length that a lot cannot have.
        """
        return self.lot_id(self.product(code).id, lot)

    def _plain(self, code: str) -> str:
        return PlainName.of(self.namespace_host, self.producer_id, code).canonical()


def _found(declared: dict[str, Thing], code: str) -> Thing:
    try:
        return declared[code]
    except KeyError:
        known = ", ".join(sorted(declared))
        raise RegistryError("registry.unknown_code", value=code, expected=known) from None
