"""Proofs as values: that an entry stands under a checkpoint, and that one tree continues another.

>>> from ocoptrace.transparency import consistency_proof, leaf_hash, tree_root
>>> from ocoptrace.transparency.merkle import new_nodes
>>> nodes = {}
>>> for index, entry in enumerate((b"moi", b"muoi", b"chuop")):
...     nodes.update(new_nodes(index, leaf_hash(entry), lambda level, i: nodes[level, i]))
>>> def read(level, index): return nodes[level, index]
>>> roots = {size: tree_root(size, read) for size in (2, 3)}
>>> path = tuple(consistency_proof(2, 3, read))
>>> proof = ConsistencyProof("id.example/log", 2, roots[2], 3, roots[3], path)
>>> proof.trees == {("id.example/log", 2, roots[2]), ("id.example/log", 3, roots[3])}
True
>>> ConsistencyProof("id.example/log", 2, bytes(32), 3, roots[3], path)
Traceback (most recent call last):
ocoptrace.errors.ProofError: The proof leads to another root than the \
checkpoint's. Fetch record and checkpoint again; if this comes back, the data were changed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from ocoptrace.transparency.merkle import leaf_hash, verify_consistency, verify_inclusion

if TYPE_CHECKING:
    from ocoptrace.transparency.checkpoint import Checkpoint

__all__ = ["ConsistencyProof", "LogProof", "Tree"]

Tree: TypeAlias = tuple[str, int, bytes]
"""A state of a log, whoever signed it: origin, size, root."""


@dataclass(frozen=True, slots=True)
class LogProof:
    """That an entry stands at an index under a checkpoint (RFC 9162 §2.1.3), if it holds.

    Attributes:
        checkpoint: whose root the path leads to.
        index: of the entry, from 0.
        path: the audit path from leaf to root, hashes of 32 bytes.
    """

    checkpoint: Checkpoint
    index: int
    path: tuple[bytes, ...]

    def verify(self, entry: bytes) -> None:
        """Check that the entry stands there; signatures of the checkpoint are another matter.

        Raises:
            ProofError: it does not, as far as this proof shows.
        """
        checkpoint = self.checkpoint
        verify_inclusion(leaf_hash(entry), self.index, checkpoint.size, self.path, checkpoint.root)


@dataclass(frozen=True, slots=True)
class ConsistencyProof:
    """That the second tree of a log continues the first (RFC 9162 §2.1.4). One that exists holds.

    Attributes:
        origin: which log.
        first_size, second_size: entries, 0 < first <= second.
        first_root, second_root: 32 bytes each.
        path: the proof between them, hashes of 32 bytes.

    Raises:
        ProofError: it does not.
    """

    origin: str
    first_size: int
    first_root: bytes
    second_size: int
    second_root: bytes
    path: tuple[bytes, ...]

    def __post_init__(self) -> None:
        verify_consistency(
            self.first_size, self.second_size, self.path, self.first_root, self.second_root
        )

    @property
    def trees(self) -> frozenset[Tree]:
        """The two states that are one history; one where they are the same."""
        return frozenset(
            {
                (self.origin, self.first_size, self.first_root),
                (self.origin, self.second_size, self.second_root),
            }
        )
