"""What has to do with a batch or item: rebuilt from the events that are shown, and from no one.

>>> from ocoptrace.epcis import parse_event
>>> paste, mash, fuel = (f"https://id.example/ocop/7K3MQ9TB/{c}/L1" for c in ("MAM", "MOI", "GAS"))
>>> def made(of: str, into: str):
...     return parse_event({
...         "type": "TransformationEvent", "eventTime": "2026-09-15T07:30:00+07:00",
...         "eventTimeZoneOffset": "+07:00",
...         "inputQuantityList": [{"epcClass": of, "quantity": 10, "uom": "KGM"}],
...         "outputQuantityList": [{"epcClass": into, "quantity": 9, "uom": "KGM"}]})
>>> names = scope(parse_name(paste), [made(mash, paste), made(mash, fuel)])
>>> sorted(names) == sorted([paste, mash])
True
>>> belongs(made(mash, paste), names), belongs(made(mash, fuel), names)
(True, False)
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ocoptrace.epcis import inputs, mentioned, outputs
from ocoptrace.errors import Gs1Error
from ocoptrace.gs1 import DigitalLink, parse_name

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ocoptrace.epcis import Event
    from ocoptrace.gs1 import Name

__all__ = ["belongs", "goods", "places", "scope"]

_GOODS = {"product", "batch", "item"}


@dataclass(frozen=True, slots=True)
class _Flow:
    """What went into what: one event, or all that share a transformationID."""

    sources: set[str] = field(default_factory=set)
    made: set[str] = field(default_factory=set)


def scope(about: Name, events: Iterable[Event]) -> frozenset[str]:
    """Return the names that a record is about, as far as the shown events tell.

    The name itself and its batch, where it is a batch its items; all that these were made
    from, however far back; and the logistic units that they were packed into.
    """
    shown = list(events)
    batch = about.batch()
    seeds = {about.canonical()} | ({batch.canonical()} if batch else set())
    if about.level == "batch":
        seeds |= {
            thing for event in shown for thing in mentioned(event) if _batch_of(thing) in seeds
        }
    flows = _flows(shown)
    sources = _reached(seeds, [(flow.made, flow.sources) for flow in flows])
    units = [(flow.sources, {name for name in flow.made if _is_unit(name)}) for flow in flows]
    return frozenset(sources | _reached(seeds, units))


def belongs(event: Event, names: frozenset[str]) -> bool:
    """Tell whether an event is part of the lineage of some names.

    One that only makes something else of goods that it shares with them is not.
    """
    made = outputs(event)
    if made and inputs(event):
        return not names.isdisjoint(made)
    return not names.isdisjoint(mentioned(event))


def goods(names: Iterable[str]) -> frozenset[str]:
    """Return the products and batches of names that are names of goods."""
    found = set()
    for name in names:
        parsed = _parsed(name)
        if parsed is not None and parsed.level in _GOODS:
            batch = parsed.batch()
            found |= {parsed.product().canonical()} | ({batch.canonical()} if batch else set())
    return frozenset(found)


def places(events: Iterable[Event]) -> frozenset[str]:
    """Return where events happened, and where the things were after."""
    at = (place for event in events for place in (event.read_point, event.biz_location))
    return frozenset(place.id for place in at if place is not None)


def _flows(events: Iterable[Event]) -> list[_Flow]:
    flows: dict[str | int, _Flow] = {}
    for number, event in enumerate(events):
        key = getattr(event, "transformation_id", None) or number
        flow = flows.setdefault(key, _Flow())
        flow.sources.update(inputs(event))
        flow.made.update(outputs(event))
    return list(flows.values())


def _reached(seeds: Iterable[str], steps: list[tuple[set[str], set[str]]]) -> set[str]:
    """Return all names that steps (from any of these, to all of those) lead to."""
    leading: dict[str, list[int]] = {}
    for number, (origins, _) in enumerate(steps):
        for name in origins:
            leading.setdefault(name, []).append(number)
    found = set(seeds)
    waiting = deque(found)
    while waiting:
        # Each step is taken once, so that a file of many names costs no more than its size.
        for number in leading.pop(waiting.popleft(), ()):
            new = steps[number][1] - found
            found |= new
            waiting.extend(new)
    return found


def _parsed(name: str) -> Name | None:
    try:
        return parse_name(name)
    except Gs1Error:
        # An event may speak of things under names that are none of ours.
        return None


def _batch_of(name: str) -> str:
    parsed = _parsed(name)
    batch = parsed.batch() if parsed is not None and parsed.level == "item" else None
    return batch.canonical() if batch else ""


def _is_unit(name: str) -> bool:
    parsed = _parsed(name)
    return isinstance(parsed, DigitalLink) and parsed.level == "logistic_unit"
