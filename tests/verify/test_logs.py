"""Records that span several logs: what is proven is told of each statement by its own proofs."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from ocoptrace.origin_record import OriginRecord, Proof, RecordedStatement, completeness_payload
from ocoptrace.signing.bundle import LogKey
from ocoptrace.signing.note import COSIGNATURE_V1, NoteSigner
from ocoptrace.verify import Check, Verdict, verify_record
from ocoptrace.verify.record import examine
from village import (
    BATCH,
    NEIGHBOUR,
    NOW,
    OFFICE,
    PRODUCER,
    WITNESSES,
    Said,
    Village,
    eddsa,
    log_entry,
    publish,
    reference,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ocoptrace.signing import TrustBundle
    from ocoptrace.signing.bundle import Log
    from ocoptrace.transparency import Checkpoint

OTHER_LOG = NoteSigner("other.example/ocop-log/1", eddsa(31))
OTHER_WITNESS = NoteSigner("w3.example", eddsa(33), COSIGNATURE_V1)
AN_HOUR = timedelta(hours=1)


def other_log(**changes: Any) -> Log:
    """Return a second log as a bundle lists it: the neighbour's own, without witnesses."""
    members = {
        "origin": OTHER_LOG.name,
        "keys": (LogKey(vkey=str(OTHER_LOG.verifier_key)),),
        "witnesses": (),
        "quorum": 0,
        "operator": NEIGHBOUR.issuer,
    }
    return log_entry(**(members | changes))


def both(**changes: Any) -> TrustBundle:
    return publish(logs=(log_entry(), other_log(**changes)))


class TwoLogs:
    """Two villages, each with its log, and records that have proofs in either or both."""

    def __init__(self) -> None:
        self.village, self.other = Village(), Village()

    def also(self, said: Said) -> int:
        """Log a statement in the other log too; return its index there."""
        return self.other.append(said.statement.cose)

    def record(
        self,
        trust: TrustBundle,
        here: Iterable[Said] = (),
        there: Iterable[Said] = (),
        twice: Iterable[tuple[Said, int]] = (),
        **witnessing: Any,
    ) -> OriginRecord:
        """Return a record with proofs here, in the other log, and in both."""
        others = {"log": OTHER_LOG, "witnesses": ()} | witnessing
        checkpoints: list[Checkpoint] = [self.village.checkpoint(), self.other.checkpoint(**others)]
        recorded: list[RecordedStatement] = [
            said.recorded(self.village.proof(said.index)) for said in here
        ]
        recorded += [said.recorded(self._there(said.index)) for said in there]
        recorded += [
            replace(
                said.recorded(self.village.proof(said.index)),
                proofs=(self.village.proof(said.index), self._there(index)),
            )
            for said, index in twice
        ]
        used = sorted({proof.checkpoint for each in recorded for proof in each.proofs})
        if used != [0, 1]:
            checkpoints = [checkpoints[number] for number in used]
            recorded = [
                replace(each, proofs=tuple(replace(p, checkpoint=0) for p in each.proofs))
                for each in recorded
            ]
        made = OriginRecord.of(BATCH, reference(trust), checkpoints, recorded)
        assert OriginRecord.parse(made.to_bytes()) == made
        return made

    def _there(self, index: int) -> Proof:
        return self.other.proof(index, checkpoint=1)


def witnessed(verdict: Verdict) -> list[Check]:
    return [check for check in verdict.checks if check.code == "witnessed"]


def ways(verdict: Verdict) -> list[str]:
    return [f"{check.outcome} {check.reason}".strip() for check in witnessed(verdict)]


@pytest.fixture
def logs() -> TwoLogs:
    return TwoLogs()


def test_statements_in_two_logs_with_witnesses_are_ok(logs: TwoLogs) -> None:
    trust = both(witnesses=(str(OTHER_WITNESS.verifier_key),), quorum=1)
    batch, event = logs.village.state_batch(), logs.other.state_event()
    record = logs.record(trust, [batch], [event], witnesses=[OTHER_WITNESS])
    verdict = verify_record(record, trust=trust, now=NOW)
    assert (verdict.overall, ways(verdict)) == ("ok", ["pass"])
    assert {checkpoint.origin for checkpoint in record.checkpoints} == {
        log.origin for log in trust.logs
    }


def test_one_statement_in_its_issuers_own_log_is_noted_among_others(logs: TwoLogs) -> None:
    trust = both(operator=PRODUCER.issuer)
    batch, event = logs.village.state_batch(), logs.other.state_event()
    verdict = verify_record(logs.record(trust, [batch], [event]), trust=trust, now=NOW)
    assert (verdict.overall, ways(verdict)) == ("warn", ["warn log_self_operated"])
    (check,) = witnessed(verdict)
    assert (check.facts["failed"], check.facts["count"]) == (1, 2)
    assert check.facts["origin"] == OTHER_LOG.name
    assert check.facts["statements"] == event.statement.id.hex()


def test_a_log_without_witnesses_that_another_runs_leaves_times_unknown(logs: TwoLogs) -> None:
    trust = both(operator=OFFICE.issuer)
    batch, event = logs.village.state_batch(), logs.other.state_event()
    verdict = verify_record(logs.record(trust, [batch], [event]), trust=trust, now=NOW)
    assert (verdict.overall, ways(verdict)) == ("ok_offline", ["unknown no_witness"])


def test_who_runs_a_log_is_asked_of_the_statements_in_it(logs: TwoLogs) -> None:
    """The neighbour's own log is nobody's own for what the producer stated there."""
    batch, event = logs.village.state_batch(), logs.other.state_event()
    grade = logs.village.state_event(by=NEIGHBOUR, action="OBSERVE")
    trust = both(operator=NEIGHBOUR.issuer)
    verdict = verify_record(logs.record(trust, [batch, grade], [event]), trust=trust, now=NOW)
    assert ways(verdict) == ["unknown no_witness"]


def test_what_is_worst_comes_first(logs: TwoLogs) -> None:
    trust = publish(logs=(log_entry(), other_log(operator=PRODUCER.issuer)))
    own, seen = logs.other.state_batch(), logs.other.state_event(by=NEIGHBOUR, action="OBSERVE")
    few = logs.village.state_event()
    record = logs.record(trust, [few], [own, seen])
    short = logs.village.checkpoint(witnesses=WITNESSES[:1])
    record = replace(record, checkpoints=(short, record.checkpoints[1]))
    verdict = verify_record(record, trust=trust, now=NOW)
    assert ways(verdict) == ["fail", "warn log_self_operated", "unknown no_witness"]
    assert verdict.check("witnessed") == witnessed(verdict)[0]
    assert [check.facts["failed"] for check in witnessed(verdict)] == [1, 1, 1]
    assert verdict.overall == "unproven"


def test_a_statement_in_two_logs_has_the_best_of_both(logs: TwoLogs) -> None:
    trust = both(operator=PRODUCER.issuer)
    batch, event = logs.village.state_batch(), logs.village.state_event()
    twice = [(said, logs.also(said)) for said in (batch, event)]
    verdict = verify_record(logs.record(trust, twice=twice), trust=trust, now=NOW)
    assert (verdict.overall, ways(verdict)) == ("ok", ["pass"])


def test_another_log_never_makes_a_statement_older(logs: TwoLogs) -> None:
    trust = both(witnesses=(str(OTHER_WITNESS.verifier_key),), quorum=1)
    batch, event = logs.village.state_batch(), logs.village.state_event()
    twice = [(batch, logs.also(batch))]
    early = {"at": NOW - AN_HOUR, "witnesses": [OTHER_WITNESS]}
    record = logs.record(trust, [event], twice=twice, **early)
    times = {e.recorded.statement.kind: e.log_time for e in examine(record, trust)}
    assert times == {"batch": NOW, "event": NOW}


def test_in_one_log_the_earliest_time_counts() -> None:
    village, trust = Village(), publish()
    batch = village.state_batch()
    early = village.checkpoint(at=NOW - AN_HOUR)
    late = village.checkpoint()
    proofs = (village.proof(batch.index), village.proof(batch.index, checkpoint=1))
    said = replace(batch.recorded(proofs[0]), proofs=proofs)
    record = OriginRecord.of(BATCH, reference(trust), [late, early], [said])
    assert [e.log_time for e in examine(record, trust)] == [NOW - AN_HOUR]


def test_a_log_that_is_not_on_the_list_shows_nothing(logs: TwoLogs) -> None:
    trust = publish()
    batch, event = logs.village.state_batch(), logs.other.state_event()
    verdict = verify_record(logs.record(trust, [batch], [event]), trust=trust, now=NOW)
    assert ways(verdict) == ["fail"]
    logged = verdict.check("logged")
    assert logged is not None
    assert (logged.outcome, logged.facts["failed"]) == ("fail", 1)
    twice = [(said, logs.also(said)) for said in (batch, logs.village.state_event())]
    beside = logs.record(trust, twice=twice)
    assert verify_record(beside, trust=trust, now=NOW).overall == "ok"


def test_a_list_of_everything_names_the_size_of_its_own_log(logs: TwoLogs) -> None:
    trust = both(witnesses=(str(OTHER_WITNESS.verifier_key),), quorum=1)
    for _ in range(5):
        logs.other.state_event(by=NEIGHBOUR)
    event = logs.other.state_event()
    batch = logs.village.state_batch()
    ids = [said.statement.id for said in (batch, event)]
    for size, outcome in ((3, "pass"), (2, "fail"), (8, "fail")):
        payload = completeness_payload(BATCH, reference(trust), ids, size)
        said = logs.village.state("record", payload, subject=BATCH)
        record = logs.record(trust, [batch, said], [event], witnesses=[OTHER_WITNESS])
        check = verify_record(record, trust=trust, now=NOW).check("complete")
        assert check is not None
        assert (size, check.outcome) == (size, outcome)


def test_a_list_in_two_logs_names_the_size_of_one_of_them(logs: TwoLogs) -> None:
    trust = both(witnesses=(str(OTHER_WITNESS.verifier_key),), quorum=1)
    batch, event = logs.village.state_batch(), logs.village.state_event()
    listed = logs.village.state_complete([batch, event], trust)
    for _ in range(9):
        logs.other.state_event(by=NEIGHBOUR)
    twice = [(said, logs.also(said)) for said in (batch, event, listed)]
    verdict = verify_record(
        logs.record(trust, twice=twice, witnesses=[OTHER_WITNESS]), trust=trust, now=NOW
    )
    check = verdict.check("complete")
    assert check is not None
    assert (check.outcome, verdict.overall) == ("pass", "ok")
