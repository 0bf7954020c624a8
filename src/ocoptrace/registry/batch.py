"""What was made in one go: a batch of a product, with its lot, dates and quantity.

>>> batch = Batch.parse({
...     "id": "https://id.gs1.org/01/09521234543213/10/ST260915",
...     "productionDate": "2026-09-15", "expiryDate": "2028-09-14",
...     "quantity": {"value": 18456, "uom": "EA"},
... })
>>> batch.lot, batch.product
('ST260915', 'https://id.gs1.org/01/09521234543213')
"""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, model_validator

from ocoptrace.errors import RegistryError
from ocoptrace.gs1 import parse_name
from ocoptrace.registry.entity import Amount, CanonicalName, CivilDate, Entity

__all__ = ["Batch"]


def _batch_name(value: str) -> str:
    if parse_name(value).level != "batch":
        raise RegistryError("registry.not_a_batch", value=value)
    return value


class Batch(Entity):
    """A batch of one product.

    Attributes:
        id: canonical name: product and lot.
        production_date: the day it was made, in Vietnam.
        expiry_date: the last day it is good; None for what does not expire.
        quantity: how many packs, or how much.
    """

    type: Literal["batch"] = "batch"
    id: Annotated[CanonicalName, AfterValidator(_batch_name)]
    production_date: CivilDate
    expiry_date: CivilDate | None = None
    quantity: Amount

    @model_validator(mode="after")
    def _agree(self) -> Self:
        if self.expiry_date is not None and self.expiry_date < self.production_date:
            raise RegistryError(
                "registry.period",
                place="/expiryDate",
                start=self.production_date,
                end=self.expiry_date,
            )
        return self

    @property
    def lot(self) -> str:
        """The lot number, as printed."""
        return parse_name(self.id).lot or ""

    @property
    def product(self) -> str:
        """The canonical name of the product."""
        return parse_name(self.id).product().canonical()
