"""What happened: EPCIS 2.0 events, read, checked, canonical.

>>> event = parse_event({
...     "type": "ObjectEvent", "action": "ADD", "bizStep": "commissioning",
...     "eventTime": "2026-09-15T07:30:00+07:00", "eventTimeZoneOffset": "+07:00",
...     "quantityList": [{"epcClass": "https://id.gs1.org/01/09521234543213/10/ST260915",
...                       "quantity": 18456, "uom": "EA"}]})
>>> read_document(write_json([event])).events[0].to_json() == event.to_json()
True
>>> check_event(event), created(event)
([], ('https://id.gs1.org/01/09521234543213/10/ST260915',))
"""

from __future__ import annotations

from ocoptrace.epcis.canonical import (
    canonical_bytes,
    canonical_event,
    made_event_id,
    with_event_id,
)
from ocoptrace.epcis.document import Document, read_document, write_json, write_xml
from ocoptrace.epcis.event import (
    AggregationEvent,
    AssociationEvent,
    Event,
    ObjectEvent,
    TransactionEvent,
    TransformationEvent,
    parse_event,
)
from ocoptrace.epcis.event_hash import event_hash, event_prehash, hash_document, hash_events
from ocoptrace.epcis.names import canonical_name
from ocoptrace.epcis.sense import check_document, check_event
from ocoptrace.epcis.steps import created, inputs, mentioned, outputs
from ocoptrace.epcis.streaming import DocumentWriter, stream_events

__all__ = [
    "AggregationEvent",
    "AssociationEvent",
    "Document",
    "DocumentWriter",
    "Event",
    "ObjectEvent",
    "TransactionEvent",
    "TransformationEvent",
    "canonical_bytes",
    "canonical_event",
    "canonical_name",
    "check_document",
    "check_event",
    "created",
    "event_hash",
    "event_prehash",
    "hash_document",
    "hash_events",
    "inputs",
    "made_event_id",
    "mentioned",
    "outputs",
    "parse_event",
    "read_document",
    "stream_events",
    "with_event_id",
    "write_json",
    "write_xml",
]
