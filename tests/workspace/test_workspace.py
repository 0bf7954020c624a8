from __future__ import annotations

import json
import os
import shutil
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ocoptrace.epcis import parse_event
from ocoptrace.errors import (
    EpcisError,
    Gs1Error,
    InputError,
    LabelError,
    ProofError,
    RegistryError,
    SigningError,
    StorageError,
    WorkspaceError,
)
from ocoptrace.store import SqliteStore
from ocoptrace.verify import verify_label, verify_record
from ocoptrace.workspace import Workspace
from ocoptrace.workspace.log import LocalLog

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ocoptrace.epcis import Event

STORY = Path(__file__).parents[2] / "examples" / "stories" / "shrimp-paste.json"
NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
ENTRIES_AT_FOUNDING = 7
SCHEMA_2 = (Path(__file__).parents[1] / "store" / "schema_2.sql").read_text(encoding="utf-8")


class PowerCut(BaseException):
    """The process ends here."""


def create(folder: Path, **options: Any) -> Workspace:
    return Workspace.create(folder, clock=lambda: NOW, **options)


def reopened(workspace: Workspace, at: datetime = NOW) -> Workspace:
    workspace.close()
    return Workspace.open(workspace.folder, clock=lambda: at)


@pytest.fixture(scope="session")
def imported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a workspace in which a story is registered; to be copied."""
    folder = tmp_path_factory.mktemp("workspace") / "ocop"
    workspace = create(folder)
    workspace.import_registry(STORY)
    workspace.close()
    return folder


@pytest.fixture
def ws(imported: Path, tmp_path: Path) -> Iterator[Workspace]:
    shutil.copytree(imported, tmp_path / "ocop")
    workspace = Workspace.open(tmp_path / "ocop", clock=lambda: NOW)
    yield workspace
    workspace.close()


def events_of(ws: Workspace) -> list[Event]:
    return list(ws.read_story(STORY).events)


def batch_of(ws: Workspace) -> str:
    return ws.batches()[0].id


def made(ws: Workspace, lot: str = "ST260915", **members: Any) -> Event:
    """Return the event that some goods of a batch of the producer's were made."""
    product = next(product.id for product in ws.products() if product.gtin)
    event = {
        "type": "ObjectEvent",
        "action": "ADD",
        "bizStep": "commissioning",
        "eventTime": "2026-09-15T07:30:00+07:00",
        "eventTimeZoneOffset": "+07:00",
        "quantityList": [{"epcClass": f"{product}/10/{lot}", "quantity": 1, "uom": "EA"}],
    }
    return parse_event(event | members)


def test_a_new_workspace_has_its_policy_its_root_and_its_keys(tmp_path: Path) -> None:
    ws = create(tmp_path / "deep" / "ocop")
    assert (ws.log_size, ws.trust.version, ws.root.version) == (ENTRIES_AT_FOUNDING, 1, 1)
    assert ws.trust.expires > NOW
    assert ws.log_origin.endswith(".ocoptrace.invalid/log")
    trust = ws.trust
    again = reopened(ws)
    assert (again.trust, again.log_size) == (trust, ENTRIES_AT_FOUNDING)
    again.close()


@pytest.mark.parametrize("kind", [OSError(28, "No space left on device"), PowerCut()])
@pytest.mark.parametrize("step", ["_found", "Keyring", "SqliteStore"])
def test_a_workspace_that_was_not_finished_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str, kind: BaseException
) -> None:
    def fail(*_args: object, **_options: object) -> None:
        raise kind

    broken: Any = fail
    if step == "SqliteStore":
        broken = type("Broken", (), {"create": staticmethod(fail)})
    with monkeypatch.context() as patch:
        patch.setattr(f"ocoptrace.workspace.founding.{step}", broken)
        with pytest.raises((StorageError, PowerCut)):
            create(tmp_path / "ocop")
    assert list(tmp_path.iterdir()) == []
    create(tmp_path / "ocop").close()


@pytest.mark.skipif(os.name != "posix", reason="rights of files")
def test_a_workspace_is_its_owners_alone(tmp_path: Path) -> None:
    ws = create(tmp_path / "ocop")
    database = [path for path in ws.folder.iterdir() if path.name.startswith("ocoptrace.db")]
    assert len(database) > 1
    for path in (ws.folder, ws.folder / "keys", *database, *(ws.folder / "keys").iterdir()):
        assert path.stat().st_mode & 0o077 == 0, path
    ws.close()


def test_nothing_is_made_where_something_is(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    for target in (tmp_path, tmp_path / "file"):
        with pytest.raises(WorkspaceError) as caught:
            create(target)
        assert caught.value.code == "workspace.exists"
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
    (tmp_path / "empty").mkdir()
    create(tmp_path / "empty").close()


@pytest.mark.parametrize("host", ["", "id example", "https://id.example", "id.example/shop"])
def test_a_host_is_a_host(tmp_path: Path, host: str) -> None:
    with pytest.raises(Gs1Error):
        create(tmp_path / "ocop", host=host)
    assert list(tmp_path.iterdir()) == []


def test_what_is_no_workspace_is_not_opened(tmp_path: Path) -> None:
    with pytest.raises(WorkspaceError) as caught:
        Workspace.open(tmp_path)
    assert caught.value.code == "workspace.not_one"
    ws = create(tmp_path / "ocop")
    ws.close()
    (tmp_path / "ocop" / "ocoptrace.db").unlink()
    with pytest.raises(StorageError):
        Workspace.open(tmp_path / "ocop")
    assert not (tmp_path / "ocop" / "ocoptrace.db").exists()


def test_keys_are_locked_with_a_passphrase(tmp_path: Path) -> None:
    create(tmp_path / "ocop", passphrase=b"mat khau").close()

    def open_with(passphrase: bytes | None) -> Workspace:
        return Workspace.open(tmp_path / "ocop", passphrase=passphrase, clock=lambda: NOW)

    for passphrase in (None, b"sai"):
        ws = open_with(passphrase)
        with pytest.raises(SigningError):
            ws.import_registry(STORY)
        assert (ws.log_size, ws.producers()) == (ENTRIES_AT_FOUNDING, [])
        ws.close()
    ws = open_with(b"mat khau")
    ws.import_registry(STORY)
    ws.record(events_of(ws))
    ws.close()


def test_reading_takes_no_keys(ws: Workspace) -> None:
    ws.record(events_of(ws))
    trust, owner = ws.trust, ws.batch_owner(batch_of(ws))
    ws.close()
    shutil.rmtree(ws.folder / "keys")
    again = Workspace.open(ws.folder, clock=lambda: NOW)
    assert (again.trust, again.batch_owner(batch_of(again))) == (trust, owner)
    assert verified(again, state_complete=False) == "ok"
    with pytest.raises(StorageError):
        again.record([made(again)])
    again.close()


def test_importing_the_same_file_again_changes_nothing(ws: Workspace) -> None:
    before = (ws.log_size, ws.trust, ws.producers(), ws.products(), ws.batches())
    keys = sorted(path.name for path in (ws.folder / "keys").iterdir())
    ws.import_registry(STORY)
    assert (ws.log_size, ws.trust, ws.producers(), ws.products(), ws.batches()) == before
    assert sorted(path.name for path in (ws.folder / "keys").iterdir()) == keys


def test_what_is_new_in_a_file_is_added(ws: Workspace) -> None:
    story = json.loads(STORY.read_text(encoding="utf-8"))
    story["batches"][0]["quantity"]["value"] += 1
    size = ws.log_size
    ws.import_registry(json.dumps(story).encode())
    assert ws.log_size == size + 1
    assert ws.batches()[0].quantity.value == story["batches"][0]["quantity"]["value"]


def test_a_file_with_a_fault_is_not_half_imported(tmp_path: Path) -> None:
    ws = create(tmp_path / "ocop")
    story = json.loads(STORY.read_text(encoding="utf-8"))
    story["batches"][-1]["quantity"]["value"] = -1
    with pytest.raises(RegistryError) as caught:
        ws.import_registry(json.dumps(story).encode())
    assert len(caught.value.findings) >= 1
    assert (ws.log_size, ws.producers(), ws.trust.version) == (ENTRIES_AT_FOUNDING, [], 1)
    with pytest.raises(InputError):
        ws.import_registry(tmp_path / "missing.json")
    ws.close()


def test_before_an_import_nobody_speaks(tmp_path: Path) -> None:
    ws = create(tmp_path / "ocop")
    with pytest.raises(WorkspaceError) as caught:
        ws.read_story(STORY)
    assert caught.value.code == "workspace.not_imported"
    with pytest.raises(WorkspaceError) as caught:
        ws.record([])
    assert caught.value.code == "workspace.which_producer"
    ws.close()


def test_what_is_recorded_can_be_verified_by_others(ws: Workspace) -> None:
    ws.record(events_of(ws))
    record = ws.origin_record(batch_of(ws)).to_bytes()
    verdict = verify_record(record, trust=ws.trust, now=NOW + timedelta(hours=1))
    assert verdict.overall == "ok"
    assert {check.outcome for check in verdict.checks} == {"pass"}
    other = verify_record(record, trust=ws.trust, now=NOW + timedelta(days=40))
    assert other.overall == "ok_offline"


def test_recording_again_changes_nothing(ws: Workspace) -> None:
    ids = ws.record(events_of(ws))
    size = ws.log_size
    assert ws.record(events_of(ws)) == ids
    assert ws.record(events_of(ws)[::-1]) == ids[::-1]
    assert ws.log_size == size
    assert len(set(ids)) == len(ids)
    again = reopened(ws, NOW + timedelta(days=1))
    assert again.record(events_of(again)) == ids
    assert again.log_size == size
    again.close()


def test_an_event_without_an_id_gets_the_same_one_each_time(ws: Workspace) -> None:
    event = made(ws)
    assert event.event_id is None
    assert ws.record([event]) == ws.record([event])


def test_another_event_may_not_bear_the_same_id(ws: Workspace) -> None:
    bears = {"eventID": "urn:uuid:0190a7c5-8a3e-8f00-8000-000000000001"}
    ws.record([made(ws, **bears)])
    size = ws.log_size
    changed = made(ws, bizStep="packing", **bears)
    with pytest.raises(EpcisError) as caught:
        ws.record([made(ws, "NEW"), changed])
    assert caught.value.code == "workspace.event_id_conflict"
    assert ws.log_size == size
    declared = made(
        ws,
        errorDeclaration={
            "declarationTime": "2026-09-16T07:30:00+07:00",
            "reason": "incorrect_data",
        },
        **bears,
    )
    ws.record([declared])
    assert ws.log_size == size + 1


def foreign(ws: Workspace) -> Event:
    goods = "https://id.gs1.org/01/09520000000004/10/L1"
    return made(ws, quantityList=[{"epcClass": goods, "quantity": 1, "uom": "EA"}])


def in_the_future(ws: Workspace) -> Event:
    return made(ws, eventTime="2036-09-15T07:30:00+07:00")


def nameless(ws: Workspace) -> Event:
    return made(ws, quantityList=[], epcList=["urn:uuid:0190a7c5-8a3e-8f00-8000-000000000001"])


@pytest.mark.parametrize("bad", [foreign, in_the_future, nameless])
def test_if_the_fifth_event_is_bad_none_is_recorded(
    ws: Workspace, bad: Callable[[Workspace], Event]
) -> None:
    good = [made(ws, f"LOT{number}") for number in range(6)]
    size = ws.log_size
    with pytest.raises(EpcisError) as caught:
        ws.record([*good[:4], bad(ws), *good[4:]])
    assert caught.value.place.startswith("/4")
    assert ws.log_size == size
    assert len(ws.record(good)) == 6


def test_a_failure_while_writing_leaves_none_recorded(
    ws: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    size, calls = ws.log_size, 0
    real = SqliteStore.add_event

    def fail_at_the_fifth(store: SqliteStore, *args: Any, **options: Any) -> None:
        nonlocal calls
        calls += 1
        if calls == 5:
            raise PowerCut
        real(store, *args, **options)

    with monkeypatch.context() as patch:
        patch.setattr(SqliteStore, "add_event", fail_at_the_fifth)
        with pytest.raises(PowerCut):
            ws.record(events_of(ws))
    assert ws.log_size == size
    ws.record(events_of(ws))
    assert verified(ws) == "ok"


def verified(ws: Workspace, **options: Any) -> str:
    record = ws.origin_record(batch_of(ws), **options)
    return verify_record(record.to_bytes(), trust=ws.trust, now=NOW).overall


def cut_power(*_args: object, **_options: object) -> None:
    raise PowerCut


@pytest.mark.parametrize("piece", ["checkpoint", "_cosign"])
def test_a_power_cut_between_commit_and_checkpoint_loses_nothing(
    ws: Workspace, monkeypatch: pytest.MonkeyPatch, piece: str
) -> None:
    size = ws.log_size
    with monkeypatch.context() as patch:
        patch.setattr(LocalLog, piece, cut_power)
        with pytest.raises(PowerCut):
            ws.record(events_of(ws))
    assert ws.log_size == size + len(events_of(ws))
    again = reopened(ws)
    assert verified(again, state_complete=False) == "ok"
    assert again.record(events_of(again))
    assert again.log_size == size + len(events_of(again))
    again.close()


def test_a_power_cut_while_stating_completeness_is_caught_up_with(
    ws: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    ws.record(events_of(ws))
    with monkeypatch.context() as patch:
        patch.setattr(LocalLog, "checkpoint", cut_power)
        with pytest.raises(PowerCut):
            ws.origin_record(batch_of(ws))
    size = ws.log_size
    again = reopened(ws)
    assert verified(again) == "ok"
    assert again.log_size == size
    again.close()


def test_a_record_from_a_reopened_workspace_is_the_same(ws: Workspace) -> None:
    ws.record(events_of(ws))
    record = ws.origin_record(batch_of(ws)).to_bytes()
    again = reopened(ws, NOW + timedelta(days=1))
    assert again.origin_record(batch_of(again)).to_bytes() == record
    again.record([made(again)])
    assert verify_record(record, trust=again.trust, now=NOW).overall == "ok"
    newer = again.origin_record(batch_of(again))
    assert newer.to_bytes() != record
    assert verify_record(newer, trust=again.trust, now=NOW + timedelta(days=1)).overall == "ok"
    again.close()


def as_schema_2(database: Path) -> None:
    """Write a store's rows into a database of the schema before."""
    old = database.with_suffix(".old")
    connection = sqlite3.connect(old)
    connection.executescript(f"{SCHEMA_2};PRAGMA user_version = 2;PRAGMA foreign_keys = OFF")
    tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master")]
    connection.execute("ATTACH ? AS new", (str(database),))
    for table in tables:
        known = {row[1] for row in connection.execute(f"PRAGMA new.table_info({table})")}
        columns = [row[1] for row in connection.execute(f"PRAGMA main.table_info({table})")]
        if columns and table not in {"item", "label_run", "log_entry", "log_node"}:
            taken = ", ".join(name if name in known else "''" for name in columns)
            connection.execute(
                f"INSERT INTO main.{table} SELECT {taken} FROM new.{table}"  # noqa: S608 - own names
            )
    connection.execute(
        "INSERT INTO log_entry SELECT position, id FROM new.statement WHERE position IS NOT NULL"
    )
    connection.executemany(
        "INSERT INTO log_node VALUES (?, ?, ?)",
        [
            (level, number * 256 + at // 32, hashes[at : at + 32])
            for level, number, hashes in connection.execute("SELECT * FROM new.log_block")
            for at in range(0, len(hashes), 32)
        ],
    )
    # Only events were found by the names that they speak of.
    connection.execute(
        "DELETE FROM mention WHERE statement_id NOT IN (SELECT statement_id FROM event)"
    )
    connection.execute("DELETE FROM meta WHERE name = 'event_id_secret'")
    connection.commit()
    connection.close()
    for path in database.parent.glob("ocoptrace.db*"):
        path.unlink()
    old.rename(database)


def test_a_workspace_of_the_schema_before_goes_on_as_it_was(ws: Workspace) -> None:
    with ws._setting.store.writing():  # noqa: SLF001 - as it was then
        ws._setting.store.set_meta("event_id_secret", "")  # noqa: SLF001
    ids = ws.record(events_of(ws))
    record = ws.origin_record(batch_of(ws)).to_bytes()
    size = ws.log_size
    ws.close()
    as_schema_2(ws.folder / "ocoptrace.db")
    again = Workspace.open(ws.folder, clock=lambda: NOW)
    assert again.record(events_of(again)) == ids
    assert again.origin_record(batch_of(again)).to_bytes() == record
    assert again.log_size == size
    assert again.check_log().findings == ()
    assert again.erase(ids[:1]) == 1
    assert verified(again) == "warn"
    again.close()


def test_a_log_that_lost_entries_is_not_signed_for(ws: Workspace) -> None:
    ws.record(events_of(ws)[:3])
    ws.close()
    database = sqlite3.connect(ws.folder / "ocoptrace.db")
    database.execute("DELETE FROM checkpoint")
    database.execute(
        "UPDATE statement SET position = NULL"
        " WHERE position = (SELECT max(position) FROM statement)"
    )
    database.commit()
    database.close()
    with pytest.raises(ProofError) as caught:
        Workspace.open(ws.folder, clock=lambda: NOW)
    assert caught.value.code == "proof.rolled_back"


def test_a_record_is_about_a_batch_that_is_known(ws: Workspace) -> None:
    with pytest.raises(WorkspaceError) as caught:
        ws.origin_record("https://id.gs1.org/01/09524071001014/10/UNKNOWN")
    assert caught.value.code == "workspace.no_batch"
    with pytest.raises(Gs1Error):
        ws.origin_record("Mắm tôm")


def test_each_sticker_has_its_own_serial_and_seal(ws: Workspace) -> None:
    runs = [ws.label_run(batch_of(ws), count=3, demo=True) for _ in range(2)]
    links = [content.link for run in runs for content in run.contents]
    assert len(set(links)) == 6
    for link in links:
        assert verify_label(link, trust=ws.trust, now=NOW).overall == "ok_offline"
        assert ws.was_issued(link)
    assert not ws.was_issued(f"{batch_of(ws)}/21/0000")


def test_some_stickers_may_go_without_a_seal(ws: Workspace) -> None:
    run = ws.label_run(batch_of(ws), count=3, sealed=1, demo=True)
    verdicts = [verify_label(c.link, trust=ws.trust, now=NOW).overall for c in run.contents]
    assert verdicts == ["ok_offline", "unproven", "unproven"]


def test_a_run_that_may_not_be_printed_issues_nothing(
    ws: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    spent = []
    monkeypatch.setattr(SqliteStore, "add_label_run", lambda *_, **__: spent.append(1))
    with pytest.raises(LabelError):
        ws.label_run(batch_of(ws), count=3)  # an example key, and not a demo
    for count in (0, -1, 10_000_001):
        with pytest.raises(WorkspaceError) as caught:
            ws.label_run(batch_of(ws), count=count, demo=True)
        assert caught.value.code == "workspace.label_count"
    assert spent == []
