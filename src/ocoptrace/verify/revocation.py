"""Does the withdrawal of a key reach a statement? All revocations of the key are asked.

A thief can sign with any date, and may hold the log's key too. What a thief cannot do is put
a statement under a checkpoint that the office holds already (formats, section 6).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from ocoptrace.signing.bundle import Revocation
    from ocoptrace.transparency.proof import Tree

__all__ = ["reaching"]


def reaching(
    revocations: Iterable[Revocation],
    *,
    claimed: datetime,
    log_time: datetime | None,
    places: Sequence[tuple[Tree, int]],
    ties: frozenset[frozenset[Tree]],
) -> Revocation | None:
    """Return the gravest revocation that reaches a statement; None where it survives them all.

    Args:
        revocations: those of the key that signed it.
        claimed: when it was stated, as its signer says.
        log_time: by when a quorum had seen it, if one has.
        places: trees in which proofs that hold have shown it, with its index.
        ties: pairs of trees that are one history, by consistency proofs that hold.
    """
    # The claim alone is the signer's to choose; a log's time is not.
    since = max(claimed, log_time or claimed)
    reached = [
        revocation
        for revocation in revocations
        if not (
            _was_seen_before(revocation, places, ties)
            if revocation.reason == "compromised"
            else since < revocation.at
        )
    ]
    return min(reached, key=lambda revocation: revocation.reason != "compromised", default=None)


def _was_seen_before(
    revocation: Revocation,
    places: Sequence[tuple[Tree, int]],
    ties: frozenset[frozenset[Tree]],
) -> bool:
    """Tell whether a statement stood in the tree that the office saw before the loss."""
    seen = revocation.checkpoint
    if seen is None:
        return False
    office: Tree = (seen.origin, seen.size, bytes.fromhex(seen.root))
    return any(
        index < seen.size and (tree == office or frozenset({tree, office}) in ties)
        for tree, index in places
    )
