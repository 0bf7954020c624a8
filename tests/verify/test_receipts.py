"""Which trees a receipt may vouch for, as a trust bundle lists the logs."""

from __future__ import annotations

import pytest

from ocoptrace.errors import ProofError
from ocoptrace.signing.bundle import LogKey, RevocationCheckpoint
from ocoptrace.transparency import LogProof
from ocoptrace.transparency.receipt import Receipt, sign_receipt
from ocoptrace.verify.receipts import vouched_tree
from village import LOG, Village, log_entry


@pytest.fixture(scope="module")
def village() -> Village:
    village = Village()
    for _ in range(7):
        village.state_event()
    return village


def receipt_of(village: Village, index: int, size: int) -> Receipt:
    proof = LogProof(village.checkpoint(size=size), index, village.proof(index, size).path)
    return sign_receipt(village.entries[index], proof, log=LOG)


def test_a_log_of_the_bundle_vouches(village: Village) -> None:
    receipt, entry = receipt_of(village, 4, 8), village.entries[4]
    tree = (LOG.name, 8, village.checkpoint(size=8).root)
    assert vouched_tree(receipt, entry, logs=[log_entry()]) == tree
    assert vouched_tree(receipt, entry, keys=[LOG.verifier_key]) == tree
    with pytest.raises(ProofError):
        vouched_tree(receipt, entry)


def test_a_key_vouches_for_the_sizes_at_which_it_is_in_force(village: Village) -> None:
    keys = (LogKey(vkey=str(LOG.verifier_key), from_size=3, to_size=8),)
    log = log_entry(keys=keys)
    assert vouched_tree(receipt_of(village, 4, 8), village.entries[4], logs=[log])
    with pytest.raises(ProofError) as caught:
        vouched_tree(receipt_of(village, 4, 9), village.entries[4], logs=[log])
    assert caught.value.code == "proof.receipt_signature"


def test_a_log_that_has_ended_vouches_for_no_state_that_it_never_had(village: Village) -> None:
    def final(size: int, root: bytes) -> RevocationCheckpoint:
        return RevocationCheckpoint(origin=LOG.name, size=size, root=root.hex())

    receipt, entry = receipt_of(village, 4, 8), village.entries[4]
    root = village.checkpoint(size=8).root
    for end in (final(8, root), final(9, bytes(32))):
        assert vouched_tree(receipt, entry, logs=[log_entry(final=end)])
    for end in (final(8, bytes(32)), final(7, bytes(32))):
        with pytest.raises(ProofError) as caught:
            vouched_tree(receipt, entry, logs=[log_entry(final=end)])
        assert caught.value.code == "proof.log_closed"
