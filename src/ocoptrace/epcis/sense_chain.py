"""Does the chain of events make sense: made before used, enough there, out of what it was in?

What the events do not tell, they may not know: of a lot that none of them makes, nothing is
said about how much there is. Nor of a product without a lot, of which there may always be some.

>>> from ocoptrace.epcis.event import parse_event
>>> mash = "https://example.org/ocop/7K3MQ9TB/CHUOP/B07"
>>> paste = "https://example.org/ocop/7K3MQ9TB/MAM/260824"
>>> when = {"eventTimeZoneOffset": "+07:00", "eventTime": "2026-08-24T08:00:00+07:00"}
>>> milling = parse_event(when | {
...     "type": "TransformationEvent",
...     "inputQuantityList": [{"epcClass": mash, "quantity": 100, "uom": "KGM"}],
...     "outputQuantityList": [{"epcClass": paste, "quantity": 90, "uom": "KGM"}]})
>>> sale = parse_event(when | {
...     "type": "ObjectEvent", "action": "DELETE", "eventTime": "2026-08-25T08:00:00+07:00",
...     "quantityList": [{"epcClass": paste, "quantity": 91, "uom": "KGM"}]})
>>> for finding in check_chain({"/0": milling, "/1": sale}):
...     print(finding.place, finding.code, finding.facts["used"], finding.facts["made"])
/1/quantityList/0 epcis.overdrawn 91 90
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from ocoptrace.epcis.balance import Movement, Shortfall, Stock, movements
from ocoptrace.epcis.event import (
    AggregationEvent,
    AssociationEvent,
    Event,
    ObjectEvent,
    TransformationEvent,
)
from ocoptrace.epcis.names import canonical_name
from ocoptrace.epcis.sense_containers import Containers
from ocoptrace.epcis.sense_quantities import check_balance
from ocoptrace.epcis.sense_serials import Serials, lot_of
from ocoptrace.epcis.sense_steps import ExclusiveSteps
from ocoptrace.epcis.sense_transfers import Transfers
from ocoptrace.errors import Gs1Error
from ocoptrace.findings import Finding
from ocoptrace.gs1 import parse_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from ocoptrace.findings import Severity

__all__ = ["check_chain"]

_RECEIVING = frozenset({"receiving", "arriving", "accepting"})
_FOR_GOOD = frozenset({"destroying", "decommissioning"})
"""Steps from which nothing comes back."""

_NEVER = frozenset({"epcis.not_inside", "epcis.parent_among_children"})
_ASSETS = frozenset({"8003", "8004"})


@dataclass(frozen=True, slots=True)
class _Happening:
    """One event of the chain, with what it does to each name."""

    place: str
    event: Event
    when: datetime
    movements: tuple[Movement, ...]

    @property
    def step(self) -> str:
        return self.event.step or ""


def check_chain(placed: Mapping[str, Event]) -> Iterator[Finding]:
    """Yield what is wrong or odd between the events of a chain.

    Args:
        placed: events by the place that findings name, in any order; time decides what came
            first, and of one moment, what was made.
    """
    happenings = sorted(_happenings(placed), key=lambda happening: happening.when)
    yield from _check_transformations(happenings)
    yield from _Chain(happenings).findings()


def _happenings(placed: Mapping[str, Event]) -> Iterator[_Happening]:
    for place, event in placed.items():
        try:
            moved = tuple(movements(event))
        except Gs1Error:
            continue  # a name with a fault is the finding of its event
        yield _Happening(place, event, event.when, moved)


def _check_transformations(happenings: list[_Happening]) -> Iterator[Finding]:
    """Yield what is wrong between the events that are one transformation."""
    halves: dict[str, list[_Happening]] = {}
    for happening in happenings:
        event = happening.event
        if isinstance(event, TransformationEvent) and event.transformation_id is not None:
            halves.setdefault(event.transformation_id, []).append(happening)
    for name, parts in halves.items():
        yield from check_balance(parts[-1].place, *(part.event for part in parts))
        first = parts[0]
        starts = [part.when for part in parts if _does(part, "used")]
        if starts and starts[0] > first.when:
            facts = {"id": name, "time": first.event.event_time}
            yield Finding("epcis.made_before_started", "error", first.place, facts)


def _does(happening: _Happening, change: str) -> bool:
    return any(movement.change == change for movement in happening.movements)


class _Chain:
    """The events of a chain in the order of time, and what is so after each of them."""

    def __init__(self, happenings: list[_Happening]) -> None:
        self._moves = _in_order(happenings)
        self._stock: Stock[str] = Stock()
        self._containers = Containers()
        self._steps = ExclusiveSteps()
        self._serials = Serials()
        self._transfers = Transfers()
        self._told: set[tuple[str, ...]] = set()
        self._made: dict[str, str] = {}
        self._ended: dict[str, tuple[str, bool]] = {}
        self._first_made: dict[str, _Happening] = {}
        self._first_received: dict[str, _Happening] = {}
        self._first_opened: dict[str, _Happening] = {}
        self._first_packed: dict[str, _Happening] = {}
        for happening, movement in self._moves:
            if movement.change == "made":
                self._first_made.setdefault(movement.name, happening)
            elif happening.step in _RECEIVING and movement.change != "returned":
                self._first_received.setdefault(movement.name, happening)
            if movement.parent:
                opened = movement.change != "packed"
                first = self._first_opened if opened else self._first_packed
                first.setdefault(movement.parent, happening)
            self._transfers.sent(movement.name, happening.event, happening.when)

    def findings(self) -> Iterator[Finding]:
        """Yield what is wrong or odd, in the order of time; what takes the whole of it last."""
        for happening, movement in self._moves:
            place = happening.place + movement.place
            yield from self._check_steps(happening, movement)
            yield from self._check_transfer(happening, movement)
            if code := self._too_early(happening, movement):
                known = self._first_made.get(movement.name) or self._first_received[movement.name]
                yield Finding(code, "error", place, _times(movement.name, happening, known))
                continue
            yield from self._check_packing(happening, movement, place)
            yield from self._check_container(happening, movement, place)
            if movement.single:
                yield from self._check_lot(happening, movement, place)
                yield from self._check_thing(happening, movement, place)
            elif _is_product(movement.name):
                continue
            elif (short := self._stock.move(movement)) is not None:
                yield from self._check_short(movement, short, place)
        for place, lot, short in self._serials.too_many(self._stock):
            facts = {"name": lot, "count": f"{short.needed:f}", "made": f"{short.made:f}"}
            yield Finding("epcis.over_labelled", "error", place, facts)

    def _too_early(self, happening: _Happening, movement: Movement) -> str | None:
        """Return the code of what is told of a lot before it came to be, or came here."""
        if movement.change == "made" or _is_product(movement.name):
            return None
        if (made := self._first_made.get(movement.name)) is not None:
            return "epcis.before_made" if happening.when < made.when else None
        received = self._first_received.get(movement.name)
        early = received is not None and happening.when < received.when
        return "epcis.used_before_received" if early and movement.change == "used" else None

    def _check_packing(
        self, happening: _Happening, movement: Movement, place: str
    ) -> Iterator[Finding]:
        """Yield a finding for a container that is moved before anything was put into it.

        Not for one that somebody else filled before, and not for crates and other assets,
        which go round empty.
        """
        name = movement.name
        packed = self._first_packed.get(name)
        if packed is None or happening.when >= packed.when or name in self._first_made:
            return
        before = (self._first_opened.get(name), self._first_received.get(name))
        if any(each is not None and each.when <= packed.when for each in before):
            return
        if not _is_asset(name) and ("unpacked", name) not in self._told:
            self._told.add(("unpacked", name))
            facts = _times(name, happening, packed)
            yield Finding("epcis.before_packed", "warning", place, facts)

    def _check_transfer(self, happening: _Happening, movement: Movement) -> Iterator[Finding]:
        sent = self._transfers.later(movement.name, happening.event, happening.when)
        if sent is None or ("received", happening.place) in self._told:
            return
        self._told.add(("received", happening.place))
        facts = {"name": movement.name, "time": happening.event.event_time}
        sent_at = {"sent": sent.isoformat()}
        place = happening.place + "/eventTime"
        yield Finding("epcis.received_before_shipped", "warning", place, facts | sent_at)

    def _check_lot(
        self, happening: _Happening, movement: Movement, place: str
    ) -> Iterator[Finding]:
        """Yield a finding for one thing of a lot that is told of before the lot was made."""
        self._serials.take(movement.name, place)
        lot = lot_of(movement.name)
        made = None if lot is None else self._first_made.get(lot)
        if lot is None or made is None or happening.when >= made.when:
            return
        if (happening.place, lot) not in self._told:
            self._told.add((happening.place, lot))
            yield Finding("epcis.before_made", "error", place, _times(lot, happening, made))

    def _check_thing(
        self, happening: _Happening, movement: Movement, place: str
    ) -> Iterator[Finding]:
        """Yield a finding for one thing that is made twice, or told of after its end."""
        name = movement.name
        if movement.change == "made":
            first = self._made.setdefault(name, place)
            if first != place and name not in self._ended:
                facts = {"name": name, "first": first}
                yield Finding("epcis.made_twice", "warning", place, facts)
            self._ended.pop(name, None)
            return
        ended = self._ended.get(name)
        if ended is not None and movement.change == "returned" and ended[1]:
            del self._ended[name]
        elif ended is not None:
            facts = {"name": name, "first": ended[0]}
            yield Finding("epcis.after_its_end", "warning", place, facts)
        elif movement.change == "used":
            sold = isinstance(happening.event, ObjectEvent) and happening.step not in _FOR_GOOD
            self._ended[name] = (place, sold)

    def _check_short(self, movement: Movement, short: Shortfall, place: str) -> Iterator[Finding]:
        facts = {
            "name": movement.name,
            "used": f"{short.needed:f}",
            "made": f"{short.made:f}",
            "unit": short.unit,
        }
        severity: Severity = "warning"
        if not short.made:
            code = "epcis.unit_differs"
        elif short.packed:
            code = "epcis.still_packed"
            facts["packed"] = f"{short.packed:f}"
        elif movement.change == "seen":
            code = "epcis.more_than_made"
        else:
            code, severity = "epcis.overdrawn", "error"
        if (code, movement.name, short.unit) not in self._told:
            self._told.add((code, movement.name, short.unit))
            yield Finding(code, severity, place, facts)

    def _check_container(
        self, happening: _Happening, movement: Movement, place: str
    ) -> Iterator[Finding]:
        if not movement.parent:
            return
        code = None
        if movement.change == "packed":
            code = self._containers.pack(movement)
        elif movement.change == "unpacked" and movement.name:
            code = self._containers.unpack(movement)
        elif movement.change == "unpacked":
            code = self._empty(movement.parent)
        # Where nothing here tells of the packing, somebody else may have packed.
        told = (happening.place, movement.parent)
        if code is None or (code == "epcis.never_packed" and told in self._told):
            return
        self._told.add(told)
        facts = {"name": movement.name, "container": movement.parent}
        severity: Severity = "error" if code in _NEVER else "warning"
        yield Finding(code, severity, place, facts)

    def _empty(self, parent: str) -> str | None:
        code = self._containers.faults_of_emptying(parent)
        for name, amount in self._containers.empty(parent):
            self._stock.move(Movement(name, "unpacked", amount, ""))
        return code

    def _check_steps(self, happening: _Happening, movement: Movement) -> Iterator[Finding]:
        # Of a lot, some may be loaded while some is shipped.
        if not (movement.single or movement.parent):
            return
        earlier = self._steps.take(movement.parent or movement.name, happening.step)
        if earlier is None or (happening.place, earlier) in self._told:
            return
        self._told.add((happening.place, earlier))
        facts = {"step": happening.step, "earlier": earlier, "name": movement.name}
        yield Finding("epcis.steps_exclude", "warning", happening.place + "/bizStep", facts)


def _times(name: str, happening: _Happening, known: _Happening) -> dict[str, str]:
    """Return the facts about what is told of something before it came to be."""
    return {"name": name, "time": happening.event.event_time, "known": known.event.event_time}


def _in_order(happenings: list[_Happening]) -> list[tuple[_Happening, Movement]]:
    """Return what happened in the order of time.

    Of one moment, what was made comes first, then what was taken out: things that change
    containers are told in either order. What was put in before it was taken out stays before it.
    """
    moves: list[tuple[datetime, int, _Happening, Movement]] = []
    filled: set[tuple[datetime, str]] = set()
    for happening in happenings:
        for movement in (*happening.movements, *_emptying(happening)):
            container = (happening.when, movement.parent)
            if movement.change == "packed":
                filled.add(container)
            out = movement.change == "unpacked" and container not in filled
            rank = 0 if movement.change == "made" else 1 if out else 2
            moves.append((happening.when, rank, happening, movement))
    moves.sort(key=lambda move: move[:2])
    return [(happening, movement) for _, _, happening, movement in moves]


@lru_cache(maxsize=16_384)
def _is_asset(name: str) -> bool:
    """Tell whether a name is that of a returnable or individual asset (GRAI, GIAI)."""
    try:
        key = parse_name(name).key
    except Gs1Error:
        return False
    return key is not None and key[0] in _ASSETS


@lru_cache(maxsize=16_384)
def _is_product(name: str) -> bool:
    """Tell whether a name is that of a product without a lot."""
    try:
        return parse_name(name).level == "product"
    except Gs1Error:
        return False


def _emptying(happening: _Happening) -> Iterator[Movement]:
    """Yield the movement of a container that is emptied without saying of what."""
    event = happening.event
    if happening.movements or not isinstance(event, AggregationEvent | AssociationEvent):
        return
    if event.action == "DELETE" and event.parent_id is not None:
        yield Movement("", "unpacked", None, "/parentID", parent=canonical_name(event.parent_id))
