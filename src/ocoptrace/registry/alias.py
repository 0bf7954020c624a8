"""One product under two names: the plain name that it began with, and the GTIN that came later.

>>> alias = Alias.parse({
...     "id": "https://id.example/ocop/7K3MQ9TB/MAMTOM",
...     "gtin": "https://id.gs1.org/01/09521234543213",
... })
>>> alias.names
('https://id.example/ocop/7K3MQ9TB/MAMTOM', 'https://id.gs1.org/01/09521234543213')
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator

from ocoptrace.errors import RegistryError
from ocoptrace.gs1 import DigitalLink, PlainName, parse_name
from ocoptrace.registry.entity import CanonicalName, Entity

__all__ = ["Alias"]


def _plain(value: str) -> str:
    name = parse_name(value)
    if not isinstance(name, PlainName) or name.level != "product":
        raise RegistryError("registry.not_a_plain_product", value=value)
    return value


def _gtin(value: str) -> str:
    name = parse_name(value)
    if not isinstance(name, DigitalLink) or name.gtin is None or name.qualifiers:
        raise RegistryError("registry.not_a_gtin_product", value=value)
    return value


class Alias(Entity):
    """That two names mean one product. Lots and serials keep their spelling under either.

    Attributes:
        id: the plain name, canonical.
        gtin: the Digital Link of the GTIN, canonical.
    """

    type: Literal["alias"] = "alias"
    id: Annotated[CanonicalName, AfterValidator(_plain)]
    gtin: Annotated[CanonicalName, AfterValidator(_gtin)]

    @property
    def names(self) -> tuple[str, str]:
        """Both names: who states an alias needs the right to each."""
        return self.id, self.gtin
