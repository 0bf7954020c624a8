from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Barrier, Thread
from typing import TYPE_CHECKING, Any

import pytest

from ocoptrace.epcis import Event, parse_event
from ocoptrace.errors import EpcisError, RegistryError, WorkspaceError
from ocoptrace.verify import verify_record
from ocoptrace.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

STORIES = Path(__file__).parents[2] / "examples" / "stories"
NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
PREFIX, GTIN, GLN = "9524071", "9524071001014", "9524071000024"
OWN_GTIN = "9524072000016"
EVENT_ID = "urn:uuid:0190a7c5-8a3e-8f00-8000-000000000001"
Story = dict[str, Any]


def story_of(name: str) -> Story:
    members: Story = json.loads((STORIES / f"{name}.json").read_text(encoding="utf-8"))
    return members


def take_over(ws: Workspace, story: Story) -> str:
    """Import a story, and return the code of its producer."""
    return ws.import_registry(json.dumps(story).encode()).producer.id


@pytest.fixture
def ws(tmp_path: Path) -> Iterator[Workspace]:
    workspace = Workspace.create(tmp_path / "ocop", clock=lambda: NOW)
    workspace.import_registry(STORIES / "shrimp-paste.json")
    yield workspace
    workspace.close()


@pytest.fixture
def neighbour() -> Story:
    return story_of("neighbour")


def with_product(story: Story, gtin: str, lot: str | None = None) -> Story:
    names = {"vi": "Mắm tép (ví dụ)", "en": "Small-shrimp paste (example)"}
    story["products"]["TEP"] = {"gtin": gtin, "names": names, "kind": "food"}
    if lot is not None:
        quantity = {"value": 10, "uom": "EA"}
        batch = {"product": "TEP", "lot": lot, "productionDate": "2026-09-15"}
        story["batches"].append(batch | {"quantity": quantity})
    return story


def with_place(story: Story, gln: str) -> Story:
    names = {"vi": "Kho (ví dụ)", "en": "Store (example)"}
    address = story["producer"]["address"]
    place = {"gln": gln, "names": names, "kind": "warehouse", "address": address}
    story["places"]["NHO"] = place
    return story


def state_of(ws: Workspace) -> tuple[object, ...]:
    return ws.log_size, ws.trust.version, ws.producers(), ws.products(), ws.batches()


def with_prefix(story: Story, prefix: str) -> Story:
    story["producer"]["companyPrefixes"] = [prefix]
    return story


def with_material(story: Story, gtin: str) -> Story:
    names = {"vi": "Mắm mua ngoài (ví dụ)", "en": "Bought-in paste (example)"}
    story["materials"]["NGOAI"] = {"gtin": gtin, "names": names}
    return story


TAKINGS: dict[str, Callable[[Story], Story]] = {
    "its prefix": lambda story: with_prefix(story, PREFIX),
    "a part of its prefix": lambda story: with_prefix(story, PREFIX + "00"),
    "more than its prefix": lambda story: with_prefix(story, PREFIX[:-1]),
    "its GTIN": lambda story: with_product(story, GTIN),
    "its batch": lambda story: with_product(story, GTIN, "ST260915"),
    "its place": lambda story: with_place(story, GLN),
    "its product as a material": lambda story: with_material(story, GTIN),
}


@pytest.mark.parametrize("taking", TAKINGS)
def test_a_file_takes_nothing_over_from_another_producer(
    ws: Workspace, neighbour: Story, taking: str
) -> None:
    before = state_of(ws)
    keys = sorted((ws.folder / "keys").iterdir())
    with pytest.raises(RegistryError) as caught:
        take_over(ws, TAKINGS[taking](neighbour))
    assert sorted((ws.folder / "keys").iterdir()) == keys
    assert caught.value.code in {"registry.name_of_another", "workspace.not_entitled_name"}
    assert state_of(ws) == before
    assert {ws.batch_owner(batch.id).id for batch in ws.batches()} == {ws.producers()[0].id}


def test_a_prefix_is_refused_that_covers_anothers_single_gtin(
    ws: Workspace, neighbour: Story
) -> None:
    del neighbour["producer"]["companyPrefixes"]
    take_over(ws, with_product(neighbour, "9524090000012"))
    third = story_of("neighbour")
    third["producer"] |= {"companyPrefixes": ["9524090"], "names": {"vi": "Ba", "en": "Third"}}
    with pytest.raises(RegistryError) as caught:
        take_over(ws, third)
    assert caught.value.code == "registry.name_of_another"


def test_a_port_that_is_nobodys_may_stand_in_two_files(ws: Workspace, neighbour: Story) -> None:
    port = "9524099000013"
    take_over(ws, with_place(neighbour, port))
    third = with_place(story_of("neighbour"), port)
    third["producer"] |= {"companyPrefixes": [], "names": {"vi": "Ba", "en": "Third"}}
    size = ws.log_size
    take_over(ws, third)
    assert ws.log_size == size + 4  # its key, the bundle, itself, and the port as it knows it


def test_new_products_of_a_known_producer_widen_its_grant(ws: Workspace, neighbour: Story) -> None:
    code = take_over(ws, neighbour)
    version = ws.trust.version
    take_over(ws, with_product(neighbour, OWN_GTIN, "L1"))
    assert ws.trust.version == version  # below its own prefix
    neighbour["producer"]["companyPrefixes"].append("9524073")
    with_product(neighbour, "9524080000015", "L2")
    assert take_over(ws, neighbour) == code
    assert ws.trust.version == version + 1
    entries = [entry for entry in ws.trust.keys if entry.issuer.endswith(code)]
    assert len(entries) == 1
    assert entries[0].grants[-1].gtin_prefixes == ("9524073",)
    assert entries[0].grants[-1].gtins == ("09524080000015",)
    about = "https://id.gs1.org/01/09524080000015/10/L2"
    record = ws.origin_record(about)
    verdict = verify_record(record, trust=ws.trust, now=NOW)
    # No event was recorded; nothing else is to be noted.
    assert {check.code for check in verdict.checks if check.outcome != "pass"} == {"about"}
    size = ws.log_size
    take_over(ws, neighbour)
    assert (ws.log_size, ws.trust.version) == (size, version + 1)


def test_what_was_said_before_can_be_said_again(ws: Workspace) -> None:
    story = story_of("shrimp-paste")
    batch = story["batches"][0]
    first = batch["quantity"]["value"]
    for number, value in enumerate((first + 1, first, first), start=1):
        size = ws.log_size
        batch["quantity"]["value"] = value
        take_over(ws, story)
        assert ws.log_size == size + (number < 3)
        assert ws.batches()[0].quantity.value == value


def test_two_grades_of_one_product_are_stated_once_each(ws: Workspace) -> None:
    story = story_of("shrimp-paste")
    earlier = {"decisionNo": "DEMO-0001/QĐ-UBND", "validFrom": "2023-05-18"}
    story["grades"].append(story["grades"][0] | earlier | {"validTo": "2026-05-17"})
    take_over(ws, story)
    size = ws.log_size
    take_over(ws, story)
    assert ws.log_size == size
    stars = ws.label_run(ws.batches()[0].id, count=1, demo=True).contents[0].stars
    assert stars == story["grades"][0]["stars"]


def test_two_imports_at_once_make_one_producer(tmp_path: Path) -> None:
    folder = tmp_path / "ocop"
    Workspace.create(folder, clock=lambda: NOW).close()
    start = Barrier(2)
    codes: list[str] = []

    def import_there() -> None:
        workspace = Workspace.open(folder, clock=lambda: NOW)
        start.wait()
        codes.append(take_over(workspace, story_of("neighbour")))
        workspace.close()

    threads = [Thread(target=import_there) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    workspace = Workspace.open(folder, clock=lambda: NOW)
    assert len(codes) == 2
    assert set(codes) == {producer.id for producer in workspace.producers()}
    assert len(list((folder / "keys").glob("producer-*"))) == 1
    workspace.close()


def observed(ws: Workspace, **members: Any) -> Event:
    event = {
        "type": "ObjectEvent",
        "action": "OBSERVE",
        "eventID": EVENT_ID,
        "bizStep": "storing",
        "eventTime": "2026-09-15T07:30:00+07:00",
        "eventTimeZoneOffset": "+07:00",
        "quantityList": [{"epcClass": ws.batches()[0].id, "quantity": 1, "uom": "EA"}],
    }
    return parse_event(event | members)


def test_each_issuer_has_its_own_event_ids(ws: Workspace, neighbour: Story) -> None:
    one, other = ws.producers()[0].id, take_over(ws, neighbour)
    ids = [ws.record([observed(ws)], producer=code)[0] for code in (one, other)]
    assert ids[0] != ids[1]
    with pytest.raises(EpcisError) as caught:
        ws.record([observed(ws, bizStep="packing")], producer=other)
    assert caught.value.code == "workspace.event_id_conflict"


def test_only_its_recorder_corrects_an_event(ws: Workspace, neighbour: Story) -> None:
    one, other = ws.producers()[0].id, take_over(ws, neighbour)
    ws.record([observed(ws)], producer=one)
    declared = {"declarationTime": "2026-09-16T07:30:00+07:00", "reason": "incorrect_data"}
    correction = observed(ws, errorDeclaration=declared)
    size = ws.log_size
    with pytest.raises(EpcisError) as caught:
        ws.record([correction], producer=other)
    assert (caught.value.code, ws.log_size) == ("workspace.not_original_issuer", size)
    ws.record([correction], producer=one)
    assert ws.log_size == size + 1


def transformed(**members: Any) -> Event:
    event = {
        "type": "TransformationEvent",
        "transformationID": "urn:uuid:0190a7c5-8a3e-8f00-8000-00000000000a",
        "bizStep": "commissioning",
        "eventTime": "2026-09-15T07:30:00+07:00",
        "eventTimeZoneOffset": "+07:00",
    }
    return parse_event(event | members)


@pytest.mark.parametrize("turn", [1, -1])
def test_a_transformation_told_in_two_calls_keeps_its_lineage(ws: Workspace, turn: int) -> None:
    batch = ws.batches()[0].id
    material = f"https://id.example/ocop/{ws.producers()[0].id}/MOI/NEW"
    told = [
        transformed(inputQuantityList=[{"epcClass": material, "quantity": 1, "uom": "KGM"}]),
        transformed(outputQuantityList=[{"epcClass": batch, "quantity": 1, "uom": "EA"}]),
    ]
    caught = observed(
        ws, quantityList=[{"epcClass": material, "quantity": 1, "uom": "KGM"}], bizStep="receiving"
    )
    (of_material,) = ws.record([caught])
    for event in told[::turn]:
        ws.record([event])
    stated = {each.statement.id for each in ws.origin_record(batch).statements}
    assert of_material in stated


def test_nothing_is_sealed_or_declared_complete_with_a_key_that_ended(ws: Workspace) -> None:
    batch = ws.batches()[0].id
    ws.close()
    late = Workspace.open(ws.folder, clock=lambda: NOW + timedelta(days=20 * 365))
    size = late.log_size
    with pytest.raises(WorkspaceError) as caught:
        late.label_run(batch, count=1, demo=True)
    assert caught.value.code == "workspace.not_entitled_period"
    with pytest.raises(WorkspaceError) as caught:
        late.origin_record(batch)
    assert caught.value.code == "workspace.not_entitled_period"
    assert late.log_size == size
    assert late.origin_record(batch, state_complete=False).about == batch
    late.close()


def test_goods_of_a_neighbour_in_the_same_workspace_are_taken_up_with_what_is_known_of_them(
    ws: Workspace, neighbour: Story
) -> None:
    one, other = ws.producers()[0].id, take_over(ws, with_product(neighbour, OWN_GTIN, "L1"))
    lot = f"https://id.gs1.org/01/0{OWN_GTIN}/10/L1"
    at_hand = [{"epcClass": lot, "quantity": 1, "uom": "EA"}]
    told = ws.record([observed(ws, quantityList=at_hand)], producer=other)
    product = ws.batches()[0].id
    packed = transformed(
        inputQuantityList=at_hand,
        outputQuantityList=[{"epcClass": product, "quantity": 1, "uom": "EA"}],
    )
    [taken] = ws.record([packed], producer=one)
    record = ws.origin_record(product)
    [stated] = [e.statement.id for e in record.statements if e.statement.subject == lot]
    [payload] = [e.payload for e in record.statements if e.statement.id == taken]
    known = sorted(each.hex() for each in (*told, stated))
    assert json.loads(payload or "{}")["ocop:basedOn"] == known
    assert verify_record(record, trust=ws.trust, now=NOW).overall == "ok"
