"""The Merkle tree of RFC 9162 §2.1, over SHA-256: hashes, proofs, and their checks.

The checks know no tree; the proofs are made from any store of its complete nodes.

>>> leaves = [leaf_hash(entry) for entry in (b"moi", b"muoi", b"chuop")]
>>> nodes = {}
>>> for index, leaf in enumerate(leaves):
...     nodes.update(new_nodes(index, leaf, lambda level, i: nodes[level, i]))
>>> def read(level, index): return nodes[level, index]
>>> root = tree_root(3, read)
>>> verify_inclusion(leaves[1], 1, 3, inclusion_proof(1, 3, read), root)
>>> verify_consistency(2, 3, consistency_proof(2, 3, read), tree_root(2, read), root)
>>> verify_inclusion(leaves[0], 1, 3, inclusion_proof(1, 3, read), root)
Traceback (most recent call last):
ocoptrace.errors.ProofError: The proof leads to another root than the \
checkpoint's. Fetch record and checkpoint again; if this comes back, the data were changed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from ocoptrace.errors import ProofError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

__all__ = [
    "EMPTY_ROOT",
    "HASH_BYTES",
    "ReadNode",
    "consistency_proof",
    "consistency_root",
    "inclusion_proof",
    "inclusion_root",
    "leaf_hash",
    "new_levels",
    "new_nodes",
    "node_hash",
    "root_of",
    "tree_root",
    "verify_consistency",
    "verify_inclusion",
]

HASH_BYTES: Final = 32
EMPTY_ROOT: Final = hashlib.sha256().digest()

ReadNode = Callable[[int, int], bytes]
"""Returns the hash of a complete node: level (0 = leaves), index in that level."""

_MAX_SIZE = 2**63


def leaf_hash(entry: bytes) -> bytes:
    """Return the hash of a log entry as a leaf."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of the node above two others."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def new_levels(
    size: int, leaves: Sequence[bytes], read: ReadNode
) -> Iterator[tuple[int, int, Sequence[bytes]]]:
    """Yield the nodes that leaves complete, themselves first: level, first index, hashes.

    >>> leaves = [leaf_hash(entry) for entry in (b"moi", b"muoi", b"chuop", b"u")]
    >>> [(level, first, len(nodes)) for level, first, nodes in new_levels(0, leaves, dict().get)]
    [(0, 0, 4), (1, 0, 2), (2, 0, 1)]

    Args:
        size: leaves in the tree before them.
        leaves: their leaf hashes.
        read: reads the complete nodes so far.
    """
    level, first, nodes, sha256 = 0, size, leaves, hashlib.sha256
    while nodes:
        yield level, first, nodes
        if first % 2:
            nodes = [read(level, first - 1), *nodes]
        # The last may wait for its sibling.
        pairs = zip(nodes[::2], nodes[1::2], strict=False)
        nodes = [sha256(b"\x01" + left + right).digest() for left, right in pairs]
        level, first = level + 1, first // 2


def new_nodes(size: int, leaf: bytes, read: ReadNode) -> list[tuple[tuple[int, int], bytes]]:
    """Return the nodes that a leaf completes, itself first: ((level, index), hash).

    Args:
        size: leaves in the tree before it.
        leaf: its leaf hash.
        read: reads the complete nodes so far.
    """
    return [((level, index), node) for level, index, (node,) in new_levels(size, (leaf,), read)]


def root_of(leaves: Iterable[bytes]) -> bytes:
    """Return the root over leaf hashes that come one by one, and are not kept.

    >>> root_of(map(leaf_hash, [])) == EMPTY_ROOT
    True
    """
    # Complete subtrees from the left, each larger than the next: one for each bit of the size.
    complete: list[bytes] = []
    for index, leaf in enumerate(leaves):
        node, rest = leaf, index
        while rest & 1:
            node = node_hash(complete.pop(), node)
            rest >>= 1
        complete.append(node)
    if not complete:
        return EMPTY_ROOT
    root = complete.pop()
    while complete:
        root = node_hash(complete.pop(), root)
    return root


def tree_root(size: int, read: ReadNode) -> bytes:
    """Return the root of the first ``size`` leaves."""
    return _subtree(0, size, read) if size else EMPTY_ROOT


def _subtree(start: int, end: int, read: ReadNode) -> bytes:
    """Return the root over leaves [start, end), as RFC 9162 §2.1.1 splits them."""
    width = end - start
    level = (width - 1).bit_length()
    if width == 1 << level:
        return read(level, start >> level)
    split = start + (1 << (level - 1))
    return node_hash(_subtree(start, split, read), _subtree(split, end, read))


def inclusion_proof(index: int, size: int, read: ReadNode) -> list[bytes]:
    """Return the audit path of a leaf in the first ``size`` leaves (RFC 9162 §2.1.3.1).

    Raises:
        ProofError: no such leaf.
    """
    if not 0 <= index < size:
        raise ProofError("proof.no_such_leaf", index=index, size=size)
    path = []
    start, end = 0, size
    while end - start > 1:
        split = start + (1 << ((end - start - 1).bit_length() - 1))
        if index < split:
            path.append(_subtree(split, end, read))
            end = split
        else:
            path.append(_subtree(start, split, read))
            start = split
    return path[::-1]


def consistency_proof(size1: int, size2: int, read: ReadNode) -> list[bytes]:
    """Return the proof that one tree continues another (RFC 9162 §2.1.4.1).

    Raises:
        ProofError: sizes that are not 0 < size1 <= size2.
    """
    if not 0 < size1 <= size2:
        raise ProofError("proof.no_such_sizes", size1=size1, size2=size2)
    path: list[bytes] = []
    start, end, whole = 0, size2, True
    while size1 != end:
        split = start + (1 << ((end - start - 1).bit_length() - 1))
        if size1 <= split:
            path.append(_subtree(split, end, read))
            end = split
        else:
            path.append(_subtree(start, split, read))
            start, whole = split, False
    if not whole:
        path.append(_subtree(start, end, read))
    return path[::-1]


def verify_inclusion(
    leaf_hash: bytes,
    index: int,
    size: int,
    proof: Sequence[bytes],
    root: bytes,
) -> None:
    """Check that a leaf stands at an index of the tree with this size and root.

    Raises:
        ProofError: it does not, as far as this proof shows (RFC 9162 §2.1.3.2).
    """
    _check_hashes(root)
    if inclusion_root(leaf_hash, index, size, proof) != root:
        raise ProofError("proof.wrong_root")


def inclusion_root(leaf_hash: bytes, index: int, size: int, proof: Sequence[bytes]) -> bytes:
    """Return the root that a leaf and its proof lead to (RFC 9162 §2.1.3.2).

    Raises:
        ProofError: no such leaf, or a proof of another length.
    """
    _check_hashes(leaf_hash, *proof)
    if not 0 <= index < size <= _MAX_SIZE:
        raise ProofError("proof.no_such_leaf", index=index, size=size)
    node = leaf_hash
    for sibling, is_left in zip(proof, _sides(index, size - 1, len(proof)), strict=True):
        node = node_hash(sibling, node) if is_left else node_hash(node, sibling)
    return node


def verify_consistency(
    size1: int, size2: int, proof: Sequence[bytes], root1: bytes, root2: bytes
) -> None:
    """Check that the tree of (size2, root2) continues the tree of (size1, root1).

    From size 0 nothing can be shown, so that is an error, as upstream vectors have it.

    Raises:
        ProofError: it does not, as far as this proof shows (RFC 9162 §2.1.4.2).
    """
    _check_hashes(root2)
    if consistency_root(size1, size2, proof, root1) != root2:
        raise ProofError("proof.wrong_root")


def consistency_root(size1: int, size2: int, proof: Sequence[bytes], root1: bytes) -> bytes:
    """Return the root of the tree that continues another, as a proof has it (RFC 9162 §2.1.4.2).

    Raises:
        ProofError: no such sizes, a proof of another length, or one that does not start from
            the tree of (size1, root1).
    """
    _check_hashes(root1, *proof)
    if not 0 < size1 <= size2 <= _MAX_SIZE:
        raise ProofError("proof.no_such_sizes", size1=size1, size2=size2)
    # Between equal trees nothing stands, so their proof is empty.
    position, last = (size1 - 1, size2 - 1) if size1 < size2 else (0, 0)
    while position % 2:
        position, last = position // 2, last // 2
    # The proof starts from the largest subtree at the old tree's end; where that is the old
    # tree itself, its root is known and left out.
    seeds = [root1] if position == 0 else proof[:1]
    siblings = proof if position == 0 else proof[1:]
    if not seeds:
        raise ProofError("proof.wrong_length", length=0)
    older = newer = seeds[0]
    for sibling, is_left in zip(siblings, _sides(position, last, len(siblings)), strict=True):
        older = node_hash(sibling, older) if is_left else older
        newer = node_hash(sibling, newer) if is_left else node_hash(newer, sibling)
    if older != root1:
        raise ProofError("proof.wrong_root")
    return newer


def _sides(position: int, last: int, count: int) -> Iterator[bool]:
    """Yield for each hash of a proof whether it stands on the left (RFC 9162 §2.1.3.2).

    Args:
        position: of the node that the proof starts from, in its level.
        last: position of the last node of that level.
        count: how many hashes the proof has.

    Raises:
        ProofError: another number of hashes leads from there to the root.
    """
    for _ in range(count):
        if last == 0:
            raise ProofError("proof.wrong_length", length=count)
        is_left = position % 2 == 1 or position == last
        while is_left and position and position % 2 == 0:
            position, last = position // 2, last // 2
        yield is_left
        position, last = position // 2, last // 2
    if last:
        raise ProofError("proof.wrong_length", length=count)


def _check_hashes(*hashes: bytes) -> None:
    if any(len(given) != HASH_BYTES for given in hashes):
        raise ProofError("proof.not_a_hash")
