"""What comes in from Python or JSON is JSON, bounded, and its faults have places."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest

from ocoptrace.epcis import (
    DocumentWriter,
    check_document,
    check_event,
    parse_event,
    read_document,
    write_json,
    write_xml,
)
from ocoptrace.epcis.intake import MAX_EVENT_DEPTH
from ocoptrace.errors import EpcisError

NAIVE = datetime(2026, 11, 23)  # noqa: DTZ001 - which is what is refused
SEEN: dict[str, Any] = {
    "type": "ObjectEvent",
    "action": "OBSERVE",
    "eventTime": "2025-08-20T07:15:00+07:00",
    "eventTimeZoneOffset": "+07:00",
    "epcList": ["urn:x:1"],
}
EVENT = parse_event(SEEN)


def nested(depth: int) -> Any:
    value: Any = "x"
    for _ in range(depth):
        value = [value]
    return value


@pytest.mark.parametrize(
    ("members", "code", "place"),
    [
        ({"ex:a": {"ex:b": Decimal("1.5")}}, "json.not_json", "/ex:a/ex:b"),
        ({"ex:a": [date(2026, 1, 1)]}, "json.not_json", "/ex:a/0"),
        ({"ex:a": {7: "x"}}, "json.not_json", "/ex:a"),
        ({"ex:a": {1, 2}}, "json.not_json", "/ex:a"),
        ({"ex:a": b"x"}, "json.not_json", "/ex:a"),
        ({"ex:a": 10**5000}, "json.out_of_range", "/ex:a"),
        ({"ex:a": nested(MAX_EVENT_DEPTH)}, "json.too_deep", "/ex:a" + "/0" * 26),
        ({"epcList": ["urn:x:\x01"]}, "epcis.not_uri", "/epcList/0"),
        ({"ex:a": {"b\x00": 1}}, "json.nul", "/ex:a"),
        ({"epcList": ["urn:x:a\x85b"]}, "epcis.not_uri", "/epcList/0"),
        ({"biz_step": "destroying"}, "fields.unknown", "/biz_step"),
        ({"readPoint": {"id": "urn:x:1", "ID": "urn:x:2"}}, "fields.unknown", "/readPoint/ID"),
        ({"quantityList": [{"epc_class": "urn:x:2"}]}, "fields.missing",
         "/quantityList/0/epcClass"),
        ({"@context": [{f"a{number}": "urn:x:" for number in range(2000)}]},
         "epcis.context_too_large", "/@context"),
    ],
)  # fmt: skip
def test_what_is_no_event_is_refused_with_its_place(
    members: dict[str, Any], code: str, place: str
) -> None:
    with pytest.raises(EpcisError) as caught:
        parse_event(SEEN | members)
    assert (caught.value.code, caught.value.place) == (code, place)


def test_members_may_be_given_as_python_has_them() -> None:
    event = parse_event(SEEN | {"ex:a": (1, None, True, 1.5, {"b": "x"}), "epcList": ("urn:x:1",)})
    assert event.extensions == {"ex:a": [1, None, True, 1.5, {"b": "x"}]}
    assert event.to_json()["epcList"] == ["urn:x:1"]


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("1e999", "json.out_of_range"),
        ("-1e400", "json.out_of_range"),
        ("9" * 300, "fields.not_number"),
    ],
)
def test_a_number_that_is_none_has_a_place(number: str, code: str) -> None:
    data = write_json([parse_event(SEEN | {"ex:a": [{"ex:b": 17}]})])
    with pytest.raises(EpcisError) as caught:
        read_document(data.replace(b"17", number.encode()))
    assert (caught.value.code, caught.value.place) == (code, "/epcisBody/eventList/0/ex:a/0/ex:b")


@pytest.mark.parametrize("depth", [MAX_EVENT_DEPTH - 1, MAX_EVENT_DEPTH])
def test_every_document_has_room_for_the_deepest_event(depth: int) -> None:
    inside = f'], "ex:a": {"[" * depth}{"]" * (depth - 1)}'
    event = write_json([EVENT]).decode().replace('"urn:x:1"\n', f'"urn:x:1"\n{inside}')
    if depth == MAX_EVENT_DEPTH:
        with pytest.raises(EpcisError) as caught:
            read_document(event.encode())
        assert (caught.value.code, caught.value.place) == (
            "json.too_deep",
            "/epcisBody/eventList/0/ex:a" + "/0" * (MAX_EVENT_DEPTH - 1),
        )
    else:
        document = read_document(event.encode())
        assert read_document(write_xml(document)).events == document.events


def test_events_may_come_from_a_generator() -> None:
    events = [EVENT, parse_event(SEEN | {"bizStep": "https://ref.gs1.org/cbv/BizStep-shipping"})]
    for write in (write_json, write_xml):
        assert len(read_document(write(event for event in events)).events) == 2
        chosen = (event for event in events if event.step == "shipping")
        assert [event.step for event in read_document(write(chosen)).events] == ["shipping"]
        with pytest.raises(EpcisError) as caught:
            write(iter(()))
        assert caught.value.code == "epcis.no_events"


def test_a_time_without_offset_is_refused() -> None:
    document = read_document(write_json([EVENT]))
    for work in (
        lambda: write_json([EVENT], now=NAIVE),
        lambda: write_xml([EVENT], now=NAIVE),
        lambda: DocumentWriter(BytesIO(), "json", created=NAIVE),
        lambda: check_event(EVENT, now=NAIVE),
        lambda: check_document(document, now=NAIVE),
    ):
        with pytest.raises(EpcisError) as caught:
            work()
        assert caught.value.code == "epcis.time_without_offset"


def test_a_writer_knows_two_syntaxes() -> None:
    with pytest.raises(EpcisError) as caught:
        DocumentWriter(BytesIO(), "yaml", created=datetime(2026, 1, 1, tzinfo=UTC))  # type: ignore[arg-type]
    assert caught.value.code == "fields.not_one_of"


def test_python_names_of_members_are_no_json() -> None:
    data = write_json([EVENT]).replace(b'"epcList"', b'"epc_list"')
    with pytest.raises(EpcisError) as caught:
        read_document(data)
    assert caught.value.code == "fields.unknown"


def test_many_contexts_are_gathered_once() -> None:
    events = [
        parse_event(SEEN, context=[{f"a{number}": f"urn:x:{number}"}]) for number in range(2000)
    ]
    document = read_document(write_json(events))
    assert [event.prefixes for event in document.events] == [event.prefixes for event in events]
    few = read_document(write_json(events[:100] * 2))
    assert few.head is not None
    assert len(few.head.context) == 101


def test_a_single_context_of_an_event_stays_an_object() -> None:
    own = b'"@context": {"ex": "urn:x:"}, "type": "ObjectEvent"'
    data = write_json([EVENT]).replace(b'"type": "ObjectEvent"', own)
    document = read_document(data)
    assert read_document(write_xml(document)) == document
    assert write_json(read_document(write_xml(document))) == write_json(document)
    assert b'"@context": {\n' in write_json(document)


def test_json_of_a_document_of_version_1_2_is_of_version_2() -> None:
    xml = write_xml([EVENT]).replace(b"epcis:xsd:2", b"epcis:xsd:1")
    document = read_document(xml.replace(b'schemaVersion="2.0"', b'schemaVersion="1.2"'))
    assert document.head is not None
    assert document.head.schema_version == "1.2"
    assert b'"schemaVersion": "2.0"' in write_json(document)
    file = BytesIO()
    with DocumentWriter(file, "json", head=document.head):
        pass
    assert b'"schemaVersion":"2.0"' in file.getvalue()
