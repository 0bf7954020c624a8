from __future__ import annotations

import shutil
import sqlite3
from typing import TYPE_CHECKING

import pytest

from ocoptrace.errors import EpcisError, StorageError, WorkspaceError
from ocoptrace.verify import verify_record
from two_workspaces import LOT, NOW, PASTE, Crossing, found, made, mixed, seen

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ocoptrace.origin_record import RecordedStatement
    from ocoptrace.workspace import Workspace

PERSON = "Nguyen Van A, 0900000000"


@pytest.fixture(scope="session")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("erasing")
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


def on_disk(ws: Workspace) -> bytes:
    """Return every byte of the database and of its journal."""
    files = sorted(ws.folder.glob("ocoptrace.db*"))
    assert len(files) > 1
    return b"".join(path.read_bytes() for path in files)


def shown(ws: Workspace, statement_id: bytes, about: str = PASTE) -> RecordedStatement:
    statements = ws.origin_record(about).statements
    return next(each for each in statements if each.statement.id == statement_id)


def traces(each: RecordedStatement) -> list[bytes]:
    """Return what must be nowhere: any 24 bytes of the payload that only it has, and the salt."""
    payload = (each.payload or "").encode()
    parts = [payload[i : i + 24] for i in range(len(payload) - 24)]
    return [each.salt or b"", *(part for part in parts if PERSON.encode()[:12] in part)]


@pytest.mark.parametrize("others", [0, 300])
def test_no_byte_of_what_was_erased_is_left_on_the_disk(ws: Workspace, others: int) -> None:
    around = [seen(PASTE, **{"ocop:note": f"{n} {'x' * (n % 90)}"}) for n in range(others)]
    # Longer than a page of the database: its end stands on pages that nothing else is written to.
    told = seen(PASTE, **{"ocop:note": f"{PERSON} {'y' * 9000} {PERSON}"})
    ids = ws.record([*around[: others // 2], told, made(PASTE), *around[others // 2 :]])
    erased = shown(ws, ids[others // 2])
    before = on_disk(ws)
    assert all(part in before for part in traces(erased))
    assert ws.erase([erased.statement.id]) == 1
    after = on_disk(ws)
    assert [part for part in traces(erased) if part in after] == []
    assert len(traces(erased)) > 10
    # What it was said with stays.
    assert erased.statement.cose in after


def test_a_record_then_says_that_it_is_withheld_and_still_verifies(ws: Workspace) -> None:
    [erased, kept] = ws.record([seen(PASTE), made(PASTE)])
    ids = {each.statement.id for each in ws.origin_record(PASTE).statements}
    proofs = shown(ws, erased).proofs
    size = ws.log_size
    assert ws.erase([erased]) == 1
    assert ws.log_size == size
    record = ws.origin_record(PASTE)
    assert {each.statement.id for each in record.statements} == ids
    assert shown(ws, erased).payload is shown(ws, erased).salt is None
    assert shown(ws, kept).payload
    assert shown(ws, erased).proofs == proofs
    verdict = verify_record(record.to_bytes(), trust=ws.trust, now=NOW)
    assert verdict.overall == "warn"
    about, complete = verdict.check("about"), verdict.check("complete")
    assert about is not None
    assert complete is not None
    assert (about.reason, complete.outcome) == ("lineage_incomplete", "pass")


def test_erasing_again_erases_nothing_more(ws: Workspace) -> None:
    [erased] = ws.record([seen(PASTE)])
    assert [ws.erase([erased, erased]), ws.erase([erased]), ws.erase([])] == [1, 0, 0]


def test_what_was_erased_is_not_recorded_again(ws: Workspace) -> None:
    [erased] = ws.record([seen(PASTE)])
    ws.erase([erased])
    size = ws.log_size
    with pytest.raises(EpcisError) as caught:
        ws.record([seen(PASTE)])
    assert (caught.value.code, ws.log_size) == ("workspace.event_erased", size)


def test_what_was_erased_does_not_come_back_with_a_record(crossing: Crossing) -> None:
    a, b = crossing.a, crossing.b
    [told, _] = crossing.tell()
    record = b.origin_record(LOT)
    a.accept(record)
    a.erase([told])
    assert a.accept(record).shown == ()
    assert shown(a, told, LOT).payload is None
    assert b.origin_record(LOT) == record


def test_what_was_withheld_when_it_was_erased_is_not_shown_later(crossing: Crossing) -> None:
    a, b = crossing.a, crossing.b
    [told, _] = crossing.tell()
    record = b.origin_record(LOT)
    a.accept(record.redact([told]))
    assert a.erase([told]) == 0
    assert a.accept(record).shown == ()
    assert shown(a, told, LOT).payload is None


def test_an_erased_event_keeps_its_part_in_the_lineage_of_what_it_made(ws: Workspace) -> None:
    other = PASTE.replace("ST260915", "ST260916")
    [source, erased] = ws.record([seen(LOT), mixed(LOT, other)])
    ws.record([mixed(LOT, PASTE)])
    ws.erase([erased])
    # It made another batch, so that neither its own goods nor a record about them speak of it.
    ids = {each.statement.id for each in ws.origin_record(PASTE).statements}
    assert source in ids
    assert erased not in ids
    names = ws._setting.store.speaking_of("event", [other])  # noqa: SLF001
    assert [each.statement.id for each in names] == [erased]


def test_an_erased_entry_is_forgotten_and_can_be_stated_anew(ws: Workspace) -> None:
    [batch] = [e for e in ws.origin_record(PASTE).statements if e.statement.kind == "batch"]
    ws.erase([batch.statement.id])
    assert PASTE not in {each.id for each in ws.batches()}
    assert (batch.salt or b"") not in on_disk(ws)


def test_if_one_is_unknown_none_is_erased(ws: Workspace) -> None:
    [kept] = ws.record([seen(PASTE)])
    with pytest.raises(WorkspaceError) as caught:
        ws.erase([kept, bytes(32)])
    assert caught.value.code == "workspace.no_statement"
    assert shown(ws, kept).payload is not None


def test_public_acts_of_the_office_are_not_erased(ws: Workspace) -> None:
    store = ws._setting.store  # noqa: SLF001
    for kind in ("root", "bundle", "key", "policy"):
        [act, *_] = store.statements(kind)
        with pytest.raises(WorkspaceError) as caught:
            ws.erase([act.statement.id])
        assert caught.value.code == "workspace.not_erasable"


def test_while_another_program_reads_the_user_is_told_to_erase_again(ws: Workspace) -> None:
    [erased] = ws.record([seen(PASTE, **{"ocop:note": PERSON})])
    ws._setting.store._rows("PRAGMA busy_timeout = 10")  # noqa: SLF001 - nobody waits in a test
    reader = sqlite3.connect(ws.folder / "ocoptrace.db", isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM statement").fetchone()
    with pytest.raises(StorageError) as caught:
        ws.erase([erased])
    assert caught.value.code == "store.busy"
    reader.close()
    assert ws.erase([erased]) == 0
    assert PERSON.encode() not in on_disk(ws)
