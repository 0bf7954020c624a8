"""Every single bit of what is checked counts: no flip of one leaves a good verdict."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import pytest

from ocoptrace.errors import ProofError, SigningError
from ocoptrace.signing import Root, TrustBundle
from ocoptrace.signing.registration import RegistrationRequest, sign_request
from ocoptrace.transparency import Checkpoint, LogProof
from ocoptrace.verify import verify_label, verify_record, verify_statement
from village import (
    KEYS,
    NOW,
    PRODUCER,
    ROOT,
    WITNESSES,
    Village,
    bundle_file,
    es256,
    log_entry,
    publish,
    root_file,
    sealed,
)

if TYPE_CHECKING:
    from collections.abc import Callable

GOOD = {"ok", "ok_offline"}
PARTS = 4
"""Into how many tests a file is cut, so that they can run side by side."""

TRUST = publish(logs=(log_entry(witnesses=(str(WITNESSES[0].verifier_key),), quorum=1),))
LABEL = sealed()
ROOT_FILE = root_file(signers=[es256(11)], threshold=1).to_bytes()
TRUST_FILE = bundle_file(keys=KEYS[1:2], logs=()).to_bytes()


def record_file() -> bytes:
    village = Village()
    told = [village.state_batch(), village.state_event()]
    checkpoint = village.checkpoint(witnesses=WITNESSES[:1])
    return village.record(told, TRUST, checkpoint=checkpoint).to_bytes()


RECORD = record_file()
VILLAGE = Village()
SAID = VILLAGE.state_batch()
VILLAGE.append(b"of someone else")
PROOF = LogProof(
    VILLAGE.checkpoint(witnesses=WITNESSES[:1]), SAID.index, VILLAGE.proof(SAID.index).path
)
REQUEST = sign_request(
    signer=PRODUCER.signer, name={"vi": "Hợp tác xã"}, gtin_prefixes=["9521234"], now=NOW
)


def word_of(
    cose: bytes = SAID.statement.cose,
    payload: bytes = SAID.payload.encode(),
    salt: bytes = SAID.salt,
    proof: LogProof = PROOF,
) -> str:
    """Return what becomes of a statement when it is shown like this."""
    return verify_statement(
        cose, payload=payload, salt=salt, proofs=[proof], trust=TRUST, now=NOW
    ).overall


def flips(data: bytes, part: int = 0, parts: int = 1) -> list[tuple[int, bytes]]:
    """Return a part of all files that differ from one in one bit, with the bit's number."""
    number = int.from_bytes(data)
    bits = range(part, 8 * len(data), parts)
    return [(bit, (number ^ (1 << bit)).to_bytes(len(data))) for bit in bits]


def test_what_is_flipped_is_good_as_it_stands() -> None:
    assert verify_record(RECORD, trust=TRUST, now=NOW).overall == "ok"
    assert word_of() == "ok"
    assert verify_label(LABEL, trust=TRUST, now=NOW).overall == "ok_offline"
    assert RegistrationRequest.parse(REQUEST).public_key == PRODUCER.signer.public_key
    assert TrustBundle.load(TRUST_FILE, root=ROOT).version == Root.load(ROOT_FILE).version


@pytest.mark.parametrize("part", range(PARTS))
def test_no_flipped_bit_of_a_record_is_good(part: int) -> None:
    good = [
        bit
        for bit, data in flips(RECORD, part, PARTS)
        if verify_record(data, trust=TRUST, now=NOW).overall in GOOD
    ]
    assert good == []


def test_no_flipped_bit_of_a_statement_is_good() -> None:
    parts = {"cose": SAID.statement.cose, "payload": SAID.payload.encode(), "salt": SAID.salt}
    good = [
        (name, bit)
        for name, part in parts.items()
        for bit, data in flips(part)
        if word_of(**{name: data}) in GOOD
    ]
    assert good == []


def test_no_flipped_bit_of_a_proof_is_good() -> None:
    path = b"".join(PROOF.path)
    assert len(path) >= 64
    paths = [tuple(data[at : at + 32] for at in range(0, len(data), 32)) for _, data in flips(path)]
    assert [each for each in paths if word_of(proof=replace(PROOF, path=each)) in GOOD] == []
    indices = [PROOF.index ^ (1 << bit) for bit in range(64)]
    assert [each for each in indices if word_of(proof=replace(PROOF, index=each)) in GOOD] == []
    for bit, data in flips(str(PROOF.checkpoint).encode()):
        try:
            proof = replace(PROOF, checkpoint=Checkpoint.parse(data.decode(errors="replace")))
        except ProofError:
            continue
        assert word_of(proof=proof) not in GOOD, bit


def is_refused(load: Callable[[bytes], object], data: bytes) -> bool:
    try:
        load(data)
    except SigningError:
        return True
    return False


@pytest.mark.parametrize("part", range(PARTS))
def test_every_flipped_bit_of_a_bundle_is_refused(part: int) -> None:
    load = partial(TrustBundle.load, root=ROOT)
    found = flips(TRUST_FILE, part, PARTS)
    assert [bit for bit, data in found if not is_refused(load, data)] == []


@pytest.mark.parametrize("part", range(PARTS))
def test_every_flipped_bit_of_a_root_is_refused(part: int) -> None:
    found = flips(ROOT_FILE, part, PARTS)
    assert [bit for bit, data in found if not is_refused(Root.load, data)] == []


def test_every_flipped_bit_of_a_registration_request_is_refused() -> None:
    load = RegistrationRequest.parse
    assert [bit for bit, data in flips(REQUEST) if not is_refused(load, data)] == []


def test_no_flipped_bit_of_a_label_is_good() -> None:
    after_host = LABEL.index("/01/")
    good = []
    for at in range(after_host, len(LABEL)):
        for bit in range(8):
            changed = LABEL[:at] + chr(ord(LABEL[at]) ^ (1 << bit)) + LABEL[at + 1 :]
            if verify_label(changed, trust=TRUST, now=NOW).overall in GOOD:
                good.append((at, bit))
    assert good == []


def test_no_other_digit_of_a_seal_is_good() -> None:
    start = LABEL.index("#") + 1
    good = []
    for at in range(start, len(LABEL)):
        for digit in "0123456789":
            changed = LABEL[:at] + digit + LABEL[at + 1 :]
            if changed != LABEL and verify_label(changed, trust=TRUST, now=NOW).overall in GOOD:
                good.append((at, digit))
    assert good == []
