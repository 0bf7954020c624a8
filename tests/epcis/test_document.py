from __future__ import annotations

import contextlib
import doctest
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocoptrace.epcis import parse_event, read_document, write_json, write_xml
from ocoptrace.epcis.vocabulary import EPCIS_CONTEXT, VOCABULARY
from ocoptrace.errors import EpcisError

SEEN: dict[str, Any] = {
    "type": "ObjectEvent",
    "eventTime": "2025-08-20T07:15:00+07:00",
    "eventTimeZoneOffset": "+07:00",
    "action": "OBSERVE",
    "epcList": ["https://id.gs1.org/01/09524071001014/21/7"],
}


def document(*events: Any, **members: Any) -> bytes:
    head = {"@context": EPCIS_CONTEXT, "type": "EPCISDocument", "schemaVersion": "2.0"}
    return json.dumps(head | {"epcisBody": {"eventList": list(events)}} | members).encode()


@pytest.mark.parametrize(
    "data",
    [
        document(SEEN),
        b"\xef\xbb\xbf" + document(SEEN),
        json.dumps(SEEN).encode(),
        json.dumps([SEEN]).encode(),
        document(
            type="EPCISQueryDocument",
            epcisBody={"queryResults": {"resultsBody": {"eventList": [SEEN]}}},
        ),
    ],
    ids=["document", "with byte order mark", "bare event", "list", "query document"],
)
def test_every_shape_of_json_ld_is_read(data: bytes) -> None:
    assert [event.to_json() for event in read_document(data).events] == [SEEN]


def test_events_know_the_prefixes_of_their_document() -> None:
    data = document(SEEN, **{"@context": [EPCIS_CONTEXT, {"ex": "https://example.org/"}]})
    assert read_document(data).events[0].prefixes == {"ex": "https://example.org/"}


@pytest.mark.parametrize(
    ("data", "code", "place"),
    [
        (b'<?xml version="1.0"?><epcis:EPCISDocument/>', "epcis.xml_syntax", ""),
        (b"\xef\xbb\xbf <x/>", "epcis.not_a_document", "line 1, /x"),
        (b"\x1f\x8b\x08nothing", "epcis.gzip", ""),
        (b'{"type": "EPCISDocument"}', "fields.missing", "/@context"),
        (b"{", "json.syntax", ""),
        (b'{"type": "ObjectEvent", "type": "ObjectEvent"}', "json.duplicate_member", "line 1"),
        (b"\xff", "json.not_utf8", "byte 0"),
        (b"7", "epcis.not_a_document", ""),
        (b"{}", "epcis.event_type", "/type"),
        (document(epcisBody={}), "epcis.no_event_list", "/epcisBody/eventList"),
        (document(epcisBody=7), "epcis.no_event_list", "/epcisBody/eventList"),
        (document(SEEN, 7), "epcis.event_type", "/epcisBody/eventList/1/type"),
        (document(SEEN, **{"@context": [7]}), "epcis.context", "/@context"),
    ],
)
def test_what_is_no_document_is_named(data: bytes, code: str, place: str) -> None:
    with pytest.raises(EpcisError) as caught:
        read_document(data)
    assert (caught.value.code, caught.value.place) == (code, place)


def test_the_faults_of_all_events_are_reported() -> None:
    with pytest.raises(EpcisError) as caught:
        read_document(document(SEEN | {"action": "x"}, SEEN, SEEN | {"eventTime": "x"}))
    places = [getattr(finding, "place", "") for finding in caught.value.findings]
    assert places == ["/epcisBody/eventList/0/action", "/epcisBody/eventList/2/eventTime"]


def test_a_document_that_is_too_large_is_refused_unread() -> None:
    with pytest.raises(EpcisError) as caught:
        read_document(document(SEEN), max_bytes=100)
    assert caught.value.code == "json.too_large"


def test_what_is_written_is_read_back_with_its_prefixes() -> None:
    context = [EPCIS_CONTEXT, {"ex": "https://example.org/"}]
    events = [
        parse_event(SEEN | {"ex:a": 1}, context=context),
        parse_event(SEEN | {"ocop:step": "washing"}),
    ]
    written = write_json(events, now=datetime(2026, 11, 23, tzinfo=UTC))
    assert json.loads(written)["creationDate"] == "2026-11-23T00:00:00+00:00"
    assert json.loads(written)["@context"] == [*context, {"ocop": VOCABULARY}]
    read = read_document(written).events
    assert [event.to_json() for event in read] == [event.to_json() for event in events]


def test_two_meanings_of_a_prefix_stay_with_their_events() -> None:
    events = [
        parse_event(SEEN | {"@context": {"ex": namespace}, "ex:a": 1})
        for namespace in ("https://one.example/", "https://two.example/")
    ]
    read = read_document(write_json(events)).events
    assert [event.prefixes["ex"] for event in read] == [
        "https://one.example/",
        "https://two.example/",
    ]


def test_a_document_without_events_needs_a_time() -> None:
    with pytest.raises(EpcisError):
        write_json([])
    empty = write_json([], now=datetime(2026, 11, 23, tzinfo=UTC))
    assert read_document(empty).events == ()


def test_the_guide_says_what_the_code_does() -> None:
    page = Path(__file__).parents[2] / "docs" / "guides" / "epcis-documents.md"
    done = doctest.testfile(str(page), module_relative=False)
    assert (done.failed, done.attempted > 10) == (0, True)


@given(st.binary(max_size=60) | st.text(max_size=60).map(str.encode))
def test_nothing_but_our_error_comes_out(data: bytes) -> None:
    with contextlib.suppress(EpcisError):
        read_document(data)


@given(st.data())
def test_a_damaged_document_raises_our_error_or_reads(data: st.DataObject) -> None:
    whole = document(SEEN | {"ocop:note": "Mắm tôm"})
    at = data.draw(st.integers(0, len(whole) - 1))
    damaged = whole[:at] + data.draw(st.binary(max_size=3)) + whole[at + 1 :]
    with contextlib.suppress(EpcisError):
        read_document(damaged)


def test_a_query_whose_name_is_no_text_has_no_xml() -> None:
    results = {"queryName": {"a": 1}, "resultsBody": {"eventList": [SEEN]}}
    around = {"@context": [EPCIS_CONTEXT], "type": "EPCISQueryDocument"}
    data = json.dumps(around | {"epcisBody": {"queryResults": results}})
    with pytest.raises(EpcisError) as caught:
        write_xml(read_document(data.encode()))
    assert caught.value.code == "epcis.xml_body"
