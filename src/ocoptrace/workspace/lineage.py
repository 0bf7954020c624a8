"""From events to lineage: which goods flow into which, and what belongs into a record."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ocoptrace.epcis import inputs, outputs
from ocoptrace.gs1 import DigitalLink, parse_name

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ocoptrace.epcis import Event
    from ocoptrace.store import SqliteStore

__all__ = ["belongs", "flows", "scope"]

_MAX_CONTAINERS = 10_000


def flows(events: Iterable[Event]) -> list[tuple[Event, list[tuple[str, str]]]]:
    """Return each event with its edges (from, into).

    A transformation that is told in several events (one transformationID) is one flow: the
    inputs of all of them go into the outputs of all of them.
    """
    listed = list(events)
    used: dict[str, set[str]] = {}
    for event in listed:
        if transformation := getattr(event, "transformation_id", None):
            used.setdefault(transformation, set()).update(inputs(event))
    edges = []
    for event in listed:
        transformation = getattr(event, "transformation_id", None) or ""
        sources = used.get(transformation, set(inputs(event)))
        made = outputs(event)
        edges.append((event, [(s, o) for s in sorted(sources) for o in made if s != o]))
    return edges


def scope(store: SqliteStore, name: str) -> set[str]:
    """Return the names whose events belong into the record of a batch or item.

    All that it was made from, however far back; itself; its batch; and the logistic units
    that it was packed into.
    """
    parsed = parse_name(name)
    batch = parsed.batch()
    names = store.origins(name)
    if batch is not None:
        names |= store.origins(batch.canonical())
    waiting = [name, *([batch.canonical()] if batch else [])]
    while waiting and len(names) < _MAX_CONTAINERS:
        for into in store.flows_into(waiting.pop()):
            link = parse_name(into)
            is_unit = isinstance(link, DigitalLink) and link.level == "logistic_unit"
            if is_unit and into not in names:
                names.add(into)
                waiting.append(into)
    return names


def belongs(event: Event, names: set[str]) -> bool:
    """Tell whether an event that speaks of some of the names is part of their lineage.

    A transformation of shared raw goods into something else is not.
    """
    made = outputs(event)
    return not made or not inputs(event) or bool(names.intersection(made))
