"""How much there was, is and should be: amounts in one unit, stock, and what outweighs what.

It reckons in decimal numbers, and knows no document and no store: whoever has events in the
order of time can feed their movements to a ``Stock``.

>>> from ocoptrace.epcis.event import parse_event
>>> mash = "https://example.org/ocop/7K3MQ9TB/CHUOP/B07"
>>> paste = "https://example.org/ocop/7K3MQ9TB/MAM/260824"
>>> milling = parse_event({
...     "type": "TransformationEvent", "eventTime": "2026-08-24T08:00:00+07:00",
...     "eventTimeZoneOffset": "+07:00", "ocop:loss": {"quantity": 20, "uom": "KGM"},
...     "inputQuantityList": [{"epcClass": mash, "quantity": 100, "uom": "KGM"}],
...     "outputQuantityList": [{"epcClass": paste, "quantity": 90, "uom": "KGM"}]})
>>> for excess in outweighed(*balance(milling)):
...     print(f"{excess.before:f} {excess.after:f} {excess.unit}")
100 110 KGM
>>> stock = Stock()
>>> for movement in movements(milling):
...     print(movement.change, movement.name.rpartition("/")[2], stock.move(movement))
used B07 None
made 260824 None
>>> stock.take(paste, Amount.of(91, "KGM"))
Shortfall(unit='KGM', needed=Decimal('91'), made=Decimal('90'), packed=Decimal('0'))
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import MAX_EMAX, MIN_EMIN, Context, Decimal
from typing import TYPE_CHECKING, Generic, Literal, TypeVar

from ocoptrace.epcis.dimensions import member_name
from ocoptrace.epcis.event import (
    AggregationEvent,
    AssociationEvent,
    Event,
    ObjectEvent,
    TransformationEvent,
)
from ocoptrace.epcis.faults import pointer
from ocoptrace.epcis.names import canonical_name
from ocoptrace.epcis.number import exact
from ocoptrace.epcis.units import PIECE, base
from ocoptrace.epcis.vocabulary import PREFIX, bare

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Iterator, Sequence

    from ocoptrace.epcis.dimensions import QuantityElement

__all__ = [
    "LOSS",
    "Amount",
    "Change",
    "Excess",
    "Movement",
    "Shortfall",
    "Stock",
    "balance",
    "loss",
    "movements",
    "outweighed",
]

LOSS = f"{PREFIX}:loss"
"""The member that says what a step lost: ``{"quantity": 20, "uom": "KGM"}``."""

_RECKONING = Context(prec=1000, Emax=MAX_EMAX, Emin=MIN_EMIN)
"""Wide enough for the sum of any two numbers that a double spans."""

_NOTHING = Decimal()

Change = Literal["made", "used", "packed", "unpacked", "seen", "returned"]
"""What happened to some of a lot, or to one thing; what was sold may be ``returned``."""


@dataclass(frozen=True, slots=True)
class Amount:
    """How much, in kilograms, litres, metres, square metres or pieces; else in its own unit."""

    value: Decimal
    unit: str

    @classmethod
    def of(cls, quantity: float, uom: str | None) -> Amount:
        """Return the amount of a quantity.

        Args:
            quantity: a number, whose digits count as they were written; one so small that a
                double cannot tell it from nothing is nothing.
            uom: a UN/ECE code; None stands for pieces.
        """
        unit, factor = base(uom)
        value = exact(quantity) if quantity else _NOTHING
        return cls(_RECKONING.multiply(value, factor), unit)

    def times(self, factor: int | Decimal) -> Amount:
        """Return so many times the amount."""
        return Amount(_RECKONING.multiply(self.value, Decimal(factor)), self.unit)


@dataclass(frozen=True, slots=True)
class Excess:
    """More came out of a step than went in."""

    unit: str
    before: Decimal
    after: Decimal


@dataclass(frozen=True, slots=True)
class Shortfall:
    """More was needed of a lot than was made; a made amount of 0: none in this unit.

    Attributes:
        unit: of the amounts.
        needed: what was used, or seen at once.
        made: what was made.
        packed: what is still packed, where only both together are more than was made.
    """

    unit: str
    needed: Decimal
    made: Decimal
    packed: Decimal = _NOTHING


@dataclass(frozen=True, slots=True)
class Movement:
    """What an event does to some of a lot, or to one thing.

    Attributes:
        name: canonical name.
        change: what happened to it.
        amount: how much; None where the event does not say.
        place: JSON pointer in the event.
        single: one thing, not some of a class.
        parent: canonical name of the container, where it was packed or unpacked.
    """

    name: str
    change: Change
    amount: Amount | None
    place: str
    single: bool = False
    parent: str = ""


def outweighed(before: Iterable[Amount], after: Iterable[Amount]) -> list[Excess]:
    """Return the unit of which more came out than went in, if there is one.

    Pieces have no weight that is known: ten bundles become two hundred mats. And where something
    else went in too, kilograms of rice and litres of water, or eggs, it may be the rest: nothing
    is said of a unit unless all that went in was measured in it.
    """
    went_in, came_out = _by_unit(before), _by_unit(after)
    if len(went_in) != 1 or PIECE in went_in:
        return []
    return [
        Excess(unit, amount, came_out[unit])
        for unit, amount in went_in.items()
        if unit in came_out and came_out[unit] > amount
    ]


def _by_unit(amounts: Iterable[Amount]) -> dict[str, Decimal]:
    sums: dict[str, Decimal] = {}
    for amount in amounts:
        sums[amount.unit] = _sum(sums.get(amount.unit, _NOTHING), amount.value)
    return sums


def _sum(one: Decimal, other: Decimal) -> Decimal:
    return _RECKONING.add(one, other)


def balance(*events: Event) -> tuple[list[Amount], list[Amount]]:
    """Return what went into transformations and what came out, stated losses included.

    Args:
        events: one, or several that are one transformation by their transformationID.

    Returns:
        Both sides; two empty ones where an amount is missing, for then nothing can be said.
    """
    sides: dict[Change, list[Amount]] = {"used": [], "made": []}
    for event in events:
        if not isinstance(event, TransformationEvent):
            continue
        for movement in movements(event):
            if movement.amount is None:
                return [], []
            sides[movement.change].append(movement.amount)
        lost = loss(event)
        sides["made"] += [lost] if lost is not None else []
    return sides["used"], sides["made"]


def loss(event: Event) -> Amount | None:
    """Return what an event says that it lost; None where it says nothing that can be read."""
    stated = event.extensions.get(LOSS)
    if not isinstance(stated, dict):
        return None
    quantity, uom = stated.get("quantity"), stated.get("uom")
    if isinstance(quantity, bool) or not isinstance(quantity, int | float):
        return None
    if not isinstance(uom, str | None):
        return None
    return Amount.of(quantity, uom)


def movements(event: Event) -> Iterator[Movement]:
    """Yield what an event does to each lot and thing that it names, what it used first.

    Raises:
        Gs1Error: a name in the event has a fault.
    """
    match event:
        case TransformationEvent():
            yield from _moved(event, "used", "input_epc_list", "input_quantity_list")
            yield from _moved(event, "made", "output_epc_list", "output_quantity_list")
        case ObjectEvent():
            changes: dict[str, Change] = {"ADD": "made", "OBSERVE": "seen", "DELETE": "used"}
            change = changes[event.action]
            if change == "seen" and bare(event.disposition or "", "Disp") == "returned":
                change = "returned"
            yield from _moved(event, change, "epc_list", "quantity_list")
        case AggregationEvent() | AssociationEvent():
            changes = {"ADD": "packed", "OBSERVE": "seen", "DELETE": "unpacked"}
            parent = canonical_name(event.parent_id) if event.parent_id else ""
            yield from _moved(
                event, changes[event.action], "child_epcs", "child_quantity_list", parent
            )
        case _:
            yield from _moved(event, "seen", "epc_list", "quantity_list")


def _moved(
    event: Event, change: Change, things: str, quantities: str, parent: str = ""
) -> Iterator[Movement]:
    uris: Sequence[str] = getattr(event, things, None) or ()
    for position, uri in enumerate(uris):
        place = pointer(member_name(things), position)
        one = Amount.of(1, None)
        yield Movement(canonical_name(uri), change, one, place, single=True, parent=parent)
    elements: Sequence[QuantityElement] = getattr(event, quantities, None) or ()
    for position, element in enumerate(elements):
        place = pointer(member_name(quantities), position)
        quantity = element.quantity
        amount = None if quantity is None else Amount.of(quantity, element.uom)
        yield Movement(canonical_name(element.epc_class), change, amount, place, parent=parent)


Lot = TypeVar("Lot", bound="Hashable")


class Stock(Generic[Lot]):
    """What there is of each lot, by unit, after some movements.

    Of a lot that nobody made here, or made without saying how much, nothing is said. A lot goes
    by its canonical name, or by whatever else tells it from others.
    """

    def __init__(self) -> None:
        self._made: dict[Lot, dict[str, Decimal]] = {}
        self._used: dict[tuple[Lot, str], Decimal] = {}
        self._packed: dict[tuple[Lot, str], Decimal] = {}
        self._uncounted: set[Lot] = set()

    def move(self: Stock[str], movement: Movement) -> Shortfall | None:
        """Take note of a movement; return by how much it falls short, if it does.

        What is packed is no longer there to be used; unpacking gives it back. What comes back
        can be used again, but never more than was used.
        """
        name, amount = movement.name, movement.amount
        match movement.change:
            case "made":
                self.make(name, amount)
            case _ if amount is None:
                pass
            case "used":
                return self.take(name, amount)
            case "packed":
                return self._pack(name, amount)
            case "unpacked":
                self._note(self._packed, name, amount.unit, -amount.value)
            case "returned":
                used = self._used.get((name, amount.unit), _NOTHING)
                self._note(self._used, name, amount.unit, -min(amount.value, used))
            case "seen":
                return self.see(name, amount)
        return None

    def make(self, lot: Lot, amount: Amount | None) -> None:
        """Take note of what was made; None: nobody counted it."""
        if amount is None:
            self._uncounted.add(lot)
            return
        made = self._made.setdefault(lot, {})
        made[amount.unit] = _sum(made.get(amount.unit, _NOTHING), amount.value)

    def take(self, lot: Lot, amount: Amount) -> Shortfall | None:
        """Take note of what was used, and return by how much more that is than was made."""
        used = self._note(self._used, lot, amount.unit, amount.value)
        return self._short(lot, amount.unit, used) or self._still_packed(lot, amount.unit)

    def see(self, lot: Lot, amount: Amount) -> Shortfall | None:
        """Return by how much more was seen at once than was ever made."""
        return self._short(lot, amount.unit, amount.value)

    def knows(self, lot: Lot) -> bool:
        """Tell whether some of a lot was made here, counted or not."""
        return lot in self._made or lot in self._uncounted

    def units(self, lot: Lot) -> tuple[str, ...]:
        """Return the units that a lot was made in."""
        return tuple(self._made.get(lot, ()))

    def left(self) -> Iterator[tuple[Lot, Amount]]:
        """Yield what is there of each lot, in each unit that it was made in."""
        for lot, units in self._made.items():
            for unit, made in units.items():
                used = self._used.get((lot, unit), _NOTHING)
                packed = self._packed.get((lot, unit), _NOTHING)
                yield lot, Amount(_sum(made, -_sum(used, packed)), unit)

    def _note(
        self, sums: dict[tuple[Lot, str], Decimal], lot: Lot, unit: str, value: Decimal
    ) -> Decimal:
        total = sums[lot, unit] = _sum(sums.get((lot, unit), _NOTHING), value)
        return total

    def _pack(self, lot: Lot, amount: Amount) -> Shortfall | None:
        self._note(self._packed, lot, amount.unit, amount.value)
        return self.see(lot, amount) or self._still_packed(lot, amount.unit)

    def _still_packed(self, lot: Lot, unit: str) -> Shortfall | None:
        """Return what is missing where some is packed that is used, or packed again."""
        used = self._used.get((lot, unit), _NOTHING)
        packed = self._packed.get((lot, unit), _NOTHING)
        short = self._short(lot, unit, _sum(used, packed))
        return None if short is None else Shortfall(unit, used, short.made, packed)

    def _short(self, lot: Lot, unit: str, needed: Decimal) -> Shortfall | None:
        units = self._made.get(lot)
        if units is None or lot in self._uncounted:
            return None
        made = units.get(unit, _NOTHING)
        return Shortfall(unit, needed, made) if needed > made else None
