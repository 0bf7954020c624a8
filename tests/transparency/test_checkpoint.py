from __future__ import annotations

from datetime import timedelta

import pytest

from ocoptrace.errors import ProofError
from ocoptrace.signing.note import COSIGNATURE_V1, NoteSigner
from ocoptrace.transparency import Checkpoint
from village import A_DAY, LOG, NOW, WITNESSES, Village, eddsa

KEYS = (LOG.verifier_key, *(witness.verifier_key for witness in WITNESSES))
VILLAGE = Village()
WRITTEN = str(VILLAGE.checkpoint(witnesses=()))


def refusal(checkpoint: Checkpoint, *, quorum: int = 0) -> str:
    with pytest.raises(ProofError) as caught:
        checkpoint.verify(KEYS, quorum=quorum)
    return caught.value.code


def test_a_checkpoint_reads_back() -> None:
    checkpoint = VILLAGE.checkpoint()
    assert Checkpoint.parse(str(checkpoint)) == checkpoint
    assert (checkpoint.origin, checkpoint.size) == (LOG.name, 2)


def test_the_time_is_that_by_which_the_quorum_had_seen_it() -> None:
    early, late = (
        witness.signature(VILLAGE.checkpoint().note.text, time=int(at.timestamp()))
        for witness, at in zip(WITNESSES, (NOW, NOW + A_DAY), strict=True)
    )
    checkpoint = VILLAGE.checkpoint(witnesses=()).with_signatures(late, early)
    assert checkpoint.verify(KEYS, quorum=1) == NOW
    assert checkpoint.verify(KEYS, quorum=2) == NOW + A_DAY
    assert checkpoint.verify(KEYS) is None


def test_keys_may_be_given_as_text() -> None:
    assert VILLAGE.checkpoint().verify([str(key) for key in KEYS], quorum=2) == NOW


def test_fewer_witnesses_than_the_quorum_are_not_enough() -> None:
    assert refusal(VILLAGE.checkpoint(witnesses=WITNESSES[:1]), quorum=2) == "proof.no_quorum"
    assert refusal(VILLAGE.checkpoint(), quorum=3) == "proof.no_quorum"


def test_a_witness_counts_once_however_often_it_signs_or_is_listed() -> None:
    witness = WITNESSES[0]
    again = NoteSigner("by-another-name.example", witness.signer, COSIGNATURE_V1)
    checkpoint = VILLAGE.checkpoint(witnesses=(witness, witness, again))
    keys = (LOG.verifier_key, witness.verifier_key, witness.verifier_key, again.verifier_key)
    with pytest.raises(ProofError) as caught:
        checkpoint.verify(keys, quorum=2)
    assert caught.value.code == "proof.no_quorum"


def test_only_the_logs_own_key_signs_for_it() -> None:
    text = VILLAGE.checkpoint().note.text
    unsigned = Checkpoint.sign(LOG.name, 2, bytes(32))
    by_another = unsigned.with_signatures(NoteSigner(LOG.name, eddsa(99)).signature(text))
    named_otherwise = Checkpoint.sign("other.example/log", 2, bytes(32), LOG)
    for checkpoint in (unsigned, by_another, named_otherwise):
        assert refusal(checkpoint) == "proof.not_signed_by_log"


def test_a_signature_does_not_pass_to_another_tree() -> None:
    signatures = VILLAGE.checkpoint().note.signatures
    other = Checkpoint.sign(LOG.name, 3, bytes(32)).with_signatures(*signatures)
    assert refusal(other) == "signing.note_signature"


def test_a_false_cosignature_is_an_error_even_where_none_is_needed() -> None:
    text = VILLAGE.checkpoint().note.text
    false = WITNESSES[0].signature(text + "more\n", time=int(NOW.timestamp()))
    checkpoint = VILLAGE.checkpoint(witnesses=()).with_signatures(false)
    assert refusal(checkpoint) == "signing.note_signature"


def test_extension_lines_are_kept() -> None:
    body, signature = WRITTEN.split("\n\n")
    extended = f"{body}\nextension 1\n\n{signature}"
    assert str(Checkpoint.parse(extended)) == extended


ORIGIN, SIZE, ROOT64 = WRITTEN.split("\n")[:3]
OTHER_FORMS = {
    "a size that is negative": WRITTEN.replace(f"\n{SIZE}\n", "\n-1\n"),
    "a size with a plus": WRITTEN.replace(f"\n{SIZE}\n", f"\n+{SIZE}\n"),
    "a size with a zero before it": WRITTEN.replace(f"\n{SIZE}\n", f"\n0{SIZE}\n"),
    "a size with a blank": WRITTEN.replace(f"\n{SIZE}\n", f"\n{SIZE} \n"),
    "a size in other digits": WRITTEN.replace(f"\n{SIZE}\n", "\n\u0662\n"),
    "a size that no log reaches": WRITTEN.replace(f"\n{SIZE}\n", f"\n{'9' * 20}\n"),
    "no size": WRITTEN.replace(f"\n{SIZE}\n", "\n"),
    "a root of 31 bytes": WRITTEN.replace(ROOT64, "A" * 42 + "=="),
    "a root of 33 bytes": WRITTEN.replace(ROOT64, "A" * 44),
    "a root in hexadecimal": WRITTEN.replace(ROOT64, "00" * 32),
    "no root": WRITTEN.replace(ROOT64 + "\n", ""),
    "no origin": WRITTEN.replace(ORIGIN, "", 1),
    "no signature": f"{ORIGIN}\n{SIZE}\n{ROOT64}\n\n",
    "nothing": "",
}


@pytest.mark.parametrize("text", OTHER_FORMS.values(), ids=OTHER_FORMS)
def test_no_other_form_is_read(text: str) -> None:
    with pytest.raises(ProofError):
        Checkpoint.parse(text)


def test_a_root_has_one_spelling() -> None:
    for last in "BCD":
        with pytest.raises(ProofError):
            Checkpoint.parse(WRITTEN.replace(ROOT64, "A" * 42 + last + "="))
    assert Checkpoint.parse(WRITTEN.replace(ROOT64, "A" * 42 + "A=")).root == bytes(32)


def test_a_witness_that_signed_later_does_not_make_the_quorum_earlier() -> None:
    times = (NOW, NOW - timedelta(days=3))
    signatures = [
        witness.signature(VILLAGE.checkpoint().note.text, time=int(at.timestamp()))
        for witness, at in zip(WITNESSES, times, strict=True)
    ]
    checkpoint = VILLAGE.checkpoint(witnesses=()).with_signatures(*signatures)
    assert checkpoint.verify(KEYS, quorum=2) == NOW


def test_a_witness_time_of_no_calendar_is_refused() -> None:
    for time in (221_845_392_000, 253_402_300_799):
        signature = WITNESSES[0].signature(VILLAGE.checkpoint().note.text, time=time)
        checkpoint = VILLAGE.checkpoint(witnesses=()).with_signatures(signature)
        assert refusal(checkpoint) == "signing.note_signature"
