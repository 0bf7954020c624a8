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

import base64
import binascii
from dataclasses import dataclass
from typing import Final, TypeAlias

from ocoptrace.errors import ProofError
from ocoptrace.transparency.checkpoint import Checkpoint
from ocoptrace.transparency.merkle import (
    HASH_BYTES,
    leaf_hash,
    verify_consistency,
    verify_inclusion,
)

__all__ = ["MAX_PROOF_BYTES", "ConsistencyProof", "LogProof", "Tree"]

Tree: TypeAlias = tuple[str, int, bytes]
"""A state of a log, whoever signed it: origin, size, root."""

MAX_PROOF_BYTES: Final = 72 * 1024
"""The text of a proof is never longer: a checkpoint, a path, and what may stand beside."""

_FIRST_LINE: Final = "c2sp.org/tlog-proof@v1"
_MAX_PATH, _MAX_DIGITS = 63, 19


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

    @classmethod
    def parse(cls, text: str) -> LogProof:
        """Return the proof of a text (C2SP tlog-proof), in its one written form.

        Extra data are passed over: nothing vouches for them.

        Raises:
            ProofError: not a proof, or longer than any.
        """
        first, _, rest = text.partition("\n")
        if first != _FIRST_LINE or len(text) > MAX_PROOF_BYTES:
            raise ProofError("proof.not_a_proof", reason="another first line, or too long")
        if rest.startswith("extra "):
            extra, _, rest = rest.removeprefix("extra ").partition("\n")
            _decoded(extra)
        head, blank, note = rest.partition("\n\n")
        index, *lines = head.split("\n")
        digits = index.removeprefix("index ")
        is_number = digits.isascii() and digits.isdigit() and len(digits) <= _MAX_DIGITS
        if not blank or not is_number or len(lines) > _MAX_PATH:
            raise ProofError("proof.not_a_proof", reason="no index, or too many hashes")
        proof = cls(Checkpoint.parse(note), int(digits), tuple(map(_decoded, lines)))
        is_one = str(proof) == f"{_FIRST_LINE}\n{rest}"
        if not is_one or any(len(node) != HASH_BYTES for node in proof.path):
            raise ProofError("proof.not_a_proof", reason="not in its one written form")
        return proof

    def __str__(self) -> str:
        nodes = (f"{base64.b64encode(node).decode()}\n" for node in self.path)
        return f"{_FIRST_LINE}\nindex {self.index}\n{''.join(nodes)}\n{self.checkpoint}"

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


def _decoded(line: str) -> bytes:
    try:
        return base64.b64decode(line, validate=True)
    except (ValueError, binascii.Error) as error:
        raise ProofError("proof.not_a_proof", reason="a line is not base64") from error
