from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from ocoptrace.errors import ProofError
from ocoptrace.signing.note import NoteSigner
from ocoptrace.transparency.witness import NOTHING_SEEN, Memory, cosign
from village import LOG, WITNESSES, Village, eddsa

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ocoptrace.transparency import Checkpoint

TIME = 1_790_000_000


def village(*entries: bytes) -> Village:
    grown = Village()
    for entry in entries:
        grown.append(entry)
    return grown


def asked(
    checkpoint: Checkpoint, memory: Memory, proof: Sequence[bytes] = (), **changes: Any
) -> tuple[Memory, Any]:
    options = {"log": (LOG.verifier_key,), "witness": WITNESSES[0], "time": TIME} | changes
    return cosign(checkpoint, memory, proof, **options)


def refusal(checkpoint: Checkpoint, memory: Memory, proof: Sequence[bytes] = ()) -> str:
    with pytest.raises(ProofError) as caught:
        asked(checkpoint, memory, proof)
    return caught.value.code


def test_a_witness_signs_what_continues_its_memory_and_remembers_it() -> None:
    told = village(b"c", b"d", b"e")
    memory = NOTHING_SEEN
    for size in (2, 3, 3, 5):
        checkpoint = told.checkpoint(size=size, witnesses=())
        proof = told.consistency(memory.size, size) if memory.size else []
        memory, signature = asked(checkpoint, memory, proof)
        assert memory == Memory(size, checkpoint.root)
        keys = (LOG.verifier_key, WITNESSES[0].verifier_key)
        cosigned = checkpoint.with_signatures(signature)
        time = cosigned.verify(keys, quorum=1)
        assert time is not None
        assert time.timestamp() == TIME


def test_a_log_that_was_rolled_back_is_refused() -> None:
    told = village(b"c")
    memory, _ = asked(told.checkpoint(witnesses=()), NOTHING_SEEN)
    smaller = told.checkpoint(size=2, witnesses=())
    assert refusal(smaller, memory) == "proof.rolled_back"
    assert refusal(smaller, memory, told.consistency(2, 3)) == "proof.rolled_back"


def test_a_log_that_forked_is_refused_whatever_it_proves() -> None:
    seen, forked = village(b"c", b"d"), village(b"x", b"d", b"e")
    memory, _ = asked(seen.checkpoint(witnesses=()), NOTHING_SEEN)
    other = forked.checkpoint(witnesses=())
    assert refusal(other, memory, forked.consistency(4, 5)) == "proof.wrong_root"
    same_size = forked.checkpoint(size=4, witnesses=())
    assert refusal(same_size, memory) == "proof.wrong_root"


def test_no_proof_is_no_continuation() -> None:
    told = village(b"c", b"d")
    memory, _ = asked(told.checkpoint(size=3, witnesses=()), NOTHING_SEEN)
    newer = told.checkpoint(witnesses=())
    assert refusal(newer, memory) == "proof.wrong_length"
    assert refusal(newer, memory, [bytes(32)] * 3) in {"proof.wrong_root", "proof.wrong_length"}


def test_the_first_time_there_is_nothing_to_prove() -> None:
    told = village()
    first = told.checkpoint(witnesses=())
    assert refusal(first, NOTHING_SEEN, [bytes(32)]) == "proof.wrong_length"


def test_a_checkpoint_of_another_key_is_refused() -> None:
    thief = NoteSigner(LOG.name, eddsa(99))
    stolen = village().checkpoint(log=thief, witnesses=())
    assert refusal(stolen, NOTHING_SEEN) == "proof.not_signed_by_log"
