"""Who made it: producers, places, products, OCOP grades, batches, and their stories."""

from __future__ import annotations

from ocoptrace.registry.batch import Batch
from ocoptrace.registry.entity import Amount, Bilingual
from ocoptrace.registry.entries import Entry, read_entry
from ocoptrace.registry.grade import Grade
from ocoptrace.registry.place import Place
from ocoptrace.registry.producer import PRODUCER_ID_ALPHABET, Address, Partner, Producer
from ocoptrace.registry.product import Product
from ocoptrace.registry.story import Registry, Story, read_registry, read_story

__all__ = [
    "PRODUCER_ID_ALPHABET",
    "Address",
    "Amount",
    "Batch",
    "Bilingual",
    "Entry",
    "Grade",
    "Partner",
    "Place",
    "Producer",
    "Product",
    "Registry",
    "Story",
    "read_entry",
    "read_registry",
    "read_story",
]
