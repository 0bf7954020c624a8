"""Is this item one of those whose serials were issued? Shown by a path to the stated root.

>>> from ocoptrace.transparency.merkle import root_of
>>> batch = "https://id.gs1.org/01/09521234543213/10/L1"
>>> names = [f"{batch}/21/{serial}" for serial in ("A1", "A2", "A3")]
>>> issuance = Issuance.parse({
...     "id": batch, "run": "7K3MQ9TB2A4C", "count": 3, "serials": "listed",
...     "root": root_of(leaf_hash(name.encode()) for name in names).hex()})
>>> proof = IssueProof.of(issuance.run, names, 2)
>>> proof.check(issuance)
>>> IssueProof(proof.run, names[1], proof.index, proof.path).check(issuance)
Traceback (most recent call last):
ocoptrace.errors.ProofError: The proof does not show that \
https://id.gs1.org/01/09521234543213/10/L1/21/A2 is one of the items of the run 7K3MQ9TB2A4C. \
Ask whoever keeps the list of serials for the proof of this very item.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ocoptrace.errors import ProofError
from ocoptrace.gs1 import parse_name
from ocoptrace.registry import Issuance  # noqa: TC001 - the tour parses one
from ocoptrace.transparency.merkle import inclusion_proof, leaf_hash, root_of, verify_inclusion

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["IssueProof"]


@dataclass(frozen=True, slots=True)
class IssueProof:
    """That an item is one of a run whose serials were issued.

    Attributes:
        run: the code of the run.
        item: canonical name of the item.
        index: its place among the serials of the run, from 0.
        path: hashes from the leaf to the root (RFC 9162 §2.1.3), 32 bytes each.
    """

    run: str
    item: str
    index: int
    path: tuple[bytes, ...]

    @classmethod
    def of(cls, run: str, names: Sequence[str], index: int) -> IssueProof:
        """Return the proof for one of the names that were issued.

        Args:
            run: the code of the run.
            names: canonical names of all its items, in order; made anew they may be, but not
                others.
            index: which of them.
        """

        def read(level: int, position: int) -> bytes:
            below = range(position << level, (position + 1) << level)
            return root_of(leaf_hash(names[each].encode()) for each in below)

        path = inclusion_proof(index, len(names), read)
        return cls(run, names[index], index, tuple(path))

    def check(self, issuance: Issuance) -> None:
        """Check the proof against what was stated; who stated it, the statement tells.

        Raises:
            Gs1Error: the item is no name.
            ProofError: another run, an item of another batch, or one that was not issued as
                far as this proof shows.
        """
        batch = parse_name(self.item).batch()
        if self.run != issuance.run or batch is None or batch.canonical() != issuance.id:
            raise ProofError("proof.other_run", item=self.item, run=issuance.run)
        leaf = leaf_hash(self.item.encode())
        root = bytes.fromhex(issuance.root)
        try:
            verify_inclusion(leaf, self.index, issuance.count, self.path, root)
        except ProofError as error:
            raise ProofError("proof.not_issued", item=self.item, run=self.run) from error

    def to_json(self) -> dict[str, object]:
        """Return the proof as JSON members, hashes in hexadecimal."""
        path = [each.hex() for each in self.path]
        return {"run": self.run, "item": self.item, "index": self.index, "path": path}
