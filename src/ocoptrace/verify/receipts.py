"""What trusted logs say of a COSE receipt: which tree it vouches for. No verdict rests on one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ocoptrace.errors import ProofError
from ocoptrace.verify.checkpoints import is_before

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ocoptrace.signing.bundle import Log
    from ocoptrace.signing.note import VerifierKey
    from ocoptrace.transparency.proof import Tree
    from ocoptrace.transparency.receipt import Receipt

__all__ = ["vouched_tree"]


def vouched_tree(
    receipt: Receipt,
    entry: bytes,
    *,
    logs: Sequence[Log] = (),
    keys: Iterable[VerifierKey] = (),
) -> Tree:
    """Return the tree of a log that a receipt vouches for, after its signature has been verified.

    Args:
        receipt: as read.
        entry: what it is said to be for: a statement, tagged COSE bytes.
        logs: logs whose word counts, as bundles list them.
        keys: keys of more of them.

    Raises:
        ProofError: the receipt does not hold for this entry, or its log had ended before.
    """
    in_force = (key for log in logs for key in log.verifier_keys(receipt.shown.size))
    tree = receipt.verify(entry, (*keys, *in_force))
    origin, size, root = tree
    for log in logs:
        if log.origin == origin and log.final and not is_before(size, root, log.final):
            raise ProofError("proof.log_closed")
    return tree
