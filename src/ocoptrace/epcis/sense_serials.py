"""Single things and the lot that their name says they are of: not before it, not more than it.

>>> from decimal import Decimal
>>> from ocoptrace.epcis.balance import Amount, Stock
>>> lot = "https://example.org/ocop/7K3MQ9TB/MAM/260824"
>>> lot_of(f"{lot}/7") == lot, lot_of("urn:uuid:7")
(True, None)
>>> stock = Stock()
>>> stock.make(lot, Amount(Decimal(2), "H87"))
>>> serials = Serials()
>>> for serial in (1, 2, 2, 3):
...     serials.take(f"{lot}/{serial}", f"/{serial}")
>>> [(place, lot, short.needed) for place, lot, short in serials.too_many(stock)]
[('/3', 'https://example.org/ocop/7K3MQ9TB/MAM/260824', Decimal('3'))]
"""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING

from ocoptrace.epcis.balance import Amount
from ocoptrace.epcis.units import PIECE
from ocoptrace.errors import Gs1Error
from ocoptrace.gs1 import parse_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ocoptrace.epcis.balance import Shortfall, Stock

__all__ = ["Serials", "lot_of"]


class Serials:
    """Which single things of which lots have been told of."""

    def __init__(self) -> None:
        self._things: dict[str, dict[str, str]] = {}

    def take(self, name: str, place: str) -> None:
        """Take note of a single thing.

        Args:
            name: canonical name.
            place: JSON pointer of what names it.
        """
        lot = lot_of(name)
        if lot is not None:
            self._things.setdefault(lot, {}).setdefault(name, place)

    def too_many(self, stock: Stock[str]) -> Iterator[tuple[str, str, Shortfall]]:
        """Yield where the first thing beyond a lot of pieces stands, the lot, and what is short."""
        for lot, things in self._things.items():
            short = stock.see(lot, Amount(Decimal(len(things)), PIECE))
            if short is not None and short.made:
                yield list(things.values())[int(short.made)], lot, short


@lru_cache(maxsize=16_384)
def lot_of(name: str) -> str | None:
    """Return the canonical name of the lot of a single thing; None where its name has none."""
    try:
        parsed = parse_name(name)
    except Gs1Error:
        return None
    lot = parsed.batch() if parsed.level == "item" else None
    return None if lot is None else lot.canonical()
