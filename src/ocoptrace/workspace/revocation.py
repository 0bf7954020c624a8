"""What a revocation says: a compromised key's work is good as far as the office had seen it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ocoptrace.errors import WorkspaceError
from ocoptrace.gs1 import parse_name
from ocoptrace.signing.bundle import Revocation, RevocationCheckpoint, batch_digest
from ocoptrace.transparency import Checkpoint

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from ocoptrace.signing.bundle import KeyEntry
    from ocoptrace.workspace.act import Act

__all__ = ["REASONS", "revocation_of"]

REASONS = ("superseded", "ceased", "compromised")


def revocation_of(
    act: Act,
    entry: KeyEntry,
    reason: str,
    *,
    seen_before: datetime | None,
    checkpoint: str | None,
    batches: Iterable[str] | None,
) -> Revocation:
    """Return the revocation of a key; see ``Office.revoke``."""
    if reason not in REASONS:
        raise WorkspaceError("workspace.revocation_reason", value=reason, known=", ".join(REASONS))
    earlier = [each for each in act.revocations if each.key == entry.thumbprint]
    if reason != "compromised":
        if earlier:
            raise WorkspaceError("workspace.already_revoked", key=entry.thumbprint[:16])
        if seen_before or checkpoint or batches:
            raise WorkspaceError("workspace.revocation_facts", reason=reason)
        return Revocation(key=entry.thumbprint, reason=reason, at=act.now)
    seen = _seen(act, seen_before, checkpoint)
    named = _known_batches(act, entry, seen) if batches is None else list(batches)
    made = Revocation(
        key=entry.thumbprint,
        reason="compromised",
        at=act.now,
        checkpoint=seen,
        batches=tuple(sorted({batch_digest(parse_name(name).canonical()) for name in named})),
    )
    # A key that was lost earlier than was thought is revoked again, as of then.
    if any(each == made.model_copy(update={"at": each.at}) for each in earlier):
        raise WorkspaceError("workspace.already_revoked", key=entry.thumbprint[:16])
    return made


def _seen(
    act: Act, seen_before: datetime | None, checkpoint: str | None
) -> RevocationCheckpoint | None:
    """Return the checkpoint that counts: the one given, or the newest kept from before a time."""
    if checkpoint is not None:
        found = Checkpoint.parse(checkpoint)
        log = next((log for log in act.logs if log.origin == found.origin), None)
        if log is None:
            raise WorkspaceError("workspace.unknown_log", origin=found.origin)
        found.verify(log.verifier_keys(found.size), quorum=log.quorum)
    elif seen_before is not None:
        note = act.setting.store.newest_checkpoint_before(seen_before)
        if note is None:
            raise WorkspaceError("workspace.nothing_seen", time=seen_before.isoformat())
        found = Checkpoint.parse(note)
    else:
        return None
    return RevocationCheckpoint(origin=found.origin, size=found.size, root=found.root.hex())


def _known_batches(act: Act, entry: KeyEntry, seen: RevocationCheckpoint | None) -> list[str]:
    """Return the names of the batches that a key stated in the own log before a checkpoint."""
    if seen is None or seen.origin != act.setting.log.origin:
        return []
    return [
        stored.statement.subject
        for stored in act.setting.store.statements("batch")
        if stored.statement.kid == entry.public_key.kid
        and stored.position is not None
        and stored.position < seen.size
    ]
