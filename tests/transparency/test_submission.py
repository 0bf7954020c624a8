"""What a log and a submitter say to each other: each answer is read as it was meant."""

from __future__ import annotations

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocoptrace import messages
from ocoptrace.errors import ProofError
from ocoptrace.messages import LANGUAGES
from ocoptrace.transparency import LogProof
from ocoptrace.transparency.submission import (
    MAX_ANSWER_BYTES,
    PROBLEM_STATUS,
    Answer,
    Later,
    Problem,
    Promised,
    Proven,
    Refused,
    Reply,
    promised,
    proven,
    read_reply,
    refused,
)
from village import LOG, Village

ID = bytes(range(32))


def as_arrived(answer: Answer) -> Reply:
    return Reply(answer.status, answer.body, answer.retry_after)


def test_a_proof_arrives_as_it_was_sent() -> None:
    village = Village()
    proof = LogProof(village.checkpoint(), 1, village.proof(1).path)
    for is_new, status in ((True, 201), (False, 200)):
        answer = proven(proof, ID, is_new=is_new)
        assert (answer.status, answer.location) == (status, f"entries/{ID.hex()}")
        assert len(answer.body) <= MAX_ANSWER_BYTES
        assert read_reply(as_arrived(answer)) == Proven(proof)


def test_a_promise_says_where_and_when() -> None:
    answer = promised(LOG.name, ID, 7, seconds=3)
    assert (answer.status, answer.location) == (202, f"entries/{ID.hex()}")
    assert json.loads(answer.body) == {"id": ID.hex(), "index": 7, "origin": LOG.name}
    assert read_reply(as_arrived(answer)) == Promised(3.0)


@pytest.mark.parametrize("code", PROBLEM_STATUS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_problem_has_words_a_status_and_a_form_that_is_read_again(
    code: str, language: messages.Language
) -> None:
    problem = Problem(code, {"what": "https://id.example/01", "seconds": 4})
    answer = refused(problem, language)
    document = json.loads(answer.body)
    assert answer.content_type == "application/problem+json"
    assert document["status"] == answer.status == PROBLEM_STATUS[code]
    assert document["type"].endswith(code)
    assert document["detail"].startswith(messages.text(code, language, **problem.facts))
    assert Problem.parse(answer.body) == problem
    read = read_reply(as_arrived(answer))
    passing = code in {"submission.too_slow", "submission.too_many", "submission.not_now"}
    assert read == (Later(4.0, code) if passing else Refused(problem))


def test_only_a_problem_of_ours_refuses() -> None:
    strange = [
        b"",
        b"<html>Log in</html>",
        b"[]",
        b'{"code":"submission.unknown_key"}',
        b'{"code":"submission.nonsense","facts":{}}',
        b'{"code":"submission.unknown_key","facts":{"kid":["x"]}}',
        b'{"code":"submission.unknown_key","facts":{"kid":true}}',
        b'{"code":"submission.unknown_key","facts":{"kid":"%s"}}' % (b"x" * 301),
        b'{"code":"submission.unknown_key","facts":{%s}}'
        % b",".join(b'"f%d":1' % n for n in range(9)),
        b'{"code":"submission.unknown_key","facts":{},"more":"%s"}' % (b"x" * 9000),
        b'{"code":"submission.unknown_key","facts":{},"facts":{}}',
    ]
    for body in strange:
        for status in (302, 400, 401, 403, 404, 500, 502):
            assert read_reply(Reply(status, body)) == Later(0.0, str(status))
    assert read_reply(Reply(0, reason="timed out")) == Later(0.0, "timed out")
    # A server that is in trouble refuses nothing, whatever it says.
    known = Problem("submission.unknown_key", {"kid": "00"}).to_json("en")
    assert read_reply(Reply(500, known)) == Later(0.0, "submission.unknown_key")
    assert read_reply(Reply(403, known, -5.0)) == Refused(
        Problem("submission.unknown_key", {"kid": "00"})
    )


def test_what_is_meant_as_a_proof_and_is_none_is_said() -> None:
    for body in (b"", b"\xff", b"c2sp.org/tlog-proof@v1\n", b"{}"):
        for status in (200, 201):
            with pytest.raises(ProofError):
                read_reply(Reply(status, body))


@given(st.integers(0, 999), st.binary(), st.floats(0, 1e9))
def test_nothing_else_is_raised(status: int, body: bytes, seconds: float) -> None:
    with contextlib.suppress(ProofError):
        read_reply(Reply(status, body, seconds))
