r"""Documents in JSON-LD: the head and the list of events, taken apart and put together.

>>> head, events = parts_of({"@context": [], "type": "EPCISDocument",
...                          "epcisBody": {"eventList": [{"type": "ObjectEvent"}]}})
>>> head["epcisBody"], events
({'eventList': []}, [{'type': 'ObjectEvent'}])
>>> [piece.decode() for piece in document_json(head)]
['{"@context":[],"type":"EPCISDocument","epcisBody":{"eventList":[', ']}}\n']
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from ocoptrace.epcis.intake import MAX_EVENT_DEPTH
from ocoptrace.epcis.json_text import json_bytes
from ocoptrace.errors import EpcisError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ocoptrace.epcis.event import Event

__all__ = [
    "EVENT_LISTS",
    "depth_of",
    "document_json",
    "event_json",
    "parts_of",
    "version_of",
    "whole",
]

EVENT_LISTS = {
    "EPCISDocument": ("epcisBody", "eventList"),
    "EPCISQueryDocument": ("epcisBody", "queryResults", "resultsBody", "eventList"),
}
"""Type of document → the members that lead to its list of events."""

_HERE = "\x00"


def depth_of(value: Any) -> int:
    """Return how deep a document may be nested: its events, and what stands around them."""
    around = 1 if isinstance(value, list) else 0
    if isinstance(value, dict) and value.get("type") in (*EVENT_LISTS,):
        around = 1 + len(EVENT_LISTS[value["type"]])
    return around + MAX_EVENT_DEPTH


def parts_of(document: Mapping[str, Any]) -> tuple[dict[str, Any], list[Any]]:
    """Return a document without its events, and the events.

    Raises:
        EpcisError: no list of events, or no ``@context``.
    """
    path = EVENT_LISTS[document["type"]]
    if "@context" not in document:
        raise EpcisError("fields.missing", place="/@context", member="@context")
    head = dict(document)
    holder: Any = head
    place = ""
    for name in path[:-1]:
        place = f"{place}/{name}"
        inner = holder.get(name)
        if not isinstance(inner, dict):
            raise EpcisError("epcis.no_event_list", place=f"/{'/'.join(path)}")
        holder[name] = dict(inner)
        holder = holder[name]
    events = holder.get(path[-1])
    if not isinstance(events, list):
        raise EpcisError("epcis.no_event_list", place=f"/{'/'.join(path)}")
    holder[path[-1]] = []
    return head, events


def version_of(version: str | None) -> dict[str, str]:
    """Return the member that says in which version of EPCIS a document is written: never 1.2.

    >>> version_of("1.2"), version_of("2.0.1"), version_of(None)
    ({'schemaVersion': '2.0'}, {'schemaVersion': '2.0.1'}, {})

    Args:
        version: of the document as it was read.
    """
    if version is None:
        return {}
    return {"schemaVersion": "2.0" if version.partition(".")[0] == "1" else version}


def whole(head: Mapping[str, Any], events: Any) -> dict[str, Any]:
    """Return a document with its events in their place.

    Args:
        head: as ``parts_of`` gives it.
        events: what stands as list of events.
    """
    document = dict(head)
    holder = document
    path = EVENT_LISTS[document["type"]]
    for name in path[:-1]:
        holder[name] = dict(holder.get(name, {}))
        holder = holder[name]
    holder[path[-1]] = events
    return document


def document_json(head: Mapping[str, Any]) -> tuple[bytes, bytes]:
    """Return a document up to its first event, and from its last event on.

    Args:
        head: as ``parts_of`` gives it.
    """
    # No JSON text holds this character, so it marks the place.
    text = json_bytes(whole(head, orjson.Fragment(f"[{_HERE}]")))
    start, _, end = text.partition(_HERE.encode())
    return start, end + b"\n"


def event_json(
    event: Event, own: Sequence[str | dict[str, Any]], *, single: bool = True
) -> dict[str, Any]:
    """Return an event as it stands in a document: with its own contexts, if any.

    Args:
        event: the event.
        own: its contexts beside those of the document.
        single: whether one context is written without an array around it.
    """
    if not own:
        return event.to_json()
    return {"@context": own[0] if single and len(own) == 1 else list(own)} | event.to_json()
