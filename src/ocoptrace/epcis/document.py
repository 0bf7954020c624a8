"""EPCIS documents in and out, as JSON-LD.

>>> from ocoptrace.epcis.event import parse_event
>>> event = parse_event({
...     "type": "ObjectEvent", "action": "OBSERVE", "bizStep": "storing",
...     "eventTime": "2025-09-01T08:00:00+07:00", "eventTimeZoneOffset": "+07:00",
...     "epcList": ["https://id.gs1.org/01/09521234543213/21/7"]})
>>> read_document(write_json([event])).events[0].to_json() == event.to_json()
True
>>> read_document(b"<epcis:EPCISDocument/>")
Traceback (most recent call last):
ocoptrace.errors.EpcisError: This is XML; this version reads EPCIS as JSON-LD only. \
Export the events as EPCIS 2.0 JSON-LD.
"""

from __future__ import annotations

import gc
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson

from ocoptrace.epcis.canonical import used_prefixes
from ocoptrace.epcis.event import Event, parse_accepted, read_context
from ocoptrace.epcis.faults import error_of, findings_of, shown
from ocoptrace.epcis.intake import read_json
from ocoptrace.epcis.vocabulary import (
    CONTEXT,
    EPCIS_CONTEXT,
    EPCIS_CONTEXTS,
    PREFIX,
    VOCABULARY,
)
from ocoptrace.errors import EpcisError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from ocoptrace.epcis.number import Real
    from ocoptrace.findings import Finding

__all__ = ["MAX_BYTES", "Document", "read_document", "write_json"]

MAX_BYTES = 16 * 2**20
"""Largest document that is read in one piece."""

_EVENT_LISTS = {
    "EPCISDocument": ("epcisBody", "eventList"),
    "EPCISQueryDocument": ("epcisBody", "queryResults", "resultsBody", "eventList"),
}


@dataclass(frozen=True, slots=True)
class Document:
    """Events that came together.

    Attributes:
        events: in the order of the document; each knows the document's contexts.
        place: JSON pointer of the list that they stand in.
    """

    events: tuple[Event, ...]
    place: str = ""


def read_document(data: bytes, *, max_bytes: int = MAX_BYTES) -> Document:
    """Return the events of an EPCIS document, a query document, a list, or one bare event.

    Args:
        data: JSON-LD of EPCIS 2.0, UTF-8, with or without a byte order mark.
        max_bytes: the size limit, in bytes.

    Raises:
        EpcisError: not JSON, not EPCIS, or events with faults; all of them as findings.
    """
    if data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        raise EpcisError("epcis.xml")
    value = read_json(data, max_bytes=max_bytes)
    if isinstance(value, list):
        return _document(value, place="", context=())
    if not isinstance(value, dict):
        raise EpcisError("epcis.not_a_document", value=shown(value))
    path = _EVENT_LISTS.get(str(value.get("type")))
    if path is None:
        return Document((parse_accepted(value),))
    context = read_context(value.get("@context", []), place="/@context")
    place = ""
    for name in path:
        place = f"{place}/{name}"
        value = value.get(name) if isinstance(value, dict) else None
    if not isinstance(value, list):
        raise EpcisError("epcis.no_event_list", place=place)
    return _document(value, place=place, context=context)


def _document(items: list[Any], *, place: str, context: Sequence[Any]) -> Document:
    events: list[Event] = []
    findings: list[Finding] = []
    with _no_collecting():
        for position, item in enumerate(items):
            try:
                event = parse_accepted(item, place=f"{place}/{position}", context=context)
                events.append(event)
            except EpcisError as error:
                findings.extend(findings_of(error))
    if findings:
        raise error_of(EpcisError, findings)
    return Document(tuple(events), place)


@contextmanager
def _no_collecting() -> Iterator[None]:
    """Keep the garbage collector from going through thousands of events that all stay."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def write_json(events: Sequence[Event], *, now: datetime | None = None) -> bytes:
    """Return an EPCIS 2.0 document of events, as JSON-LD in UTF-8.

    Our own context URL is not written: other readers would try to fetch it. The document
    declares the prefix instead.

    Args:
        events: each with its contexts, which are gathered at the document.
        now: the document's creation time, aware; the time of its latest event if None.

    Raises:
        EpcisError: no events and no ``now``.
    """
    if not events and now is None:
        raise EpcisError("epcis.no_events")
    created = max(event.when for event in events) if now is None else now
    bodies = [event.to_json() for event in events]
    contexts = [_contexts(event, body) for event, body in zip(events, bodies, strict=True)]
    shared = _gathered(contexts)
    if shared is None:
        bodies = [
            {"@context": context} | body for context, body in zip(contexts, bodies, strict=True)
        ]
    document = {
        "@context": [EPCIS_CONTEXT] if shared is None else shared,
        "type": "EPCISDocument",
        "schemaVersion": "2.0",
        "creationDate": created.isoformat(),
        "epcisBody": {"eventList": bodies},
    }
    written: bytes = orjson.dumps(document, default=_spelled, option=orjson.OPT_INDENT_2)
    return written


def _spelled(number: Real) -> orjson.Fragment:
    """Return a number as it was read; orjson asks for what it does not know itself."""
    return orjson.Fragment(number.lexeme)


def _contexts(event: Event, body: dict[str, Any]) -> list[str | dict[str, Any]]:
    """Return the contexts that an event needs in a document."""
    foreign = [
        entry
        for entry in event.context
        if not isinstance(entry, str) or entry not in EPCIS_CONTEXTS | {CONTEXT}
    ]
    ours = PREFIX in used_prefixes(body, event.prefixes) and PREFIX not in event.prefixes
    return [EPCIS_CONTEXT, *foreign, *([{PREFIX: VOCABULARY}] if ours else [])]


def _gathered(contexts: list[list[str | dict[str, Any]]]) -> list[str | dict[str, Any]] | None:
    """Return one list of contexts for all events, or None where two of them clash."""
    gathered: list[str | dict[str, Any]] = []
    terms: dict[str, Any] = {}
    for context in contexts:
        for entry in context:
            if entry in gathered:
                continue
            gathered.append(entry)
            for term, meaning in entry.items() if isinstance(entry, dict) else ():
                if terms.setdefault(term, meaning) != meaning:
                    return None
    return gathered
