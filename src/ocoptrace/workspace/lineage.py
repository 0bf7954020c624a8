"""From events to lineage: which goods flow into which, and what belongs into a record."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ocoptrace.epcis import TransformationEvent, inputs, outputs
from ocoptrace.gs1 import DigitalLink, parse_name

if TYPE_CHECKING:
    from ocoptrace.epcis import Event
    from ocoptrace.store import SqliteStore

__all__ = ["belongs", "edges", "scope"]

_MAX_CONTAINERS = 10_000


def edges(store: SqliteStore, event: Event, *, issuer: str) -> list[tuple[str, str]]:
    """Return the edges (from, into) that an event adds.

    A transformation that its issuer tells in several events (one transformationID) is one
    flow, whenever they are recorded: the inputs of all of them go into the outputs of all of
    them. Call it inside ``store.writing()``, once for each event.
    """
    used, made = inputs(event), outputs(event)
    if isinstance(event, TransformationEvent) and event.transformation_id:
        used, made = store.add_transformation_parts(
            event.transformation_id, issuer=issuer, inputs=used, outputs=made
        )
    return [(source, into) for source in used for into in made if source != into]


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
