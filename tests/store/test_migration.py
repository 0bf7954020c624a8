from __future__ import annotations

import hashlib
import json
import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ocoptrace import canonical_json
from ocoptrace.errors import StorageError
from ocoptrace.signing import sign_statement
from ocoptrace.store import SqliteStore, database, migration
from ocoptrace.transparency import leaf_hash, tree_root
from ocoptrace.transparency.merkle import new_levels, root_of
from village import BATCH, NOW, PRODUCER, Village

if TYPE_CHECKING:
    from ocoptrace.signing import Statement

SCHEMA_2 = (Path(__file__).parent / "schema_2.sql").read_text(encoding="utf-8")
PLACE = "https://id.example/ocop/MKX3T47N/XUONG"
SALT = bytes(16)
SERIALS = ("7K3MQ9TB2A4C", "0123456789AB", "A/1")
PAYLOAD = canonical_json.dumps({"id": PLACE, "type": "place"})


def statement() -> Statement:
    subject = "urn:uuid:0190a7c5-8a3e-4f00-8000-000000000001"
    return sign_statement(
        "place",
        PAYLOAD,
        issuer=PRODUCER.issuer,
        subject=subject,
        signer=PRODUCER.signer,
        now=NOW,
        salt=SALT,
    )[0]


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """The file of a store of version 2 in which something was said."""
    path = tmp_path / "ocoptrace.db"
    said = statement()
    village = Village()
    rows: dict[str, tuple[Any, ...]] = {
        "statement": (
            said.id,
            said.kind,
            said.issuer,
            said.subject,
            said.cose,
            PAYLOAD,
            SALT,
            hashlib.sha256(PAYLOAD).digest(),
        ),
        "log_entry": (0, said.id),
        "log_node": (0, 0, leaf_hash(said.cose)),
        "checkpoint": (2, str(village.checkpoint())),
        "event": ("urn:uuid:1", said.issuer, said.id, "2026-09-15T07:30:00+07:00", 0),
        "registered": (1, "place", said.issuer, PLACE, said.subject, PAYLOAD.decode()),
        "meta": ("host", "id.example"),
        "label_run": (1, BATCH, "2026-11-23T08:00:00+00:00", "ocop-50x30", "roll-50x30"),
    }
    connection = sqlite3.connect(path)
    connection.executescript(f"{SCHEMA_2};PRAGMA user_version = 2")
    for table, row in rows.items():
        marks = ", ".join("?" * len(row))
        connection.execute(f"INSERT INTO {table} VALUES ({marks})", row)  # noqa: S608 - own names
    items = [(f"{BATCH}/21/{serial.replace('/', '%2F')}", 1) for serial in SERIALS]
    connection.executemany("INSERT INTO item VALUES (?, ?)", items)
    connection.execute(
        "INSERT INTO checkpoint VALUES (1, ?)", (str(village.checkpoint(witnesses=())),)
    )
    connection.commit()
    connection.close()
    return path


def tables_of(path: Path) -> dict[str, Any]:
    connection = sqlite3.connect(path)
    names = connection.execute(
        "SELECT type, name FROM sqlite_master WHERE name NOT LIKE 'sqlite_%' ORDER BY name"
    ).fetchall()
    found = {
        name: [
            connection.execute(f"PRAGMA {pragma}({name})").fetchall()
            for pragma in ("table_xinfo", "index_xinfo", "foreign_key_list")
        ]
        for _, name in names
    }
    connection.close()
    return {"names": names} | found


def test_an_older_store_is_brought_up_to_date_and_keeps_what_it_holds(old: Path) -> None:
    store = SqliteStore.open(old)
    said = statement()
    [kept] = store.statements("place")
    assert (kept.statement, kept.payload, kept.salt, kept.position) == (said, PAYLOAD, SALT, 0)
    content = hashlib.sha256(PAYLOAD).digest()
    assert store.find_content(said.issuer, "place", content) == said.id
    assert store.event_statement("urn:uuid:1", issuer=said.issuer) == said.id
    assert store.registered("place", PLACE) == (said.subject, PAYLOAD.decode())
    assert store.meta("host") == "id.example"
    assert [each.statement for each in store.speaking_of("place", [PLACE])] == [said]
    store.close()
    SqliteStore.open(old).close()


def test_its_tables_are_then_those_of_a_new_store(old: Path, tmp_path: Path) -> None:
    SqliteStore.open(old).close()
    SqliteStore.create(tmp_path / "new.db").close()
    assert tables_of(old) == tables_of(tmp_path / "new.db")


def test_the_nodes_of_its_log_are_packed_into_blocks(old: Path) -> None:
    # More than a block of leaves, and the tree over them.
    leaves = [leaf_hash(statement().cose), *(leaf_hash(b"%d" % at) for at in range(599))]
    connection = sqlite3.connect(old)
    connection.execute("DELETE FROM log_node")
    for level, first, nodes in new_levels(0, leaves, dict[tuple[int, int], bytes]().__getitem__):
        rows = [(level, first + at, node) for at, node in enumerate(nodes)]
        connection.executemany("INSERT INTO log_node VALUES (?, ?, ?)", rows)
    connection.commit()
    connection.close()
    store = SqliteStore.open(old)
    assert store.tree_size() == 600
    assert [*store.log_nodes(0, 0, 1000).values()] == leaves
    assert tree_root(600, store.log_node) == root_of(leaves)
    store.close()


@pytest.mark.parametrize(
    "loss",
    [
        "DELETE FROM log_node WHERE (level, position) = (0, 3)",
        "DELETE FROM log_node WHERE (level, position) = (1, 0)",
        "UPDATE log_node SET hash = zeroblob(31) WHERE (level, position) = (2, 0)",
    ],
)
def test_a_log_that_has_lost_a_node_is_not_packed(old: Path, loss: str) -> None:
    connection = sqlite3.connect(old)
    for level, position in ((0, 1), (0, 2), (0, 3), (0, 4), (1, 0), (1, 1), (2, 0)):
        connection.execute("INSERT INTO log_node VALUES (?, ?, zeroblob(32))", (level, position))
    assert connection.execute(loss).rowcount == 1
    connection.commit()
    connection.close()
    with pytest.raises(StorageError) as caught:
        SqliteStore.open(old)
    assert caught.value.code == "store.damaged"


def test_its_serials_stay_issued_in_the_order_in_which_they_were(old: Path) -> None:
    store = SqliteStore.open(old)
    [run] = store.label_runs(BATCH)
    assert (run.made_at, run.size) == ("2026-11-23T08:00:00+00:00", 3)
    assert [store.find_serial(BATCH, serial) for serial in SERIALS] == [
        (run.code, position) for position in range(3)
    ]
    assert store.find_serial(BATCH, "7K3MQ9TB2A4") is None
    assert store.find_serial(f"{BATCH}2", SERIALS[0]) is None
    assert json.loads(run.plan) == {"printing": {"template": "ocop-50x30", "stock": "roll-50x30"}}
    store.close()


def test_its_checkpoints_get_the_time_at_which_a_witness_signed_them(old: Path) -> None:
    store = SqliteStore.open(old)
    assert store._rows("SELECT size, made_at FROM checkpoint ORDER BY size") == [  # noqa: SLF001
        (1, None),
        (2, migration.time_text(NOW)),
    ]
    store.close()


@pytest.mark.parametrize("step", [3, 4, 6])
def test_if_that_fails_nothing_is_changed(
    old: Path, step: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = tables_of(old)

    def fail(*_: object) -> None:
        raise sqlite3.OperationalError

    with monkeypatch.context() as patch:
        patch.setitem(migration._BESIDE, step, fail)  # noqa: SLF001
        with pytest.raises(StorageError):
            SqliteStore.open(old)
    assert tables_of(old) == before
    SqliteStore.open(old).close()
    assert tables_of(old) != before


def test_a_store_that_has_lost_something_is_not_brought_up_to_date(old: Path) -> None:
    connection = sqlite3.connect(old)
    connection.execute("DELETE FROM statement")
    connection.commit()
    connection.close()
    with pytest.raises(StorageError) as caught:
        SqliteStore.open(old)
    assert caught.value.code == "store.damaged"


@pytest.mark.parametrize("version", [1, database.SCHEMA_VERSION + 1])
def test_neither_a_first_draft_nor_a_newer_store_is_opened(old: Path, version: int) -> None:
    connection = sqlite3.connect(old)
    connection.execute(f"PRAGMA user_version = {version}")
    connection.close()
    before = tables_of(old)
    with pytest.raises(StorageError) as caught:
        SqliteStore.open(old)
    assert (caught.value.code, caught.value.facts["found"]) == ("store.version", version)
    assert tables_of(old) == before
