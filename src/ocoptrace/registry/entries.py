"""Reading back what was published: the public form of an entry, told apart by its type.

>>> entry = read_entry({
...     "type": "batch", "id": "https://id.gs1.org/01/09521234543213/10/ST260915",
...     "productionDate": "2026-09-15", "quantity": {"value": 18456, "uom": "EA"},
... })
>>> type(entry).__name__, entry.lot
('Batch', 'ST260915')
"""

from __future__ import annotations

from typing import TypeAlias

from ocoptrace.errors import RegistryError
from ocoptrace.registry.alias import Alias
from ocoptrace.registry.batch import Batch
from ocoptrace.registry.evidence import Evidence
from ocoptrace.registry.grade import Grade
from ocoptrace.registry.issuance import Issuance
from ocoptrace.registry.place import Place
from ocoptrace.registry.producer import Producer
from ocoptrace.registry.product import Product

__all__ = ["Entry", "read_entry"]

Entry: TypeAlias = Producer | Place | Product | Grade | Batch | Issuance | Alias | Evidence
"""Anything of the registry that a statement can be about."""

_ENTRIES: dict[str, type[Entry]] = {
    "producer": Producer,
    "place": Place,
    "product": Product,
    "grade": Grade,
    "batch": Batch,
    "issuance": Issuance,
    "alias": Alias,
    "evidence": Evidence,
}


def read_entry(data: object, *, place: str = "") -> Entry:
    """Return the entry whose public form this is.

    Args:
        data: a JSON object with a member ``type``.
        place: JSON pointer of the object, for messages.

    Raises:
        RegistryError: no known type, or not a well-formed entry of it.
    """
    kind = data.get("type") if isinstance(data, dict) else None
    entry = _ENTRIES.get(kind) if isinstance(kind, str) else None
    if entry is None:
        raise RegistryError("registry.entry_type", place=f"{place}/type", value=kind)
    return entry.parse(data, place=place)
