from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocoptrace.errors import ProofError
from ocoptrace.transparency import (
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    tree_root,
    verify_consistency,
    verify_inclusion,
)
from ocoptrace.transparency.merkle import EMPTY_ROOT, new_nodes, root_of

if TYPE_CHECKING:
    from collections.abc import Sequence

LARGEST = 70
LEAVES = [leaf_hash(f"entry {n}".encode()) for n in range(LARGEST)]
NODES: dict[tuple[int, int], bytes] = {}
SIZES = st.integers(1, LARGEST)
HASHES = st.binary(min_size=32, max_size=32)


def read(level: int, position: int) -> bytes:
    return NODES[level, position]


for number, leaf in enumerate(LEAVES):
    NODES.update(new_nodes(number, leaf, read))


def defined_root(leaves: Sequence[bytes]) -> bytes:
    """Return MTH of RFC 9162 §2.1.1, word for word."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    left, right = defined_root(leaves[:split]), defined_root(leaves[split:])
    return hashlib.sha256(b"\x01" + left + right).digest()


@pytest.mark.parametrize("size", range(LARGEST + 1))
def test_every_tree_has_the_root_that_the_rfc_defines(size: int) -> None:
    assert tree_root(size, read) == defined_root(LEAVES[:size])


@given(SIZES | st.just(0))
def test_leaves_that_come_one_by_one_have_the_same_root(size: int) -> None:
    assert root_of(iter(LEAVES[:size])) == defined_root(LEAVES[:size])


def test_a_leaf_is_no_node() -> None:
    children = LEAVES[0] + LEAVES[1]
    assert leaf_hash(b"") == hashlib.sha256(b"\0").digest()
    assert leaf_hash(children) != tree_root(2, read)
    assert hashlib.sha256(b"").digest() == EMPTY_ROOT


@pytest.mark.parametrize("size", range(1, LARGEST + 1))
def test_every_leaf_of_every_tree_is_proven_there_and_nowhere_else(size: int) -> None:
    root = tree_root(size, read)
    for index in range(size):
        proof = inclusion_proof(index, size, read)
        verify_inclusion(LEAVES[index], index, size, proof, root)
        with pytest.raises(ProofError):
            verify_inclusion(LEAVES[index], (index + 1) % (size + 1), size, proof, root)
        with pytest.raises(ProofError):
            verify_inclusion(LEAVES[index], index, size, [*proof, root], root)
        if proof:
            with pytest.raises(ProofError):
                verify_inclusion(LEAVES[index], index, size, proof[:-1], root)


@pytest.mark.parametrize("size", range(1, LARGEST + 1))
def test_every_tree_continues_every_smaller_one(size: int) -> None:
    root = tree_root(size, read)
    for smaller in range(1, size + 1):
        older = tree_root(smaller, read)
        proof = consistency_proof(smaller, size, read)
        verify_consistency(smaller, size, proof, older, root)
        with pytest.raises(ProofError):
            verify_consistency(smaller, size, [*proof, root], older, root)
        with pytest.raises(ProofError):
            verify_consistency(smaller, size, proof, bytes(32), root)
        with pytest.raises(ProofError):
            verify_consistency(smaller, size, proof, older, bytes(32))
        if proof:
            with pytest.raises(ProofError):
                verify_consistency(smaller, size, proof[:-1], older, root)


@given(size=SIZES, data=st.data())
def test_a_changed_proof_proves_nothing(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    proof = inclusion_proof(index, size, read)
    step = data.draw(st.integers(-1, len(proof) - 1))
    other = data.draw(HASHES)
    leaf = LEAVES[index]
    if step < 0:
        leaf = other
    else:
        proof[step] = other
    with pytest.raises(ProofError) as caught:
        verify_inclusion(leaf, index, size, proof, tree_root(size, read))
    assert caught.value.code == "proof.wrong_root"


@given(
    st.integers(-2, 2**65),
    st.integers(-2, 2**65),
    st.lists(st.binary(min_size=30, max_size=33), max_size=70),
)
def test_nothing_but_proof_errors_come_of_any_numbers(a: int, b: int, proof: list[bytes]) -> None:
    with pytest.raises(ProofError):
        verify_inclusion(LEAVES[0], a, b, proof, LEAVES[1])
    with pytest.raises(ProofError):
        verify_consistency(a, b, proof, LEAVES[0], LEAVES[1])


@pytest.mark.parametrize("length", [0, 31, 33])
def test_a_hash_has_32_bytes(length: int) -> None:
    short = bytes(length)
    for leaf, proof, root in (
        (short, [LEAVES[1]], LEAVES[0]),
        (LEAVES[0], [short], LEAVES[0]),
        (LEAVES[0], [LEAVES[1]], short),
    ):
        with pytest.raises(ProofError) as caught:
            verify_inclusion(leaf, 0, 2, proof, root)
        assert caught.value.code == "proof.not_a_hash"


def test_from_an_empty_tree_nothing_is_shown() -> None:
    with pytest.raises(ProofError) as caught:
        verify_consistency(0, 1, [], EMPTY_ROOT, LEAVES[0])
    assert caught.value.code == "proof.no_such_sizes"
    with pytest.raises(ProofError):
        consistency_proof(0, 1, read)
    with pytest.raises(ProofError):
        inclusion_proof(1, 1, read)


def test_equal_trees_need_no_proof() -> None:
    for size in (1, 3, 4, 70):
        root = tree_root(size, read)
        assert consistency_proof(size, size, read) == []
        verify_consistency(size, size, [], root, root)
        with pytest.raises(ProofError) as caught:
            verify_consistency(size, size, [root], root, root)
        assert caught.value.code == "proof.wrong_length"
