"""What a log takes in beside its own entries, and what own statements are still to be submitted."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pytest

from ocoptrace.errors import StorageError
from ocoptrace.signing import Statement, sign_statement
from ocoptrace.store import SqliteStore
from ocoptrace.transparency import LogProof, inclusion_proof, leaf_hash, tree_root, verify_inclusion
from village import LOG, NEIGHBOUR, NOW, Village

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SALT = bytes(16)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    made = SqliteStore.create(tmp_path / "ocoptrace.db")
    yield made
    made.close()


def stated(number: int) -> Statement:
    statement, _ = sign_statement(
        "event",
        str(number).encode(),
        issuer=NEIGHBOUR.issuer,
        subject=f"urn:uuid:0190a7c5-8a3e-8f00-8000-{number:012d}",
        signer=NEIGHBOUR.signer,
        now=NOW,
        salt=SALT,
    )
    return statement


def append(store: SqliteStore, number: int) -> int:
    payload = str(number).encode()
    return store.append(stated(number), payload, SALT, hashlib.sha256(payload).digest())


def test_own_and_admitted_entries_are_one_tree(store: SqliteStore) -> None:
    with store.writing():
        places = [append(store, n) if n % 3 else store.admit(stated(n)) for n in range(20)]
    with store.writing():
        places += [store.admit(stated(20)), append(store, 21), store.admit(stated(22))]
    assert places == list(range(23))
    assert store.log_size() == 23
    entries = store.log_entries(0, 100)
    assert list(entries) == places
    assert list(entries.values()) == [(stated(n).id, stated(n).cose) for n in range(23)]
    assert list(store.log_entries(2, 3)) == [2, 3, 4]
    root = tree_root(23, store.log_node)
    for place in places:
        path = inclusion_proof(place, 23, store.log_node)
        verify_inclusion(leaf_hash(stated(place).cose), place, 23, path, root)


def test_an_admitted_entry_is_bytes_and_no_statement_of_the_store(store: SqliteStore) -> None:
    with store.writing():
        append(store, 1)
        store.admit(stated(2))
    assert store.entry_place(stated(1).id) == (0, stated(1).cose)
    assert store.entry_place(stated(2).id) == (1, stated(2).cose)
    assert store.entry_place(stated(3).id) is None
    assert [each.statement for each in store.statements("event")] == [stated(1)]
    assert store.statement(stated(2).id) is None
    shown = store.log_entry(1)
    assert shown is not None
    assert (shown.statement, shown.payload, shown.position) == (stated(2), None, 1)
    assert store.log_entry(2) is None


def test_an_id_is_admitted_once_and_a_failure_takes_nothing(store: SqliteStore) -> None:
    with store.writing():
        store.admit(stated(1))

    def admit_both() -> None:
        with store.writing():
            store.admit(stated(2))
            store.admit(stated(1))

    with pytest.raises(StorageError):
        admit_both()
    assert store.log_size() == 1
    with store.writing():
        assert store.admit(stated(2)) == 1


def test_before_growth_is_asked_before_an_admission_too(store: SqliteStore) -> None:
    def stop() -> None:
        raise StorageError("store.busy")

    store.before_growth = stop
    with pytest.raises(StorageError), store.writing():
        store.admit(stated(1))
    assert store.log_size() == 0


def test_what_is_due_is_what_the_other_log_has_neither_proven_nor_refused(
    store: SqliteStore,
) -> None:
    village = Village()
    said = [village.state_batch(), village.state_event(), village.state_evidence("urn:x:1")]
    policy = village.state("policy", {}, subject="id.example/log")
    with store.writing():
        for each in (policy, *said):
            store.append(each.statement, each.payload.encode(), each.salt, b"")
        store.admit(stated(1))
    ids = [each.statement.id for each in said]
    assert [s.id for s in store.due_submissions(LOG.name, limit=9)] == ids
    assert [s.id for s in store.due_submissions(LOG.name, limit=2)] == ids[:2]
    assert store.submission_counts(LOG.name) == (3, 0, 0)
    proof = LogProof(village.checkpoint(), said[0].index, village.proof(said[0].index).path)
    with store.writing():
        store.keep_submitted(ids[0], proof)
        store.keep_refused(LOG.name, ids[1], b"{}")
    assert [s.id for s in store.due_submissions(LOG.name, limit=9)] == ids[2:]
    assert store.submission_counts(LOG.name) == (1, 1, 1)
    assert store.foreign_proofs(ids[0]) == [proof]
    assert store.refused_submissions(LOG.name) == [(ids[1], b"{}")]
    # Another log knows nothing of that.
    assert store.submission_counts("other.example/log") == (3, 0, 0)
    with store.writing():
        store.forget_refused(LOG.name)
    assert [s.id for s in store.due_submissions(LOG.name, limit=9)] == ids[1:]
    assert store.refused_submissions(LOG.name) == []
    # What was refused once may be proven later.
    with store.writing():
        store.keep_refused(LOG.name, ids[1], b"{}")
        store.keep_submitted(ids[1], proof)
    assert store.submission_counts(LOG.name) == (1, 2, 0)


def test_kept_checkpoints_of_a_log_are_found_by_their_size(store: SqliteStore) -> None:
    village = Village()
    said = [village.state_batch(), village.state_event()]
    with store.writing():
        for each in said:
            store.append(each.statement, each.payload.encode(), each.salt, b"")
            size = each.index + 1
            checkpoint = village.checkpoint(size=size)
            path = village.proof(each.index, size).path
            store.keep_submitted(each.statement.id, LogProof(checkpoint, each.index, path))
    for each in said:
        size = each.index + 1
        assert store.foreign_checkpoints(LOG.name, size) == [str(village.checkpoint(size=size))]
    assert store.foreign_checkpoints(LOG.name, 1) == []
    assert store.foreign_checkpoints(LOG.name[:-1], 3) == []


def test_checkpoints_that_cover_an_entry_come_in_order(store: SqliteStore) -> None:
    with store.writing():
        for size in range(2, 350):
            store.add_checkpoint(size, f"note {size}", made_at=NOW)
    assert list(store.checkpoints_covering(0)) == [f"note {size}" for size in range(2, 350)]
    assert next(store.checkpoints_covering(7)) == "note 8"
    assert list(store.checkpoints_covering(349)) == []
