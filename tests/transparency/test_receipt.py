"""COSE receipts: what a log's key vouches for, and what is refused as one."""

from __future__ import annotations

from dataclasses import replace

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocoptrace.errors import ProofError, SigningError
from ocoptrace.signing import Statement
from ocoptrace.signing.cose import sig_structure
from ocoptrace.signing.note import NoteSigner
from ocoptrace.transparency import Checkpoint, ConsistencyProof, LogProof, leaf_hash
from ocoptrace.transparency.receipt import (
    Consistency,
    Inclusion,
    Receipt,
    sign_consistency_receipt,
    sign_receipt,
)
from ocoptrace.transparency.transparent_statement import MAX_RECEIPTS, TransparentStatement
from village import LOG, Village, eddsa

KEYS = (LOG.verifier_key,)


@pytest.fixture(scope="module")
def village() -> Village:
    village = Village()
    for _ in range(9):
        village.state_event()
    return village


def proof_of(village: Village, index: int, size: int) -> LogProof:
    return LogProof(village.checkpoint(size=size), index, village.proof(index, size).path)


def receipt_of(village: Village, index: int = 5, size: int = 8) -> Receipt:
    return sign_receipt(village.entries[index], proof_of(village, index, size), log=LOG)


def decoded(receipt: Receipt) -> list[object]:
    return list(cbor2.loads(receipt.encode()).value)


def encoded(parts: object, tag: int = 18) -> bytes:
    return cbor2.dumps(cbor2.CBORTag(tag, parts))


def reason_of(data: bytes) -> str:
    with pytest.raises(ProofError) as caught:
        Receipt.decode(data)
    assert caught.value.code == "proof.not_a_receipt"
    return str(caught.value.facts["reason"].code)


def test_a_receipt_has_the_labels_of_rfc_9942(village: Village) -> None:
    receipt = receipt_of(village)
    protected, unprotected, payload, signature = decoded(receipt)
    assert isinstance(protected, bytes)
    key = LOG.signer.public_key
    assert cbor2.loads(protected) == {
        1: -8,
        4: key.kid,
        15: {1: f"https://{LOG.name}", 2: receipt.subject},
        395: 1,
    }
    path = list(proof_of(village, 5, 8).path)
    assert dict(unprotected) == {396: {-1: (cbor2.dumps([8, 5, path]),)}}
    assert payload is None
    root = village.checkpoint(size=8).root
    assert key.verifies(signature, sig_structure(protected, root))


def test_every_entry_has_a_receipt_that_holds_for_it_and_for_no_other(village: Village) -> None:
    entries = village.entries
    for size in range(3, len(entries) + 1):
        root = village.checkpoint(size=size).root
        for index in range(2, size):
            receipt = Receipt.decode(receipt_of(village, index, size).encode())
            assert receipt.verify(entries[index], KEYS) == (LOG.name, size, root)
            with pytest.raises(ProofError):
                receipt.verify(entries[index - 1], KEYS)


def test_the_same_receipt_is_made_again(village: Village) -> None:
    assert receipt_of(village) == receipt_of(village)


def test_a_receipt_is_no_statement(village: Village) -> None:
    receipt = receipt_of(village)
    transparent = TransparentStatement(village.entries[5], (receipt,))
    for data in (receipt.encode(), transparent.encode()):
        with pytest.raises(SigningError):
            Statement.decode(data)


def test_a_log_of_one_entry_has_no_receipt(village: Village) -> None:
    entry = village.entries[5]
    checkpoint = Checkpoint.sign(LOG.name, 1, leaf_hash(entry), LOG)
    with pytest.raises(ProofError) as caught:
        sign_receipt(entry, LogProof(checkpoint, 0, ()), log=LOG)
    assert caught.value.code == "proof.receipt_too_early"


def test_nothing_is_signed_that_no_checkpoint_of_the_log_covers(village: Village) -> None:
    entry, proof = village.entries[5], proof_of(village, 5, 8)
    other = NoteSigner("other.example/ocop-log/1", LOG.signer)
    false = replace(proof.checkpoint, note=replace(proof.checkpoint.note, signatures=()))
    for changed, log in (
        (replace(proof, index=4), LOG),
        (replace(proof, checkpoint=false), LOG),
        (proof, other),
        (proof, NoteSigner(LOG.name, eddsa(99))),
    ):
        with pytest.raises(ProofError):
            sign_receipt(entry, changed, log=log)
    with pytest.raises(ProofError):
        sign_receipt(village.entries[4], proof, log=LOG)


def test_keys_of_others_do_not_vouch_for_it(village: Village) -> None:
    receipt, entry = receipt_of(village), village.entries[5]
    elsewhere = NoteSigner("other.example/ocop-log/1", LOG.signer)
    thief = NoteSigner(LOG.name, eddsa(99))
    for keys in ((), (elsewhere.verifier_key,), (thief.verifier_key,)):
        with pytest.raises(ProofError) as caught:
            receipt.verify(entry, keys)
        assert caught.value.code == "proof.receipt_signature"
    assert receipt.verify(entry, (thief.verifier_key, *KEYS))


def test_what_is_said_beside_the_signature_cannot_move_the_root(village: Village) -> None:
    receipt, entry = receipt_of(village), village.entries[5]
    shown = receipt.shown
    assert isinstance(shown, Inclusion)
    for changed in (
        replace(shown, index=4),
        replace(shown, path=shown.path[::-1]),
        replace(shown, path=(*shown.path, bytes(32))),
        replace(shown, size=64),
    ):
        with pytest.raises(ProofError):
            replace(receipt, shown=changed).verify(entry, KEYS)


def test_a_receipt_names_what_its_entry_is_about(village: Village) -> None:
    receipt = receipt_of(village)
    header = cbor2.loads(receipt.protected)
    root = village.checkpoint(size=8).root

    def signed(claims: dict[int, object]) -> Receipt:
        protected = cbor2.dumps(dict(header) | {15: claims})
        signature = LOG.signer.sign(sig_structure(protected, root))
        return Receipt(protected, receipt.shown, signature)

    issuer = f"https://{LOG.name}"
    assert signed({1: issuer}).verify(village.entries[5], KEYS)
    with pytest.raises(ProofError) as caught:
        signed({1: issuer, 2: "urn:uuid:another"}).verify(village.entries[5], KEYS)
    assert caught.value.code == "proof.receipt_subject"
    with pytest.raises(ProofError):
        signed({2: receipt.subject}).verify(village.entries[5], KEYS)


def test_consistency_of_every_two_trees(village: Village) -> None:
    roots = {size: village.checkpoint(size=size).root for size in range(1, 9)}
    for first in range(1, 8):
        for second in range(first + 1, 9):
            path = tuple(village.consistency(first, second))
            proof = ConsistencyProof(LOG.name, first, roots[first], second, roots[second], path)
            receipt = Receipt.decode(sign_consistency_receipt(proof, log=LOG).encode())
            assert receipt.shown == Consistency(first, second, path)
            assert receipt.verify(roots[first], KEYS) == (LOG.name, second, roots[second])
            with pytest.raises(ProofError):
                receipt.verify(bytes(32), KEYS)


def test_consistency_of_a_tree_with_itself_or_of_another_log_is_not_signed(
    village: Village,
) -> None:
    root = village.checkpoint(size=4).root
    for origin in (LOG.name, "other.example/ocop-log/1"):
        with pytest.raises(ProofError):
            sign_consistency_receipt(ConsistencyProof(origin, 4, root, 4, root, ()), log=LOG)


def test_other_messages_are_refused_with_the_reason(village: Village) -> None:
    protected, unprotected, payload, signature = decoded(receipt_of(village))
    assert isinstance(protected, bytes)
    assert isinstance(signature, bytes)
    header = dict(cbor2.loads(protected))
    proof = cbor2.dumps([8, 5, [bytes(32)] * 3])

    def with_header(**changed: object) -> bytes:
        members = header | {int(label.strip("_")): value for label, value in changed.items()}
        kept = {label: value for label, value in members.items() if value is not None}
        return encoded([cbor2.dumps(kept), unprotected, payload, signature])

    def with_proofs(proofs: object) -> bytes:
        return encoded([protected, {396: proofs}, payload, signature])

    cases = {
        encoded([protected, unprotected, bytes(32), signature]): "receipt_payload",
        encoded([protected, unprotected, payload, signature], 98): "receipt_shape",
        cbor2.dumps([protected, unprotected, payload, signature]): "receipt_shape",
        encoded([protected, unprotected, payload, signature[:-1]]): "receipt_shape",
        encoded([protected, unprotected, payload]): "receipt_shape",
        encoded([protected, {**unprotected, 5: 1}, payload, signature]): "receipt_unsigned",  # type: ignore[dict-item]
        encoded([protected, {}, payload, signature]): "receipt_proof",
        encoded([protected, unprotected, payload, signature]) + b"\0": "receipt_unsigned",
        encoded([protected + b"\0", unprotected, payload, signature]): "receipt_header",
        encoded([b"\xa0", unprotected, payload, signature]): "unknown_algorithm",
        with_header(_1=-35): "unknown_algorithm",
        with_header(_1=[1]): "unknown_algorithm",
        with_header(_395=2): "receipt_tree",
        with_header(_395=None): "receipt_tree",
        with_header(_2=[395]): "receipt_crit",
        with_header(_4="text"): "receipt_header",
        with_header(_15=[1]): "receipt_header",
        with_header(_15={1: 2}): "receipt_header",
        with_proofs({}): "receipt_proof",
        with_proofs([proof]): "receipt_proof",
        with_proofs({-1: [proof], -2: [proof]}): "receipt_proof",
        with_proofs({-1: [proof, proof]}): "receipt_proof",
        with_proofs({-1: []}): "receipt_proof",
        with_proofs({-3: [proof]}): "receipt_proof",
        with_proofs({-1: [7]}): "receipt_proof",
        with_proofs({-1: [cbor2.dumps([8, 5, []])]}): "receipt_proof",
        with_proofs({-1: [cbor2.dumps([8, 5, [bytes(31)]])]}): "receipt_proof",
        with_proofs({-1: [cbor2.dumps([8, 5, [7]])]}): "receipt_proof",
        with_proofs({-1: [cbor2.dumps([8, 5, [bytes(32)] * 65])]}): "receipt_proof",
        with_proofs({-1: [cbor2.dumps([8, "5", [bytes(32)]])]}): "receipt_proof",
        with_proofs({-1: [proof + b"\0"]}): "not_deterministic",
        b"": "not_cbor",
        bytes(9000): "too_large",
    }
    told = {data: reason_of(data).partition(".")[2] for data in cases}
    assert list(told.values()) == list(cases.values())


@given(st.integers(-5, 2**64 - 1), st.integers(-5, 2**64 - 1), st.booleans())
def test_absurd_sizes_are_refused_before_anything_is_computed(
    first: int,
    second: int,
    is_inclusion: bool,  # noqa: FBT001 - drawn
) -> None:
    kind = Inclusion if is_inclusion else Consistency
    with pytest.raises(ProofError):
        kind(first, second, (bytes(32),) * 64).root(bytes(32))


def test_a_transparent_statement_carries_receipts_and_the_statement_unchanged(
    village: Village,
) -> None:
    receipts = tuple(receipt_of(village, 5, size) for size in range(6, 9))
    made = TransparentStatement(village.entries[5], receipts)
    read = TransparentStatement.decode(made.encode())
    assert read == made
    for receipt in read.receipts:
        assert receipt.verify(read.statement, KEYS)
    tag = cbor2.loads(made.encode())
    assert list(dict(tag.value[1])) == [394]


def test_what_else_is_in_its_open_header_is_refused(village: Village) -> None:
    receipt = receipt_of(village).encode()
    protected, _, payload, signature = cbor2.loads(village.entries[5]).value

    def message(unprotected: object) -> bytes:
        return encoded([protected, unprotected, payload, signature])

    for data in (
        message({}),
        message({394: []}),
        message({394: [receipt], 1: -7}),
        message({394: receipt}),
        message({394: [7]}),
        message({394: [receipt[:-1]]}),
        message({394: [receipt] * (MAX_RECEIPTS + 1)}),
        message({394: [receipt]}) + b"\0",
        encoded([protected, {394: [receipt]}, None, signature]),
        bytes(70_000),
    ):
        with pytest.raises(ProofError):
            TransparentStatement.decode(data)
    assert TransparentStatement.decode(message({394: [receipt] * MAX_RECEIPTS}))
