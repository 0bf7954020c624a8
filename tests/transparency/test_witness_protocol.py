from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocoptrace.errors import ProofError
from ocoptrace.signing.note import NoteSigner
from ocoptrace.transparency.witness import NOTHING_SEEN, Memory
from ocoptrace.transparency.witness_protocol import AddCheckpoint, Answer, answer
from village import LOG, WITNESSES, Village, eddsa

TIME = 1_790_000_000
KEYS = (LOG.verifier_key,)


def village(*entries: bytes) -> Village:
    grown = Village()
    for entry in entries:
        grown.append(entry)
    return grown


def asked(
    told: Village, size: int, *, old: int = 0, memory: Memory = NOTHING_SEEN, log: NoteSigner = LOG
) -> Answer:
    checkpoint = told.checkpoint(size=size, log=log, witnesses=())
    proof = told.consistency(old, size) if 0 < old <= size else []
    request = AddCheckpoint(old, tuple(proof), checkpoint)
    assert AddCheckpoint.parse(str(request)) == request
    return answer(request, memory, log=KEYS, witness=WITNESSES[0], time=TIME)


def test_what_continues_is_signed_and_remembered() -> None:
    told, memory = village(b"c", b"d", b"e"), NOTHING_SEEN
    for old, size in ((0, 2), (2, 3), (3, 3), (3, 5)):
        given_ = asked(told, size, old=old, memory=memory)
        assert given_.status == 200
        assert given_.memory is not None
        memory = given_.memory
        assert memory.size == size
        signed = told.checkpoint(size=size, witnesses=())
        assert given_.body in f"{signed}{given_.body}"
        assert given_.body.startswith("\N{EM DASH} w1.example ")


def test_whoever_does_not_know_what_was_signed_is_told_the_size() -> None:
    told = village(b"c", b"d", b"e")
    memory = asked(told, 3).memory
    assert memory is not None
    for old in (0, 2, 4):
        refused = asked(told, 5, old=old, memory=memory)
        assert (refused.status, refused.body, refused.memory) == (409, "3\n", None)
        assert refused.content_type == "text/x.tlog.size"


def test_a_rollback_is_a_conflict_or_a_bad_request() -> None:
    told = village(b"c", b"d", b"e")
    memory = asked(told, 5).memory
    assert memory is not None
    assert asked(told, 3, old=3, memory=memory).status == 409
    assert asked(told, 3, old=5, memory=memory).status == 400


def test_another_tree_is_a_conflict_at_the_same_size_and_else_unprocessable() -> None:
    memory = asked(village(b"c", b"d"), 4).memory
    assert memory is not None
    other = village(b"x", b"d", b"e")
    assert asked(other, 4, old=4, memory=memory).status == 409
    assert asked(other, 5, old=4, memory=memory).status == 422


def test_a_log_that_is_unknown_or_did_not_sign_is_refused() -> None:
    told = village()
    request = AddCheckpoint(0, (), told.checkpoint(witnesses=()))
    unknown = answer(request, NOTHING_SEEN, log=(), witness=WITNESSES[0], time=TIME)
    assert unknown.status == 404
    assert asked(told, 2, log=NoteSigner(LOG.name, eddsa(99))).status == 403


def test_a_proof_where_none_is_asked_for_is_unprocessable() -> None:
    request = AddCheckpoint(0, (bytes(32),), village().checkpoint(witnesses=()))
    refused = answer(request, NOTHING_SEEN, log=KEYS, witness=WITNESSES[0], time=TIME)
    assert (refused.status, refused.memory) == (422, None)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("old 3", "old 03"),
        ("old 3", "old -3"),
        ("old 3", "old ٣"),
        ("old 3", "new 3"),
        ("old 3\n", "old 3\nAAAA\n"),
        ("old 3\n", "old 3\n \n"),
        ("old 3\n", "old 3\n" + ("A" * 43 + "=\n") * 64),
        ("old 3\n", ""),
        ("\n\n", "\n"),
        ("\n\n", "\n\n\n"),
    ],
    ids=range(10),
)
def test_what_is_no_request_is_refused(old: str, new: str) -> None:
    told = village(b"c", b"d", b"e")
    proof = tuple(told.consistency(3, 5))
    body = str(AddCheckpoint(3, proof, told.checkpoint(witnesses=())))
    assert AddCheckpoint.parse(body).proof == proof
    for wrong in (body.replace(old, new), body[:-1], body + "\n", ""):
        with pytest.raises(ProofError):
            AddCheckpoint.parse(wrong)


@given(st.text(max_size=200))
def test_any_text_is_a_request_or_a_refusal(text: str) -> None:
    with pytest.raises(ProofError):
        AddCheckpoint.parse(f"old 0\n\n{text}")
