from __future__ import annotations

import json
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, reject
from hypothesis import strategies as st

from ocoptrace.epcis import (
    canonical_bytes,
    canonical_event,
    check_event,
    parse_event,
    with_event_id,
)
from ocoptrace.epcis.vocabulary import CONTEXT, EPCIS_CONTEXT, VOCABULARY
from ocoptrace.errors import EpcisError, Gs1Error

ITEM = "https://id.gs1.org/01/09524071001014/21/7"
SEEN: dict[str, Any] = {
    "type": "ObjectEvent",
    "eventTime": "2025-08-20T07:15:00+07:00",
    "eventTimeZoneOffset": "+07:00",
    "action": "OBSERVE",
    "bizStep": "receiving",
    "epcList": [ITEM],
}


def canonical(**changes: Any) -> bytes:
    return canonical_bytes(parse_event(SEEN | changes))


def test_the_bytes_are_these() -> None:
    assert canonical(**{"ocop:step": "washing"}) == (
        b'{"@context":["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld",'
        b'"https://w3id.org/ocoptrace/context/1",{"ocop":"https://w3id.org/ocoptrace/voc/"}],'
        b'"action":"OBSERVE","bizStep":"receiving",'
        b'"epcList":["https://id.gs1.org/01/09524071001014/21/7"],'
        b'"eventTime":"2025-08-20T07:15:00+07:00","eventTimeZoneOffset":"+07:00",'
        b'"ocop:step":"washing","type":"ObjectEvent"}'
    )


@pytest.mark.parametrize(
    "same",
    [
        {"bizStep": "https://ref.gs1.org/cbv/BizStep-receiving"},
        {"bizStep": "urn:epcglobal:cbv:bizstep:receiving"},
        {"bizStep": "cbv:BizStep-receiving"},
        {"epcList": ["HTTPS://SHOP.EXAMPLE/p/01/09524071001014/21/7?17=280914&x=1#5"]},
        {"epcList": ["urn:epc:id:sgtin:9524071.000101.7"]},
        {"recordTime": "2026-01-01T00:00:00Z"},
        {"@context": ["https://ref.gs1.org/standards/epcis/epcis-context.jsonld"]},
        {"@context": [{"unused": "https://example.org/"}]},
    ],
)
def test_two_ways_to_say_the_same_give_the_same_bytes(same: dict[str, Any]) -> None:
    assert canonical(**same) == canonical()


@pytest.mark.parametrize(
    "other",
    [
        {"eventTime": "2025-08-20T00:15:00Z"},
        {"bizStep": "https://example.org/steps/receiving"},
        {"epcList": []},
        {"eventID": "urn:uuid:5f3c9b1e-0d5e-4c52-8f07-1f2b6a7d9c10"},
    ],
)
def test_what_was_said_otherwise_gives_other_bytes(other: dict[str, Any]) -> None:
    assert canonical(**other) != canonical()


def test_words_of_every_code_list_are_bare() -> None:
    event = parse_event(
        SEEN
        | {
            "eventID": "urn:x:1",
            "disposition": "cbv:Disp-active",
            "persistentDisposition": {"set": ["urn:epcglobal:cbv:disp:recalled"]},
            "bizTransactionList": [{"type": "cbv:BTT-po", "bizTransaction": "urn:x:2"}],
            "sourceList": [
                {"type": "cbv:SDT-location", "source": "urn:epc:id:sgln:9524071.00001.0"}
            ],
            "errorDeclaration": {
                "declarationTime": SEEN["eventTime"],
                "reason": "cbv:ER-incorrect_data",
            },
            "sensorElementList": [
                {
                    "sensorReport": [
                        {"type": "gs1:Temperature", "component": "cbv:Comp-x", "value": 1}
                    ]
                }
            ],
        }
    )
    members = canonical_event(event)
    assert members["disposition"] == "active"
    assert members["persistentDisposition"] == {"set": ["recalled"]}
    assert members["bizTransactionList"][0]["type"] == "po"
    assert members["sourceList"][0] == {
        "type": "location",
        "source": "https://id.gs1.org/414/9524071000017",
    }
    assert members["errorDeclaration"]["reason"] == "incorrect_data"
    assert members["sensorElementList"][0]["sensorReport"][0] == {
        "type": "Temperature",
        "component": "x",
        "value": 1,
    }


def test_the_context_declares_exactly_the_prefixes_in_use() -> None:
    event = parse_event(
        SEEN
        | {
            "@context": [{"z": "https://z.example/", "b": "https://b.example/", "c": "urn:c:"}],
            "z:one": {"b:two": 1},
            "gs1:known": 1,
            "https://example.org/full": 2,
        }
    )
    prefixes = {"b": "https://b.example/", "z": "https://z.example/"}
    assert canonical_event(event)["@context"] == [EPCIS_CONTEXT, CONTEXT, prefixes]
    assert canonical_event(parse_event(SEEN))["@context"] == [EPCIS_CONTEXT, CONTEXT, {}]


def test_a_prefix_of_a_word_is_in_use_where_it_is_declared() -> None:
    context = {"@context": {"x": "https://x.example/", "tag": "https://tag.example/"}}
    event = parse_event(SEEN | context | {"bizStep": "x:smoking", "disposition": "y:lost"})
    assert canonical_event(event)["@context"][2] == {"x": "https://x.example/"}
    event = parse_event(SEEN | {"bizStep": "ocop:fermenting"})
    assert canonical_event(event)["@context"][2] == {"ocop": VOCABULARY}


def test_a_prefix_without_meaning_or_with_a_second_one_is_refused() -> None:
    with pytest.raises(EpcisError) as caught:
        canonical(**{"x:y": 1})
    assert caught.value.code == "epcis.prefix_undeclared"
    for prefix in ("ocop", "cbvmda"):
        with pytest.raises(EpcisError) as caught:
            canonical(**{"@context": {prefix: "https://example.org/"}, f"{prefix}:y": 1})
        assert caught.value.code == "epcis.prefix_reserved"
    assert canonical(**{"@context": {"ocop": VOCABULARY}, "ocop:y": 1})


def test_a_wrong_check_digit_is_never_made_canonical() -> None:
    with pytest.raises(Gs1Error) as caught:
        canonical(epcList=[ITEM, "https://id.gs1.org/01/09524071001013/21/7"])
    assert caught.value.place == "/epcList/1"


@pytest.mark.parametrize("path", ["things/7", "advice/253", "8004"])
def test_a_web_address_that_is_no_gs1_name_stands_as_it_is(path: str) -> None:
    address = f"https://shop.example/{path}"
    assert json.loads(canonical(epcList=[address]))["epcList"] == [address]


def test_a_missing_event_id_comes_from_the_bytes() -> None:
    event = with_event_id(parse_event(SEEN))
    assert event.event_id is not None
    uuid = UUID(event.event_id.removeprefix("urn:uuid:"))
    assert (uuid.version, uuid.variant) == (8, "specified in RFC 4122")
    assert with_event_id(parse_event(dict(reversed(SEEN.items())))).event_id == event.event_id
    assert with_event_id(parse_event(SEEN | {"action": "DELETE"})).event_id != event.event_id
    assert with_event_id(event) is event


def test_an_event_id_depends_on_the_secret_it_is_made_with() -> None:
    events = [with_event_id(parse_event(SEEN), secret) for secret in (b"", b"a", b"b", b"a")]
    ids = [event.event_id for event in events]
    assert len(set(ids)) == 3
    assert ids[1] == ids[3]
    assert with_event_id(events[0], b"a") is events[0]


TEXT = st.text(st.characters(codec="utf-8"), max_size=20)
VALUES = st.recursive(
    TEXT
    | st.integers(-(2**40), 2**40)
    | st.booleans()
    | st.integers(-(2**20), 2**20).map(lambda eighths: eighths / 8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=6,
)


@given(st.dictionaries(st.from_regex(r"ocop:[a-z]{1,8}", fullmatch=True), VALUES, max_size=4))
def test_canonical_bytes_read_back_give_the_same_bytes(extensions: dict[str, Any]) -> None:
    try:
        written = canonical(**extensions)
    except EpcisError:
        reject()  # two names that NFC makes one, or a name with an undeclared prefix
    assert canonical_bytes(parse_event(json.loads(written))) == written


@pytest.mark.parametrize(
    "address",
    [
        "https://erp.example/invoice/2026/01/17",
        "https://erp.example/invoice/402/7",
        "https://erp.example/orders/8003/11",
        "https://erp.example/orders/8003",
        "https://shop.example/warehouse/01/a",
        "https://province.example/ocop/decisions/12",
        "https://province.example/ocop/thanhhoa/12",
        "https://erp.example/253/paper-9/414/x",
        "https://erp.example/p?at=/01/1234567890123",
    ],
)
def test_an_ordinary_web_address_is_a_name_as_it_is(address: str) -> None:
    papers = [{"type": "inv", "bizTransaction": address}]
    event = parse_event(SEEN | {"bizTransactionList": papers, "readPoint": {"id": address}})
    assert canonical_event(event)["bizTransactionList"] == papers
    assert canonical_event(event)["readPoint"] == {"id": address}
    assert [finding.code for finding in check_event(event)] == []


@pytest.mark.parametrize(
    "name",
    [
        "https://shop.example/01/09524071001015",
        "https://shop.example/x/01/9524071001015/10/A",
        "https://shop.example/00/095240712609170017",
        "https://shop.example/414/9524071001008",
        "https://shop.example/8003/09524071000108A7",
        "https://id.gs1.org/01/17",
        "https://ID.GS1.ORG/8004/x(y)",
        "https://coop.example/ocop/7K3MQ9TB/quyet-dinh",
        "https://coop.example/ocop/7K3MQ9TB",
    ],
)
def test_a_name_that_is_meant_as_one_is_refused_where_it_is_wrong(name: str) -> None:
    with pytest.raises(Gs1Error):
        canonical(epcList=[name])


def test_an_attribute_of_an_extension_has_a_prefix() -> None:
    declared = {"@context": [{"ex": "https://example.org/"}]}
    inside = {"ex:a": {"@ex:at": "1", "@bare": "2", "#text": "x"}}
    assert b'"@ex:at":"1"' in canonical(**declared, **inside)
    assert check_event(parse_event(SEEN | declared | inside)) == []
    with pytest.raises(EpcisError) as caught:
        canonical(**declared, **{"ex:a": {"@zz:at": "1"}})
    assert (caught.value.code, caught.value.facts["prefix"]) == ("epcis.prefix_undeclared", "zz")
