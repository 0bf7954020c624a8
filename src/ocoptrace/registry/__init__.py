"""Who made it: producers, places, products, OCOP grades, batches, documents, and their stories.

>>> batch = read_entry({
...     "type": "batch", "id": "https://id.example/ocop/7K3MQ9TB/MAMTOM/ST260915",
...     "productionDate": "2026-09-15", "expiryDate": "2028-09-14",
...     "quantity": {"value": 18456, "uom": "EA"},
... })
>>> batch.lot, batch.product, batch.expiry_date.year
('ST260915', 'https://id.example/ocop/7K3MQ9TB/MAMTOM', 2028)
"""

from __future__ import annotations

from ocoptrace.registry.alias import Alias
from ocoptrace.registry.batch import Batch
from ocoptrace.registry.entity import Amount, Bilingual
from ocoptrace.registry.entries import Entry, read_entry
from ocoptrace.registry.evidence import Evidence
from ocoptrace.registry.grade import Grade
from ocoptrace.registry.issuance import MAX_ISSUED, Issuance, Replaced, SerialSequence
from ocoptrace.registry.place import Place
from ocoptrace.registry.producer import PRODUCER_ID_ALPHABET, Address, Partner, Producer
from ocoptrace.registry.product import Product
from ocoptrace.registry.story import Registry, Story, read_registry, read_story

__all__ = [
    "MAX_ISSUED",
    "PRODUCER_ID_ALPHABET",
    "Address",
    "Alias",
    "Amount",
    "Batch",
    "Bilingual",
    "Entry",
    "Evidence",
    "Grade",
    "Issuance",
    "Partner",
    "Place",
    "Producer",
    "Product",
    "Registry",
    "Replaced",
    "SerialSequence",
    "Story",
    "read_entry",
    "read_registry",
    "read_story",
]
