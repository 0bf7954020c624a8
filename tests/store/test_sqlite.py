from __future__ import annotations

import hashlib
import sqlite3
import threading
from datetime import timedelta, timezone
from typing import TYPE_CHECKING

import pytest

from ocoptrace.errors import StorageError
from ocoptrace.signing import Statement, sign_statement
from ocoptrace.store import SqliteStore, StoredAct, StoredRun
from ocoptrace.transparency import LogProof, leaf_hash, tree_root
from ocoptrace.transparency.witness import NOTHING_SEEN, Memory
from village import NEIGHBOUR, NOW, PRODUCER, Village

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SALT = bytes(16)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "ocoptrace.db"


@pytest.fixture
def store(path: Path) -> Iterator[SqliteStore]:
    made = SqliteStore.create(path)
    yield made
    made.close()


def stated(number: int) -> Statement:
    subject = f"urn:uuid:0190a7c5-8a3e-8f00-8000-{number:012d}"
    statement, _ = sign_statement(
        "event",
        str(number).encode(),
        issuer=PRODUCER.issuer,
        subject=subject,
        signer=PRODUCER.signer,
        now=NOW,
        salt=SALT,
    )
    return statement


def append(store: SqliteStore, number: int) -> int:
    payload = str(number).encode()
    return store.append(stated(number), payload, SALT, hashlib.sha256(payload).digest())


def code_of(error: pytest.ExceptionInfo[StorageError]) -> str:
    return error.value.code


def test_a_store_is_made_once_and_opened_again(path: Path) -> None:
    store = SqliteStore.create(path)
    with store.writing():
        store.set_meta("origin", "log.example/1")
    store.close()
    with pytest.raises(StorageError) as caught:
        SqliteStore.create(path)
    assert code_of(caught) == "store.exists"
    again = SqliteStore.open(path)
    assert again.meta("origin") == "log.example/1"
    again.close()


def test_what_is_no_store_is_not_opened_and_nothing_is_made(path: Path) -> None:
    with pytest.raises(StorageError) as caught:
        SqliteStore.open(path)
    assert code_of(caught) == "store.file"
    assert not path.exists()
    path.write_bytes(b"no database " * 100)
    with pytest.raises(StorageError) as caught:
        SqliteStore.open(path)
    assert code_of(caught) == "store.damaged"
    path.write_bytes(b"")
    with pytest.raises(StorageError) as caught:
        SqliteStore.open(path)
    assert code_of(caught) == "store.version"


def test_a_store_of_another_version_is_not_opened(store: SqliteStore, path: Path) -> None:
    store.close()
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(StorageError) as caught:
        SqliteStore.open(path)
    assert caught.value.facts["found"] == 99


def test_a_block_is_written_whole_or_not_at_all(store: SqliteStore) -> None:
    def fail() -> None:
        with store.writing():
            append(store, 1)
            store.set_meta("name", "value")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail()
    assert (store.log_size(), store.meta("name")) == (0, None)
    with store.writing():
        append(store, 1)
    assert store.log_size() == 1


def test_what_was_written_is_there_for_another_connection(store: SqliteStore, path: Path) -> None:
    other = SqliteStore.open(path)
    with store.writing():
        append(store, 1)
        assert other.log_size() == 0
    assert other.log_size() == 1
    other.close()


def test_the_revision_tells_whether_anything_was_written(store: SqliteStore, path: Path) -> None:
    seen = [store.revision(), store.revision()]
    assert seen[0] == seen[1]
    with store.writing():
        store.set_meta("name", "1")
    seen.append(store.revision())
    other = SqliteStore.open(path)
    with other.writing():
        other.set_meta("name", "2")
    other.close()
    seen.append(store.revision())
    assert store.meta("name") == "2"
    assert len({*seen, store.revision()}) == 3


def test_a_full_disk_is_named_and_costs_nothing_that_was_kept(store: SqliteStore) -> None:
    with store.writing():
        append(store, 1)
    pages = store._rows("PRAGMA page_count")[0][0]  # noqa: SLF001 - a small disk
    store._rows(f"PRAGMA max_page_count = {pages}")  # noqa: SLF001

    def fill() -> None:
        with store.writing():
            store.set_meta("large", "x" * 1_000_000)

    with pytest.raises(StorageError) as caught:
        fill()
    assert code_of(caught) == "store.full"
    store._rows("PRAGMA max_page_count = 1000000")  # noqa: SLF001
    assert (store.log_size(), store.meta("large")) == (1, None)
    with store.writing():
        append(store, 2)
    assert store.log_size() == 2


def test_one_block_does_not_begin_inside_another(store: SqliteStore) -> None:
    def nest() -> None:
        with store.writing(), store.writing():
            pass

    with pytest.raises(StorageError):
        nest()
    with store.writing():
        append(store, 1)
    assert store.log_size() == 1


def test_eight_writers_lose_nothing(store: SqliteStore, path: Path) -> None:
    store.close()
    failures: list[BaseException] = []

    def work(first: int) -> None:
        own = SqliteStore.open(path)
        try:
            for number in range(first, first + 5):
                with own.writing():
                    append(own, number)
        except BaseException as error:  # noqa: BLE001 - shown by the test
            failures.append(error)
        finally:
            own.close()

    threads = [threading.Thread(target=work, args=(10 * n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    again = SqliteStore.open(path)
    kept = again.statements("event")
    assert [each.position for each in kept] == list(range(40))
    leaves = [leaf_hash(each.statement.cose) for each in kept]
    assert [again.log_node(0, position) for position in range(40)] == leaves
    assert len(tree_root(40, again.log_node)) == 32
    again.close()


def test_a_statement_is_kept_byte_for_byte(store: SqliteStore) -> None:
    with store.writing():
        positions = [append(store, number) for number in range(3)]
    assert positions == [0, 1, 2]
    found = store.statement(stated(1).id)
    assert found is not None
    assert (found.statement, found.payload, found.salt, found.position) == (
        stated(1),
        b"1",
        SALT,
        1,
    )
    assert store.statement(bytes(32)) is None
    assert [each.payload for each in store.statements("event", stated(2).subject)] == [b"2"]
    assert store.statements("batch") == []


def test_the_same_content_is_found_and_never_kept_twice(store: SqliteStore) -> None:
    with store.writing():
        append(store, 1)
    content = hashlib.sha256(b"1").digest()
    assert store.find_content(PRODUCER.issuer, "event", content) == stated(1).id
    assert store.find_content("https://id.example/ocop/X", "event", content) is None
    assert store.find_content(PRODUCER.issuer, "batch", content) is None

    def again() -> None:
        with store.writing():
            append(store, 1)

    with pytest.raises(StorageError):
        again()
    assert store.log_size() == 1


def test_a_node_that_was_lost_is_noticed(store: SqliteStore) -> None:
    with pytest.raises(StorageError) as caught:
        store.log_node(0, 0)
    assert code_of(caught) == "store.node_missing"


def test_nothing_is_appended_where_entries_and_tree_do_not_agree(store: SqliteStore) -> None:
    with store.writing():
        append(store, 1)
        append(store, 2)
    store._rows("UPDATE statement SET position = NULL WHERE position = 1")  # noqa: SLF001

    def go_on() -> None:
        with store.writing():
            append(store, 3)

    with pytest.raises(StorageError) as caught:
        go_on()
    assert code_of(caught) == "store.node_missing"
    assert (store.log_size(), store.tree_size()) == (1, 2)


def test_checkpoints_are_kept_once_and_found_by_what_they_cover(store: SqliteStore) -> None:
    with store.writing():
        for size in (7, 3):
            made_at = NOW + timedelta(hours=size)
            store.add_checkpoint(size, f"at {size}", made_at=made_at)
        store.add_checkpoint(3, "another at 3", made_at=NOW)
    covering = [store.checkpoint_covering(position) for position in (0, 2, 3, 6, 7)]
    assert covering == ["at 3", "at 3", "at 7", "at 7", None]
    assert store.newest_checkpoint() == "at 7"
    assert [store.checkpoint_at(size) for size in (3, 4, 7)] == ["at 3", None, "at 7"]


def test_a_checkpoint_is_found_by_the_time_before_which_it_was_made(store: SqliteStore) -> None:
    with store.writing():
        for size in (3, 7):
            made_at = NOW + timedelta(hours=size)
            store.add_checkpoint(size, f"at {size}", made_at=made_at)

    def before(hours: int) -> str | None:
        elsewhere = timezone(timedelta(hours=7))
        return store.newest_checkpoint_before((NOW + timedelta(hours=hours)).astimezone(elsewhere))

    assert [before(hours) for hours in (3, 4, 7, 8)] == [None, "at 3", "at 3", "at 7"]


def test_a_witness_remembers_each_log(store: SqliteStore) -> None:
    memory = Memory(3, bytes(32))
    with store.writing():
        store.set_witness_memory("w1", "log.example/1", memory)
    assert store.witness_memory("w1", "log.example/1") == memory
    assert store.witness_memory("w1", "log.example/2") == NOTHING_SEEN
    assert store.witness_memory("w2", "log.example/1") == NOTHING_SEEN


def test_the_newest_trust_file_is_given_unless_one_is_asked_for(store: SqliteStore) -> None:
    with store.writing():
        for version in (2, 1):
            store.add_trust_file("bundle", version, str(version).encode())
    assert store.trust_file("bundle") == b"2"
    assert store.trust_file("bundle", 1) == b"1"
    assert store.trust_file("bundle", 3) is None
    assert store.trust_file("root") is None


def index_event(store: SqliteStore, number: int, *edges: tuple[str, str]) -> None:
    append(store, number)
    statement = stated(number)
    store.add_event(
        statement.id,
        statement.subject,
        issuer=statement.issuer,
        declares_error=False,
        edges=edges,
        mentions=dict.fromkeys(name for edge in edges for name in edge),
    )


def test_origins_go_back_as_far_as_there_are_edges(store: SqliteStore) -> None:
    with store.writing():
        index_event(store, 1, ("krill", "mash"), ("salt", "mash"))
        index_event(store, 2, ("mash", "paste"), ("paste", "mash"))
        index_event(store, 3, ("krill", "sauce"))
    assert store.origins("paste") == {"paste", "mash", "krill", "salt"}
    assert store.origins("krill") == {"krill"}
    assert store.origins("unheard of") == {"unheard of"}
    assert store.flows_into("krill") == ["mash", "sauce"]
    about = store.speaking_of("event", ["paste", "krill", "mash"])
    assert [each.payload for each in about] == [b"1", b"2", b"3"]
    assert store.event_statement(stated(2).subject) == stated(2).id
    assert store.event_statement("urn:uuid:x") is None
    assert store.event_statement(stated(2).subject, issuer=PRODUCER.issuer) == stated(2).id
    assert store.event_statement(stated(2).subject, issuer=NEIGHBOUR.issuer) is None


def test_a_transformation_is_gathered_for_each_issuer_apart(store: SqliteStore) -> None:
    def tell(issuer: str, inputs: str, outputs: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        with store.writing():
            return store.add_transformation_parts(
                "t", issuer=issuer, inputs=inputs, outputs=outputs
            )

    assert tell("a", "k", "") == (("k",), ())
    assert tell("b", "x", "y") == (("x",), ("y",))
    assert tell("a", "sk", "m") == (("k", "s"), ("m",))


DRAWN = [f"{number:012d}" for number in range(0, 7500, 3)]
RUNS = [
    StoredRun("A" * 12, "batch", "", 2500, drawn="".join(DRAWN).encode()),
    StoredRun("B" * 12, "batch", "", 1000, sequence=("L", 7, 4)),
    StoredRun("C" * 12, "batch", "", 3, listed="x\ny.z\nxx"),
    StoredRun("D" * 12, "other", "", 1, listed="z"),
]


def test_a_serial_is_found_in_the_run_in_which_it_was_issued(store: SqliteStore) -> None:
    with store.writing():
        for run in RUNS:
            store.add_label_run(run)
    issued = {serial: ("A" * 12, position) for position, serial in enumerate(DRAWN)}
    issued |= {f"L{number + 7:04}": ("B" * 12, number) for number in range(1000)}
    issued |= {"x": ("C" * 12, 0), "y.z": ("C" * 12, 1), "xx": ("C" * 12, 2)}
    assert {serial: store.find_serial("batch", serial) for serial in issued} == issued
    others = [
        "000000000001",
        "L0006",
        "L1007",
        "L007",
        "L00007",
        "L\u0660\u0660\u0660\u0667",
        "z",
        "xy",
        "y",
        "",
        "\n",
    ]
    assert [store.find_serial("batch", serial) for serial in others] == [None] * len(others)
    assert store.find_serial("other", "z") == ("D" * 12, 0)
    assert list(store.label_runs()) == RUNS
    assert list(store.label_runs("batch")) == RUNS[:3]
    assert [store.label_run(run.code) for run in RUNS] == RUNS
    assert store.label_run("E" * 12) is None


def test_a_run_has_serials_of_one_kind_and_a_code_of_its_own(store: SqliteStore) -> None:
    both = StoredRun("A" * 12, "batch", "", 1, sequence=("L", 1, 1), listed="x")
    with pytest.raises(StorageError), store.writing():
        store.add_label_run(both)
    with store.writing():
        store.add_label_run(RUNS[0])
    with pytest.raises(StorageError), store.writing():
        store.add_label_run(RUNS[0])


def test_what_became_of_stickers_is_kept_in_order(store: SqliteStore) -> None:
    acts = [
        StoredAct("printed", "2026-11-28T08:00:00Z", 1, 1000),
        StoredAct("spoiled", "2026-11-28T09:00:00Z", 3, 4, "B" * 12),
        StoredAct("duplicated", "2026-11-28T10:00:00Z", 1, 1000),
    ]
    with store.writing():
        for run in RUNS[:2]:
            store.add_label_run(run)
        for act in acts:
            store.add_label_act("A" * 12, act)
    assert store.label_acts("A" * 12) == acts
    assert store.label_acts("B" * 12) == []


def test_registered_entries_are_the_newest_of_each_issuer(store: SqliteStore) -> None:
    def register(issuer: str, subject: str, data: str) -> None:
        with store.writing():
            store.register("place", "p1", issuer=issuer, subject=subject, data=data)

    register("b", "urn:1", '{"v":1}')
    register("a", "urn:2", '{"v":3}')
    register("b", "urn:1", '{"v":2}')
    assert store.registered("place", "p1") == ("urn:1", '{"v":2}')
    assert store.registered("place", "p1", issuer="a") == ("urn:2", '{"v":3}')
    assert store.registered("place", "p1", issuer="c") is None
    assert store.registered("batch", "p1") is None
    assert store.all_registered("place") == ['{"v":2}', '{"v":3}']


def foreign_proof(village: Village, number: int) -> LogProof:
    proof = village.proof(0, len(village.entries))
    return LogProof(village.checkpoint(), number, proof.path)


def test_what_others_stated_is_kept_without_a_place_in_the_own_log(store: SqliteStore) -> None:
    with store.writing():
        store.add_statement(stated(7), b"7", SALT)
        append(store, 1)
        store.add_statement(stated(8), None, None)
    assert store.log_size() == 1
    kept = store.statements("event")
    assert [(each.statement, each.position) for each in kept] == [
        (stated(1), 0),
        (stated(7), None),
        (stated(8), None),
    ]
    assert [each.payload for each in kept] == [b"1", b"7", None]
    # Only what was stated here is not stated again.
    content = hashlib.sha256(b"7").digest()
    assert store.find_content(PRODUCER.issuer, "event", content) is None
    others = store.stated_by_others("event", stated(7).subject, NEIGHBOUR.issuer)
    assert others == {stated(7).id: PRODUCER.issuer}
    assert store.stated_by_others("event", stated(7).subject, PRODUCER.issuer) == {}


def test_what_is_shown_later_is_filled_in_once(store: SqliteStore) -> None:
    with store.writing():
        store.add_statement(stated(8), None, None)
        store.show(stated(8).id, b"8", SALT)
        store.show(stated(8).id, b"other", SALT)
    [kept] = store.statements("event")
    assert (kept.payload, kept.salt) == (b"8", SALT)


def test_proofs_of_others_logs_are_kept_as_they_came(store: SqliteStore) -> None:
    village = Village()
    proofs = [foreign_proof(village, 0)]
    village.append(b"entry 2")
    proofs.append(foreign_proof(village, 0))
    with store.writing():
        store.add_statement(stated(7), b"7", SALT)
        for proof in (*proofs, *proofs):
            store.add_foreign_proof(stated(7).id, proof)
    assert store.foreign_proofs(stated(7).id) == proofs
    assert store.foreign_proofs(stated(8).id) == []
    assert store.checkpoint_covering(0) is None


def test_names_are_found_in_statements_of_the_kind_asked_for(store: SqliteStore) -> None:
    with store.writing():
        index_event(store, 1, ("krill", "mash"))
        store.add_mentions(stated(1).id, ["paper"])
        append(store, 2)
        store.add_mentions(stated(2).id, ["mash"])
    found = store.speaking_of("event", ["mash", "mash", "paper", "unheard of"])
    assert [each.position for each in found] == [0, 1]
    assert store.speaking_of("batch", ["mash"]) == store.speaking_of("event", []) == []
    with store.writing():
        store.keep_mentions(stated(1).id, ["mash"])
    assert [each.position for each in store.speaking_of("event", ["krill", "mash"])] == [0, 1]
    assert store.speaking_of("event", ["krill", "paper"]) == []


def test_what_is_erased_leaves_the_statement_and_nothing_that_it_said(
    store: SqliteStore, path: Path
) -> None:
    payload = b'{"name":"' + b"Nguyen Van A" * 1000 + b'"}'
    content = hashlib.sha256(payload).digest()
    salt = hashlib.sha256(b"salt").digest()[:16]
    statement = stated(1)
    with store.writing():
        store.append(statement, payload, salt, content)
        for data in (payload.decode(), "newer"):
            store.register(
                "event",
                f"as {len(data)}",
                issuer=statement.issuer,
                subject=statement.subject,
                data=data,
            )
        assert store.erase(statement.id)
        assert not store.erase(statement.id)
        assert not store.erase(bytes(32))
    store.leave_no_trace()
    kept = store.statement(statement.id)
    assert kept is not None
    assert (kept.statement, kept.payload, kept.salt, kept.position, kept.is_erased) == (
        statement,
        None,
        None,
        0,
        True,
    )
    assert store.find_content(statement.issuer, "event", content) is None
    assert store.all_registered("event") == ["newer"]
    files = b"".join(file.read_bytes() for file in path.parent.iterdir())
    assert [part for part in (b"Nguyen", salt, content) if part in files] == []
    with store.writing():
        store.show(statement.id, payload, salt)
    assert store.statement(statement.id) == kept


def test_names_that_were_rolled_back_get_a_number_again(store: SqliteStore) -> None:
    def fail() -> None:
        with store.writing():
            index_event(store, 1, ("krill", "mash"))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail()
    with store.writing():
        index_event(store, 2, ("salt", "krill"), ("krill", "mash"))
    assert store.origins("mash") == {"mash", "krill", "salt"}
