"""What fuzzing does with an input: one reader of ``ocoptrace.epcis`` takes it.

Whatever comes in, nothing but ``EpcisError`` comes out. What is read has the same events however it
is read: whole, as a stream, or compressed. It is written in either syntax and read back the same,
can be checked, and has the same hashes as its bytes.
"""

from __future__ import annotations

import gzip
import itertools
import json
from io import BytesIO
from typing import TYPE_CHECKING, Any

from fuzz.trust_readers import Target
from ocoptrace import canonical_json
from ocoptrace.epcis import (
    Document,
    DocumentWriter,
    canonical_bytes,
    check_document,
    check_event,
    hash_document,
    hash_events,
    parse_event,
    read_document,
    stream_events,
    write_json,
    write_xml,
)
from ocoptrace.epcis.event_hash import PROFILES
from ocoptrace.epcis.vocabulary import PREFIX, VOCABULARY
from ocoptrace.errors import EpcisError, InputError
from ocoptrace.messages import LANGUAGES
from village import NOW

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from ocoptrace.epcis import Event
    from ocoptrace.epcis.master_data import Head
    from ocoptrace.findings import Finding

CONTEXT = ["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld", {"ex": "urn:ex:"}]
UNWRITABLE = {"epcis.prefix_reserved", "epcis.xml_body", "epcis.xml_character", "epcis.xml_number"}
"""Why XML may have no way to say what JSON-LD says."""
LOT = "https://id.gs1.org/01/09524071001014/10/L1"
TIMES = {"eventTime": "2025-08-20T07:15:00.5+07:00", "eventTimeZoneOffset": "+07:00"}
EVENTS: tuple[dict[str, Any], ...] = (
    {
        "type": "ObjectEvent",
        **TIMES,
        "action": "ADD",
        "eventID": "urn:uuid:5f3c9b1e-0d5e-4c52-8f07-1f2b6a7d9c10",
        "bizStep": "commissioning",
        "disposition": "active",
        "quantityList": [{"epcClass": LOT, "quantity": 120.50, "uom": "KGM"}],
        "readPoint": {"id": "urn:epc:id:sgln:9524071.00001.0", "ex:gate": "A"},
        "ilmd": {"ex:row": [1, 2, {"@unit": "m", "#text": "3"}], "ex:on": True},
        "ocop:step": "harvesting",
    },
    {
        "type": "AggregationEvent",
        **TIMES,
        "action": "ADD",
        "parentID": "urn:epc:id:sscc:9524071.0000000001",
        "childEPCs": ["urn:epc:id:sgtin:9524071.000101.7"],
        "persistentDisposition": {"set": ["recalled"]},
        "sensorElementList": [
            {
                "sensorMetadata": {"time": "2025-08-20T07:00:00Z"},
                "sensorReport": [
                    {"type": "Temperature", "value": 4.25, "uom": "CEL", "component": "x"}
                ],
                "ex:probe": "7",
            }
        ],
    },
    {
        "type": "TransformationEvent",
        **TIMES,
        "inputQuantityList": [{"epcClass": LOT, "quantity": 100}],
        "outputEPCList": ["https://id.gs1.org/01/09524071001014/21/7"],
        "certificationInfo": "https://example.org/papers/7",
        "errorDeclaration": {"declarationTime": "2025-09-01T00:00:00Z", "reason": "incorrect_data"},
    },
    {
        "type": "TransactionEvent",
        **TIMES,
        "action": "OBSERVE",
        "epcList": [],
        "bizTransactionList": [{"type": "po", "bizTransaction": "urn:x:po:7"}],
        "sourceList": [{"type": "location", "source": "urn:epc:id:sgln:9524071.00001.0"}],
    },
)
QUERY = {
    "@context": CONTEXT,
    "type": "EPCISQueryDocument",
    "schemaVersion": "2.0",
    "creationDate": "2025-09-01T00:00:00Z",
    "epcisBody": {"queryResults": {"queryName": "q", "resultsBody": {"eventList": [EVENTS[3]]}}},
}
MASTER_DATA = b"""<epcismd:EPCISMasterDataDocument schemaVersion="2.0"
 creationDate="2025-09-01T00:00:00Z" xmlns:epcismd="urn:epcglobal:epcis-masterdata:xsd:2">
 <EPCISBody><VocabularyList><Vocabulary type="urn:epcglobal:epcis:vtype:ReadPoint">
 <VocabularyElementList><VocabularyElement id="urn:x:place"><attribute id="urn:x:name">A</attribute>
 <children><id>urn:x:gate</id></children></VocabularyElement></VocabularyElementList></Vocabulary>
 </VocabularyList></EPCISBody></epcismd:EPCISMasterDataDocument>"""
OLDER = b"""<epcis:EPCISDocument xmlns:epcis="urn:epcglobal:epcis:xsd:1" schemaVersion="1.2"
 creationDate="2025-09-01T00:00:00Z"><EPCISBody><EventList><extension><TransformationEvent>
 <eventTime>2025-08-20T07:15:00Z</eventTime><eventTimeZoneOffset>+07:00</eventTimeZoneOffset>
 <inputEPCList><epc>urn:epc:id:sgtin:9524071.000101.7</epc></inputEPCList>
 <outputEPCList><epc>urn:epc:id:sgtin:9524071.000101.8</epc></outputEPCList>
 </TransformationEvent></extension></EventList></EPCISBody></epcis:EPCISDocument>"""


def parsed(events: Iterable[dict[str, Any]]) -> list[Event]:
    return [parse_event(event, context=CONTEXT) for event in events]


def seed(write: Callable[[list[Event]], bytes], *numbers: int) -> bytes:
    return write(parsed(EVENTS[number] for number in numbers))


JSON_SEEDS = (
    *(canonical_json.dumps(json.loads(seed(write_json, *pair))) for pair in ((0, 1), (2, 3))),
    canonical_json.dumps(QUERY),
    canonical_json.dumps([EVENTS[3]]),
    canonical_json.dumps(EVENTS[2]),
)
XML_SEEDS = (
    *(seed(write_xml, *pair) for pair in ((0, 1), (2, 3))),
    write_xml(read_document(canonical_json.dumps(QUERY))),
    MASTER_DATA,
    OLDER,
)


def told(document: Document) -> list[tuple[Any, Any]]:
    """Return what the events of a document say, with the digits that they say it in."""
    return [said_of(event) for event in document.events]


def said_of(event: Event) -> tuple[Any, Any]:
    """Return what an event says; our own prefix means the same whether declared or not."""
    return event.to_json(), dict(event.prefixes) | {PREFIX: VOCABULARY}


def digits(events: Iterable[Event]) -> list[Any]:
    text = write_json(list(events), now=NOW)
    return json.loads(text, parse_float=str, parse_int=str)["epcisBody"]["eventList"]  # type: ignore[no-any-return]


def said(findings: Iterable[Finding]) -> None:
    for finding, language in itertools.product(findings, LANGUAGES):
        (finding.text(language) + finding.remedy(language) + finding.place).encode()


def read_whole(data: bytes) -> None:
    """Read a document, write it in both syntaxes, and look at it in every way there is."""
    document = read_document(data)
    assert told(read_document(gzip.compress(data, 1))) == told(document)
    events = document.events
    for event in events:
        one_event(event)
    said(check_document(document))
    for profile in PROFILES:
        try:
            hashes = list(hash_events(events, profile=profile))
        except EpcisError:
            continue
        assert hash_document(data, profile=profile) == hashes
    written = write_json(document) if events or document.head else b"[]"
    assert told(read_document(written)) == told(document)
    read_streamed(written, document)
    try:
        written = write_xml(document, now=NOW)
    except EpcisError as error:
        assert error.code in UNWRITABLE  # noqa: PT017 - the others are not due here
        return
    again = read_document(written)
    assert told(again) == told(document)
    assert digits(again.events) == digits(events)
    if document.head is not None and is_whole(document.head):
        kept = (document.head.schema_version or "").startswith("2")
        version = {} if kept else {"schema_version": "2.0"}
        assert again.head == document.head.model_copy(update=version)
    read_streamed(written, document)


def is_whole(head: Head) -> bool:
    """Tell whether a head has what XML cannot leave out, and what is read back as it was."""
    body = json.dumps(head.epcis_body)
    listed = head.type != "EPCISMasterDataDocument" and '"eventList"' in body
    return listed and head.schema_version is not None


def read_streamed(data: bytes, document: Document) -> None:
    """Read as a stream what was written of a document, and write that as one."""
    if document.kind == "EPCISMasterDataDocument":
        return
    streamed = list(stream_events(BytesIO(data)))
    assert [said_of(event) for event in streamed] == told(document)
    file = BytesIO()
    with DocumentWriter(file, "json", created=NOW) as writer:
        for event in streamed:
            writer.write(event)
    assert [e.to_json() for e in read_document(file.getvalue()).events] == [
        e.to_json() for e in document.events
    ]


def one_event(event: Event) -> None:
    """Check an event, and write its canonical bytes, which say the same again."""
    said(check_event(event))
    try:
        canonical = canonical_bytes(event)
    except InputError as error:
        for language in LANGUAGES:
            (error.text(language) + error.remedy(language)).encode()
        return
    assert canonical_bytes(parse_event(json.loads(canonical))) == canonical
    assert canonical_json.is_canonical(canonical)


def read_stream(data: bytes) -> None:
    """Read a stream; where the whole can be read too, it has the same events."""
    events = list(stream_events(BytesIO(data)))
    try:
        document = read_document(data)
    except EpcisError:
        return  # a stream does not look at all that stands around the events
    assert [said_of(event) for event in events] == told(document)


def read_compressed(data: bytes) -> None:
    """Read what may be gzip, whole and as a stream."""
    for event in stream_events(BytesIO(data)):
        event.to_json()
    read_document(data)


def read_hashes(data: bytes) -> None:
    """Hash a document that may be anything, in each way to read the standard."""
    for profile in PROFILES:
        hash_document(data, profile=profile)


TARGETS = (
    Target("epcis-json", read_whole, EpcisError, JSON_SEEDS, 8192),
    Target("epcis-xml", read_whole, EpcisError, XML_SEEDS, 8192),
    Target("epcis-stream", read_stream, EpcisError, (*JSON_SEEDS, *XML_SEEDS[:3], OLDER), 8192),
    Target(
        "epcis-gzip",
        read_compressed,
        EpcisError,
        tuple(gzip.compress(each, mtime=0) for each in (*JSON_SEEDS[:2], *XML_SEEDS[:2])),
    ),
    Target("epcis-hash", read_hashes, EpcisError, (*JSON_SEEDS, *XML_SEEDS[:3]), 8192),
)
"""Readers of EPCIS: whole, as a stream, compressed, and for hashes alone."""
