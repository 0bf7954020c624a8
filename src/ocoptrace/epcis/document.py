"""EPCIS documents in and out, as JSON-LD and as XML.

A document keeps all that it was read with, its head beside its events, and is written again in
either syntax. XML of EPCIS 1.2 is read too.

>>> from ocoptrace.epcis.event import parse_event
>>> event = parse_event({
...     "type": "ObjectEvent", "action": "OBSERVE", "bizStep": "storing",
...     "eventTime": "2025-09-01T08:00:00+07:00", "eventTimeZoneOffset": "+07:00",
...     "epcList": ["https://id.gs1.org/01/09521234543213/21/7"]})
>>> read_document(write_json([event])).events[0].to_json() == event.to_json()
True
>>> read_document(write_xml([event])).events[0].to_json() == event.to_json()
True
>>> document = read_document(write_xml([event]))
>>> document.kind, document.head.schema_version, document.head.creation_date
('EPCISDocument', '2.0', '2025-09-01T08:00:00+07:00')
"""

from __future__ import annotations

import gc
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from pydantic import ValidationError

from ocoptrace.epcis import json_ld
from ocoptrace.epcis.canonical import used_prefixes
from ocoptrace.epcis.dimensions import json_of
from ocoptrace.epcis.event import MAX_TERMS, parse_accepted, read_context
from ocoptrace.epcis.faults import error_of, faults, findings_of, shown
from ocoptrace.epcis.inflation import inflated
from ocoptrace.epcis.intake import read_json
from ocoptrace.epcis.json_text import json_bytes
from ocoptrace.epcis.master_data import Head
from ocoptrace.epcis.vocabulary import (
    CONTEXT,
    EPCIS_CONTEXT,
    EPCIS_CONTEXTS,
    PREFIX,
    VOCABULARY,
)
from ocoptrace.epcis.xml_event_list import EventReader, event_element
from ocoptrace.epcis.xml_head import read_head
from ocoptrace.epcis.xml_head_writing import document_xml
from ocoptrace.epcis.xml_names import prefixes_of
from ocoptrace.epcis.xml_parsing import WIDE, parse
from ocoptrace.errors import EpcisError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from ocoptrace.epcis.event import Event
    from ocoptrace.findings import Finding

__all__ = [
    "MAX_BYTES",
    "Contexts",
    "Document",
    "Kind",
    "head_of",
    "is_xml",
    "new_head",
    "no_collecting",
    "own_contexts",
    "read_document",
    "write_json",
    "write_xml",
]

MAX_BYTES = 16 * 2**20
"""Largest document that is read in one piece."""

Kind = Literal["EPCISDocument", "EPCISQueryDocument", "EPCISMasterDataDocument", "list", "event"]
"""What events came as; the last two are JSON-LD without a document around the events."""

Contexts = tuple[str | dict[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Document:
    """Events that came together, and what was said of them all.

    Attributes:
        events: in the order of the document; each knows the document's contexts.
        place: JSON pointer of the list that they stand in.
        kind: what they came as.
        head: the document without its events; None for a list and for a bare event.
        single: positions of the events whose own ``@context`` is no array.
    """

    events: tuple[Event, ...]
    place: str = ""
    kind: Kind = "list"
    head: Head | None = None
    single: frozenset[int] = frozenset()

    @property
    def context(self) -> Contexts:
        """The contexts that hold for all events."""
        return read_context(self.head.context) if self.head else ()

    def own_contexts(self, event: Event) -> Contexts:
        """Return the contexts of an event beside those of the document."""
        return own_contexts(event, self.context)


def read_document(data: bytes, *, max_bytes: int = MAX_BYTES, any_order: bool = False) -> Document:
    """Return an EPCIS document, or a list of events, or one bare event, in either syntax.

    Args:
        data: JSON-LD of EPCIS 2.0 (UTF-8, with or without a byte order mark), or XML of
            EPCIS 2.0 or 1.2; either also compressed with gzip.
        max_bytes: the size limit, in bytes, before and after decompression.
        any_order: whether the elements of XML may stand in any order; the standard fixes it.

    Raises:
        EpcisError: neither JSON nor XML, not EPCIS, or events with faults; all of them as
            findings. Places are JSON pointers, and for XML lines and paths of elements.
    """
    data = inflated(data, max_bytes=max_bytes)
    if is_xml(data):
        return _read_xml(data, any_order=any_order)
    value = read_json(data, max_bytes=max_bytes, depth=json_ld.depth_of)
    if isinstance(value, list):
        events = _events(value, _parser(place="", context=()))
        return Document(events, single=_single(value))
    if not isinstance(value, dict):
        raise EpcisError("epcis.not_a_document", value=shown(value))
    kind = str(value.get("type"))
    if kind not in json_ld.EVENT_LISTS:
        return Document((parse_accepted(value),), kind="event", single=_single([value]))
    context = read_context(value.get("@context", []), place="/@context")
    members, items = json_ld.parts_of(value)
    head = head_of(members)
    place = "/" + "/".join(json_ld.EVENT_LISTS[kind])
    events = _events(items, _parser(place=place, context=context))
    return Document(events, place, head.type, head, _single(items))


def is_xml(data: bytes) -> bool:
    """Tell whether data that hold events begin as XML does."""
    return data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"<", *WIDE))


def _single(items: Sequence[Mapping[str, Any]]) -> frozenset[int]:
    return frozenset(
        position
        for position, item in enumerate(items)
        if not isinstance(item.get("@context", []), list)
    )


def _parser(*, place: str, context: Contexts) -> Callable[[int, Any], Event]:
    def parse(position: int, item: Any) -> Event:
        return parse_accepted(item, place=f"{place}/{position}", context=context)

    return parse


def _read_xml(data: bytes, *, any_order: bool) -> Document:
    root = parse(data)
    members, elements = read_head(root)
    context = read_context(members["@context"])
    reader = EventReader(root, context, any_order=any_order)

    def read(_: int, element: Any) -> Event:
        return reader.event(element)

    if members["type"] not in {*json_ld.EVENT_LISTS, "EPCISMasterDataDocument"}:
        return Document(_events(elements, read), kind="event")
    head = head_of(members)
    place = "/".join(("", *json_ld.EVENT_LISTS.get(head.type, ())))
    events = _events(elements, read)
    # XML has no array for one context alone.
    single = frozenset(
        at for at, event in enumerate(events) if len(event.context) == len(context) + 1
    )
    return Document(events, place, head.type, head, single)


def head_of(members: Mapping[str, Any]) -> Head:
    """Return a document without its events.

    Raises:
        EpcisError: with every fault as a finding.
    """
    try:
        return Head.model_validate(members)
    except ValidationError as error:
        raise error_of(EpcisError, faults(error)) from error


def _events(items: Iterable[Any], parse: Callable[[int, Any], Event]) -> tuple[Event, ...]:
    events: list[Event] = []
    findings: list[Finding] = []
    with no_collecting():
        for position, item in enumerate(items):
            try:
                events.append(parse(position, item))
            except EpcisError as error:
                findings.extend(findings_of(error))
    if findings:
        raise error_of(EpcisError, findings)
    return tuple(events)


@contextmanager
def no_collecting() -> Iterator[None]:
    """Keep the garbage collector from going through thousands of events that all stay."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def write_json(document: Document | Iterable[Event], *, now: datetime | None = None) -> bytes:
    """Return a document, or a new EPCIS 2.0 document of events, as JSON-LD in UTF-8.

    Our own context URL is not written for events: other readers would try to fetch it. The
    document declares the prefix instead. Master data that stand alone in XML get a document
    around them, and a document of EPCIS 1.2, which has no JSON, becomes one of 2.0.

    Args:
        document: as it was read; or events, whose contexts are gathered at the document.
        now: the creation time of a new document, aware; the time of its latest event if None.

    Raises:
        EpcisError: no events and no ``now``, or one without offset.
    """
    if not isinstance(document, Document):
        document = _document_of(document, now=now)
    bodies = [
        json_ld.event_json(event, document.own_contexts(event), single=at in document.single)
        for at, event in enumerate(document.events)
    ]
    if document.kind == "event":
        return json_bytes(bodies[0], indented=True)
    if document.head is None:
        return json_bytes(bodies, indented=True)
    head = json_of(document.head) | json_ld.version_of(document.head.schema_version)
    if document.kind == "EPCISMasterDataDocument":
        head = _around_master_data(head)
    return json_bytes(json_ld.whole(head, bodies), indented=True)


def _around_master_data(head: dict[str, Any]) -> dict[str, Any]:
    """Return a document whose header holds the master data that a body held."""
    header = head.get("epcisHeader", {})
    data = {"vocabularyList": head["epcisBody"].get("vocabularyList", [])}
    return head | {
        "type": "EPCISDocument",
        "epcisHeader": header | {"epcisMasterData": data},
        "epcisBody": {},
    }


def write_xml(document: Document | Iterable[Event], *, now: datetime | None = None) -> bytes:
    """Return a document, or a new EPCIS 2.0 document of events, as XML in UTF-8.

    Args:
        document: as it was read, or events; a list or a bare event gets a document around it.
        now: the creation time of a new document, aware; the time of its latest event if None.

    Raises:
        EpcisError: no events and no ``now``, or one without offset; text that XML has no
            characters for; a number too long for it; or our own prefix with another meaning.
    """
    if not isinstance(document, Document):
        document = _document_of(document, now=now)
    elif document.head is None:
        document = _document_of(document.events, now=now)
    head = json_of(document.head)
    prefixes = prefixes_of(document.context)
    start, end = document_xml(head, prefixes=prefixes)
    bodies = []
    for at, event in enumerate(document.events):
        try:
            own = document.own_contexts(event)
            bodies.append(event_element(event, own=own, around=prefixes))
        except EpcisError as error:
            error.place = f"{document.place}/{at}{error.place}"
            raise
    return (start + "\n".join(["", *bodies, ""]) + end).encode()


def _document_of(given: Iterable[Event], *, now: datetime | None) -> Document:
    events = tuple(given)
    if not events and now is None:
        raise EpcisError("epcis.no_events")
    created = max(event.when for event in events) if now is None else now
    shared = _gathered([_contexts(event) for event in events]) or ()
    head = new_head(created, shared)
    single = frozenset(range(len(events)))
    return Document(events, "/epcisBody/eventList", head.type, head, single)


def new_head(created: datetime, context: Sequence[str | dict[str, Any]] = ()) -> Head:
    """Return the head of a new document.

    Args:
        created: its creation time, aware.
        context: contexts that its events need beside that of EPCIS.

    Raises:
        EpcisError: a time without offset, or what is no context.
    """
    others = [entry for entry in read_context(context) if not _standard(entry)]
    return head_of(
        {
            "@context": [EPCIS_CONTEXT, *others],
            "type": "EPCISDocument",
            "schemaVersion": "2.0",
            "creationDate": created.isoformat(),
            "epcisBody": {},
        }
    )


def _standard(entry: str | dict[str, Any]) -> bool:
    """Tell whether a context is EPCIS's or ours, which no document has to repeat."""
    return isinstance(entry, str) and (entry in EPCIS_CONTEXTS or entry == CONTEXT)


def own_contexts(event: Event, around: Contexts) -> Contexts:
    """Return the contexts of an event that are not among those of the document around it."""
    if event.context[: len(around)] == around:
        return event.context[len(around) :]
    return tuple(entry for entry in _contexts(event) if entry not in around)


def _contexts(event: Event) -> list[str | dict[str, Any]]:
    """Return the contexts that an event needs in a document."""
    foreign = [entry for entry in event.context if not _standard(entry)]
    ours = PREFIX in used_prefixes(event) and PREFIX not in event.prefixes
    return [EPCIS_CONTEXT, *foreign, *([{PREFIX: VOCABULARY}] if ours else [])]


def _gathered(contexts: list[list[str | dict[str, Any]]]) -> list[str | dict[str, Any]] | None:
    """Return one list of contexts for all events; None where two clash, or there are too many."""
    gathered: dict[str | bytes, str | dict[str, Any]] = {}
    terms: dict[str, Any] = {}
    for context in contexts:
        for entry in context:
            key = entry if isinstance(entry, str) else json_bytes(entry)
            if key in gathered:
                continue
            gathered[key] = entry
            for term, meaning in entry.items() if isinstance(entry, dict) else ():
                if terms.setdefault(term, meaning) != meaning:
                    return None
    return list(gathered.values()) if len(gathered) + len(terms) <= MAX_TERMS else None
