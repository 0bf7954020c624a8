"""What others say enters the records that are made here only where the lineage reaches it."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any

import pytest

from ocoptrace.epcis import parse_event
from ocoptrace.verify import verify_record
from ocoptrace.verify.payload import BASED_ON
from two_workspaces import LOT, NOW, PASTE, Crossing, found, made, mixed, seen

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ocoptrace.epcis import Event

PALLET = "https://id.gs1.org/00/095240720000000016"


@pytest.fixture(scope="session")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("belonging")
    found(folder)
    return folder


@pytest.fixture
def crossing(founded: Path, tmp_path: Path) -> Iterator[Crossing]:
    shutil.copytree(founded, tmp_path / "copy")
    opened = Crossing.open(tmp_path / "copy")
    yield opened
    opened.close()


def packed(*names: str, **members: Any) -> Event:
    """Return the event that goods were packed on B's pallet."""
    goods = [{"epcClass": name, "quantity": 1, "uom": "EA"} for name in names]
    event = {
        "type": "AggregationEvent",
        "action": "ADD",
        "parentID": PALLET,
        "childQuantityList": goods,
        "bizStep": "packing",
        "eventTime": "2026-09-17T07:30:00+07:00",
        "eventTimeZoneOffset": "+07:00",
    }
    return parse_event(event | members)


def tell_of_our_goods(crossing: Crossing) -> list[bytes]:
    """Let B say what it likes about A's paste, and return the statements."""
    a, b = crossing.a, crossing.b
    b.accept(a.origin_record(PASTE), trust=a.trust)
    told = b.record(
        [
            seen(PASTE, bizStep="storing", readPoint={"id": crossing.place}),
            packed(PASTE, LOT, readPoint={"id": crossing.place}),
            parse_event(
                {
                    "type": "ObjectEvent",
                    "action": "OBSERVE",
                    "epcList": [PALLET],
                    "bizStep": "destroying",
                    "eventTime": "2026-09-18T07:30:00+07:00",
                    "eventTimeZoneOffset": "+07:00",
                }
            ),
        ]
    )
    return [
        *told,
        b.attach_evidence(b"fails", about=[PASTE], media_type="application/pdf"),
        b.attach_evidence(b"as well", about=[PASTE, LOT], media_type="application/pdf"),
    ]


@pytest.mark.parametrize("withhold", [(), ("event",), ("event", "evidence", "place", "producer")])
def test_what_others_say_of_our_goods_is_no_part_of_our_records(
    crossing: Crossing, withhold: tuple[str, ...]
) -> None:
    a, b = crossing.a, crossing.b
    a.record([made(PASTE)])
    before = a.origin_record(PASTE).to_bytes()
    told = tell_of_our_goods(crossing)
    theirs = b.origin_record(PASTE, state_complete=False, withhold=withhold)
    assert set(told) <= {each.statement.id for each in theirs.statements}
    assert set(told) <= set(a.accept(theirs).added)
    assert a.origin_record(PASTE).to_bytes() == before


def test_what_others_say_of_what_we_took_up_from_them_stays_theirs(crossing: Crossing) -> None:
    a, b = crossing.a, crossing.b
    told = crossing.tell()
    a.accept(b.origin_record(LOT))
    a.record([mixed(LOT, PASTE)])
    before = {each.statement.id for each in a.origin_record(PASTE).statements}
    assert set(told) <= before
    of_ours = tell_of_our_goods(crossing)
    a.accept(b.origin_record(PASTE, state_complete=False))
    record = a.origin_record(PASTE)
    new = {each.statement.id for each in record.statements} - before
    # A document about goods of both is about its issuer's own as well.
    assert new.intersection(of_ours) == {of_ours[-1]}
    assert verify_record(record, trust=a.trust, now=NOW).overall == "ok"


def test_what_an_event_of_ours_is_based_on_goes_along_with_it(crossing: Crossing) -> None:
    a = crossing.a
    a.record([made(PASTE)])
    told = tell_of_our_goods(crossing)
    a.accept(crossing.b.origin_record(PASTE, state_complete=False, withhold=[told[0].hex()]))
    a.record([seen(PASTE, **{BASED_ON: sorted([told[0].hex(), told[3].hex()])})])
    carried = {each.statement.id: each.payload for each in a.origin_record(PASTE).statements}
    assert carried.keys() & set(told) == {told[0], told[3]}
    assert carried[told[0]] is None


def test_the_pallet_that_the_owner_packs_belongs_to_its_records(crossing: Crossing) -> None:
    a, b = crossing.a, crossing.b
    crossing.tell()
    [told] = b.record([packed(LOT)])
    record = b.origin_record(LOT)
    assert told in {each.statement.id for each in record.statements}
    a.accept(record)
    assert a.origin_record(LOT) == record


def test_an_event_based_on_what_has_no_part_in_the_lineage_does_not_bring_it_in(
    crossing: Crossing,
) -> None:
    a, b = crossing.a, crossing.b
    told = crossing.tell()
    a.accept(b.origin_record(LOT))
    a.record([made(PASTE), seen(PASTE, **{BASED_ON: sorted(each.hex() for each in told)})])
    record = a.origin_record(PASTE)
    assert not {each.statement.id for each in record.statements}.intersection(told)
    check = verify_record(record, trust=a.trust, now=NOW).check("about")
    assert check is not None
    assert (check.outcome, check.reason) == ("warn", "lineage_incomplete")


def test_a_place_is_told_of_by_whoever_was_there(crossing: Crossing) -> None:
    a, b = crossing.a, crossing.b
    crossing.tell()
    a.accept(b.origin_record(LOT))
    a.record([mixed(LOT, PASTE, readPoint={"id": crossing.place})])
    record = a.origin_record(PASTE)
    told = [e.statement.issuer for e in record.statements if e.statement.kind == "place"]
    assert told == [f"https://b.example/ocop/{b.producers()[0].id}"]
    assert verify_record(record, trust=a.trust, now=NOW).overall == "ok"
    a.record([made(PASTE, readPoint={"id": crossing.place})])
    assert verify_record(a.origin_record(PASTE), trust=a.trust, now=NOW).overall == "ok"
