from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from ocoptrace.epcis import (
    canonical_event,
    check_document,
    check_event,
    parse_event,
    read_document,
    write_json,
    write_xml,
)
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
SGTIN = "urn:epc:id:sgtin:9524071.000101"
PLACE = "https://id.gs1.org/414/9524071000000"
PARTY = "https://id.gs1.org/417/9524071000000"
BAD = "https://id.gs1.org/253/0614141123453A"
PLAIN = "https://example.org/ocop/7K3MQ9TB/XUONG"
AMOUNT = "/quantityList/0/quantity"
DISPOSED = "/disposition"
SOURCE = "/sourceList/0/source"
REPORT = "/sensorElementList/0/sensorReport/0"
MADE: dict[str, Any] = WHEN | {
    "type": "TransformationEvent",
    "inputQuantityList": [{"epcClass": "urn:x:mash", "quantity": 0.1, "uom": "TNE"}],
    "outputQuantityList": [{"epcClass": LOT, "quantity": 90, "uom": "KGM"}],
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


def metadata(**members: Any) -> dict[str, Any]:
    element = sensed()["sensorElementList"][0]
    return {"sensorElementList": [element | {"sensorMetadata": members}]}


def declared(**members: Any) -> dict[str, Any]:
    declaration = {"declarationTime": "2025-08-21T07:15:00+07:00"} | members
    return {"eventID": "urn:x:1", "errorDeclaration": declaration}


def source(kind: str, name: str) -> dict[str, Any]:
    return {"sourceList": [{"type": kind, "source": name}]}


def lost(value: float) -> dict[str, Any]:
    return {"ocop:loss": {"quantity": value, "uom": "KGM"}}


@pytest.mark.parametrize(
    "event",
    [
        SEEN,
        PACKED,
        SEEN | quantity(),
        MADE,
        MADE | lost(10),
        SEEN | sensed(uom="KMH"),
        SEEN | source("owning_party", PARTY),
        SEEN | source("location", PLACE),
        SEEN | {"readPoint": {"id": "geo:10.03,105.78"}},
        SEEN | {"readPoint": {"id": PLAIN}} | source("owning_party", PLAIN),
        PACKED | {"parentID": PLAIN},
        SEEN | {"quantityList": [{"epcClass": f"{SGTIN}.*".replace(":id:", ":idpat:")}]},
        SEEN | {"epcList": ["https://id.gs1.org/253/0614141123452A"]},
        SEEN | {"bizStep": "inspecting", "disposition": "conformant"},
        SEEN | {"bizStep": "ocop:lab_testing", "disposition": "conformant"},
        SEEN | declared(reason="did_not_occur"),
        SEEN | declared(declarationTime=WHEN["eventTime"]),
        SEEN | metadata(startTime=WHEN["eventTime"], endTime=WHEN["eventTime"]),
    ],
)
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
            "/sensorElementList/0/sensorReport/0/time",
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
        (
            SEEN | declared(declarationTime="2025-08-20T07:14:59+07:00"),
            "declared_before",
            "error",
            "/errorDeclaration/declarationTime",
        ),
        (
            SEEN | declared(reason="incorrect_data", correctiveEventIDs=["urn:x:2", "urn:x:1"]),
            "corrects_itself",
            "error",
            "/errorDeclaration/correctiveEventIDs/1",
        ),
        (
            SEEN
            | metadata(startTime="2025-08-20T07:10:00+07:00", endTime="2025-08-20T07:09:00+07:00"),
            "ends_before_start",
            "error",
            "/sensorElementList/0/sensorMetadata/endTime",
        ),
        (
            SEEN | metadata(endTime="2025-08-20T07:16:00+07:00"),
            "sensed_after",
            "warning",
            "/sensorElementList/0/sensorMetadata/endTime",
        ),
        (SEEN | {"disposition": "non_sellable_expired"}, "deprecated_word", "warning", DISPOSED),
        (SEEN | sensed(exception="BELL"), "unknown_word", "error", f"{REPORT}/exception"),
        (SEEN | sensed(component="w"), "unknown_word", "error", f"{REPORT}/component"),
        (
            SEEN | {"persistentDisposition": {"set": ["recalled"], "unset": ["recalled"]}},
            "set_and_unset",
            "error",
            "/persistentDisposition/set/0",
        ),
        (
            SEEN | {"@context": [{"eventTime": "https://example.org/t"}]},
            "term_redefined",
            "error",
            "/@context",
        ),
        (
            SEEN | {"@context": [{"cbv": "https://example.org/"}]},
            "prefix_reserved",
            "error",
            "/@context",
        ),
        (
            SEEN | {"bizStep": "packing", "disposition": "conformant"},
            "disposition_without_step",
            "warning",
            DISPOSED,
        ),
        (
            SEEN | {"bizStep": "unpacking", "disposition": "completeness_verified"},
            "verified_without_unpacking",
            "warning",
            DISPOSED,
        ),
        (
            SEEN | {"disposition": "completeness_inferred"},
            "disposition_not_lasting",
            "warning",
            DISPOSED,
        ),
        (SEEN | {"disposition": "in_transit"}, "disposition_contrary", "warning", DISPOSED),
        (SEEN | quantity(quantity=2.5), "not_whole", "error", AMOUNT),
        (SEEN | quantity(quantity=2.5, uom="H87"), "not_whole", "warning", AMOUNT),
        (SEEN | quantity(uom="KGM"), "unit_without_quantity", "error", "/quantityList/0/uom"),
        (SEEN | quantity(quantity=1, uom="kilos"), "unit_form", "error", "/quantityList/0/uom"),
        (SEEN | sensed(uom="KGM"), "unit_unfit", "error", f"{REPORT}/uom"),
        (SEEN | sensed(uom="°C"), "unit", "error", f"{REPORT}/uom"),
        (MADE | {"ocop:loss": "20 kg"}, "loss", "error", "/ocop:loss"),
        (
            MADE | {"ocop:loss": {"quantity": 20, "uom": "KG"}},
            "unit",
            "error",
            "/ocop:loss/uom",
        ),
        (SEEN | {"epcList": [PLACE]}, "not_goods", "error", "/epcList/0"),
        (SEEN | {"epcList": [PARTY]}, "not_goods", "error", "/epcList/0"),
        (PACKED | {"parentID": PLACE}, "not_goods", "error", "/parentID"),
        (PACKED | {"childEPCs": [PARTY]}, "not_goods", "error", "/childEPCs/0"),
        (
            SEEN | {"quantityList": [{"epcClass": PLACE, "quantity": 1}]},
            "not_goods",
            "error",
            "/quantityList/0/epcClass",
        ),
        (
            SEEN | quantity(quantity=1, uom="CEL"),
            "unit_not_of_goods",
            "error",
            "/quantityList/0/uom",
        ),
        (
            SEEN | quantity(quantity=1, uom="HUR"),
            "unit_not_of_goods",
            "error",
            "/quantityList/0/uom",
        ),
        (
            SEEN | sensed(minValue=5, maxValue=4, uom="CEL"),
            "range_reversed",
            "error",
            f"{REPORT}/minValue",
        ),
        (
            SEEN | {"bizStep": "urn:epcglobal:cbv:disp:active"},
            "unknown_word",
            "error",
            "/bizStep",
        ),
        (SEEN | {"bizStep": "cbv:Disp-active"}, "unknown_word", "error", "/bizStep"),
        (
            SEEN | {"disposition": "https://ref.gs1.org/cbv/BizStep-packing"},
            "unknown_word",
            "error",
            DISPOSED,
        ),
        (SEEN | {"ocop:step": "bogus"}, "unknown_ocop_word", "warning", "/ocop:step"),
        (SEEN | {"ocop:step": 7}, "unknown_ocop_word", "warning", "/ocop:step"),
        (SEEN | {"ocop:bogus": "x"}, "unknown_ocop_word", "warning", "/ocop:bogus"),
        (SEEN | {"bizStep": "zz:smoking"}, "prefix_undeclared", "warning", "/bizStep"),
        (
            SEEN | {"@context": ["https://other.example/context"], "x:y": 1},
            "prefix_undeclared",
            "warning",
            "/@context",
        ),
        (
            {name: SEEN[name] for name in SEEN if name != "quantityList"} | {"epcList": []},
            "nothing",
            "error",
            "/epcList",
        ),
        (MADE | lost(-1), "loss", "error", "/ocop:loss"),
        (SEEN | lost(1), "loss_of_nothing", "warning", "/ocop:loss"),
        (MADE | lost(10.001), "outweighed", "warning", ""),
        (PACKED | {"parentID": LOT}, "class_as_parent", "error", "/parentID"),
        (PACKED | {"childEPCs": [PALLET]}, "parent_among_children", "error", "/parentID"),
        (SEEN | {"epcList": [PLAIN]}, "class_among_instances", "error", "/epcList/0"),
        (SEEN | {"readPoint": {"id": f"{PLAIN}/1"}}, "not_a_place", "warning", "/readPoint/id"),
        (SEEN | {"readPoint": {"id": LOT}}, "not_a_place", "warning", "/readPoint/id"),
        (SEEN | {"bizLocation": {"id": PARTY}}, "not_a_place", "warning", "/bizLocation/id"),
        (SEEN | source("owning_party", PLACE), "place_as_party", "warning", SOURCE),
        (SEEN | source("location", PARTY), "party_as_place", "warning", SOURCE),
        (SEEN | source("possessing_party", ITEM), "not_a_party", "error", SOURCE),
        (SEEN | {"epcList": [f"{SGTIN}.*"]}, "pattern_as_id", "error", "/epcList/0"),
        (
            SEEN | {"epcList": [f"{SGTIN}.*".replace(":id:", ":idpat:")]},
            "class_among_instances",
            "error",
            "/epcList/0",
        ),
        (
            SEEN | {"quantityList": [{"epcClass": "https://id.gs1.org/253/0614141123452A"}]},
            "instance_among_classes",
            "error",
            "/quantityList/0/epcClass",
        ),
        (
            SEEN | {"epcList": ["https://id.gs1.org/8003/00614141123452"]},
            "class_among_instances",
            "error",
            "/epcList/0",
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


@pytest.mark.parametrize("undeclared", [["x"], ["x", "y"]])
def test_every_undeclared_prefix_is_a_finding(undeclared: list[str]) -> None:
    event = SEEN | {f"{prefix}:note": 1 for prefix in undeclared}
    found = [finding.facts["prefix"] for finding in check_event(parse_event(event))]
    assert found == undeclared


def test_a_paper_with_a_wrong_check_digit_is_a_finding_at_its_place() -> None:
    paper = {"type": "inv", "bizTransaction": "https://id.gs1.org/253/0614141123453A"}
    (finding,) = check_event(parse_event(SEEN | {"bizTransactionList": [paper]}))
    assert (finding.code, finding.place) == (
        "gs1.check_digit",
        "/bizTransactionList/0/bizTransaction",
    )


def test_only_what_is_made_under_the_prefix_of_another_is_a_finding() -> None:
    made = parse_event(SEEN | {"action": "ADD"})
    assert check_event(made, company_prefixes=["9524071", "893"]) == []
    found = check_event(made, company_prefixes=["8938505974"])
    assert {finding.code for finding in found} == {"epcis.foreign_prefix"}
    places = [finding.place for finding in found]
    assert places == ["/epcList/0", "/epcList/1", "/quantityList/0/epcClass"]
    assert check_event(parse_event(SEEN), company_prefixes=["8938505974"]) == []


@pytest.mark.parametrize(
    ("event", "place"),
    [
        (MADE | {"transformationID": BAD}, "/transformationID"),
        (SEEN | sensed(deviceID=BAD), f"{REPORT}/deviceID"),
        (SEEN | metadata(deviceID=BAD), "/sensorElementList/0/sensorMetadata/deviceID"),
    ],
)
def test_a_wrong_check_digit_is_a_finding_wherever_it_stands(
    event: dict[str, Any], place: str
) -> None:
    found = check_event(parse_event(event))
    assert [(each.code, each.place) for each in found] == [("gs1.check_digit", place)]


def test_a_wrong_check_digit_hides_nothing_else() -> None:
    wrong = "https://id.gs1.org/01/09524071001015/21/7"
    made = parse_event(SEEN | {"action": "ADD", "epcList": [wrong, ITEM]})
    found = check_event(made, company_prefixes=["8938505974"])
    assert [(finding.code, finding.place) for finding in found] == [
        ("gs1.check_digit", "/epcList/0"),
        ("epcis.foreign_prefix", "/epcList/1"),
        ("epcis.foreign_prefix", "/quantityList/0/epcClass"),
    ]


def test_one_company_prefix_may_be_given_as_text() -> None:
    made = parse_event(SEEN | {"action": "ADD"})
    assert check_event(made, company_prefixes="9524071") == []
    found = check_event(made, company_prefixes="8938505974")
    assert {finding.code for finding in found} == {"epcis.foreign_prefix"}
    assert found[0].facts["expected"] == "8938505974"


@pytest.mark.parametrize(
    "fine",
    [
        {"@context": [{"x": {"@id": "https://example.org/", "@prefix": True}}], "x:y": 1},
        {"@context": [{"zz": "https://example.org/"}], "bizStep": "zz:smoking"},
        {"bizStep": "urn:x:smoking"},
        {"ocop:step": "https://example.org/smoking"},
        {"ocop:step": "drying"},
        sensed(minValue=4, maxValue=4, uom="CEL"),
        quantity(quantity=1, uom="XBX") | {"quantityList": []},
    ],
)
def test_what_is_as_it_should_be_is_no_finding(fine: dict[str, Any]) -> None:
    assert check_event(parse_event(SEEN | fine)) == []


def test_a_sensor_may_be_joined_to_a_place() -> None:
    joined = PACKED | {"type": "AssociationEvent", "parentID": PLACE}
    assert check_event(parse_event(joined)) == []


def test_a_context_may_define_a_prefix_at_length() -> None:
    context = [{"x": {"@id": "https://example.org/", "@prefix": True}}]
    event = parse_event(SEEN | {"@context": context, "x:y": 1})
    assert canonical_event(event)["@context"][2] == {"x": "https://example.org/"}
    document = read_document(write_xml([event]))
    assert document.events[0].to_json() == event.to_json()
    assert json.loads(write_json(document))["@context"][-1] == context[0]


def test_what_a_document_lacks_is_a_finding() -> None:
    data = json.loads(write_json([parse_event(SEEN)]))
    assert check_document(read_document(json.dumps(data).encode())) == []
    del data["creationDate"], data["schemaVersion"]
    found = check_document(read_document(json.dumps(data).encode()))
    assert [(each.code, each.severity, each.place) for each in found] == [
        ("fields.missing", "error", "/schemaVersion"),
        ("fields.missing", "error", "/creationDate"),
    ]


def test_a_plain_name_is_under_nobodys_prefix() -> None:
    names = ["https://example.org/ocop/7K3MQ9TB/MAM/1/7", "urn:uuid:0"]
    event = parse_event(WHEN | {"type": "ObjectEvent", "action": "ADD", "epcList": names})
    assert check_event(event, company_prefixes=["9524071"]) == []


def test_more_out_than_in_is_told_in_one_unit() -> None:
    (finding,) = check_event(parse_event(MADE | lost(10.001)))
    assert finding.facts == {"before": "100.0", "after": "100.001", "unit": "KGM"}


def test_what_has_a_faulty_name_is_weighed_by_nobody() -> None:
    event = parse_event(MADE | {"inputEPCList": ["urn:epc:id:sgtin:952407.000101.8"]})
    codes = {finding.code for finding in check_event(event)}
    assert "epcis.outweighed" not in codes
    assert any(code.startswith("gs1.") for code in codes)
