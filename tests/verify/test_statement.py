from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from ocoptrace.errors import InputError
from ocoptrace.messages import LANGUAGES
from ocoptrace.signing import Statement
from ocoptrace.signing.cose import Sign1
from ocoptrace.transparency import LogProof
from ocoptrace.verify import Policy, Verdict, verify_record, verify_statement
from ocoptrace.verify.checks import OF_EVERY_STATEMENT
from village import (
    A_DAY,
    BATCH,
    FOREIGN_BATCH,
    KEYS,
    NEIGHBOUR,
    NOW,
    PRODUCER,
    STRANGER,
    WITNESSES,
    Said,
    Village,
    publish,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

TRUST = publish()
OF_A_RECORD = {"about", "complete", "grade", "shelf_life"}


def proof_of(village: Village, said: Said, **options: Any) -> LogProof:
    checkpoint = village.checkpoint(**options)
    return LogProof(checkpoint, said.index, village.proof(said.index, checkpoint.size).path)


def verdict_of(said: Said, proofs: Iterable[LogProof] = (), **options: Any) -> Verdict:
    """Return the verdict on a statement that is shown, having listened to all that it says."""
    given = {"payload": said.payload, "salt": said.salt, "trust": TRUST, "now": NOW} | options
    verdict = verify_statement(said.statement, proofs=tuple(proofs), **given)
    for language in LANGUAGES:
        for text in (verdict.headline(language), *(c.text(language) for c in verdict.checks)):
            assert not text.startswith("verdict.")
            assert "{" not in text.replace("{}", "")
    return verdict


def ways(verdict: Verdict, *outcomes: str) -> set[tuple[str, str]]:
    return {(check.code, check.reason) for check in verdict.checks if check.outcome in outcomes}


def test_a_statement_that_holds_is_ok() -> None:
    village = Village()
    said = village.state_batch()
    verdict = verdict_of(said, [proof_of(village, said)])
    assert (verdict.about, verdict.overall) == (BATCH, "ok")
    assert ways(verdict, "fail", "warn", "unknown") == set()
    assert {check.code for check in verdict.checks} == {"format", "bundle", *OF_EVERY_STATEMENT}


def test_a_statement_is_checked_as_it_is_in_a_record() -> None:
    village = Village()
    said = village.state_event(FOREIGN_BATCH)
    record = village.record([said], TRUST)
    in_record = verify_record(record, trust=TRUST, now=NOW)
    alone = verdict_of(said, [proof_of(village, said)])
    assert [check for check in in_record.checks if check.code not in OF_A_RECORD] == [*alone.checks]


def test_bytes_and_text_do_as_well_as_values() -> None:
    village = Village()
    said = village.state_batch()
    proofs = [proof_of(village, said)]
    as_bytes = verify_statement(
        said.statement.cose,
        payload=said.payload.encode(),
        salt=said.salt,
        proofs=proofs,
        trust=TRUST,
        now=NOW,
    )
    assert as_bytes == verdict_of(said, proofs)


def test_a_statement_alone_is_logged_nowhere() -> None:
    verdict = verdict_of(Village().state_batch())
    assert verdict.overall == "unproven"
    assert ways(verdict, "fail") == {("logged", ""), ("witnessed", "")}


def test_a_withheld_payload_is_ok_offline_at_best() -> None:
    village = Village()
    batch, event = village.state_batch(), village.state_event()
    for said, hidden in ((batch, set()), (event, {("entitlement", "withheld")})):
        proofs = [proof_of(village, said)]
        verdict = verdict_of(said, proofs, payload=None, salt=None)
        assert verdict.overall == "ok_offline"
        assert ways(verdict, "unknown") == {("content", "withheld"), *hidden}


def test_what_is_no_statement_is_malformed() -> None:
    said = Village().state_batch()
    cose = said.statement.cose
    for data in (b"", b"{}", cose[:-1], cose + b"\x00", cose[1:]):
        verdict = verify_statement(data, trust=TRUST, now=NOW)
        assert (verdict.about, verdict.overall) == ("", "malformed")


@pytest.mark.parametrize(
    "members",
    [
        {"salt": None},
        {"payload": None},
        {"payload": b"\xff", "salt": bytes(16)},
        {"payload": "\ud800", "salt": bytes(16)},
        {"salt": bytes(15)},
    ],
    ids=["no salt", "no payload", "no text", "half a character", "a short salt"],
)
def test_payload_and_salt_stand_together_and_are_text(members: dict[str, Any]) -> None:
    assert verdict_of(Village().state_batch(), **members).overall == "malformed"


def test_a_changed_payload_or_salt_is_altered() -> None:
    village = Village()
    said = village.state_batch()
    proofs = [proof_of(village, said)]
    more = said.payload.replace("18456", "28456")
    for changed in ({"payload": more}, {"salt": bytes(16)}):
        verdict = verdict_of(said, proofs, **changed)
        assert (verdict.overall, ways(verdict, "fail")) == ("altered", {("content", "")})


def test_a_forged_signature_is_altered() -> None:
    village = Village()
    said = village.state_batch()
    message = Sign1.decode(said.statement.cose)
    forged = replace(message, signature=STRANGER.signer.sign(message.sig_structure()))
    statement = Statement.decode(forged.encode())
    index = village.append(statement.cose)
    forgery = replace(said, statement=statement, index=index)
    verdict = verdict_of(forgery, [proof_of(village, forgery)])
    assert (verdict.overall, ways(verdict, "fail")) == ("altered", {("signature", "")})


def test_who_states_it_must_be_known_and_entitled() -> None:
    village = Village()
    cases = {
        "unknown_issuer": village.state_batch(by=STRANGER),
        "not_entitled": village.state_batch(by=NEIGHBOUR),
    }
    for word, said in cases.items():
        assert verdict_of(said, [proof_of(village, said)]).overall == word


def test_a_plain_name_stands_on_a_host_of_the_bundle() -> None:
    village = Village()
    said = village.state_batch("https://other.example/ocop/7K3M9QAB/MAMTOM/L1")
    verdict = verdict_of(said, [proof_of(village, said)])
    assert ways(verdict, "fail") == {("issuer", "namespace"), ("entitlement", "name")}


def test_every_proof_has_to_hold() -> None:
    village = Village()
    said, other = village.state_batch(), village.state_event()
    good = proof_of(village, said)
    false = replace(good, index=other.index)
    for proofs in ([false], [good, false], [false, good]):
        verdict = verdict_of(said, proofs)
        assert verdict.overall == "altered"
        assert ("proof", "") in ways(verdict, "fail")


def test_a_proof_can_be_asked_by_itself() -> None:
    village = Village()
    said = village.state_batch()
    proof = proof_of(village, said)
    proof.verify(said.statement.cose)
    with pytest.raises(InputError, match="another root"):
        proof.verify(said.statement.cose + b"\x00")


def test_bundle_and_clock_are_judged_too() -> None:
    village = Village()
    said = village.state_batch()
    proofs = [proof_of(village, said)]
    assert verdict_of(said, proofs, now=TRUST.issued + 31 * A_DAY).overall == "ok_offline"
    patient = Policy(max_bundle_age=60 * A_DAY)
    assert verdict_of(said, proofs, now=TRUST.issued + 31 * A_DAY, policy=patient).overall == "ok"
    assert ways(verdict_of(said, proofs, now=TRUST.expires), "warn") == {
        ("bundle", "bundle_expired")
    }
    early = verdict_of(said, proofs, now=datetime(1970, 1, 1, tzinfo=UTC))
    assert ways(early, "warn") == {("clock", "clock_behind")}
    with pytest.raises(InputError, match="time zone"):
        verdict_of(said, proofs, now=NOW.replace(tzinfo=None))


def test_too_few_witnesses_leave_it_unproven() -> None:
    village = Village()
    said = village.state_batch()
    verdict = verdict_of(said, [proof_of(village, said, witnesses=WITNESSES[:1])])
    assert (verdict.overall, ways(verdict, "fail")) == ("unproven", {("witnessed", "")})


def test_an_event_that_was_signed_with_a_key_of_a_newer_bundle_is_of_an_unknown_issuer() -> None:
    village = Village()
    said = village.state_event(by=PRODUCER)
    older = publish(keys=(KEYS[0], KEYS[2]))
    verdict = verdict_of(said, [proof_of(village, said)], trust=older)
    assert (verdict.overall, ways(verdict, "fail")) == ("unknown_issuer", {("issuer", "")})
