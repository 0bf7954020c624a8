"""What only the events of a document together can get wrong."""

from __future__ import annotations

import json
from collections import Counter
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocoptrace.epcis import parse_event
from ocoptrace.epcis.document import Document, read_document
from ocoptrace.epcis.sense import check_document
from ocoptrace.messages import LANGUAGES, has

MASH = "https://example.org/ocop/7K3MQ9TB/CHUOP/B07"
PASTE = "https://example.org/ocop/7K3MQ9TB/MAM/260824"
PRODUCT = "https://id.gs1.org/01/09524071001014"
JAR = "https://example.org/ocop/7K3MQ9TB/MAM/260824/1"
CARTON = "https://id.gs1.org/00/095240712609170016"
LOT = "https://example.org/ocop/7K3MQ9TB/MAM/260901"
CRATE = "https://id.gs1.org/8003/09524071000109A7"
PAPER = {"bizTransactionList": [{"type": "desadv", "bizTransaction": "urn:x:paper"}]}
PALLET = "https://id.gs1.org/00/095240712609170023"


def at(day: int, kind: str = "ObjectEvent", **members: Any) -> dict[str, Any]:
    return {
        "type": kind,
        "eventTime": f"2026-08-{day:02}T08:00:00+07:00",
        "eventTimeZoneOffset": "+07:00",
    } | members


def kilos(name: str, quantity: float | None, uom: str = "KGM") -> list[dict[str, Any]]:
    return [{"epcClass": name} | ({} if quantity is None else {"quantity": quantity, "uom": uom})]


def make(
    day: int, quantity: float | None = 100, name: str = PASTE, uom: str = "KGM"
) -> dict[str, Any]:
    return at(day, action="ADD", quantityList=kilos(name, quantity, uom))


def sell(day: int, quantity: float, uom: str = "KGM") -> dict[str, Any]:
    return at(day, action="DELETE", quantityList=kilos(PASTE, quantity, uom))


def see(day: int, quantity: float, **members: Any) -> dict[str, Any]:
    return at(day, action="OBSERVE", quantityList=kilos(PASTE, quantity)) | members


def thing(day: int, action: str, name: str = JAR, **members: Any) -> dict[str, Any]:
    return at(day, action=action, epcList=[name]) | members


def back(day: int) -> dict[str, Any]:
    return thing(day, "OBSERVE", bizStep="receiving", disposition="returned")


def mill(day: int, used: float = 100, made: float = 90, **members: Any) -> dict[str, Any]:
    return (
        at(day, "TransformationEvent")
        | {
            "inputQuantityList": kilos(MASH, used),
            "outputQuantityList": kilos(PASTE, made),
        }
        | members
    )


def box(day: int, action: str, parent: str = CARTON, **members: Any) -> dict[str, Any]:
    return at(day, "AggregationEvent", action=action, parentID=parent) | members


def jars(*names: str) -> dict[str, Any]:
    return {"childEPCs": list(names or [JAR])}


def inside(quantity: float) -> dict[str, Any]:
    return {"childQuantityList": kilos(PASTE, quantity)}


def step(name: str) -> dict[str, Any]:
    return {"bizStep": name}


def wrong(identifier: str, **members: Any) -> dict[str, Any]:
    declaration = {"declarationTime": "2026-09-01T08:00:00+07:00"} | members
    return {"eventID": identifier, "errorDeclaration": declaration}


def found(*events: dict[str, Any]) -> list[tuple[str, str, str]]:
    document = Document(tuple(map(parse_event, events)))
    findings = check_document(document)
    for finding in findings:
        for language in LANGUAGES:
            assert has(finding.code, language)
            assert "{" not in finding.text(language) + finding.remedy(language)
    return [
        (finding.code.removeprefix("epcis."), finding.severity, finding.place)
        for finding in findings
    ]


HALF = {"transformationID": "urn:x:half"}
START = at(1, "TransformationEvent") | HALF | {"inputQuantityList": kilos(MASH, 100)}
END = at(9, "TransformationEvent") | HALF | {"outputQuantityList": kilos(PASTE, 90)}
DID_NOT_OCCUR = {"reason": "did_not_occur"}


@pytest.mark.parametrize(
    "events",
    [
        [make(1), sell(2, 60), sell(3, 40)],
        [make(1), make(2), sell(3, 200)],
        [make(1), sell(1, 100)],
        [at(1, action="DELETE", quantityList=kilos(PRODUCT, 9)), make(2, 5, PRODUCT)],
        [make(1, 5, PRODUCT), at(2, action="DELETE", quantityList=kilos(PRODUCT, 9))],
        [sell(1, 100), make(1)],
        [sell(1, 500)],
        [make(1, 50), sell(2, 100), make(2, 50)],
        [make(1, None), sell(2, 500)],
        [make(1), sell(2, 0.1, "TNE")],
        [make(1), see(2, 100, bizStep="storing"), sell(3, 100)],
        [make(1, 100, MASH), mill(2), sell(3, 90)],
        [START, END],
        [thing(1, "ADD"), thing(2, "OBSERVE"), thing(3, "DELETE")],
        [thing(1, "ADD"), thing(2, "DELETE"), thing(3, "ADD"), thing(4, "OBSERVE")],
        [thing(1, "ADD"), box(2, "ADD", **jars()), box(3, "DELETE", **jars())],
        [box(1, "ADD", **jars()), box(2, "DELETE"), box(3, "ADD", PALLET, **jars())],
        [box(1, "ADD", **jars()), box(2, "DELETE", **jars()), box(3, "ADD", PALLET, **jars())],
        [make(1), box(2, "ADD", **inside(100)), box(3, "DELETE", **inside(60)), sell(4, 60)],
        [make(1), box(2, "ADD", **inside(100)), box(3, "DELETE"), sell(4, 100)],
        [see(day, 1, **step(name)) for day, name in enumerate(
            ("loading", "departing", "receiving", "shipping", "accepting"), 1)],
        [see(1, 1, **step("shipping")), see(2, 1, **step("void_shipping")),
         see(3, 1, **step("departing"))],
        [see(1, 1, **step("shipping")), thing(2, "OBSERVE", **step("loading"))],
        [see(1, 1, **step("shipping")), see(2, 1, **step("loading"))],
        [box(1, "ADD", **jars()), box(2, "ADD", PALLET, **jars()), box(2, "DELETE", **jars())],
        [box(1, "ADD", **jars()), box(1, "DELETE", **jars())],
        [thing(1, "ADD"), thing(2, "DELETE", **step("retail_selling")), back(3),
         thing(4, "DELETE", **step("retail_selling"))],
        [make(1), sell(2, 100), see(3, 40, disposition="returned"), sell(4, 40)],
        [thing(1, "DELETE", **step("retail_selling")), back(2)],
        [make(1, 3, LOT, "H87"), *(thing(2, "ADD", f"{LOT}/{n}") for n in range(3))],
        [make(1, 3, LOT, "KGM"), *(thing(2, "ADD", f"{LOT}/{n}") for n in range(8))],
        [make(2, None, LOT), thing(2, "ADD", f"{LOT}/1")],
        [thing(1, "OBSERVE", CRATE, **step("shipping")), box(2, "ADD", CRATE, **jars())],
        [thing(1, "OBSERVE", CARTON, **step("receiving")), box(2, "ADD", **jars())],
        [thing(1, "ADD", CARTON), thing(2, "OBSERVE", CARTON), box(3, "ADD", **jars())],
        [box(1, "ADD", **jars()), thing(2, "OBSERVE", CARTON, **step("shipping"))],
        [box(1, "ADD", **jars()), box(2, "DELETE"), box(3, "ADD", **jars()), box(4, "DELETE")],
        [thing(1, "OBSERVE", **step("receiving")), thing(2, "OBSERVE", **step("shipping"))],
        [thing(1, "OBSERVE", **step("shipping"), **PAPER),
         thing(2, "OBSERVE", **step("receiving"), **PAPER)],
        [make(1) | {"eventID": "urn:x:1"}, make(1) | wrong("urn:x:1"), sell(2, 500)],
        [make(1) | {"eventID": "urn:x:1"}, make(1) | wrong("urn:x:1", **DID_NOT_OCCUR)],
    ],
)  # fmt: skip
def test_a_chain_that_makes_sense_has_no_findings(events: list[dict[str, Any]]) -> None:
    assert found(*events) == []


@pytest.mark.parametrize(
    ("events", "code", "severity", "place"),
    [
        ([make(1), sell(2, 100.5)], "overdrawn", "error", "/1/quantityList/0"),
        ([make(1), sell(2, 60), sell(3, 41)], "overdrawn", "error", "/2/quantityList/0"),
        ([make(1), sell(2, 101), sell(3, 1)], "overdrawn", "error", "/1/quantityList/0"),
        ([sell(2, 1), make(3)], "before_made", "error", "/0/quantityList/0"),
        ([see(2, 1), make(3)], "before_made", "error", "/0/quantityList/0"),
        ([mill(2), make(3, 100, MASH)], "before_made", "error", "/0/inputQuantityList/0"),
        ([thing(1, "OBSERVE"), thing(2, "ADD")], "before_made", "error", "/0/epcList/0"),
        (
            [mill(2), at(3, action="OBSERVE", quantityList=kilos(MASH, 1), **step("receiving"))],
            "used_before_received",
            "error",
            "/0/inputQuantityList/0",
        ),
        ([make(1), see(2, 101)], "more_than_made", "warning", "/1/quantityList/0"),
        ([make(1), sell(2, 3, "H87")], "unit_differs", "warning", "/1/quantityList/0"),
        (
            [make(1), box(2, "ADD", **inside(60)), sell(3, 60)],
            "still_packed",
            "warning",
            "/2/quantityList/0",
        ),
        (
            [make(1), box(2, "ADD", **inside(60)), box(3, "ADD", PALLET, **inside(60))],
            "still_packed",
            "warning",
            "/2/childQuantityList/0",
        ),
        (
            [make(1), sell(2, 50), see(3, 90, disposition="returned"), sell(4, 101)],
            "overdrawn",
            "error",
            "/3/quantityList/0",
        ),
        (
            [thing(1, "DELETE", **step("destroying")), back(2)],
            "after_its_end",
            "warning",
            "/1/epcList/0",
        ),
        (
            [make(1, 3, LOT, "H87"), *(thing(2, "ADD", f"{LOT}/{n}") for n in range(8))],
            "over_labelled",
            "error",
            "/4/epcList/0",
        ),
        (
            [thing(1, "OBSERVE", f"{LOT}/1"), make(2, 3, LOT, "H87")],
            "before_made",
            "error",
            "/0/epcList/0",
        ),
        (
            [thing(1, "OBSERVE", CARTON, **step("shipping")), box(2, "ADD", **jars())],
            "before_packed",
            "warning",
            "/0/epcList/0",
        ),
        (
            [box(1, "ADD", PALLET, childEPCs=[CARTON]), box(2, "ADD", **jars())],
            "before_packed",
            "warning",
            "/0/childEPCs/0",
        ),
        (
            [box(1, "ADD", **jars()), box(2, "DELETE"), box(3, "DELETE")],
            "emptied_twice",
            "warning",
            "/2/parentID",
        ),
        (
            [box(1, "ADD", PALLET, childEPCs=[CRATE]), box(2, "ADD", CRATE, childEPCs=[PALLET])],
            "parent_among_children",
            "error",
            "/1/childEPCs/0",
        ),
        (
            [
                thing(1, "OBSERVE", **step("receiving"), **PAPER),
                thing(2, "OBSERVE", **step("shipping"), **PAPER),
            ],
            "received_before_shipped",
            "warning",
            "/0/eventTime",
        ),
        ([make(1), box(2, "ADD", **inside(101))], "overdrawn", "error", "/1/childQuantityList/0"),
        ([mill(1, 100, 101)], "outweighed", "warning", "/0"),
        ([mill(1, 100, 101, **HALF)], "outweighed", "warning", "/0"),
        (
            [box(1, "ADD", **inside(5)), box(2, "DELETE"), box(3, "DELETE", **inside(5))],
            "not_inside",
            "error",
            "/2/childQuantityList/0",
        ),
        (
            [
                box(1, "ADD", **jars()),
                box(2, "ADD", PALLET, **jars()),
                box(3, "DELETE"),
                box(4, "DELETE", PALLET, **jars()),
            ],
            "packed_twice",
            "warning",
            "/1/childEPCs/0",
        ),
        (
            [make(1), sell(2, 60) | {"eventID": "urn:x:1"}, sell(2, 60) | {"eventID": "urn:x:1"}],
            "event_repeated",
            "warning",
            "/2/eventID",
        ),
        (
            [START, END | {"ocop:loss": {"quantity": 11, "uom": "KGM"}}],
            "outweighed",
            "warning",
            "/1",
        ),
        (
            [START | {"eventTime": "2026-08-10T08:00:00+07:00"}, END],
            "made_before_started",
            "error",
            "/1",
        ),
        ([thing(1, "ADD"), thing(2, "ADD")], "made_twice", "warning", "/1/epcList/0"),
        ([thing(1, "DELETE"), thing(2, "OBSERVE")], "after_its_end", "warning", "/1/epcList/0"),
        ([box(1, "DELETE", **jars())], "never_packed", "warning", "/0/childEPCs/0"),
        ([box(1, "DELETE")], "never_packed", "warning", "/0/parentID"),
        (
            [box(1, "ADD", **jars()), box(2, "DELETE", **jars(JAR + "2"))],
            "not_inside",
            "error",
            "/1/childEPCs/0",
        ),
        (
            [box(1, "ADD", **inside(5)), box(2, "DELETE", **inside(6))],
            "not_inside",
            "error",
            "/1/childQuantityList/0",
        ),
        (
            [box(1, "ADD", **jars()), box(2, "DELETE"), box(3, "DELETE", **jars())],
            "not_inside",
            "error",
            "/2/childEPCs/0",
        ),
        (
            [box(1, "ADD", **jars()), box(2, "ADD", PALLET, **jars())],
            "packed_twice",
            "warning",
            "/1/childEPCs/0",
        ),
        (
            [thing(1, "OBSERVE", **step("loading")), thing(2, "OBSERVE", **step("shipping"))],
            "steps_exclude",
            "warning",
            "/1/bizStep",
        ),
        (
            [
                thing(1, "OBSERVE", **step("receiving")),
                thing(2, "OBSERVE", **step("cbv:BizStep-accepting")),
            ],
            "steps_exclude",
            "warning",
            "/1/bizStep",
        ),
        (
            [thing(1, "OBSERVE", **step("consigning")), thing(2, "OBSERVE", **step("accepting"))],
            "steps_exclude",
            "warning",
            "/1/bizStep",
        ),
        (
            [make(1) | {"eventID": "urn:x:1"}, make(2) | {"eventID": "urn:x:1"}],
            "event_id_shared",
            "error",
            "/1/eventID",
        ),
        (
            [make(1) | {"eventID": "urn:x:1"}, make(1) | {"eventID": "urn:x:1"}],
            "event_repeated",
            "warning",
            "/1/eventID",
        ),
        (
            [
                make(1) | wrong("urn:x:1", reason="did_not_occur"),
                make(1) | wrong("urn:x:1", reason="incorrect_data"),
            ],
            "declarations_differ",
            "error",
            "/1/errorDeclaration",
        ),
        (
            [make(1) | {"eventID": "urn:x:1"}, make(2) | wrong("urn:x:1")],
            "declared_otherwise",
            "warning",
            "/1",
        ),
        (
            [
                make(1) | wrong("urn:x:1", reason="incorrect_data", correctiveEventIDs=["urn:x:2"]),
                make(2) | wrong("urn:x:2", **DID_NOT_OCCUR),
            ],
            "corrected_by_nothing",
            "error",
            "/0/errorDeclaration/correctiveEventIDs/0",
        ),
    ],
)
def test_one_fault_is_one_finding(
    events: list[dict[str, Any]], code: str, severity: str, place: str
) -> None:
    assert found(*events) == [(code, severity, place)]


def test_time_and_not_the_order_of_the_document_decides() -> None:
    events = [make(1), sell(2, 60), sell(3, 41)]
    for order in permutations(events):
        assert [code for code, _, _ in found(*order)] == ["overdrawn"]


LOTS = st.sampled_from([MASH, PASTE])
THINGS = st.sampled_from([JAR, f"{JAR}2", CARTON, PALLET])
SOME = st.tuples(LOTS, st.sampled_from([None, 1, 10, 2.5])).map(lambda some: kilos(*some))
STEPS = st.sampled_from(["shipping", "loading", "receiving", "accepting", "consigning", "packing"])


@st.composite
def chains(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Return events, one a day, that may or may not make sense."""
    happened = []
    for day in range(1, draw(st.integers(2, 9))):
        action = draw(st.sampled_from(["ADD", "OBSERVE", "DELETE"]))
        members: dict[str, Any] = {"bizStep": draw(STEPS)} if draw(st.booleans()) else {}
        match draw(st.sampled_from(["object", "packing", "transformation"])):
            case "object":
                lists = {"epcList": [draw(THINGS)], "quantityList": draw(SOME)}
                happened.append(at(day, action=action, **members, **lists))
            case "packing":
                inside = {"childEPCs": [draw(THINGS)], "childQuantityList": draw(SOME)}
                some = {} if action == "DELETE" and draw(st.booleans()) else inside
                happened.append(box(day, action, draw(THINGS), **members, **some))
            case "transformation":
                lists = {"inputQuantityList": draw(SOME), "outputQuantityList": draw(SOME)}
                happened.append(at(day, "TransformationEvent", **members, **lists))
    return happened


@given(chain=chains(), data=st.data())
def test_the_order_of_the_document_changes_nothing(
    chain: list[dict[str, Any]], data: st.DataObject
) -> None:
    def said(events: list[dict[str, Any]]) -> Counter[tuple[str, str]]:
        at_days = {f"/{place}": event["eventTime"] for place, event in enumerate(events)}
        return Counter(
            (code, at_days[f"/{place.split('/')[1]}"]) for code, _, place in found(*events)
        )

    assert said(chain) == said(data.draw(st.permutations(chain)))


@given(made=st.integers(1, 50), sold=st.lists(st.integers(1, 9), max_size=12))
def test_stock_is_overdrawn_where_the_sum_says_so(made: int, sold: list[int]) -> None:
    sales = [sell(day, quantity) for day, quantity in enumerate(sold, 2)]
    codes = [code for code, _, _ in found(make(1, made), *sales)]
    assert codes == (["overdrawn"] if sum(sold) > made else [])


def test_what_is_taken_back_did_not_happen() -> None:
    first = make(1) | {"eventID": "urn:x:1"}
    corrected = make(1, 50) | {"eventID": "urn:x:2"}
    taken_back = make(1) | wrong("urn:x:1", correctiveEventIDs=["urn:x:2"])
    assert found(first, sell(2, 60), taken_back, corrected) == [
        ("overdrawn", "error", "/1/quantityList/0")
    ]


def test_one_fault_of_a_step_is_told_once_for_all_its_things() -> None:
    many = [f"{JAR}{number}" for number in range(5)]
    events = [
        at(day, action="OBSERVE", epcList=many, **step(name))
        for day, name in enumerate(("loading", "shipping"), 1)
    ]
    assert found(*events) == [("steps_exclude", "warning", "/1/bizStep")]


def test_a_name_with_a_fault_is_told_once_and_stops_nothing() -> None:
    broken = thing(1, "ADD", "https://id.gs1.org/01/09524071001015/21/7")
    assert found(broken, make(1), sell(2, 101)) == [
        ("gs1.check_digit", "error", "/0/epcList/0"),
        ("overdrawn", "error", "/2/quantityList/0"),
    ]


def test_a_place_begins_where_the_list_of_events_stands() -> None:
    document = Document((parse_event(sell(1, -1)),), "/epcisBody/eventList")
    (finding,) = check_document(document)
    assert finding.place == "/epcisBody/eventList/0/quantityList/0/quantity"


def test_an_event_alone_is_its_own_place() -> None:
    document = read_document(json.dumps(sell(1, -1)).encode())
    (finding,) = check_document(document)
    assert finding.place == "/quantityList/0/quantity"


def test_ten_times_the_events_are_ten_times_the_findings() -> None:
    def chain(lots: int) -> list[dict[str, Any]]:
        names = [f"https://example.org/ocop/7K3MQ9TB/MAM/L{number}" for number in range(lots)]
        return [make(1, 1, name) for name in names] + [
            at(2, action="DELETE", quantityList=kilos(name, 2)) for name in names
        ]

    assert Counter(code for code, _, _ in found(*chain(300))) == {"overdrawn": 300}
