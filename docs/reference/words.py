"""The parts of docs/reference/story-file.md that the vocabularies tell."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

from ocoptrace import messages
from ocoptrace.epcis.units import UNITS
from ocoptrace.epcis.vocabulary import (
    BIZ_STEPS,
    DISPOSITIONS,
    OCOP_MEASUREMENTS,
    OCOP_STEPS,
    OCOP_TRANSACTION_TYPES,
    TRANSACTION_TYPES,
)
from ocoptrace.registry.place import PlaceKind
from ocoptrace.registry.producer import PARTNER_KINDS, SubjectType
from ocoptrace.registry.product import Allergen, ProductKind

if TYPE_CHECKING:
    from collections.abc import Iterable


def texts() -> dict[str, str]:
    """Return the words that a story file may use."""
    lists = {
        "subject types": get_args(SubjectType),
        "partner kinds": PARTNER_KINDS[1:],
        "place kinds": get_args(PlaceKind),
        "product kinds": get_args(ProductKind),
        "allergens": get_args(Allergen),
        "business steps": sorted(BIZ_STEPS),
        "dispositions": sorted(DISPOSITIONS),
        "papers": sorted(TRANSACTION_TYPES | OCOP_TRANSACTION_TYPES),
        "own measurements": sorted(OCOP_MEASUREMENTS),
        "units": sorted(UNITS),
    }
    return {name: _listed(words) for name, words in lists.items()} | {"steps": _steps()}


def _listed(words: Iterable[str]) -> str:
    return ", ".join(f"`{word}`" for word in words)


def _steps() -> str:
    """Return the steps as a table, with the words that a page shows."""
    rows = [
        f"| `{step}` | {messages.text(f'steps.{step}', 'vi')} | "
        f"{messages.text(f'steps.{step}', 'en')} |"
        for step in sorted(OCOP_STEPS)
    ]
    return "\n".join(["| step | tiếng Việt | English |", "|---|---|---|", *rows])
