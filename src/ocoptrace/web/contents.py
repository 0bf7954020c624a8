"""What a record shows of the registry: its product, producer, batch, grade, places.

>>> shown = contents([], about="https://id.gs1.org/01/09521234543213/10/L1")
>>> shown.product is None, shown.places
(True, {})
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ocoptrace.gs1 import parse_name
from ocoptrace.registry import Batch, Grade, Place, Producer, Product
from ocoptrace.verify.examination import newest_last
from ocoptrace.verify.subject import producer_uri

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from ocoptrace.verify.examination import Examined

__all__ = ["Contents", "contents", "is_sound"]


@dataclass(frozen=True, slots=True)
class Contents:
    """Registry entries as the newest statements of a record have them; None where none does.

    Attributes:
        producer, product, batch: those that the record is about.
        grades: of the product, of statements that are good.
        products: all of the record, by canonical name.
        places: all of the record, by who states them and canonical name.
    """

    producer: Producer | None
    product: Product | None
    batch: Batch | None
    grades: tuple[Grade, ...]
    products: Mapping[str, Product]
    places: Mapping[tuple[str, str], Place]

    def grade_on(self, day: date) -> Grade | None:
        """Return the grade that is valid on a day (a civil date in Vietnam)."""
        return next((grade for grade in reversed(self.grades) if grade.valid_on(day)), None)


def is_sound(evidence: Examined) -> bool:
    """Tell whether a statement is signed by who may sign it, and shows what was signed."""
    return evidence.is_sound


def contents(evidence: Sequence[Examined], *, about: str) -> Contents:
    """Return what the statements of a record show.

    Args:
        evidence: what was found out about each of them, in their order in it.
        about: canonical name of the batch that the record is about.
    """
    product = parse_name(about).product().canonical()
    producers: dict[str, Producer] = {}
    products: dict[str, Product] = {}
    places: dict[tuple[str, str], Place] = {}
    grades: list[Grade] = []
    found: Batch | None = None
    owner = ""
    # What is sound comes last and so wins, the newest of it over all.
    for e in sorted(newest_last(evidence), key=is_sound):
        statement = e.recorded.statement
        match e.shown:
            case Producer() as entry:
                producers[producer_uri(entry, statement)] = entry
            case Product() as entry:
                products[entry.id] = entry
            case Place() as entry:
                places[statement.issuer, entry.id] = entry
            case Grade() as entry if entry.product == product and is_sound(e):
                grades.append(entry)
            case Batch() as entry if entry.id == about:
                found = entry
                owner = statement.issuer
    return Contents(
        producers.get(owner), products.get(product), found, tuple(grades), products, places
    )
