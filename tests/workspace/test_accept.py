from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any

import pytest

from ocoptrace import canonical_json
from ocoptrace.epcis import parse_event
from ocoptrace.errors import EpcisError, RecordError, WorkspaceError
from ocoptrace.origin_record import OriginRecord
from ocoptrace.signing import sign_statement
from ocoptrace.verify import verify_record
from ocoptrace.verify.payload import BASED_ON
from ocoptrace.workspace import Workspace
from two_workspaces import LOT, NOW, PASTE, Crossing, found, made, mixed, seen

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ocoptrace.epcis import Event
    from ocoptrace.verify import Verdict


@pytest.fixture(scope="session")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("crossing")
    found(folder)
    return folder


@pytest.fixture
def crossing(founded: Path, tmp_path: Path) -> Iterator[Crossing]:
    shutil.copytree(founded, tmp_path / "copy")
    opened = Crossing.open(tmp_path / "copy")
    yield opened
    opened.close()


def verdict_of(ws: Workspace, about: str, **options: Any) -> Verdict:
    record = ws.origin_record(about, **options)
    return verify_record(record.to_bytes(), trust=ws.trust, now=NOW)


def payload_of(record: OriginRecord, statement_id: bytes) -> dict[str, Any]:
    [payload] = [each.payload for each in record.statements if each.statement.id == statement_id]
    members: dict[str, Any] = canonical_json.loads(payload or "{}")
    return members


def contents(record: OriginRecord) -> dict[bytes, tuple[object, ...]]:
    """Return what a record shows of each statement: payload, salt, and where it is proven."""
    return {
        each.statement.id: (
            each.payload,
            each.salt,
            {(str(record.checkpoints[p.checkpoint]), p.index, p.path) for p in each.proofs},
        )
        for each in record.statements
    }


def test_goods_of_another_issuer_are_carried_on_with_their_own_proofs(crossing: Crossing) -> None:
    a, b = crossing.a, crossing.b
    crossing.tell()
    theirs = b.origin_record(LOT)
    accepted = a.accept(theirs.to_bytes())
    assert set(accepted.added) == set(contents(theirs))
    assert accepted.verdict.overall == "ok"
    a.record([seen(LOT), mixed(LOT, PASTE)])
    verdict = verdict_of(a, PASTE)
    assert verdict.overall == "ok"
    complete = verdict.check("complete")
    assert complete is not None
    assert complete.outcome == "pass"
    ours = OriginRecord.parse(a.origin_record(PASTE).to_bytes())
    carried = contents(ours)
    # All but what B says of its record as a whole.
    kinds = {each.statement.id: each.statement.kind for each in theirs.statements}
    for statement_id, shown in contents(theirs).items():
        assert kinds[statement_id] == "record" or carried[statement_id] == shown
    assert len({checkpoint.origin for checkpoint in ours.checkpoints}) == 2


def test_nothing_that_is_accepted_is_signed_or_logged_here(crossing: Crossing) -> None:
    crossing.tell()
    size = crossing.a.log_size
    shutil.rmtree(crossing.a.folder / "keys")
    crossing.a.accept(crossing.b.origin_record(LOT))
    assert crossing.a.log_size == size
    assert crossing.a.batches()[0].id == PASTE
    assert len(crossing.a.producers()) == 1


def test_accepting_again_changes_nothing(crossing: Crossing) -> None:
    crossing.tell()
    record = crossing.b.origin_record(LOT)
    crossing.a.accept(record)
    before = crossing.a.origin_record(LOT).to_bytes()
    again = crossing.a.accept(record)
    assert (again.added, again.shown) == ((), ())
    assert crossing.a.origin_record(LOT).to_bytes() == before
    assert crossing.a.origin_record(LOT) == record


def test_what_is_shown_now_and_was_withheld_is_filled_in(crossing: Crossing) -> None:
    a, b = crossing.a, crossing.b
    crossing.tell()
    b.record([mixed(LOT, f"{LOT[:-2]}T2"), seen(LOT, bizStep="shipping")])
    withheld = b.origin_record(LOT, withhold=["event"])
    a.accept(withheld)
    a.record([mixed(LOT, PASTE)])
    check = verdict_of(a, PASTE).check("about")
    assert check is not None
    assert (check.outcome, check.reason) == ("warn", "lineage_incomplete")
    filled = a.accept(b.origin_record(LOT))
    events = {e.statement.id for e in withheld.statements if e.statement.kind == "event"}
    assert set(filled.shown) == events
    assert filled.added == ()
    assert verdict_of(a, PASTE).overall == "ok"


@pytest.mark.parametrize("kind", ["alias", "event", "evidence", "place", "producer", "grade"])
def test_what_came_withheld_is_carried_on_withheld(crossing: Crossing, kind: str) -> None:
    a, b = crossing.a, crossing.b
    crossing.tell()
    product = LOT.partition("/10/")[0]
    b.state_alias(f"https://b.example/ocop/{b.producers()[0].id}/TEP", product)
    b.attach_evidence(b"report", about=[LOT], media_type="application/pdf")
    if kind == "grade":
        # There is none: nothing is withheld, and all the same is carried on.
        record = b.origin_record(LOT)
    else:
        record = b.origin_record(LOT, withhold=[kind])
        assert any(each.payload is None for each in record.statements)
    a.accept(record)
    assert a.origin_record(LOT) == record


def test_what_is_withheld_again_stays_shown(crossing: Crossing) -> None:
    crossing.tell()
    record = crossing.b.origin_record(LOT)
    crossing.a.accept(record)
    again = crossing.a.accept(record.redact(each.statement.id for each in record.statements[:1]))
    assert (again.added, again.shown) == ((), ())
    assert crossing.a.origin_record(LOT) == record


def test_a_record_of_which_a_check_fails_is_not_accepted(crossing: Crossing) -> None:
    crossing.tell()
    record = crossing.b.origin_record(LOT)
    changed = record.to_bytes().replace(b'\\"quantity\\":10', b'\\"quantity\\":99', 1)
    assert changed != record.to_bytes()
    size = len(crossing.a._setting.store.statements("event"))  # noqa: SLF001
    with pytest.raises(WorkspaceError) as caught:
        crossing.a.accept(changed)
    assert caught.value.code == "workspace.not_accepted"
    assert (caught.value.facts["overall"], caught.value.facts["check"]) == ("altered", "content")
    assert "{" not in caught.value.text("vi") + caught.value.text("en")
    assert len(crossing.a._setting.store.statements("event")) == size  # noqa: SLF001
    with pytest.raises(WorkspaceError):
        crossing.a.origin_record(LOT)


def test_nobody_unknown_is_accepted(crossing: Crossing) -> None:
    crossing.tell()
    crossing.a.record([made(PASTE)])
    with pytest.raises(WorkspaceError) as caught:
        crossing.b.accept(crossing.a.origin_record(PASTE))
    assert caught.value.facts["overall"] == "unknown_issuer"
    # Under a bundle that knows both it is good.
    crossing.b.accept(crossing.a.origin_record(PASTE), trust=crossing.a.trust)


def test_what_is_no_record_is_not_accepted(crossing: Crossing) -> None:
    with pytest.raises(RecordError):
        crossing.a.accept(b"{}")


def test_a_record_that_comes_back_adds_only_what_others_said(crossing: Crossing) -> None:
    a, b = crossing.a, crossing.b
    crossing.tell()
    a.accept(b.origin_record(LOT))
    a.record([mixed(LOT, PASTE)])
    record = a.origin_record(PASTE)
    assert a.accept(record).added == ()
    back = b.accept(record, trust=a.trust)
    own = {each.statement.id for each in b.origin_record(LOT, state_complete=False).statements}
    assert set(contents(record)) - own == set(back.added)
    assert verify_record(a.origin_record(PASTE), trust=a.trust, now=NOW).overall == "ok"


def test_an_older_copy_of_the_workspace_notices_that_it_is_one(
    crossing: Crossing, tmp_path: Path
) -> None:
    a, b = crossing.a, crossing.b
    a.close()
    shutil.copytree(a.folder, tmp_path / "older")
    crossing.a = a = Workspace.open(a.folder, clock=lambda: NOW)
    a.record([made(PASTE)])
    record = a.origin_record(PASTE)
    b.accept(record, trust=a.trust)
    older = Workspace.open(tmp_path / "older", clock=lambda: NOW)
    with pytest.raises(WorkspaceError) as caught:
        older.accept(record)
    assert caught.value.code == "workspace.log_forked"
    older.close()


def test_who_says_two_things_under_one_event_id_is_kept_with_both(
    crossing: Crossing, tmp_path: Path
) -> None:
    crossing.b.close()
    shutil.copytree(crossing.b.folder, tmp_path / "twin")
    records = []
    for folder, step in ((crossing.b.folder, "storing"), (tmp_path / "twin", "shipping")):
        one = Workspace.open(folder, clock=lambda: NOW)
        one.record(
            [seen(LOT, bizStep=step, eventID="urn:uuid:0190a7c5-8a3e-8f00-8000-00000000000c")]
        )
        records.append(one.origin_record(LOT))
        one.close()
    crossing.b = Workspace.open(crossing.b.folder, clock=lambda: NOW)
    for record in records:
        crossing.a.accept(record)
    carried = {each.statement.id for each in crossing.a.origin_record(LOT).statements}
    for record in records:
        told = {each.statement.id for each in record.statements if each.statement.kind == "event"}
        assert told <= carried


def test_what_others_say_is_all_of_our_goods_is_no_concern_of_ours(crossing: Crossing) -> None:
    a, b = crossing.a, crossing.b
    a.record([made(PASTE)])
    code = b.producers()[0].id
    for payload in (b"{}", b"[]", b'{"bundle":1}'):
        statement, salt = sign_statement(
            "record",
            payload,
            issuer=f"https://b.example/ocop/{code}",
            subject=PASTE,
            signer=b.signer(code),
            now=NOW,
        )
        store = a._setting.store  # noqa: SLF001 - as if it had come in a record
        with store.writing():
            store.add_statement(statement, payload, salt)
    assert verdict_of(a, PASTE).overall == "ok"


# What an event is based on


def test_an_event_that_takes_up_anothers_goods_says_what_was_known(crossing: Crossing) -> None:
    a, b = crossing.a, crossing.b
    told = crossing.tell()
    elsewhere = b.record([mixed(LOT, f"{LOT[:-2]}T2")])
    record = b.origin_record(LOT)
    a.accept(record)
    ids = a.record([seen(LOT), mixed(LOT, PASTE), seen(PASTE), made(PASTE)])
    [batch] = [e.statement.id for e in record.statements if e.statement.kind == "batch"]
    known = sorted(each.hex() for each in (*told, batch))
    ours = a.origin_record(PASTE)
    assert [payload_of(ours, each).get(BASED_ON) for each in ids] == [known, known, None, None]
    assert elsewhere[0].hex() not in known


def test_single_items_and_what_came_in_a_carton_are_taken_up_likewise(crossing: Crossing) -> None:
    a, b = crossing.a, crossing.b
    item, carton = f"{LOT}/21/7", "https://id.gs1.org/00/095240720000000016"

    def packing(action: str) -> Event:
        return parse_event(
            {
                "type": "AggregationEvent",
                "action": action,
                "parentID": carton,
                "childEPCs": [item],
                "bizStep": "packing" if action == "ADD" else "unpacking",
                "eventTime": "2026-09-16T07:30:00+07:00",
                "eventTimeZoneOffset": "+07:00",
            }
        )

    of_item = {"quantityList": [], "epcList": [item]}
    told = b.record([made(LOT), made(LOT, **of_item), packing("ADD")])
    record = b.origin_record(item)
    a.accept(record)
    into = mixed(LOT, PASTE, inputQuantityList=[], inputEPCList=[item])
    ids = a.record([packing("DELETE"), into])
    [batch] = [e.statement.id for e in record.statements if e.statement.kind == "batch"]
    ours = a.origin_record(PASTE)
    for each in ids:
        # What the carton was for is its issuer's to tell; the lot and the item are named.
        assert payload_of(ours, each)[BASED_ON] == sorted([told[1].hex(), batch.hex()])
    assert verdict_of(a, PASTE).overall == "ok"


def test_what_was_accepted_later_does_not_make_an_event_another(crossing: Crossing) -> None:
    a = crossing.a
    crossing.tell()
    before = a.record([seen(LOT), mixed(LOT, PASTE)])
    a.accept(crossing.b.origin_record(LOT))
    assert a.record([seen(LOT), mixed(LOT, PASTE)]) == before
    stated = a.origin_record(PASTE)
    based = payload_of(stated, before[1])
    assert BASED_ON not in based
    given = mixed(LOT, PASTE, **{BASED_ON: ["00" * 32], "eventID": based["eventID"]})
    assert a.record([given]) == [before[1]]


def test_an_event_is_not_based_on_serials_that_others_issued(crossing: Crossing) -> None:
    a, b = crossing.a, crossing.b
    told = crossing.tell()
    b.label_run(LOT, count=3, demo=True)
    record = b.origin_record(LOT)
    shown = [e for e in record.statements if e.statement.kind == "batch"]
    a.accept(record)
    [given] = a.record([mixed(LOT, PASTE)])
    stated = {payload["type"]: e.statement.id for e in shown
              for payload in [canonical_json.loads(e.payload or "{}")]}  # fmt: skip
    named = payload_of(a.origin_record(PASTE), given)[BASED_ON]
    assert named == sorted(each.hex() for each in (*told, stated["batch"]))
    # They go along all the same: they tell of the lot.
    again = a.origin_record(PASTE)
    assert stated["issuance"] in {e.statement.id for e in again.statements}
    assert verify_record(again, trust=a.trust, now=NOW).overall in {"ok", "warn"}
    assert a.origin_record(LOT, state_complete=False).about == LOT


def test_what_an_event_is_said_to_be_based_on_stays(crossing: Crossing) -> None:
    a = crossing.a
    [told, _] = crossing.tell()
    a.accept(crossing.b.origin_record(LOT))
    [given] = a.record([mixed(LOT, PASTE, **{BASED_ON: [told.hex()]})])
    assert payload_of(a.origin_record(PASTE), given)[BASED_ON] == [told.hex()]
    assert a.record([mixed(LOT, PASTE)]) == [given]
    assert verdict_of(a, PASTE).overall == "ok"


@pytest.mark.parametrize(
    "wrong",
    [[], "00" * 32, ["00"], ["AA" * 32], ["11" * 32, "00" * 32], ["00" * 32] * 2, [1]],
    ids=str,
)
def test_what_verifiers_would_not_read_is_not_recorded(crossing: Crossing, wrong: Any) -> None:
    with pytest.raises(EpcisError) as caught:
        crossing.a.record([made(PASTE), mixed(LOT, PASTE, **{BASED_ON: wrong})])
    assert caught.value.code == "workspace.based_on"
    assert caught.value.place == f"/1/{BASED_ON}"


def test_no_more_than_a_hundred_are_named_and_the_batch_is_among_them(crossing: Crossing) -> None:
    a, b = crossing.a, crossing.b
    b.record([made(LOT), *(seen(LOT, **{"ocop:note": str(n)}) for n in range(110))])
    record = b.origin_record(LOT)
    a.accept(record)
    [taken] = a.record([mixed(LOT, PASTE)])
    named = payload_of(a.origin_record(PASTE), taken)[BASED_ON]
    [batch] = [e.statement.id for e in record.statements if e.statement.kind == "batch"]
    assert len(named) == 100
    assert batch.hex() in named
    assert verdict_of(a, PASTE).overall == "ok"


def test_a_record_that_leaves_out_what_an_event_is_based_on_has_a_gap(crossing: Crossing) -> None:
    a = crossing.a
    told = crossing.tell()
    a.accept(crossing.b.origin_record(LOT))
    a.record([mixed(LOT, PASTE)])
    record = a.origin_record(PASTE)
    cut = OriginRecord.of(
        record.about,
        record.bundle,
        record.checkpoints,
        [
            each
            for each in record.statements
            if each.statement.id != told[0] and each.statement.kind != "record"
        ],
    )
    check = verify_record(cut, trust=a.trust, now=NOW).check("about")
    assert check is not None
    assert check.reason == "lineage_incomplete"
