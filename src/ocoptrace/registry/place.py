"""Where things happen: fields, landing sites, workshops, stores, laboratories, ports.

>>> place = Place.parse({
...     "id": "https://id.gs1.org/414/9521234000006",
...     "names": {"vi": "Xưởng mắm", "en": "Paste workshop"}, "kind": "plant",
...     "address": {
...         "detail": {"vi": "Thôn 3", "en": "Hamlet 3"}, "communeCode": "16078",
...         "commune": "Xã Vạn Lộc", "provinceCode": "38", "province": "Thanh Hóa",
...         "asOf": "2025-07-01"},
... })
>>> place.gln
'9521234000006'
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from ocoptrace.errors import RegistryError
from ocoptrace.gs1 import DigitalLink, parse_name
from ocoptrace.registry.entity import Bilingual, CanonicalName, Entity, Number, Text
from ocoptrace.registry.producer import Address, Partner

__all__ = ["Coordinates", "Place", "PlaceKind"]

PlaceKind = Literal[
    "growing_area",
    "landing_site",
    "salt_field",
    "plant",
    "household_workshop",
    "warehouse",
    "laboratory",
    "port",
    "shop",
]


def _place_name(value: str) -> str:
    name = parse_name(value)
    if name.level != ("place" if isinstance(name, DigitalLink) else "product"):
        raise RegistryError("registry.not_a_place", value=value)
    return value


class Coordinates(Entity):
    """A point on the earth, WGS 84, in degrees."""

    lat: Annotated[Number, Field(ge=-90, le=90)]
    lon: Annotated[Number, Field(ge=-180, le=180)]


class Place(Entity):
    """A place that events happen at.

    Attributes:
        id: a GLN as Digital Link, or ``https://<host>/ocop/<producer>/<PLACE-CODE>``.
        operator: who runs it, where that is not the producer.
        code: a public number of it, such as that of a growing area or an establishment.
    """

    type: Literal["place"] = "place"
    id: Annotated[CanonicalName, AfterValidator(_place_name)]
    names: Bilingual
    kind: PlaceKind
    address: Address
    operator: Partner | None = None
    code: Text | None = None
    coordinates: Coordinates | None = None

    @property
    def gln(self) -> str | None:
        """The 13 digits of its GLN, or None."""
        name = parse_name(self.id)
        return name.key[1] if isinstance(name, DigitalLink) else None
