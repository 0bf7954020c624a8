from __future__ import annotations

import contextlib
import json
from copy import deepcopy
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocoptrace.epcis import (
    canonical_bytes,
    check_event,
    created,
    inputs,
    parse_event,
    with_event_id,
)
from ocoptrace.errors import RegistryError
from ocoptrace.findings import Finding
from ocoptrace.gs1 import is_demo_key, parse_name
from ocoptrace.registry import Story, read_registry, read_story

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SOURCE = Path(__file__).parents[2] / "examples" / "stories" / "shrimp-paste.json"
RAW: dict[str, Any] = json.loads(SOURCE.read_text(encoding="utf-8"))
PLAIN = "https://id.example/ocop/7K3MQ9TB"
BATCH = "https://id.gs1.org/01/09524071001014/10/ST260915"
NOW = datetime(2026, 11, 20, tzinfo=UTC)


def read(raw: dict[str, Any]) -> Story:
    return read_story(json.dumps(raw).encode(), producer_id="7K3MQ9TB", namespace_host="id.example")


def findings_after(change: Callable[[dict[str, Any]], object]) -> list[Finding]:
    raw = deepcopy(RAW)
    change(raw)
    try:
        return list(read(raw).findings)
    except RegistryError as error:
        return [finding for finding in error.findings if isinstance(finding, Finding)]


def test_the_shipped_story_reads_without_a_finding() -> None:
    story = read(RAW)
    assert story.findings == ()
    assert len(RAW["events"]) == 17
    assert len(story.events) == 22  # the six pallets of one packing step are six events
    assert [event.event_time for event in story.events] == sorted(
        event.event_time for event in story.events
    )
    assert [finding for event in story.events for finding in check_event(event, now=NOW)] == []


def test_the_shipped_story_says_that_it_is_made_up() -> None:
    story = read(RAW)
    assert "hư cấu" in story.notice.vi
    assert "fictional" in story.notice.en
    assert "(ví dụ)" in story.producer.names.vi
    names = [story.products[0].id, *(place.id for place in story.places)]
    assert all(is_demo_key(parse_name(name)) for name in names if "/ocop/" not in name)


def test_its_lineage_leads_from_the_jar_back_to_krill_and_salt() -> None:
    made_from = {name: inputs(event) for event in read(RAW).events for name in created(event)}
    seen, waiting = [], [BATCH]
    while waiting:
        name = waiting.pop(0)
        seen.append(name)
        waiting += made_from[name]
    assert seen == [
        BATCH,
        f"{PLAIN}/MAMCHIN/260826",
        f"{PLAIN}/CHUOP/B07-250820",
        f"{PLAIN}/MOI/250820",
        f"{PLAIN}/MUOI/2505",
    ]


def test_a_step_becomes_an_epcis_event_with_our_terms() -> None:
    filling = next(event for event in read(RAW).events if created(event) == (BATCH,))
    assert filling.to_json() == {
        "type": "TransformationEvent",
        "eventTime": "2026-09-15T07:30:00+07:00",
        "eventTimeZoneOffset": "+07:00",
        "bizStep": "creating_class_instance",
        "disposition": "active",
        "readPoint": {"id": "https://id.gs1.org/414/9524071000024"},
        "bizLocation": {"id": "https://id.gs1.org/414/9524071000024"},
        "inputQuantityList": [
            {"epcClass": f"{PLAIN}/MAMCHIN/260826", "quantity": 3330, "uom": "KGM"}
        ],
        "outputQuantityList": [{"epcClass": BATCH, "quantity": 18456, "uom": "EA"}],
        "ilmd": {"cbvmda:lotNumber": "ST260915", "cbvmda:itemExpirationDate": "2028-09-14"},
        "ocop:step": "filling",
        "ocop:actor": {"kind": "producer", "name": RAW["producer"]["names"]},
        "ocop:description": RAW["events"][12]["description"],
        "ocop:loss": {"quantity": 7.92, "uom": "KGM"},
    }


def test_sensors_and_papers_become_epcis_members() -> None:
    landing = next(
        event for event in read(RAW).events if event.extensions["ocop:step"] == "landing"
    ).to_json()
    assert landing["sensorElementList"] == [
        {"sensorReport": [{"type": "Temperature", "value": 3.6, "uom": "CEL"}]}
    ]
    assert landing["bizTransactionList"] == [
        {
            "type": "ocop:catch_log",
            "bizTransaction": "urn:epcglobal:cbv:bt:9524071000017:DEMO-KT-250820",
        }
    ]
    assert landing["ilmd"] == {"cbvmda:lotNumber": "250820"}


def test_every_parent_of_a_packing_step_holds_what_the_step_says() -> None:
    packed = [event.to_json() for event in read(RAW).events if event.type == "AggregationEvent"]
    assert len({event["parentID"] for event in packed}) == 6
    assert {json.dumps(event["childQuantityList"]) for event in packed} == {
        json.dumps([{"epcClass": BATCH, "quantity": 3072, "uom": "EA"}])
    }


def test_canonical_bytes_of_every_event_read_back_the_same() -> None:
    events = [with_event_id(event) for event in read(RAW).events]
    assert len({event.event_id for event in events}) == len(events)
    for event in events:
        written = canonical_bytes(event)
        assert canonical_bytes(parse_event(json.loads(written))) == written


def test_a_producer_without_gs1_membership_needs_no_key_at_all() -> None:
    raw = deepcopy(RAW)
    del raw["producer"]["gln"], raw["places"]["XUONG"]["gln"], raw["products"]["MAMTOM"]["gtin"]
    story = read(raw)
    assert story.findings == ()
    assert story.batches[0].id == f"{PLAIN}/MAMTOM/ST260915"
    landing = story.events[2].to_json()
    assert landing["bizTransactionList"][0]["bizTransaction"] == f"{PLAIN}/DOC/DEMO-KT-250820"


def test_the_registry_is_read_without_looking_at_the_events() -> None:
    raw = RAW | {"events": "later"}
    registry = read_registry(
        json.dumps(raw).encode(), producer_id="7K3MQ9TB", namespace_host="id.example"
    )
    assert registry.batches == read(RAW).batches
    assert registry.materials[0].kind == "material"


def set_(path: str, value: Any) -> Callable[[dict[str, Any]], None]:
    def change(raw: Any) -> None:
        *parts, last = (int(part) if part.isdigit() else part for part in path.split("/"))
        for part in parts:
            raw = raw[part]
        raw[last] = value

    return change


def drop(path: str) -> Callable[[dict[str, Any]], None]:
    def change(raw: Any) -> None:
        *parts, last = (int(part) if part.isdigit() else part for part in path.split("/"))
        for part in parts:
            raw = raw[part]
        del raw[last]

    return change


@pytest.mark.parametrize(
    ("change", "code", "severity", "place"),
    [
        (set_("colour", 1), "fields.unknown", "warning", "/colour"),
        (set_("producer/nickname", "x"), "fields.unknown", "warning", "/producer/nickname"),
        (set_("producer/id", "x"), "fields.unknown", "warning", "/producer/id"),
        (set_("producer/names/fr", "x"), "fields.unknown", "warning", "/producer/names/fr"),
        (set_("events/0/note", "x"), "fields.unknown", "warning", "/events/0/note"),
        (drop("title"), "fields.missing", "error", "/title"),
        (drop("grades/0/stars"), "fields.missing", "error", "/grades/0/stars"),
        (set_("grades/0/product", "NUOCMAM"), "registry.unknown_code", "error",
         "/grades/0/product"),
        (set_("grades/0/score", 50), "registry.score_band", "error", "/grades/0/score"),
        (set_("places/BENCA/operator", "supplier:x"), "registry.unknown_code", "error",
         "/places/BENCA/operator"),
        (set_("places/XUONG/gln", "9524071000025"), "gs1.check_digit", "error",
         "/places/XUONG/gln"),
        (set_("places/MOI", deepcopy(RAW["places"]["CANG"])), "registry.code_taken", "error",
         "/materials/MOI"),
        (set_("partners/friend:x", {"vi": "x", "en": "x"}), "registry.partner_kind", "error",
         "/partners/friend:x"),
        (set_("batches/0/expiryDate", "2026-01-01"), "registry.period", "error",
         "/batches/0/expiryDate"),
        (set_("events/6/place", "NHA"), "registry.unknown_code", "error", "/events/6/place"),
        (set_("events/6/actor", "Lan"), "registry.unknown_code", "error", "/events/6/actor"),
        (set_("events/6/ocopStep", "dancing"), "registry.unknown_word", "error",
         "/events/6/ocopStep"),
        (set_("events/6/eventTime", "2025-11-26T08:00:00"), "epcis.time_without_offset", "error",
         "/events/6/eventTime"),
        (drop("events/6/action"), "fields.missing", "error", "/events/6/action"),
        (set_("events/6/sensors/0/type", "Smell"), "registry.unknown_word", "error",
         "/events/6/sensors/0/type"),
        (set_("events/6/quantities/0/uom", "KG"), "registry.unit", "error",
         "/events/6/quantities/0/uom"),
        (set_("events/6/quantities/0/uom", "LTR"), "registry.lot_unit", "warning",
         "/events/6/quantities/0"),
        (set_("events/6/quantities/0/lot", "B08"), "registry.lot_not_made", "error",
         "/events/6/quantities/0"),
        (set_("events/6/quantities/0/value", 4001), "registry.lot_overdrawn", "error",
         "/events/6/quantities/0"),
        (set_("events/6/eventTime", "2025-08-20T09:29:00+07:00"),
         "registry.lot_used_before_made", "error", "/events/6/quantities/0"),
        (set_("events/10/loss/value", 661), "registry.mass_balance", "warning", "/events/10"),
        (set_("events/12/loss/value", 8), "registry.mass_balance", "warning", "/events/12"),
        (set_("events/14/parents/5", "095240712609170060"), "gs1.check_digit", "error",
         "/events/14/parents/5"),
        (set_("events/14/children/0/value", 3077), "registry.lot_overdrawn", "error",
         "/events/14/children/0"),
        (drop("batches/0"), "registry.batch_undeclared", "error", "/events/12"),
    ],
)  # fmt: skip
def test_one_fault_is_one_finding_with_its_place(
    change: Callable[[dict[str, Any]], object], code: str, severity: str, place: str
) -> None:
    found = findings_after(change)
    assert [(finding.code, finding.severity, finding.place) for finding in found] == [
        (code, severity, place)
    ]
    assert "{" not in found[0].text("vi") + found[0].remedy("vi") + found[0].text("en")


def test_a_vietnamese_letter_in_a_lot_is_refused_with_the_letter() -> None:
    codes = {
        (finding.code, finding.place) for finding in findings_after(set_("batches/0/lot", "MẮM-01"))
    }
    assert ("gs1.charset", "/batches/0/lot") in codes


def test_all_faults_of_a_file_are_reported_together() -> None:
    def change(raw: dict[str, Any]) -> None:
        set_("grades/0/score", 50)(raw)
        set_("events/6/place", "NHA")(raw)
        set_("events/8/quantities/0/uom", "KG")(raw)
        set_("colour", 1)(raw)

    places = [finding.place for finding in findings_after(change)]
    assert places == ["/colour", "/grades/0/score", "/events/6/place", "/events/8/quantities/0/uom"]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "json.syntax"),
        (b"[]", "registry.story_schema"),
        (b'{"schema": "ocoptrace-story/2"}', "registry.story_schema"),
        (b'{"schema": 1, "schema": 2}', "json.duplicate_member"),
        (b'{"schema": "ocoptrace-story/1"}', "registry.story_invalid"),
    ],
)
def test_what_is_no_story_is_refused(data: bytes, code: str) -> None:
    with pytest.raises(RegistryError) as caught:
        read_story(data, producer_id="7K3MQ9TB", namespace_host="id.example")
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("producer_id", "host"), [("coop", "id.example"), ("7K3MQ9TB", "not a host")]
)
def test_a_wrong_producer_id_or_host_is_our_error(producer_id: str, host: str) -> None:
    with pytest.raises(RegistryError):
        read_story(SOURCE.read_bytes(), producer_id=producer_id, namespace_host=host)


def paths(value: Any, at: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    if at:
        yield at
    if isinstance(value, dict | list):
        for name, member in value.items() if isinstance(value, dict) else enumerate(value):
            yield from paths(member, (*at, name))


JSON = st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.just([]) | st.just({})


@given(st.sampled_from(sorted(paths(RAW), key=str)), JSON | st.just([[]]) | st.just([{}]))
def test_nothing_but_our_error_comes_out(path: tuple[str | int, ...], value: Any) -> None:
    raw: Any = deepcopy(RAW)
    holder = raw
    for part in path[:-1]:
        holder = holder[part]
    holder[path[-1]] = value
    with contextlib.suppress(RegistryError):
        read(raw)
