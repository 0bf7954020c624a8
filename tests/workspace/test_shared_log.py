"""Submitting to a province's log: one place for a statement, no proof kept that does not hold."""

from __future__ import annotations

import json
import random
import shutil
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import member
from clock import Clock
from member import URL, Direct, Member, Time, hand_over
from ocoptrace.errors import OcopTraceError, StorageError
from ocoptrace.signing import SoftwareSigner, Statement
from ocoptrace.signing.bundle import Log
from ocoptrace.signing.note import COSIGNATURE_V1, NoteSigner
from ocoptrace.store import SqliteStore
from ocoptrace.transparency import Checkpoint, LogProof, tree_root
from ocoptrace.transparency.submission import Problem, Reply
from ocoptrace.transparency.witness_protocol import AddCheckpoint
from ocoptrace.verify import verify_record
from ocoptrace.workspace import Workspace, export
from ocoptrace.workspace.intake import Intake
from ocoptrace.workspace.rate_limit import RateLimit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from ocoptrace.transparency.submission import Answer

BATCH = "https://id.gs1.org/01/09524071001014/10/ST260915"


@pytest.fixture(scope="session")
def both(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a province and a member of its log; to be copied."""
    folder = tmp_path_factory.mktemp("member")
    member.found(folder)
    return folder


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def opened(both: Path, tmp_path: Path, clock: Clock) -> Iterator[Member]:
    shutil.copytree(both, tmp_path / "both")
    opened = Member.open(tmp_path / "both", clock)
    yield opened
    opened.close()


def store_of(ws: Workspace) -> SqliteStore:
    return ws._setting.store  # noqa: SLF001 - looked into


def due_of(opened: Member) -> list[Statement]:
    return store_of(opened.coop).due_submissions(opened.province.log_origin, limit=1000)


def refused(act: Callable[[], object], code: str) -> OcopTraceError:
    with pytest.raises(OcopTraceError) as caught:
        act()
    assert caught.value.code == code
    return caught.value


def code_of(answer: Answer) -> str:
    return Problem.parse(answer.body).code.removeprefix("submission.")


# The way as it should be


def test_what_was_recorded_is_submitted_proven_and_goes_into_records(opened: Member) -> None:
    before, count = opened.province.log_size, opened.due()
    [told] = opened.coop.submit(Direct(opened.province))
    assert (told.proven, told.refused, told.faults, told.due) == (count, (), (), 0)
    assert opened.province.log_size == before + count > before
    # The completeness statement is one more; it is submitted, and then proven as well.
    opened.coop.origin_record(BATCH)
    [told] = opened.coop.submit(Direct(opened.province))
    assert told.proven == 1
    record = opened.coop.origin_record(BATCH)
    origins = {each.origin for each in record.checkpoints}
    assert origins == {opened.coop.log_origin, opened.province.log_origin}
    verdict = verify_record(record, trust=opened.coop.trust, now=Clock().now)
    outcomes = {check.code: check.outcome for check in verdict.checks}
    assert (outcomes["logged"], outcomes["proof"], outcomes["witnessed"]) == ("pass",) * 3


def test_a_record_has_room_for_some_checkpoints_and_keeps_those_that_prove_most(
    opened: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened.coop.submit(Direct(opened.province, at_once=False), pacing=Time().pacing(0))
    opened.province.intake.sign()
    opened.coop.origin_record(BATCH)
    [told] = opened.coop.submit(Direct(opened.province))
    assert told.due == 0
    whole = opened.coop.origin_record(BATCH)
    proofs = Counter(len(each.proofs) for each in whole.statements)
    assert set(proofs) == {2}
    monkeypatch.setattr(export, "MAX_CHECKPOINTS", 2)
    small = opened.coop.origin_record(BATCH)
    # All but the last stand under one checkpoint of the province's; it is the other that goes.
    assert Counter(len(each.proofs) for each in small.statements) == {1: 1, 2: proofs[2] - 1}


def test_where_a_needed_witness_is_away_checkpoints_do_not_pile_up(opened: Member) -> None:
    witness = NoteSigner("outside.example", SoftwareSigner.generate("Ed25519"), COSIGNATURE_V1)
    opened.province.add_witness(str(witness.verifier_key), "https://outside.example")
    with opened.province.office.acting() as act:
        members = {name: getattr(act.logs[0], name) for name in type(act.logs[0]).model_fields}
        act.logs[0] = Log.of(**members | {"quorum": 3})
    hand_over(opened.province, opened.coop)
    intake, store = opened.province.intake, store_of(opened.province)
    before = len(store.checkpoints())
    way = Direct(opened.province, at_once=True)
    [told] = opened.coop.submit(way, pacing=Time().pacing(0))
    count = opened.due()
    assert (told.proven, told.reason) == (0, "promised")
    assert opened.province.log_size > count
    for _ in range(5):
        intake.sign()
    assert len(store.checkpoints()) == before
    assert [each.outcome for each in intake.sign(lambda *_: (0, ""))] == ["refused"]
    assert len(store.checkpoints()) == before + 1

    def signs(_: str, body: str) -> tuple[int, str]:
        asked = AddCheckpoint.parse(body)
        return 200, f"{witness.signature(asked.checkpoint.note.text, time=9)}\n"

    assert [each.outcome for each in intake.sign(signs)] == ["signed"]
    [told] = opened.coop.submit(way)
    assert (told.proven, told.due) == (count, 0)
    assert intake.sign(signs) == []


def test_neither_policy_nor_root_nor_what_others_said_is_submitted(opened: Member) -> None:
    kinds = {statement.kind for statement in due_of(opened)}
    assert kinds == {"product", "place", "batch"}
    [state] = opened.coop.submissions()
    assert (state.destination.url, state.proven, state.refused) == (URL, 0, ())
    # A log takes no act of an office, not even its own office's, from outside.
    for kind in ("policy", "root", "bundle", "key"):
        entry = store_of(opened.province).statements(kind)[0].statement
        other = opened.province.intake.submit(entry.cose)
        assert other.status == 200
    policy = store_of(opened.coop).statements("policy")[0].statement
    assert code_of(opened.province.intake.submit(policy.cose)) == "unknown_key"


def test_promises_are_kept_and_many_are_proven_by_one_checkpoint(opened: Member) -> None:
    time = Time()
    way = Direct(opened.province, at_once=False)
    time.on_wait = opened.province.intake.sign
    count = opened.due()
    [told] = opened.coop.submit(way, pacing=time.pacing())
    assert (told.proven, told.due) == (count, 0)
    assert Counter(method for method, _ in way.asked) == {"POST": count, "GET": count}
    assert len(time.waits) == 1
    notes = {
        str(proof.checkpoint)
        for each in store_of(opened.coop).statements("place")
        for proof in store_of(opened.coop).foreign_proofs(each.statement.id)
    }
    assert len(notes) == 1


def test_a_promise_is_no_proof_and_patience_ends(opened: Member) -> None:
    time, count = Time(), opened.due()
    [told] = opened.coop.submit(Direct(opened.province, at_once=False), pacing=time.pacing(60))
    assert (told.proven, told.due, told.reason) == (0, count, "promised")
    assert 0 < sum(time.waits) <= 60
    assert time.waits == sorted(time.waits)
    # The next round brings nothing twice.
    size = opened.province.log_size
    [told] = opened.coop.submit(Direct(opened.province))
    assert (told.proven, opened.province.log_size) == (count, size)


def test_the_bytes_of_a_member_change_nothing_that_the_province_says(opened: Member) -> None:
    [batch] = [s for s in due_of(opened) if s.kind == "batch"]
    opened.coop.submit(Direct(opened.province))
    assert opened.province.batches() == []
    assert store_of(opened.province).statement(batch.id) is None
    refused(lambda: opened.province.origin_record(batch.subject), "workspace.no_batch")
    assert opened.province.check_log().findings == ()
    # Its record is accepted afterwards, the proofs from the province's own log with it.
    opened.coop.origin_record(BATCH)
    opened.coop.submit(Direct(opened.province))
    record = opened.coop.origin_record(BATCH)
    assert opened.province.accept(record).added
    again = opened.province.origin_record(BATCH, state_complete=False)
    assert {s.statement.id for s in again.statements} == {s.statement.id for s in record.statements}
    assert {each.origin for each in again.checkpoints} == {e.origin for e in record.checkpoints}


def test_what_was_admitted_is_published_and_whole(opened: Member, tmp_path: Path) -> None:
    opened.coop.submit(Direct(opened.province))
    published = opened.province.publish_log(tmp_path / "public")
    assert published.size == opened.province.log_size
    assert opened.province.check_log(tmp_path / "public").findings == ()
    stored, proof = opened.province.log_entry(opened.province.log_size - 1)
    assert (stored.payload, stored.position) == (None, opened.province.log_size - 1)
    assert proof is not None
    proof.verify(stored.statement.cose)


# One place for a statement


def test_the_same_bytes_get_the_same_place_over_restarts(opened: Member, tmp_path: Path) -> None:
    entries = [statement.cose for statement in due_of(opened)]
    first = [opened.province.intake.submit(each, at_once=True) for each in entries]
    assert {answer.status for answer in first} == {201}
    opened.province.close()
    again = Workspace.open(tmp_path / "both" / "province", clock=Clock())
    second = [again.intake.submit(each, at_once=True) for each in entries]
    assert {answer.status for answer in second} == {200}
    assert [answer.body for answer in second] == [answer.body for answer in first]
    looked_up = [again.intake.look_up(Statement.decode(each).id.hex()) for each in entries]
    assert [answer.body for answer in looked_up] == [answer.body for answer in first]
    again.close()


def test_of_many_at_once_one_makes_the_entry(opened: Member, tmp_path: Path) -> None:
    entries = [statement.cose for statement in due_of(opened)]
    size = opened.province.log_size
    # Each has a connection to the database of its own, as another process has.
    workspaces = [Workspace.open(tmp_path / "both" / "province", clock=Clock()) for _ in range(4)]

    def submit_all(ws: Workspace) -> list[int]:
        mixed = random.Random(id(ws)).sample(entries, len(entries))  # noqa: S311 - an order
        found = {each: ws.intake.submit(each, at_once=True) for each in mixed}
        assert {answer.status for answer in found.values()} <= {200, 201}
        return [LogProof.parse(found[each].body.decode()).index for each in entries]

    with ThreadPoolExecutor(4) as pool:
        places = list(pool.map(submit_all, workspaces))
    for ws in workspaces:
        ws.close()
    assert places == [places[0]] * 4
    assert opened.province.log_size == size + len(entries)
    assert len(set(opened.entries())) == opened.province.log_size


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_in_any_order_and_however_often_a_log_has_one_place(
    both: Path, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("order") / "both"
    shutil.copytree(both, folder)
    opened = Member.open(folder)
    entries = [statement.cose for statement in due_of(opened)]
    places: dict[bytes, int] = {}
    size = opened.province.log_size
    for entry in data.draw(st.lists(st.sampled_from(entries), min_size=1, max_size=12)):
        answer = opened.province.intake.submit(entry, at_once=data.draw(st.booleans()))
        assert answer.status in {202, 200 if entry in places else 201}
        index = places.setdefault(entry, size + len(places))
        if answer.status == 202:
            assert json.loads(answer.body)["index"] == index
        else:
            proof = LogProof.parse(answer.body.decode())
            assert proof.index == index
            proof.verify(entry)
    assert opened.province.log_size == size + len(places)
    opened.close()


def test_another_signature_over_the_same_is_told_where_the_first_stands(opened: Member) -> None:
    place = next(s for s in due_of(opened) if s.kind == "place")
    answer = opened.province.intake.submit(place.cose, at_once=True)
    index = LogProof.parse(answer.body.decode()).index
    resigned = Statement.decode(place.cose[:-1] + bytes([place.cose[-1] ^ 1]))
    assert resigned.id == place.id
    answer = opened.province.intake.submit(resigned.cose)
    assert (answer.status, code_of(answer)) == (409, "other_signature")
    assert Problem.parse(answer.body).facts == {"index": index}


# What the log refuses, and when it cannot


def test_what_is_refused_is_told_kept_and_submitted_again_on_request(
    opened: Member, clock: Clock
) -> None:
    code = opened.coop.producers()[0].id
    batches = sum(statement.kind == "batch" for statement in due_of(opened))
    clock.wait(days=1)
    opened.province.office.revoke(code, "superseded")
    count = opened.due()
    [told] = opened.coop.submit(Direct(opened.province))
    assert (told.proven, len(told.refused), told.due) == (0, count, 0)
    assert {problem.code for _, problem in told.refused} == {"submission.revoked"}
    assert batches == 1
    way = Direct(opened.province)
    [told] = opened.coop.submit(way)
    assert (told.refused, way.asked) == ((), [])
    [state] = opened.coop.submissions()
    assert (state.due, len(state.refused)) == (0, count)
    [told] = opened.coop.submit(way, again=True)
    assert (len(told.refused), len(way.asked)) == (count, count)


def test_a_log_that_its_own_bundle_does_not_list_takes_in_nothing(
    opened: Member, tmp_path: Path
) -> None:
    files = {kind: opened.province.trust_file(kind) for kind in ("root", "bundle")}
    other = Workspace.create(tmp_path / "unlisted", clock=Clock(), **files)
    entry = due_of(opened)[0].cose
    refused(lambda: other.intake.submit(entry), "workspace.unknown_log")
    assert other.log_size == 4
    other.close()


def test_a_log_that_has_forgotten_takes_in_nothing(opened: Member, tmp_path: Path) -> None:
    opened.province.publish_log(tmp_path / "public")
    shutil.copytree(tmp_path / "both" / "province", tmp_path / "old")
    opened.coop.submit(Direct(opened.province))
    opened.province.publish_log(tmp_path / "public")
    old = Workspace.open(tmp_path / "old", clock=Clock())
    entry = due_of(opened) or [s.statement for s in store_of(opened.coop).statements("place")]
    refused(lambda: old.intake.submit(entry[0].cose), "workspace.log_behind")
    old.close()


def test_the_holder_of_a_key_has_a_share(opened: Member, clock: Clock) -> None:
    intake = Intake(opened.province._setting, RateLimit(1.0, 2))  # noqa: SLF001 - a small one
    entries = [statement.cose for statement in due_of(opened)][:4]
    answers = [intake.submit(each) for each in entries]
    assert [answer.status for answer in answers] == [202, 202, 429, 429]
    assert answers[2].retry_after == 1
    # What is in the log already, and what is forged, uses nothing up.
    assert intake.submit(entries[0]).status == 202
    forged = entries[3][:-1] + bytes([entries[3][-1] ^ 1])
    assert code_of(intake.submit(forged)) == "bad_signature"
    clock.wait(seconds=1)
    assert [intake.submit(each).status for each in entries] == [202, 202, 202, 429]


# Answers that do not hold


def other_statement(reply: Reply, opened: Member) -> Reply:
    """Answer with the true proof of another entry."""
    checkpoint = LogProof.parse(reply.body.decode()).checkpoint
    other = opened.province._setting.log.proof(0, checkpoint.size)  # noqa: SLF001
    return Reply(200, str(other).encode())


def other_index(reply: Reply, _: Member) -> Reply:
    proof = LogProof.parse(reply.body.decode())
    return Reply(201, str(replace(proof, index=proof.index - 1)).encode())


def other_log(reply: Reply, opened: Member) -> Reply:
    """Answer with a checkpoint of the same tree that another log has signed."""
    proof = LogProof.parse(reply.body.decode())
    signer = opened.coop._setting.log.signer  # noqa: SLF001
    checkpoint = proof.checkpoint
    signed = Checkpoint.sign(signer.name, checkpoint.size, checkpoint.root, signer)
    return Reply(201, str(replace(proof, checkpoint=signed)).encode())


def signed_by_another(reply: Reply, opened: Member) -> Reply:
    """Answer with a checkpoint that bears the log's name and another's signature."""
    proof = LogProof.parse(reply.body.decode())
    signer = replace(opened.coop._setting.log.signer, name=opened.province.log_origin)  # noqa: SLF001
    checkpoint = proof.checkpoint
    signed = Checkpoint.sign(checkpoint.origin, checkpoint.size, checkpoint.root, signer)
    return Reply(201, str(replace(proof, checkpoint=signed)).encode())


def altered_path(reply: Reply, _: Member) -> Reply:
    proof = LogProof.parse(reply.body.decode())
    path = (bytes(32), *proof.path[1:])
    return Reply(201, str(replace(proof, path=path)).encode())


def truncated(reply: Reply, _: Member) -> Reply:
    return replace(reply, body=reply.body[:-20])


def nothing(reply: Reply, _: Member) -> Reply:
    return replace(reply, body=b"")


@pytest.mark.parametrize(
    ("lie", "codes"),
    [
        (other_statement, {"proof.wrong_root"}),
        # A path of the tree's last entries is shorter than those of the others.
        (other_index, {"proof.wrong_root", "proof.wrong_length"}),
        (other_log, {"submission.other_log"}),
        (signed_by_another, {"proof.not_signed_by_log"}),
        (altered_path, {"proof.wrong_root"}),
        (truncated, {"signing.note_syntax"}),
        (nothing, {"proof.not_a_proof"}),
    ],
)
def test_a_lie_is_told_and_nothing_of_it_is_kept(
    opened: Member, lie: Callable[[Reply, Member], Reply], codes: set[str]
) -> None:
    count = opened.due()
    way = Direct(opened.province, change=lambda reply: lie(reply, opened))
    [told] = opened.coop.submit(way, pacing=Time().pacing())
    assert (told.proven, told.due) == (0, count)
    assert len(told.faults) == min(10, count)
    assert {error.code for _, error in told.faults} <= codes
    kept = store_of(opened.coop)
    assert all(not kept.foreign_proofs(statement.id) for statement in due_of(opened))
    # An honest answer later is taken.
    [told] = opened.coop.submit(Direct(opened.province))
    assert (told.proven, told.faults, told.due) == (count, (), 0)


def test_too_few_witnesses_are_a_promise(opened: Member) -> None:
    def unwitnessed(reply: Reply) -> Reply:
        if reply.status not in {200, 201}:
            return reply
        proof = LogProof.parse(reply.body.decode())
        note = proof.checkpoint.note
        [own] = [s for s in note.signatures if s.name == proof.checkpoint.origin]
        checkpoint = replace(proof.checkpoint, note=replace(note, signatures=(own,)))
        return replace(reply, body=str(replace(proof, checkpoint=checkpoint)).encode())

    way = Direct(opened.province, change=unwitnessed)
    [told] = opened.coop.submit(way, pacing=Time().pacing(10))
    assert (told.proven, told.faults, told.reason) == (0, (), "promised")
    way.change = lambda reply: reply
    assert opened.coop.submit(way)[0].due == 0


def test_a_log_of_two_histories_is_found_out_by_its_own_proofs(
    opened: Member, tmp_path: Path
) -> None:
    # A copy of the log goes on by itself, and gives the same places to other statements.
    shutil.copytree(tmp_path / "both" / "province", tmp_path / "twin")
    twin = Workspace.open(tmp_path / "twin", clock=Clock())
    first, second, *_ = due_of(opened)
    proof = LogProof.parse(opened.province.intake.submit(first.cose, at_once=True).body.decode())
    with store_of(opened.coop).writing():
        store_of(opened.coop).keep_submitted(first.id, proof)
    [told] = opened.coop.submit(Direct(twin))
    assert [(each, error.code) for each, error in told.faults] == [(second.id, "submission.forked")]
    twin.close()


# Answers that do not come


def test_answers_that_are_lost_doubled_or_out_of_order_change_nothing(opened: Member) -> None:
    count, chance = opened.due(), random.Random(7)  # noqa: S311 - to come again
    earlier: list[Reply] = []

    def mixed_up(reply: Reply) -> Reply:
        earlier.append(reply)
        match chance.randrange(4):
            case 0:
                return Reply(0, reason="timed out")
            case 1:
                return chance.choice(earlier)
            case 2:
                return Reply(502, b"<html>")
        return reply

    way = Direct(opened.province, at_once=True, change=mixed_up)
    size = opened.province.log_size
    for _ in range(20):
        opened.coop.submit(way, pacing=Time().pacing())
        if not opened.due():
            break
    assert (opened.due(), opened.province.log_size) == (0, size + count)
    entries = opened.entries()
    for statement, place in placed(opened):
        assert entries[place] == statement.cose


def placed(opened: Member) -> Iterator[tuple[Statement, int]]:
    """Yield each of the member's statements that the province's log has proven, and where."""
    store = store_of(opened.coop)
    for kind in ("product", "place", "batch"):
        for each in store.statements(kind):
            for proof in store.foreign_proofs(each.statement.id):
                proof.verify(each.statement.cose)
                yield each.statement, proof.index


def test_a_log_out_of_reach_is_asked_ever_less_often_and_then_let_be(opened: Member) -> None:
    time, count = Time(), opened.due()
    way = Direct(opened.province, change=lambda _: Reply(0, reason="timed out"))
    [told] = opened.coop.submit(way, pacing=time.pacing(100))
    assert (told.proven, told.due, told.reason) == (0, count, "timed out")
    assert time.waits == [1, 2, 4, 8, 16, 32]
    # One request a time: the others would hear the same.
    assert len(way.asked) == 7


def test_what_a_log_asks_for_is_waited_for(opened: Member) -> None:
    time, told_to_wait = Time(), iter([True, True])

    def busy(reply: Reply) -> Reply:
        document = Problem("submission.too_many", {"seconds": 9}).to_json("en")
        return Reply(429, document, 9.0) if next(told_to_wait, False) else reply

    [told] = opened.coop.submit(Direct(opened.province, change=busy), pacing=time.pacing())
    assert (told.due, time.waits) == (0, [9.0, 9.0])


def test_a_wait_longer_than_patience_ends_the_round(opened: Member) -> None:
    time = Time()
    way = Direct(opened.province, change=lambda _: Reply(503, b"", 1e9))
    [told] = opened.coop.submit(way, pacing=time.pacing())
    assert (told.reason, time.waits) == ("503", [])


def test_a_log_that_forgot_its_promise_gets_it_again(opened: Member, tmp_path: Path) -> None:
    shutil.copytree(tmp_path / "both" / "province", tmp_path / "old")
    old = Workspace.open(tmp_path / "old", clock=Clock())
    way, time, count = Direct(opened.province, at_once=False), Time(), opened.due()

    def restore() -> None:
        way.log, way.at_once = old, True

    time.on_wait = restore
    [told] = opened.coop.submit(way, pacing=time.pacing())
    assert (told.proven, told.due) == (count, 0)
    old.close()


def test_an_answer_that_breaks_off_loses_none_that_came_before(opened: Member) -> None:
    count, answers = opened.due(), iter(range(3))

    def breaking(reply: Reply) -> Reply:
        if next(answers, None) is None:
            raise KeyboardInterrupt
        return reply

    with pytest.raises(KeyboardInterrupt):
        opened.coop.submit(Direct(opened.province, change=breaking))
    [state] = opened.coop.submissions()
    assert (state.proven, state.due) == (3, count - 3)


# Where to


def test_a_destination_is_a_log_of_the_bundle(opened: Member) -> None:
    coop, origin = opened.coop, opened.province.log_origin
    assert [each.origin for each in coop.destinations()] == [origin]
    coop.add_destination("https://elsewhere.example", origin)
    assert [each.url for each in coop.destinations()] == ["https://elsewhere.example"]
    refused(lambda: coop.add_destination(URL, "log.example/none"), "workspace.unknown_log")
    refused(lambda: coop.add_destination(URL, coop.log_origin), "workspace.own_log")
    refused(lambda: opened.province.add_destination(URL), "workspace.which_log")
    coop.drop_destination(origin)
    assert coop.destinations() == ()
    assert coop.submit(Direct(opened.province)) == []
    refused(lambda: coop.drop_destination(origin), "workspace.no_destination")


def test_proofs_stay_when_a_destination_goes_and_comes_back(opened: Member) -> None:
    opened.coop.submit(Direct(opened.province))
    origin = opened.province.log_origin
    opened.coop.drop_destination(origin)
    opened.coop.add_destination(URL)
    assert opened.due() == 0


def test_it_is_the_newest_bundle_that_counts(opened: Member) -> None:
    opened.province.office.renew()
    hand_over(opened.province, opened.coop)
    assert opened.coop.submit(Direct(opened.province))[0].due == 0


def test_what_cannot_be_signed_just_now_is_promised_and_signed_later(opened: Member) -> None:
    entry = due_of(opened)[0].cose
    promise = opened.province.intake.submit(entry)
    assert (promise.status, promise.retry_after) == (202, 1)
    assert opened.province.intake.sign() == []
    answer = opened.province.intake.submit(entry)
    assert answer.status == 200
    newest = store_of(opened.province).newest_checkpoint()
    opened.province.intake.sign()
    assert store_of(opened.province).newest_checkpoint() == newest
    proof = LogProof.parse(answer.body.decode())
    root = tree_root(proof.checkpoint.size, store_of(opened.province).log_node)
    assert proof.checkpoint.root == root


def test_a_full_disk_is_said_and_nothing_is_taken_in(
    opened: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    size, entry = opened.province.log_size, due_of(opened)[0].cose

    def full(*_: object) -> int:
        raise StorageError("store.full", reason="no room", name="SQLITE_FULL")

    with monkeypatch.context() as patch:
        patch.setattr(SqliteStore, "_grow", full)
        refused(lambda: opened.province.intake.submit(entry), "store.full")
    assert opened.province.log_size == size
    assert opened.province.intake.submit(entry).status == 202
