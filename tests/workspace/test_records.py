from __future__ import annotations

import shutil
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from ocoptrace import canonical_json
from ocoptrace.epcis import canonical_bytes, parse_event, with_event_id
from ocoptrace.errors import Gs1Error, RegistryError, WorkspaceError
from ocoptrace.origin_record import OriginRecord
from ocoptrace.verify import verify_record
from ocoptrace.workspace import Workspace
from two_workspaces import LOT, NOW, PASTE, Crossing, found, made, mixed, seen

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HOUR = timedelta(hours=1)
OTHER = PASTE.replace("ST260915", "ST260916")
REPORT = b"%PDF-1.7 a test report"


@pytest.fixture(scope="session")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("records")
    found(folder)
    return folder


@pytest.fixture
def crossing(founded: Path, tmp_path: Path) -> Iterator[Crossing]:
    shutil.copytree(founded, tmp_path / "copy")
    opened = Crossing.open(tmp_path / "copy")
    yield opened
    opened.close()


@pytest.fixture
def ws(crossing: Crossing) -> Workspace:
    return crossing.a


def kinds(record: OriginRecord, kind: str) -> set[bytes]:
    return {each.statement.id for each in record.statements if each.statement.kind == kind}


def overall(ws: Workspace, record: OriginRecord, at: datetime = NOW) -> str:
    return verify_record(record.to_bytes(), trust=ws.trust, now=at).overall


# What is withheld


def test_kinds_and_single_statements_can_be_withheld(ws: Workspace) -> None:
    ids = ws.record([made(PASTE), seen(PASTE)])
    whole = ws.origin_record(PASTE)
    [grade] = kinds(whole, "grade")
    record = ws.origin_record(PASTE, withhold=[ids[0].hex(), "grade"])
    hidden = {each.statement.id for each in record.statements if each.payload is None}
    assert hidden == {ids[0], grade}
    assert record == whole.redact([ids[0], grade])
    assert overall(ws, record) == "warn"
    assert ws.origin_record(PASTE) == whole


def test_what_is_not_there_cannot_be_withheld(ws: Workspace) -> None:
    for what in ("events", "00" * 32):
        with pytest.raises(WorkspaceError) as caught:
            ws.origin_record(PASTE, state_complete=False, withhold=[what])
        assert (caught.value.code, caught.value.facts["what"]) == (
            "workspace.nothing_to_withhold",
            what,
        )


# Events without an id


def test_an_event_id_says_nothing_to_who_tries_what_the_event_may_say(crossing: Crossing) -> None:
    event = made(PASTE)
    [statement_id] = crossing.a.record([event])
    [kept] = [
        each.statement
        for each in crossing.a.origin_record(PASTE).statements
        if each.statement.id == statement_id
    ]
    assert kept.subject.startswith("urn:uuid:")
    assert kept.subject != with_event_id(event).event_id
    assert crossing.b.record([seen(LOT)]) != crossing.a.record([seen(LOT)])
    subjects = {
        stored.statement.subject
        for workspace in (crossing.a, crossing.b)
        for stored in workspace._setting.store.statements("event")  # noqa: SLF001
    }
    assert len(subjects) == 3


def test_an_event_read_back_from_a_record_is_the_same_event(crossing: Crossing) -> None:
    a = crossing.a
    crossing.tell()
    a.accept(crossing.b.origin_record(LOT))
    ids = a.record([mixed(LOT, PASTE), made(PASTE)])
    size = a.log_size
    payloads = {e.statement.id: e.payload for e in a.origin_record(PASTE).statements}
    again = [parse_event(canonical_json.loads(payloads[each] or "")) for each in ids]
    assert a.record(again) == ids
    assert a.log_size == size + 1  # the record's own list
    assert canonical_bytes(again[0]) == (payloads[ids[0]] or "").encode()


# Keys that were lost


def test_what_a_lost_key_had_signed_before_is_proven_where_the_office_saw_it(
    ws: Workspace,
) -> None:
    ws.record([made(PASTE)])
    before = ws.origin_record(PASTE)
    code = ws.producers()[0].id
    folder = ws.folder
    ws.close()

    def at(hours: int) -> Workspace:
        return Workspace.open(folder, clock=lambda: NOW + hours * HOUR)

    later = at(2)
    later.record([made(OTHER), seen(LOT)])
    later.close()
    office = at(3)
    revocation = office.office.revoke(code, "compromised", seen_before=NOW + HOUR)
    assert revocation.checkpoint is not None
    record = office.origin_record(PASTE, state_complete=False)
    office.close()
    trust = (last := at(4)).trust
    # The old record cannot prove when it was; the new one carries a second proof.
    assert verify_record(before.to_bytes(), trust=trust, now=NOW + 4 * HOUR).overall == "revoked"
    verdict = verify_record(record.to_bytes(), trust=trust, now=NOW + 4 * HOUR)
    assert verdict.overall == "ok"
    lost = {each.issuer for each in trust.keys if each.thumbprint == revocation.key}
    for each in record.statements:
        sizes = {record.checkpoints[proof.checkpoint].size for proof in each.proofs}
        # A proof stands once, also where the office saw the very first checkpoint.
        assert len(each.proofs) == len(sizes)
        if each.statement.issuer in lost:
            assert revocation.checkpoint.size in sizes
    last.close()


def test_what_a_lost_key_signed_later_is_no_good(ws: Workspace) -> None:
    ws.record([made(PASTE)])
    code = ws.producers()[0].id
    ws.close()
    later = Workspace.open(ws.folder, clock=lambda: NOW + 2 * HOUR)
    later.record([seen(PASTE)])
    later.office.revoke(code, "compromised", seen_before=NOW + HOUR)
    record = later.origin_record(PASTE, state_complete=False)
    assert overall(later, record, NOW + 3 * HOUR) == "revoked"
    later.close()


def test_many_checkpoints_are_thinned_out_and_everything_stays_proven(
    ws: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(7):
        ws.record([seen(PASTE, **{"ocop:note": str(number)})])
    whole = ws.origin_record(PASTE)
    assert len(whole.checkpoints) > 7
    for limit in (1, 2, 3, 5, 8, len(whole.checkpoints)):
        monkeypatch.setattr("ocoptrace.workspace.export.MAX_CHECKPOINTS", limit)
        record = ws.origin_record(PASTE)
        assert len(record.checkpoints) <= limit
        assert overall(ws, record) == "ok"
        assert [e.statement for e in record.statements] == [e.statement for e in whole.statements]
    assert record == whole


# Several logs


def test_a_record_of_two_logs_is_sorted_by_origin_and_index(crossing: Crossing) -> None:
    a, b = crossing.a, crossing.b
    crossing.tell()
    a.accept(b.origin_record(LOT))
    a.record([seen(LOT), mixed(LOT, PASTE)])
    record = OriginRecord.parse(a.origin_record(PASTE).to_bytes())
    where = [
        (record.checkpoints[proof.checkpoint].origin, proof.index)
        for proof in (each.proofs[0] for each in record.statements)
    ]
    assert where == sorted(where)
    assert {origin for origin, _ in where} == {a.log_origin, b.log_origin}
    [complete] = [each for each in record.statements if each.statement.kind == "record"]
    said = canonical_json.loads(complete.payload or "")
    others = {each.statement.id.hex() for each in record.statements} - {complete.statement.id.hex()}
    assert set(said["statements"]) == others
    # Its size is that of the own log, which has the list itself right behind.
    assert [proof.index for proof in complete.proofs] == [said["size"]]


def test_of_anothers_goods_only_the_other_states_that_this_is_all(crossing: Crossing) -> None:
    a, b = crossing.a, crossing.b
    crossing.tell()
    a.accept(b.origin_record(LOT, state_complete=False))
    size = a.log_size
    record = a.origin_record(LOT)
    assert (a.log_size, kinds(record, "record")) == (size, set())
    complete = verify_record(record, trust=a.trust, now=NOW).check("complete")
    assert complete is not None
    assert complete.outcome == "unknown"
    a.accept(b.origin_record(LOT))
    assert overall(a, a.origin_record(LOT)) == "ok"
    # Once something was seen of it here, the other's list is no longer all.
    a.record([seen(LOT)])
    assert kinds(a.origin_record(LOT), "record") == set()


def test_who_is_heard_in_a_record_is_named_in_it(crossing: Crossing) -> None:
    a, b = crossing.a, crossing.b
    crossing.tell()
    a.accept(b.origin_record(LOT))
    a.record([mixed(LOT, PASTE)])
    named = {member["id"] for _, member in a.origin_record(PASTE).payloads("producer")}
    assert named == {a.producers()[0].id, b.producers()[0].id}


# Other names, and papers


def plain_of(ws: Workspace) -> str:
    return f"https://{ws.host}/ocop/{ws.producers()[0].id}/MAMTOM"


def test_a_product_bears_its_plain_name_and_a_gtin(ws: Workspace) -> None:
    product = PASTE.partition("/10/")[0]
    statement_id = ws.state_alias(plain_of(ws), product)
    size = ws.log_size
    assert ws.state_alias(plain_of(ws).upper(), "9524071001014") == statement_id
    assert ws.log_size == size
    ws.record([made(PASTE)])
    record = ws.origin_record(PASTE)
    assert kinds(record, "alias") == {statement_id}
    assert overall(ws, record) == "ok"
    assert kinds(ws.origin_record(PASTE, withhold=["alias"]), "alias") == {statement_id}


@pytest.mark.parametrize("change", ["gtin", "plain", "level", "swapped"])
def test_only_whose_both_names_are_gives_a_product_another(ws: Workspace, change: str) -> None:
    plain, gtin = plain_of(ws), PASTE.partition("/10/")[0]
    names = {
        "gtin": (plain, LOT.partition("/10/")[0]),
        "plain": (plain.replace(ws.producers()[0].id, "ZZZZZZZZ"), gtin),
        "level": (plain, PASTE),
        "swapped": (gtin, plain),
    }[change]
    size = ws.log_size
    with pytest.raises(RegistryError):
        ws.state_alias(*names)
    assert ws.log_size == size


def test_papers_go_with_the_goods_and_events_that_they_are_about(crossing: Crossing) -> None:
    a = crossing.a
    [event] = a.record([made(PASTE, eventID="urn:uuid:0190a7c5-8a3e-8f00-8000-000000000007")])
    title = {"vi": "Phiếu kiểm nghiệm"}
    attached = [
        a.attach_evidence(REPORT, about=[about], media_type="application/pdf", title=title)
        for about in (PASTE, "urn:uuid:0190a7c5-8a3e-8f00-8000-000000000007", OTHER)
    ]
    record = a.origin_record(PASTE)
    assert event in kinds(record, "event")
    assert kinds(record, "evidence") == set(attached[:2])
    assert overall(a, record) == "ok"
    size = a.log_size
    again = a.attach_evidence(REPORT, about=[PASTE], media_type="application/pdf", title=title)
    assert (again, a.log_size) == (attached[0], size)
    assert REPORT not in (a.folder / "ocoptrace.db").read_bytes()
    accepted = crossing.b.accept(record, trust=a.trust)
    assert set(attached[:2]) <= set(accepted.added)
    assert kinds(crossing.b.origin_record(PASTE), "evidence") == set(attached[:2])


@pytest.mark.parametrize(
    "wrong",
    [
        {"about": []},
        {"about": [f"urn:uuid:{n:08}-8a3e-8f00-8000-000000000007" for n in range(65)]},
        {"media_type": "PDF"},
        {"title": {"en": "Report"}},
        {"about": ["https://id.gs1.org/01/09524071001015"]},
    ],
    ids=["nothing", "too much", "no media type", "no Vietnamese title", "a wrong name"],
)
def test_papers_are_described_well_or_not_at_all(ws: Workspace, wrong: dict[str, Any]) -> None:
    right: dict[str, Any] = {"about": [PASTE], "media_type": "application/pdf"}
    size = ws.log_size
    with pytest.raises((RegistryError, Gs1Error)):
        ws.attach_evidence(REPORT, **(right | wrong))
    assert ws.log_size == size
