"""Who may submit to a log: what verifiers would accept, and nothing else."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from ocoptrace.signing import Statement
from ocoptrace.signing.bundle import Revocation, RevocationCheckpoint
from ocoptrace.verify.admission import admission_problem
from village import (
    A_DAY,
    BATCH,
    CLOSED,
    FOREIGN_BATCH,
    FOUNDED,
    KEYS,
    LOG,
    NEIGHBOUR,
    NOW,
    OFFICE,
    PRODUCER,
    PRODUCT,
    STRANGER,
    Party,
    Village,
    grant,
    key_entry,
    log_entry,
    publish,
)

if TYPE_CHECKING:
    from datetime import datetime


def problem(
    statement: Statement, *, now: datetime = NOW, **bundle: Any
) -> tuple[str, dict[str, Any]] | None:
    found = admission_problem(statement, publish(**bundle), origin=LOG.name, now=now)
    return None if found is None else (found.code.removeprefix("submission."), dict(found.facts))


def test_what_a_producer_may_state_is_admitted() -> None:
    village = Village()
    said = [
        village.state_batch(),
        village.state_event(),
        village.state_evidence(BATCH),
        village.state_alias(),
        village.state("product", {}, subject=PRODUCT),
        village.state("record", {}, subject=BATCH),
        village.state_event(FOREIGN_BATCH, by=NEIGHBOUR),
    ]
    assert [problem(each.statement) for each in said] == [None] * len(said)


def test_a_stranger_is_not_known_and_an_office_acts_by_its_own_hand() -> None:
    village = Village()
    assert problem(village.state_batch(by=STRANGER).statement) == (
        "unknown_key",
        {"kid": STRANGER.signer.public_key.kid.hex()},
    )
    found = problem(village.state_grade().statement)
    assert found == ("not_a_producer", {"issuer": OFFICE.issuer})


def test_a_false_signature_is_told_before_anything_else() -> None:
    said = Village().state_batch(FOREIGN_BATCH).statement
    forged = Statement.decode(said.cose[:-1] + bytes([said.cose[-1] ^ 1]))
    found = problem(forged)
    assert found is not None
    assert found[0] == "bad_signature"


def test_rights_are_those_of_the_bundle() -> None:
    village = Village()
    assert problem(village.state_batch(FOREIGN_BATCH).statement) == (
        "not_entitled_name",
        {"what": FOREIGN_BATCH},
    )
    alone = key_entry(PRODUCER, grant(kinds=("event",)))
    keys = (KEYS[0], alone)
    found = problem(village.state_batch().statement, keys=keys)
    assert found == ("not_entitled_kind", {"what": "batch"})
    as_neighbour = Party(NEIGHBOUR.code, PRODUCER.signer)
    found = problem(village.state_batch(by=as_neighbour).statement)
    assert found == ("not_entitled_issuer", {"what": NEIGHBOUR.issuer})


def test_a_subject_has_the_level_of_its_kind() -> None:
    found = problem(Village().state("batch", {}, subject=PRODUCT).statement)
    assert found == ("bad_subject", {"kind": "batch", "subject": PRODUCT})


def test_neither_too_early_nor_too_late_nor_ahead_of_time() -> None:
    village = Village()
    before = village.state_batch(at=FOUNDED - A_DAY).statement
    assert problem(before) == ("not_entitled_period", {"what": (FOUNDED - A_DAY).isoformat()})
    # Dated when the key was good, and brought when it is over: the log would bear witness to a lie.
    late = problem(village.state_batch(at=NOW).statement, now=CLOSED)
    assert late is not None
    assert late[0] == "not_entitled_period"
    assert problem(village.state_batch(at=NOW).statement, now=CLOSED - A_DAY) is None
    ahead = village.state_batch(at=NOW + timedelta(minutes=11)).statement
    assert problem(ahead) == ("dated_ahead", {"claimed": "2026-11-23T08:11:00Z"})
    assert problem(village.state_batch(at=NOW + timedelta(minutes=9)).statement) is None


@pytest.mark.parametrize("reason", ["superseded", "ceased", "compromised"])
def test_a_revoked_key_enters_nothing_from_then_on(reason: str) -> None:
    village = Village()
    thumbprint = KEYS[1].thumbprint
    members: dict[str, Any] = {"key": thumbprint, "reason": reason, "at": NOW + A_DAY}
    if reason == "compromised":
        members["checkpoint"] = RevocationCheckpoint(origin=LOG.name, size=3, root="0" * 64)
    revocation = Revocation.model_validate(members)
    said = village.state_batch().statement
    later = problem(said, now=NOW + 2 * A_DAY, revocations=(revocation,))
    assert later == ("revoked", {"reason": reason, "at": "2026-11-24T08:00:00Z"})
    sooner = problem(said, revocations=(revocation,))
    # What a thief dates back is dated back in the log as well.
    assert (sooner is None) == (reason != "compromised")


def test_a_log_that_ended_takes_in_nothing() -> None:
    final = RevocationCheckpoint(origin=LOG.name, size=3, root="0" * 64)
    found = problem(Village().state_batch().statement, logs=(log_entry(final=final),))
    assert found == ("log_closed", {"size": 3})
