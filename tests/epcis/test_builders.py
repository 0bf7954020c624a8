from __future__ import annotations

import inspect as reflection
import json
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest

from ocoptrace.epcis import builders, canonical_bytes, check_event, parse_event, read_document
from ocoptrace.epcis.builders import (
    Measured,
    Quantity,
    can,
    declare_error,
    ferment_end,
    ferment_start,
    harvest,
    inspect,
    make,
    pack,
    recall,
    receive,
    sell,
    ship,
    stock,
    unpack,
)
from ocoptrace.epcis.document import write_json
from ocoptrace.epcis.event import Event
from ocoptrace.epcis.number import lexeme
from ocoptrace.epcis.vocabulary import BIZ_STEPS, DISPOSITIONS
from ocoptrace.errors import EpcisError

OURS = "https://example.org/ocop/7K3MQ9TB"
LOT, OTHER, JAR = f"{OURS}/MAM/L1", f"{OURS}/CHUOP/B7", f"{OURS}/MAM/L1/7"
CARTON = "https://id.gs1.org/00/095240712609170016"
ID = "urn:uuid:5f3c9b1e-0d5e-4c52-8f07-1f2b6a7d9c10"
PARTY = "https://example.org/ocop/4PYX2C8N/CHU"
KILOS = Quantity(LOT, 5, "KGM")
NOW: Any = {"when": "2026-09-15T07:30:00+07:00", "place": f"{OURS}/XUONG"}
GOODS: Any = {"goods": [KILOS]}
USED: Any = {"used": [Quantity(OTHER, 6, "KGM")], "made": [KILOS]}

# What each builder makes of the table of steps: type, action, bizStep, disposition.
TABLE: dict[str, tuple[dict[str, Any], tuple[str, str | None, str, str | None]]] = {
    "cultivate": (GOODS, ("ObjectEvent", "OBSERVE", "ocop:cultivating", "in_progress")),
    "harvest": (GOODS, ("ObjectEvent", "ADD", "creating_class_instance", "active")),
    "store": (GOODS, ("ObjectEvent", "OBSERVE", "storing", "in_progress")),
    "ferment_start": (
        {"batch": ID, "used": [KILOS]},
        ("TransformationEvent", None, "ocop:fermenting", None),
    ),
    "ferment_end": (
        {"batch": ID, "made": [KILOS]},
        ("TransformationEvent", None, "creating_class_instance", "active"),
    ),
    "make": (
        USED | {"step": "milling"},
        ("TransformationEvent", None, "creating_class_instance", "active"),
    ),
    "weave": (USED, ("TransformationEvent", None, "creating_class_instance", "active")),
    "can": (USED, ("TransformationEvent", None, "creating_class_instance", "active")),
    "inspect": (
        GOODS | {"passed": True},
        ("ObjectEvent", "OBSERVE", "inspecting", "conformant"),
    ),
    "label": ({"goods": [JAR]}, ("ObjectEvent", "ADD", "commissioning", "active")),
    "pack": (
        GOODS | {"container": CARTON},
        ("AggregationEvent", "ADD", "packing", "in_progress"),
    ),
    "aggregate": (
        GOODS | {"container": CARTON},
        ("AggregationEvent", "ADD", "packing", "container_closed"),
    ),
    "unpack": (
        {"container": CARTON},
        ("AggregationEvent", "DELETE", "unpacking", "completeness_verified"),
    ),
    "ship": (GOODS, ("ObjectEvent", "OBSERVE", "shipping", "in_transit")),
    "void_shipping": (GOODS, ("ObjectEvent", "OBSERVE", "void_shipping", "in_progress")),
    "receive": (GOODS, ("ObjectEvent", "OBSERVE", "receiving", "in_progress")),
    "stock": (GOODS, ("ObjectEvent", "OBSERVE", "stocking", "sellable_accessible")),
    "sell": (GOODS, ("ObjectEvent", "DELETE", "retail_selling", "retail_sold")),
    "recall": (GOODS, ("ObjectEvent", "OBSERVE", "holding", "recalled")),
    "take_back": (GOODS, ("ObjectEvent", "OBSERVE", "receiving", "returned")),
    "destroy": (GOODS, ("ObjectEvent", "DELETE", "destroying", "destroyed")),
}
NOT_STEPS = {"declare_error"}


def built(name: str, **members: Any) -> Event:
    event = getattr(builders, name)(**members)
    assert isinstance(event, Event)
    return event


def test_the_table_names_every_builder() -> None:
    functions = {
        name for name in builders.__all__ if reflection.isfunction(getattr(builders, name))
    }
    assert functions == TABLE.keys() | NOT_STEPS


@pytest.mark.parametrize("name", sorted(TABLE))
def test_a_builder_makes_the_event_of_its_step(name: str) -> None:
    given, (kind, action, step, state) = TABLE[name]
    event = built(name, **NOW, **given)
    assert (event.type, getattr(event, "action", None)) == (kind, action)
    assert (event.biz_step, event.disposition) == (step, state)
    assert step in BIZ_STEPS or step.startswith("ocop:")
    assert state is None or state in DISPOSITIONS


@pytest.mark.parametrize("name", sorted(TABLE))
def test_a_built_event_makes_sense_and_can_be_written_and_signed(name: str) -> None:
    around = NOW | {
        "event_id": ID,
        "papers": {"inv": ["urn:x:1", "urn:x:3"], "ocop:contract": "urn:x:2"},
        "measured": [Measured("Temperature", Decimal("4.50"), "CEL", NOW["when"])],
        "description": {"vi": "Làm xong", "en": "Done"},
        "certificates": ["https://example.org/certificate"],
        "more": {"ex:note": 1},
        "prefixes": {"ex": "https://example.org/voc/"},
    }
    event = built(name, **around, **TABLE[name][0])
    assert check_event(event) == []
    papers = [(paper.type, paper.biz_transaction) for paper in event.biz_transaction_list or ()]
    assert papers == [("inv", "urn:x:1"), ("inv", "urn:x:3"), ("ocop:contract", "urn:x:2")]
    (again,) = read_document(write_json([event])).events
    assert again.to_json() == event.to_json()
    assert canonical_bytes(parse_event(json.loads(canonical_bytes(event)))) == canonical_bytes(
        event
    )


@pytest.mark.parametrize(
    ("when", "time", "offset"),
    [
        ("2026-09-15T00:30:00.50Z", "2026-09-15T00:30:00.50Z", "+00:00"),
        (datetime(2026, 9, 15, 0, 30, tzinfo=UTC), "2026-09-15T00:30:00+00:00", "+00:00"),
        (
            datetime(2026, 9, 15, 7, 30, tzinfo=timezone(timedelta(hours=-3, minutes=-30))),
            "2026-09-15T07:30:00-03:30",
            "-03:30",
        ),
    ],
)
def test_the_offset_is_that_of_the_time(when: datetime | str, time: str, offset: str) -> None:
    event = stock(when=when, place="geo:10,105", goods=[JAR])
    assert (event.event_time, event.event_time_zone_offset) == (time, offset)


def test_a_time_without_offset_is_refused() -> None:
    for when in ("2026-09-15T07:30:00", datetime(2026, 9, 15, 7, 30)):  # noqa: DTZ001 - the case
        with pytest.raises(EpcisError) as caught:
            stock(when=when, place="geo:10,105", goods=[JAR])
        assert caught.value.code == "epcis.time_without_offset"


def test_the_digits_of_a_decimal_are_kept() -> None:
    event = harvest(**NOW, goods=[Quantity(LOT, Decimal("120.50"), "KGM")])
    assert event.quantity_list is not None
    quantity = event.quantity_list[0].quantity
    assert quantity is not None
    assert lexeme(quantity) == "120.50"


def test_one_lot_and_its_expiry_stand_in_the_ilmd() -> None:
    canned = can(**NOW, **USED, expires=date(2028, 9, 14))
    assert canned.ilmd == {
        "cbvmda:lotNumber": "L1",
        "cbvmda:itemExpirationDate": "2028-09-14",
    }
    two = make(**NOW, step="milling", used=[KILOS], made=[Quantity(OTHER, 1), Quantity(LOT, 1)])
    assert two.ilmd is None
    assert harvest(**NOW, goods=["urn:uuid:1"]).ilmd is None


def test_things_and_quantities_go_into_their_lists() -> None:
    packed = pack(**NOW, container=CARTON, goods=[JAR, KILOS])
    assert packed.child_epcs == (JAR,)
    assert packed.child_quantity_list is not None
    assert packed.child_quantity_list[0].epc_class == LOT
    assert unpack(**NOW, container=CARTON).child_epcs is None


def test_the_halves_of_a_fermentation_have_one_transformation_id() -> None:
    start = ferment_start(**NOW, batch=ID, used=[KILOS])
    end = ferment_end(**NOW, batch=ID, made=[KILOS], loss=Quantity(LOT, 1, "KGM"))
    assert start.transformation_id == end.transformation_id == ID
    assert end.extensions["ocop:loss"] == {"quantity": 1, "uom": "KGM"}


@pytest.mark.parametrize("build", [ship, receive])
def test_a_shipment_names_both_parties(build: Any) -> None:
    event = build(
        **NOW, goods=[CARTON], sender=PARTY, receiver="https://example.org/ocop/4PYX2C8N/MUA"
    )
    assert event.source_list[0].source == PARTY
    assert event.destination_list[0].type == "owning_party"


def test_a_recall_lasts() -> None:
    lasting = recall(**NOW, goods=[JAR]).persistent_disposition
    assert lasting is not None
    assert lasting.set == ("recalled",)


@pytest.mark.parametrize(
    ("outcome", "step", "state"),
    [
        ({"passed": True}, "inspecting", "conformant"),
        ({"passed": False}, "inspecting", "non_conformant"),
        ({"passed": False, "destructive": True}, "sampling", "non_conformant"),
    ],
)
def test_an_inspection_has_an_outcome(outcome: dict[str, bool], step: str, state: str) -> None:
    event = inspect(**NOW, goods=[JAR], **outcome)
    assert (event.biz_step, event.disposition) == (step, state)


@pytest.mark.parametrize(
    ("members", "code"),
    [
        ({"goods": [Quantity(LOT, 0, "KGM")]}, "epcis.not_positive"),
        ({"goods": [Quantity(LOT, 5, "KG")]}, "epcis.unit"),
        ({"goods": [JAR], "reciever": "urn:x:1"}, "fields.unknown"),
        ({"goods": [JAR], "when": None}, "epcis.time"),
        ({"goods": [Quantity(LOT, Decimal("nan"), "KGM")]}, "fields.not_number"),
        ({"goods": [LOT]}, "epcis.class_among_instances"),
        ({"goods": []}, "epcis.nothing"),
        ({"goods": [JAR], "more": {"ex:note": 1}}, "epcis.prefix_undeclared"),
        ({"goods": [JAR], "papers": {"bill": "urn:x:1"}}, "epcis.unknown_word"),
    ],
)
def test_what_makes_no_sense_is_refused(members: dict[str, Any], code: str) -> None:
    with pytest.raises(EpcisError) as caught:
        sell(**(NOW | members))
    assert caught.value.code == code


def test_a_circumstance_that_is_missing_is_told() -> None:
    with pytest.raises(EpcisError) as caught:
        sell(goods=[JAR], when="2026-09-15T07:30:00+07:00")  # type: ignore[call-arg]
    assert (caught.value.code, caught.value.place) == ("fields.missing", "/place")


@pytest.mark.parametrize("unit", ["GLL", "XBX", "INH", "YRD", "GRO", "H87"])
def test_what_is_only_odd_is_built(unit: str) -> None:
    event = make(
        **NOW, used=[Quantity(LOT, 10, unit)], made=[Quantity(f"{LOT}X", 200, unit)],
        step="splitting",
    )  # fmt: skip
    assert all(finding.severity == "warning" for finding in check_event(event))


def test_a_step_of_nobody_is_refused() -> None:
    with pytest.raises(EpcisError) as caught:
        make(**NOW, **USED, step="smoking")
    assert caught.value.code == "epcis.unknown_ocop_word"


class TestDeclareError:
    LATER = "2026-09-16T07:30:00+07:00"

    def test_the_event_is_repeated_as_it_was(self) -> None:
        event = stock(**NOW, goods=[JAR], event_id=ID, more={"ex:a": 1}, prefixes={"ex": "urn:e:"})
        declared = declare_error(event, when=self.LATER)
        members = declared.to_json()
        assert members.pop("errorDeclaration") == {
            "declarationTime": self.LATER,
            "reason": "did_not_occur",
        }
        assert members == event.to_json()
        assert declared.context == event.context

    def test_what_is_right_is_named(self) -> None:
        event = stock(**NOW, goods=[JAR], event_id=ID)
        declared = declare_error(event, when=self.LATER, corrected_by=["urn:x:2"])
        assert declared.error_declaration is not None
        assert declared.error_declaration.reason == "incorrect_data"
        assert declared.error_declaration.corrective_event_ids == ("urn:x:2",)

    def test_an_event_without_id_cannot_be_taken_back(self) -> None:
        with pytest.raises(EpcisError) as caught:
            declare_error(stock(**NOW, goods=[JAR]), when=self.LATER)
        assert caught.value.code == "epcis.error_without_id"

    def test_nothing_is_taken_back_before_it_happened(self) -> None:
        event = stock(**NOW, goods=[JAR], event_id=ID)
        with pytest.raises(EpcisError) as caught:
            declare_error(event, when="2026-09-14T07:30:00+07:00")
        assert caught.value.code == "epcis.declared_before"

    def test_an_event_that_makes_no_sense_can_be_taken_back(self) -> None:
        odd = parse_event(stock(**NOW, goods=[JAR], event_id=ID).to_json() | {"bizStep": "x"})
        assert check_event(odd)
        assert declare_error(odd, when=self.LATER).event_id == ID
