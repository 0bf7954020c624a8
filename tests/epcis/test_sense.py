from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from ocoptrace.epcis import check_event, parse_event
from ocoptrace.messages import LANGUAGES, has

LOT = "https://id.gs1.org/01/09524071001014/10/ST260915"
ITEM = "https://id.gs1.org/01/09524071001014/21/7"
PALLET = "https://id.gs1.org/00/095240712609170016"
WHEN = {"eventTime": "2025-08-20T07:15:00+07:00", "eventTimeZoneOffset": "+07:00"}
SEEN: dict[str, Any] = WHEN | {
    "type": "ObjectEvent",
    "action": "OBSERVE",
    "bizStep": "receiving",
    "disposition": "in_progress",
    "epcList": [ITEM, PALLET],
    "quantityList": [{"epcClass": LOT, "quantity": 3, "uom": "KGM"}],
}
PACKED: dict[str, Any] = WHEN | {
    "type": "AggregationEvent",
    "action": "ADD",
    "parentID": PALLET,
    "childEPCs": [ITEM],
}


def quantity(**members: Any) -> dict[str, Any]:
    return {"quantityList": [{"epcClass": LOT} | members]}


def sensed(**members: Any) -> dict[str, Any]:
    report = {"type": "Temperature", "value": 4} | members
    return {"sensorElementList": [{"sensorReport": [report]}]}


@pytest.mark.parametrize("event", [SEEN, PACKED, SEEN | quantity()])
def test_an_event_that_makes_sense_has_no_findings(event: dict[str, Any]) -> None:
    assert check_event(parse_event(event), now=datetime(2026, 11, 23, tzinfo=UTC)) == []


@pytest.mark.parametrize(
    ("event", "code", "severity", "place"),
    [
        (SEEN | quantity(quantity=0), "not_positive", "error", "/quantityList/0/quantity"),
        (SEEN | quantity(quantity=-1.5), "not_positive", "error", "/quantityList/0/quantity"),
        (SEEN | quantity(quantity=1, uom="KG"), "unit", "error", "/quantityList/0/uom"),
        (SEEN | quantity(quantity=1, uom="XYZ"), "unit_unknown", "warning", "/quantityList/0/uom"),
        (SEEN | {"epcList": [LOT]}, "class_among_instances", "error", "/epcList/0"),
        (
            SEEN | {"epcList": ["https://id.gs1.org/01/09524071001014"]},
            "class_among_instances",
            "error",
            "/epcList/0",
        ),
        (
            SEEN | {"quantityList": [{"epcClass": ITEM}]},
            "instance_among_classes",
            "error",
            "/quantityList/0/epcClass",
        ),
        (SEEN | {"epcList": [ITEM, ITEM]}, "twice", "warning", "/epcList/1"),
        (
            SEEN | {"eventTimeZoneOffset": "+08:00"},
            "offset_differs",
            "warning",
            "/eventTimeZoneOffset",
        ),
        (SEEN | {"bizStep": "smoking"}, "unknown_word", "error", "/bizStep"),
        (SEEN | {"bizStep": "ocop:smoking"}, "unknown_ocop_word", "warning", "/bizStep"),
        (SEEN | {"disposition": "lost"}, "unknown_word", "error", "/disposition"),
        (
            SEEN | {"bizTransactionList": [{"type": "bill", "bizTransaction": "urn:x:1"}]},
            "unknown_word",
            "error",
            "/bizTransactionList/0/type",
        ),
        (
            SEEN | {"sourceList": [{"type": "owner", "source": "urn:x:1"}]},
            "unknown_word",
            "error",
            "/sourceList/0/type",
        ),
        (
            SEEN | {"destinationList": [{"type": "owner", "destination": "urn:x:1"}]},
            "unknown_word",
            "error",
            "/destinationList/0/type",
        ),
        (
            SEEN | {"persistentDisposition": {"set": ["lost"]}},
            "unknown_word",
            "error",
            "/persistentDisposition/set/0",
        ),
        (
            SEEN | sensed(type="Warmth"),
            "unknown_word",
            "error",
            "/sensorElementList/0/sensorReport/0/type",
        ),
        (
            SEEN | sensed(time="2025-08-20T07:16:00+07:00"),
            "sensed_after",
            "warning",
            "/sensorElementList/0",
        ),
        (SEEN | {"x:y": 1}, "prefix_undeclared", "error", "/@context"),
        (
            SEEN | {"recordTime": "2025-08-20T00:14:59Z"},
            "recorded_before",
            "warning",
            "/recordTime",
        ),
        (
            SEEN | {"errorDeclaration": {"declarationTime": WHEN["eventTime"]}},
            "error_without_id",
            "error",
            "/eventID",
        ),
        (
            SEEN
            | {
                "eventID": "urn:x:1",
                "errorDeclaration": {
                    "declarationTime": WHEN["eventTime"],
                    "reason": "did_not_occur",
                    "correctiveEventIDs": ["urn:x:2"],
                },
            },
            "corrected_nothing",
            "error",
            "/errorDeclaration/correctiveEventIDs",
        ),
    ],
)
def test_one_fault_is_one_finding(
    event: dict[str, Any], code: str, severity: str, place: str
) -> None:
    found = check_event(parse_event(event))
    assert [(finding.code, finding.severity, finding.place) for finding in found] == [
        (f"epcis.{code}", severity, place)
    ]
    for language in LANGUAGES:
        assert has(found[0].code, language)
        assert "{" not in found[0].text(language) + found[0].remedy(language)


@pytest.mark.parametrize("action", ["ADD", "DELETE"])
def test_a_container_is_named_when_it_is_filled_or_emptied(action: str) -> None:
    event = {name: PACKED[name] for name in PACKED if name != "parentID"} | {"action": action}
    assert [finding.code for finding in check_event(parse_event(event))] == ["epcis.parent_missing"]
    assert check_event(parse_event(event | {"action": "OBSERVE"})) == []


def test_a_vietnamese_letter_in_a_lot_is_a_finding_at_its_place() -> None:
    event = parse_event(
        SEEN | {"quantityList": [{"epcClass": "https://id.gs1.org/01/09524071001014/10/L%C3%94-7"}]}
    )
    (finding,) = check_event(event)
    assert (finding.code, finding.place) == ("gs1.charset", "/quantityList/0/epcClass")


def test_the_future_begins_five_minutes_from_now() -> None:
    event = parse_event(SEEN)
    assert check_event(event, now=datetime(2025, 8, 20, 0, 10, 0, tzinfo=UTC)) == []
    (finding,) = check_event(event, now=datetime(2025, 8, 20, 0, 9, 59, tzinfo=UTC))
    assert finding.code == "epcis.in_future"


def test_words_of_our_own_and_of_others_are_welcome() -> None:
    for step in ("ocop:fermenting", "https://example.org/steps/smoking", "cbv:BizStep-packing"):
        assert check_event(parse_event(SEEN | {"bizStep": step})) == []
