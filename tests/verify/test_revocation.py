"""What a withdrawn key leaves good, and what a thief with its log cannot do."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from ocoptrace.errors import ProofError
from ocoptrace.signing.bundle import Revocation
from ocoptrace.transparency import ConsistencyProof, LogProof
from ocoptrace.verify import verify_record, verify_statement
from village import (
    A_DAY,
    FOUNDED,
    LOG,
    NEIGHBOUR,
    NOW,
    PRODUCER,
    Party,
    Said,
    Village,
    publish,
)

if TYPE_CHECKING:
    from ocoptrace.signing import TrustBundle

A_SECOND = timedelta(seconds=1)
OTHER_ORIGIN = "other.example/log"


def revocation(reason: str, *, of: Party = PRODUCER, **members: Any) -> Revocation:
    key = of.signer.public_key.thumbprint.hex()
    return Revocation.model_validate({"key": key, "reason": reason, "at": NOW} | members)


def lost(village: Village, size: int, **members: Any) -> Revocation:
    """Return that the key was lost after the office had seen so much of the log."""
    seen = {"origin": LOG.name, "size": size, "root": village.checkpoint(size=size).root.hex()}
    return revocation("compromised", checkpoint=seen | members)


def consistency(village: Village, first: int, second: int, **members: Any) -> ConsistencyProof:
    """Return the proof between two sizes of the log."""
    roots = [village.checkpoint(size=size).root for size in (first, second)]
    path = tuple(village.consistency(first, second))
    return replace(ConsistencyProof(LOG.name, first, roots[0], second, roots[1], path), **members)


def outcome(
    village: Village,
    said: Said,
    trust: TrustBundle,
    *,
    size: int | None = None,
    consistency: tuple[ConsistencyProof, ...] = (),
) -> str:
    """Return how the check of the key's withdrawal comes out."""
    checkpoint = village.checkpoint(size=size)
    proof = LogProof(checkpoint, said.index, village.proof(said.index, checkpoint.size).path)
    verdict = verify_statement(
        said.statement,
        payload=said.payload,
        salt=said.salt,
        proofs=[proof],
        trust=trust,
        now=NOW,
        consistency=consistency,
    )
    check = verdict.check("revocation")
    assert check is not None
    return check.outcome


@pytest.fixture
def village() -> Village:
    """A village whose log goes on after the office has seen five entries."""
    village = Village()
    for _ in range(3):
        village.state_event(by=NEIGHBOUR)
    return village


def test_consistency_ties_a_later_checkpoint_to_the_offices(village: Village) -> None:
    said = village.state_batch(at=FOUNDED)
    size = len(village.entries)
    for _ in range(4):
        village.state_event(by=NEIGHBOUR)
    trust = publish(revocations=(lost(village, size),))
    now = len(village.entries)
    assert outcome(village, said, trust) == "fail"
    assert outcome(village, said, trust, consistency=(consistency(village, size, now),)) == "pass"
    others = (consistency(village, size, now - 1), consistency(village, size - 1, now))
    assert outcome(village, said, trust, consistency=others) == "fail"


def test_consistency_ties_an_earlier_checkpoint_to_the_offices(village: Village) -> None:
    said = village.state_batch(at=FOUNDED)
    early = len(village.entries)
    village.state_event(by=NEIGHBOUR)
    size = len(village.entries)
    trust = publish(revocations=(lost(village, size),))
    assert outcome(village, said, trust, size=early) == "fail"
    tied = (consistency(village, early, size),)
    assert outcome(village, said, trust, size=early, consistency=tied) == "pass"


def test_what_was_logged_after_the_office_looked_stays_revoked(village: Village) -> None:
    size = len(village.entries)
    stolen = village.state_batch(at=FOUNDED)
    now = len(village.entries)
    trust = publish(revocations=(lost(village, size),))
    tied = (consistency(village, size, now),)
    assert outcome(village, stolen, trust, consistency=tied) == "fail"


def test_a_thief_with_the_logs_key_gains_nothing(village: Village) -> None:
    """The thief grows another tree of the same origin and size, and ties its own trees."""
    village.state_batch(at=FOUNDED)
    size = len(village.entries)
    trust = publish(revocations=(lost(village, size),))
    forked = Village()
    for _ in range(3):
        forked.state_event(by=NEIGHBOUR)
    stolen = forked.state_batch(at=FOUNDED, quantity={"value": 99999, "uom": "EA"})
    assert len(forked.entries) == size
    forked.state_event(by=NEIGHBOUR)
    tied = (consistency(forked, size, size + 1), consistency(forked, size - 1, size))
    for at in (size, size + 1):
        assert outcome(forked, stolen, trust, size=at, consistency=tied) == "fail"


def test_a_consistency_proof_is_of_one_log(village: Village) -> None:
    said = village.state_batch(at=FOUNDED)
    size = len(village.entries)
    village.state_event(by=NEIGHBOUR)
    proof = consistency(village, size, len(village.entries), origin=OTHER_ORIGIN)
    for seen in (lost(village, size), lost(village, size, origin=OTHER_ORIGIN)):
        trust = publish(revocations=(seen,))
        assert outcome(village, said, trust, consistency=(proof,)) == "fail"


def test_the_index_counts_even_where_the_trees_are_one(village: Village) -> None:
    """The office's size is the border, whichever tree the statement was proven in."""
    last = village.state_batch(at=FOUNDED)
    size = len(village.entries)
    village.state_event(by=NEIGHBOUR)
    trust = {border: publish(revocations=(lost(village, border),)) for border in (size, last.index)}
    for border, found in ((size, "pass"), (last.index, "fail")):
        tied = (consistency(village, border, len(village.entries)),)
        assert outcome(village, last, trust[border], consistency=tied) == found


def test_what_does_not_hold_is_no_consistency_proof(village: Village) -> None:
    proof = consistency(village, 3, 5)
    wrong: tuple[dict[str, Any], ...] = (
        {"first_root": bytes(32)},
        {"second_root": bytes(32)},
        {"first_size": 2},
        {"second_size": 4},
        {"path": proof.path[:-1]},
        {"path": (*proof.path, bytes(32))},
        {"path": tuple(bytes(31) for _ in proof.path)},
        {"first_size": 0},
    )
    for members in wrong:
        with pytest.raises(ProofError):
            replace(proof, **members)


def test_a_statement_has_to_survive_every_revocation(village: Village) -> None:
    said = village.state_batch(at=NOW - 2 * A_DAY)
    size = len(village.entries)
    survived, ceased_early = lost(village, size), revocation("ceased", at=NOW - 3 * A_DAY)
    ceased_late = revocation("ceased", at=NOW + A_SECOND)
    lost_early = lost(village, size - 1)
    cases = (
        ((survived,), "pass"),
        ((ceased_late,), "pass"),
        ((survived, ceased_late), "pass"),
        ((survived, ceased_early), "fail"),
        ((ceased_early, survived), "fail"),
        ((survived, lost_early), "fail"),
        ((lost_early, survived), "fail"),
        ((survived, revocation("compromised")), "fail"),
    )
    for revocations, found in cases:
        trust = publish(revocations=revocations)
        assert outcome(village, said, trust) == found, revocations


def test_a_second_proof_under_the_offices_checkpoint_saves_a_statement(village: Village) -> None:
    said = village.state_batch(at=FOUNDED)
    event = village.state_event(at=FOUNDED)
    size = len(village.entries)
    village.state_event(by=NEIGHBOUR)
    trust = publish(revocations=(lost(village, size),))
    later = village.record([said, event], trust)
    office = village.checkpoint(size=size)
    both = [
        replace(each, proofs=(*each.proofs, village.proof(index, size, checkpoint=1)))
        for each, index in zip(later.statements, (said.index, event.index), strict=True)
    ]
    saved = replace(later, checkpoints=(*later.checkpoints, office), statements=tuple(both))
    assert verify_record(later, trust=trust, now=NOW).overall == "revoked"
    assert verify_record(saved.to_bytes(), trust=trust, now=NOW).overall == "ok"
    tied = (consistency(village, size, len(village.entries)),)
    assert verify_record(later, trust=trust, now=NOW, consistency=tied).overall == "ok"


def test_the_words_name_why_and_when_a_key_was_withdrawn(village: Village) -> None:
    said = village.state_batch(at=FOUNDED)
    trust = publish(revocations=(revocation("compromised"),))
    verdict = verify_statement(said.statement, trust=trust, now=NOW)
    check = verdict.check("revocation")
    assert check is not None
    assert "23 Nov 2026 (it was lost to someone else)" in check.text("en")
    assert "23/11/2026 (đã lọt vào tay người khác)" in check.text("vi")
