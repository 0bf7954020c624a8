"""What is made: a product with its names, contents and warnings, per language.

>>> product = Product.parse({
...     "id": "https://id.gs1.org/01/09521234543213",
...     "names": {"vi": "Mắm tôm Sóng Trăng", "en": "Song Trang shrimp paste"},
...     "kind": "food", "netContent": {"value": 180, "uom": "GRM"},
...     "allergens": ["crustaceans"],
... })
>>> product.gtin, product.names.text("en")
('09521234543213', 'Song Trang shrimp paste')
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from ocoptrace.epcis.intake import form
from ocoptrace.errors import RegistryError
from ocoptrace.gs1 import parse_name
from ocoptrace.registry.entity import Amount, Bilingual, CanonicalName, Entity, Text

__all__ = ["Allergen", "Product", "ProductKind"]

ProductKind = Literal[
    "food", "drink", "herbal", "craft", "food_contact", "ornamental", "tourism", "material"
]
Allergen = Literal[
    "gluten",
    "crustaceans",
    "eggs",
    "fish",
    "peanuts",
    "soybeans",
    "milk",
    "nuts",
    "celery",
    "mustard",
    "sesame",
    "sulphites",
    "lupin",
    "molluscs",
    "mango",
]
"""The 14 of EU 1169/2011 annex II, which cover those of the USA, and mango of Taiwan."""


def _product_name(value: str) -> str:
    if parse_name(value).level != "product":
        raise RegistryError("registry.not_a_product", value=value)
    return value


class Product(Entity):
    """A product that is sold, or (kind ``material``) what one is made from.

    Attributes:
        id: canonical name: the Digital Link of its GTIN, or a plain name.
        ocop_group: position in the programme's product groups, such as ``I.4``.
        shelf_life_months: months from production to expiry, where it has one.
        hs: customs tariff number, 4 to 10 digits.
    """

    type: Literal["product"] = "product"
    id: Annotated[CanonicalName, AfterValidator(_product_name)]
    names: Bilingual
    kind: ProductKind
    ocop_group: Text | None = None
    net_content: Amount | None = None
    drained_weight: Amount | None = None
    ingredients: Bilingual | None = None
    allergens: tuple[Allergen, ...] = ()
    storage: Bilingual | None = None
    usage: Bilingual | None = None
    warnings: Bilingual | None = None
    shelf_life_months: Annotated[int, Field(strict=True, ge=1, le=600)] | None = None
    standards: tuple[Text, ...] = ()
    hs: Annotated[str, form(r"[0-9]{4,10}", "210390")] | None = None
    description: Bilingual | None = None

    @property
    def gtin(self) -> str | None:
        """The 14 digits of its GTIN, or None for a plain name."""
        return parse_name(self.id).gtin
