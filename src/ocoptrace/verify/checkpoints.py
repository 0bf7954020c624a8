"""What a trust bundle says of a checkpoint: whose log it is, and by when witnesses had seen it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ocoptrace.errors import ProofError

if TYPE_CHECKING:
    from datetime import datetime

    from ocoptrace.signing.bundle import Log, RevocationCheckpoint, TrustBundle
    from ocoptrace.transparency import Checkpoint
    from ocoptrace.transparency.proof import Tree

__all__ = ["CheckedCheckpoint", "check_checkpoint", "is_before"]


@dataclass(frozen=True, slots=True)
class CheckedCheckpoint:
    """A checkpoint, and what the trust bundle says of it.

    Attributes:
        checkpoint: as read.
        log: the log in the bundle, None where the bundle lists none of this origin.
        fault: why it does not hold; empty where it does.
        time: by when the quorum had seen it; None without a quorum.
        newest: when the last of its witnesses signed it; None without a witness.
    """

    checkpoint: Checkpoint
    log: Log | None
    fault: str = ""
    time: datetime | None = None
    newest: datetime | None = None

    @property
    def tree(self) -> Tree:
        """The state of the log that it speaks of."""
        return self.checkpoint.origin, self.checkpoint.size, self.checkpoint.root


def check_checkpoint(checkpoint: Checkpoint, trust: TrustBundle) -> CheckedCheckpoint:
    """Return what the bundle's logs say of a checkpoint."""
    log = trust.log(checkpoint.origin)
    if log is None:
        return CheckedCheckpoint(checkpoint, None)
    try:
        times = checkpoint.cosigned_at(log.verifier_keys(checkpoint.size))
    except ProofError as error:
        return CheckedCheckpoint(checkpoint, log, error.code)
    if log.final is not None and not is_before(checkpoint.size, checkpoint.root, log.final):
        return CheckedCheckpoint(checkpoint, log, "proof.log_closed")
    # Too few witnesses are no fault of the checkpoint: it only shows no time.
    time = times[log.quorum - 1] if 0 < log.quorum <= len(times) else None
    return CheckedCheckpoint(checkpoint, log, "", time, max(times, default=None))


def is_before(size: int, root: bytes, final: RevocationCheckpoint) -> bool:
    """Tell whether a log that has ended can have had this state."""
    return size < final.size or (size, root.hex()) == (final.size, final.root)
