"""What an event used, made and mentioned, as canonical names: the edges of lineage.

>>> from ocoptrace.epcis.event import parse_event
>>> krill = "https://example.org/ocop/7K3MQ9TB/MOI/250820"
>>> mash = "https://example.org/ocop/7K3MQ9TB/CHUOP/B07"
>>> salting = parse_event({
...     "type": "TransformationEvent", "eventTime": "2025-08-20T09:30:00+07:00",
...     "eventTimeZoneOffset": "+07:00",
...     "inputQuantityList": [{"epcClass": krill, "quantity": 3200, "uom": "KGM"}],
...     "outputQuantityList": [{"epcClass": mash, "quantity": 4000, "uom": "KGM"}]})
>>> inputs(salting) == (krill,), outputs(salting) == created(salting) == (mash,)
(True, True)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ocoptrace.epcis.event import (
    AggregationEvent,
    AssociationEvent,
    Event,
    ObjectEvent,
    TransformationEvent,
)
from ocoptrace.epcis.names import canonical_name, mentions

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ocoptrace.epcis.dimensions import QuantityElement

__all__ = ["created", "created_uris", "inputs", "mentioned", "outputs"]

_ELSEWHERE = {"place", "party"}


def inputs(event: Event) -> tuple[str, ...]:
    """Return what the outputs of an event come from.

    Inputs of a transformation; what is put into a container or joined to a thing.
    """
    match event:
        case TransformationEvent():
            return _names(event.input_epc_list, event.input_quantity_list)
        case AggregationEvent(action="ADD") | AssociationEvent(action="ADD"):
            return _names(event.child_epcs, event.child_quantity_list)
        case _:
            return ()


def outputs(event: Event) -> tuple[str, ...]:
    """Return what came to be, or came to hold its inputs, in an event."""
    match event:
        case AssociationEvent(action="ADD"):
            return _names([event.parent_id])
        case _:
            return created(event)


def created(event: Event) -> tuple[str, ...]:
    """Return what an event brings into the world, which takes a right to its name.

    EPCs and classes of an ObjectEvent ADD, outputs of a transformation, the parent of an
    aggregation.
    """
    return _canonical(created_uris(event))


def created_uris(event: Event) -> list[str]:
    """Return what an event brings into the world, as ``created``, by the names it has there."""
    match event:
        case ObjectEvent(action="ADD"):
            return _uris(event.epc_list, event.quantity_list)
        case TransformationEvent():
            return _uris(event.output_epc_list, event.output_quantity_list)
        case AggregationEvent(action="ADD", parent_id=str(parent)):
            return [parent]
        case _:
            return []


def mentioned(event: Event) -> tuple[str, ...]:
    """Return every thing that an event is about, whatever happened to it."""
    things = (mention.uri for mention in mentions(event) if mention.role not in _ELSEWHERE)
    return tuple(dict.fromkeys(map(canonical_name, things)))


def _names(
    instances: Iterable[str] | None, classes: Iterable[QuantityElement] | None = None
) -> tuple[str, ...]:
    return _canonical(_uris(instances, classes))


def _uris(instances: Iterable[str] | None, classes: Iterable[QuantityElement] | None) -> list[str]:
    return [*(instances or ()), *(element.epc_class for element in classes or ())]


def _canonical(uris: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(map(canonical_name, uris)))
