from __future__ import annotations

import contextlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from ocoptrace.epcis import ObjectEvent, canonical_bytes, parse_event
from ocoptrace.errors import EpcisError

LOT = "https://id.gs1.org/01/09524071001014/10/ST260915"
SEEN: dict[str, Any] = {
    "type": "ObjectEvent",
    "eventTime": "2025-08-20T07:15:00.000+07:00",
    "eventTimeZoneOffset": "+07:00",
    "action": "OBSERVE",
    "epcList": [],
    "quantityList": [{"epcClass": LOT, "quantity": 120.5, "uom": "KGM"}],
}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)


def fault(event: dict[str, Any]) -> tuple[str, str]:
    with pytest.raises(EpcisError) as caught:
        parse_event(event)
    return caught.value.code, caught.value.place


def test_every_member_comes_back_as_it_was_read() -> None:
    event = SEEN | {
        "certificationInfo": "https://example.org/certificates/1",
        "ocop:step": "washing",
        "example:nested": [{"a": 1, "b": [True, None, 2.50]}],
        "sensorElementList": [
            {
                "sensorMetadata": {"deviceID": "urn:epc:id:giai:4000001.111", "example:x": "1"},
                "sensorReport": [{"type": "Temperature", "value": 4, "sDev": 0.1, "uom": "CEL"}],
                "example:y": {"z": "2"},
            }
        ],
    }
    assert parse_event(event).to_json() == event


def test_whole_numbers_stay_whole_and_others_stay_fractions() -> None:
    elements = [{"epcClass": LOT, "quantity": 120}, {"epcClass": LOT, "quantity": 120.0}]
    read = parse_event(SEEN | {"quantityList": elements}).to_json()["quantityList"]
    assert [type(element["quantity"]) for element in read] == [int, float]


def test_text_is_normalised_once_at_entry() -> None:
    event = parse_event(SEEN | {"ocop:note": {"vi": "Mắm tôm".encode().decode() + "\u0301o\u0301"}})
    assert event.extensions["ocop:note"]["vi"].endswith("ó")


def test_half_of_a_character_is_refused() -> None:
    assert fault(SEEN | {"ocop:x": ["\ud83d"]}) == ("json.not_unicode", "/ocop:x/0")


def test_two_names_that_are_one_in_nfc_are_refused() -> None:
    twice = {"\u1ed1": 1, "o\u0302\u0301": 2}
    assert fault(SEEN | {"ocop:x": twice}) == ("json.duplicate_member", "/ocop:x")


def test_an_event_cannot_be_changed() -> None:
    event = parse_event(SEEN)
    with pytest.raises(ValidationError):
        event.event_time = "2025-08-20T07:15:00Z"  # type: ignore[misc]


def test_contexts_of_the_document_come_before_its_own() -> None:
    own = {"a": "https://example.org/a/"}
    event = parse_event(SEEN | {"@context": own}, context=[{"b": "https://example.org/b/"}])
    assert list(event.prefixes) == ["b", "a"]
    assert "@context" not in event.to_json()


@pytest.mark.parametrize(
    ("change", "code", "place"),
    [
        ({"eventTime": "2025-08-20T07:15:00"}, "epcis.time_without_offset", "/eventTime"),
        ({"eventTime": "2025-02-30T07:15:00Z"}, "epcis.time", "/eventTime"),
        ({"eventTime": "2025-08-20T24:00:00Z"}, "epcis.time", "/eventTime"),
        ({"eventTime": "20250820T071500Z"}, "epcis.time", "/eventTime"),
        ({"eventTime": 1755648900}, "epcis.time", "/eventTime"),
        ({"eventTimeZoneOffset": "Z"}, "epcis.offset", "/eventTimeZoneOffset"),
        ({"eventTimeZoneOffset": "+14:30"}, "epcis.offset", "/eventTimeZoneOffset"),
        ({"action": "SEE"}, "fields.not_one_of", "/action"),
        ({"epcList": "x"}, "fields.not_list", "/epcList"),
        ({"epcList": ["not a uri"]}, "epcis.not_uri", "/epcList/0"),
        ({"epcList": [7]}, "epcis.not_uri", "/epcList/0"),
        ({"bizStep": None}, "fields.null", "/bizStep"),
        ({"colour": "red"}, "fields.unknown", "/colour"),
        ({"readPoint": {"name": "x"}}, "fields.missing", "/readPoint/id"),
        ({"readPoint": {"id": "geo:19.9,105.9", "name": "x"}}, "fields.unknown", "/readPoint/name"),
        (
            {"quantityList": [{"epcClass": LOT, "quantity": "12"}]},
            "fields.not_number",
            "/quantityList/0/quantity",
        ),
        (
            {"quantityList": [{"epcClass": LOT, "quantity": True}]},
            "fields.not_number",
            "/quantityList/0/quantity",
        ),
        (
            {"quantityList": [{"epcClass": LOT, "ocop:x": 1}]},
            "fields.unknown",
            "/quantityList/0/ocop:x",
        ),
        ({"ilmd": {"cbvmda:lotNumber": "A1"}}, "epcis.ilmd_without_add", "/ilmd"),
        ({"ilmd": {"lotNumber": "A1"}, "action": "ADD"}, "fields.unknown", "/ilmd/lotNumber"),
        ({"type": "Event"}, "epcis.event_type", "/type"),
        ({"@context": 7}, "epcis.context", "/@context"),
        (
            {"persistentDisposition": {"set": []}},
            "fields.blank",
            "/persistentDisposition/set",
        ),
    ],
)
def test_a_fault_is_named_with_its_place(change: dict[str, Any], code: str, place: str) -> None:
    assert fault(SEEN | change) == (code, place)


def test_an_object_event_needs_things_or_sensors_at_a_place() -> None:
    bare = {name: SEEN[name] for name in ("type", "eventTime", "eventTimeZoneOffset", "action")}
    assert fault(bare) == ("epcis.nothing", "")
    sensed = bare | {
        "readPoint": {"id": "geo:19.9,105.9"},
        "sensorElementList": [{"sensorReport": [{"type": "Temperature", "value": 4}]}],
    }
    assert isinstance(parse_event(sensed), ObjectEvent)


@pytest.mark.parametrize(
    ("members", "code"),
    [
        ({"type": "AggregationEvent", "action": "ADD", "parentID": "urn:x:1"}, "epcis.nothing"),
        ({"type": "AssociationEvent", "action": "ADD", "parentID": "urn:x:1"}, "epcis.nothing"),
        ({"type": "AssociationEvent", "action": "DELETE"}, "fields.missing"),
        ({"type": "TransactionEvent", "action": "ADD", "epcList": []}, "fields.missing"),
        ({"type": "TransformationEvent"}, "epcis.nothing"),
        (
            {"type": "TransformationEvent", "inputEPCList": ["urn:x:1"]},
            "epcis.half_transformation",
        ),
    ],
)
def test_each_kind_of_event_names_what_it_is_about(members: dict[str, Any], code: str) -> None:
    when = {"eventTime": "2025-08-20T07:15:00+07:00", "eventTimeZoneOffset": "+07:00"}
    assert fault(when | members)[0] == code


def test_all_faults_are_reported_at_once() -> None:
    with pytest.raises(EpcisError) as caught:
        parse_event(SEEN | {"eventTime": "yesterday", "action": "SEE", "bizStep": 3}, place="/e/4")
    places = [getattr(finding, "place", "") for finding in caught.value.findings]
    assert places == ["/e/4/eventTime", "/e/4/bizStep", "/e/4/action"]


@pytest.mark.parametrize("inexact", [0.1 + 0.2, 2**53])
def test_a_number_that_a_double_does_not_hold_is_read_and_cannot_be_signed(inexact: float) -> None:
    for event, place in (
        (SEEN | {"ocop:x": {"y": [1, inexact]}}, "/ocop:x/y/1"),
        (SEEN | amount(inexact), "/quantityList/0/quantity"),
    ):
        with pytest.raises(EpcisError) as caught:
            canonical_bytes(parse_event(event))
        assert (caught.value.code, caught.value.place) == ("json.inexact_number", place)


@pytest.mark.parametrize("infinite", [float("nan"), float("inf"), -float("inf")])
def test_what_is_no_number_is_refused(infinite: float) -> None:
    assert fault(SEEN | {"ocop:x": {"y": infinite}}) == ("fields.not_number", "/ocop:x/y")
    assert fault(SEEN | amount(infinite)) == (
        "fields.not_number",
        "/quantityList/0/quantity",
    )


def amount(quantity: float) -> dict[str, Any]:
    return {"quantityList": [{"epcClass": LOT, "quantity": quantity}]}


def test_nesting_without_end_is_refused() -> None:
    deep: Any = "x"
    for _ in range(5000):
        deep = [deep]
    assert fault(SEEN | {"ocop:deep": deep})[0] == "json.too_deep"


@given(st.dictionaries(st.sampled_from([*SEEN, "readPoint", "ilmd", "a:b"]), JSON), JSON)
def test_nothing_but_our_error_comes_out(changes: dict[str, Any], other: Any) -> None:
    for data in (SEEN | changes, other):
        with contextlib.suppress(EpcisError):
            parse_event(data)
