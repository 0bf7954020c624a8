"""What has to do with a batch or item: rebuilt from the events that are shown, and from no one.

>>> from ocoptrace.epcis import parse_event
>>> paste, mash, fuel = (f"https://id.example/ocop/7K3MQ9TB/{c}/L1" for c in ("MAM", "MOI", "GAS"))
>>> def made(of: str, into: str):
...     return Step.of(parse_event({
...         "type": "TransformationEvent", "eventTime": "2026-09-15T07:30:00+07:00",
...         "eventTimeZoneOffset": "+07:00",
...         "inputQuantityList": [{"epcClass": of, "quantity": 10, "uom": "KGM"}],
...         "outputQuantityList": [{"epcClass": into, "quantity": 9, "uom": "KGM"}]}),
...         issuer="https://id.example/ocop/7K3MQ9TB")
>>> names = scope(paste, [made(mash, paste), made(mash, fuel)])
>>> sorted(names) == sorted([paste, mash])
True
>>> made(mash, paste).belongs(names), made(mash, fuel).belongs(names)
(True, False)
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ocoptrace.epcis import TransformationEvent, created, inputs, mentioned, outputs
from ocoptrace.verify.names import goods_of, named

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from ocoptrace.epcis import Event
    from ocoptrace.gs1 import Level

__all__ = ["Step", "goods", "scope", "with_other_names"]


@dataclass(frozen=True, slots=True)
class Step:
    """An event and what it touched, as canonical names: worked out once, asked for often.

    Attributes:
        event: what happened.
        issuer: URI of who recorded it.
        created: what it brought into the world, which takes a right to the name.
        used: what its outputs come from.
        made: what came to be of that, or came to hold it.
        mentioned: every thing that it speaks of.
        places: where it happened, and where the things were after.
        based_on: ids of statements that its maker had seen, in hexadecimal.
    """

    event: Event
    issuer: str
    created: tuple[str, ...]
    used: tuple[str, ...]
    made: tuple[str, ...]
    mentioned: tuple[str, ...]
    places: frozenset[str]
    based_on: tuple[str, ...]

    @classmethod
    def of(cls, event: Event, *, issuer: str, based_on: Iterable[str] = ()) -> Step:
        """Return what an event touched.

        Raises:
            Gs1Error: a name in it has a fault.
        """
        at = (place for place in (event.read_point, event.biz_location) if place is not None)
        return cls(
            event,
            issuer,
            created(event),
            inputs(event),
            outputs(event),
            mentioned(event),
            frozenset(place.id for place in at),
            tuple(based_on),
        )

    @property
    def touched(self) -> tuple[str, ...]:
        """The names in whose lineage the event has a part.

        One that makes something of something has its part in that of what it makes: goods that
        it shares with others did not bring it along.
        """
        return self.made if self.made and self.used else self.mentioned

    def belongs(self, names: Collection[str]) -> bool:
        """Tell whether the event is part of the lineage of some names."""
        return any(name in names for name in self.touched)


@dataclass(frozen=True, slots=True)
class _Flow:
    """What went into what: one event, or all of an issuer that share a transformationID."""

    sources: set[str] = field(default_factory=set)
    made: set[str] = field(default_factory=set)


def scope(about: str, steps: Iterable[Step]) -> frozenset[str]:
    """Return the names that a record is about, as far as the shown events tell.

    The name itself and its batch, where it is a batch its items; all that these were made
    from, however far back; and the logistic units that they were packed into.

    Args:
        about: canonical name of a batch or item.
        steps: what the events touched.
    """
    shown = list(steps)
    seeds = {about, *goods_of(about)[1:]}
    if _is_at(about, "batch"):
        seeds |= {
            thing
            for step in shown
            for thing in step.mentioned
            if _is_at(thing, "item") and not seeds.isdisjoint(goods_of(thing)[1:])
        }
    flows = _flows(shown)
    sources = _reached(seeds, [(flow.made, flow.sources) for flow in flows])
    units = [
        (flow.sources, {name for name in flow.made if _is_at(name, "logistic_unit")})
        for flow in flows
    ]
    return frozenset(sources | _reached(seeds, units))


def goods(names: Iterable[str]) -> frozenset[str]:
    """Return the products and batches of names that are names of goods."""
    return frozenset(each for text in names for each in goods_of(text))


def with_other_names(names: Iterable[str], aliases: Iterable[tuple[str, str]]) -> frozenset[str]:
    """Return names of products, and all other names that these products have.

    Args:
        names: canonical names.
        aliases: pairs of names that mean one product.
    """
    pairs = list(aliases)
    steps = [({one}, {other}) for pair in pairs for one, other in (pair, pair[::-1])]
    return frozenset(_reached(names, steps))


def _flows(steps: Iterable[Step]) -> list[_Flow]:
    flows: dict[object, _Flow] = {}
    for number, step in enumerate(steps):
        event = step.event
        shared = event.transformation_id if isinstance(event, TransformationEvent) else None
        # Two issuers who use one transformationID tell of two flows, as with eventIDs (ADR 0007).
        flow = flows.setdefault((step.issuer, shared) if shared else number, _Flow())
        flow.sources.update(step.used)
        flow.made.update(step.made)
    return list(flows.values())


def _reached(seeds: Iterable[str], steps: list[tuple[set[str], set[str]]]) -> set[str]:
    """Return all names that steps (from any of these, to all of those) lead to."""
    leading: dict[str, list[int]] = {}
    for number, (origins, _) in enumerate(steps):
        for name in origins:
            leading.setdefault(name, []).append(number)
    found = set(seeds)
    waiting = deque(found)
    taken: set[int] = set()
    while waiting:
        for number in leading.pop(waiting.popleft(), ()):
            if number in taken:
                # Each step is taken once, so that many names cost no more than their number.
                continue
            taken.add(number)
            new = steps[number][1] - found
            found |= new
            waiting.extend(new)
    return found


def _is_at(text: str, level: Level) -> bool:
    name = named(text)
    return name is not None and name.level == level
