"""What can be said of one statement: whose it is, whether it may be, and since when.

Nothing here decides; it gathers, and ``record`` sums up.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ocoptrace import canonical_json
from ocoptrace.epcis import parse_event
from ocoptrace.epcis.steps import created
from ocoptrace.errors import OcopTraceError, ProofError
from ocoptrace.signing.entitlement import refusal
from ocoptrace.transparency.merkle import leaf_hash, verify_inclusion

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from ocoptrace.origin_record import Proof, RecordedStatement
    from ocoptrace.signing.bundle import KeyEntry, Log, Revocation, TrustBundle
    from ocoptrace.signing.entitlement import Refusal
    from ocoptrace.transparency import Checkpoint

_SUBJECT_MEMBER = {"product": "id", "batch": "id", "grade": "product", "event": "eventID"}

__all__ = ["CheckedCheckpoint", "Evidence", "check_checkpoint", "gather"]


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


@dataclass(frozen=True, slots=True)
class Evidence:
    """What was found out about a statement; a field that is empty or None found no fault.

    Attributes:
        recorded: the statement, its payload and its proofs.
        signer: the key in the bundle, None where there is none with its kid.
        signature_holds: whether that key signed it.
        content_holds: whether the payload shown is what was stated.
        withheld: whether the payload is not shown.
        payload_fault: why a payload that is shown cannot be read.
        refused: why the key was not entitled, with the name or word concerned.
        revocation: the key's revocation, if it reaches this statement.
        proof_fault: why a proof does not hold.
        logged: whether at least one proof leads into a log of the bundle.
        witnessed: whether such a log's quorum has seen it.
        log_time: by when, the earliest that the proofs show.
    """

    recorded: RecordedStatement
    signer: KeyEntry | None
    signature_holds: bool
    content_holds: bool
    withheld: bool
    payload_fault: str
    refused: tuple[Refusal, str] | None
    revocation: Revocation | None
    proof_fault: str
    logged: bool
    witnessed: bool
    log_time: datetime | None


def check_checkpoint(checkpoint: Checkpoint, trust: TrustBundle) -> CheckedCheckpoint:
    """Return what the bundle's logs say of a checkpoint."""
    log = trust.log(checkpoint.origin)
    if log is None:
        return CheckedCheckpoint(checkpoint, None)
    try:
        times = checkpoint.cosigned_at(log.verifier_keys(checkpoint.size))
    except ProofError as error:
        return CheckedCheckpoint(checkpoint, log, error.code)
    if log.final is not None and checkpoint.size > log.final.size:
        return CheckedCheckpoint(checkpoint, log, "proof.log_closed")
    # Too few witnesses are no fault of the checkpoint: it only shows no time.
    time = times[log.quorum - 1] if 0 < log.quorum <= len(times) else None
    return CheckedCheckpoint(checkpoint, log, "", time, max(times, default=None))


def gather(
    recorded: RecordedStatement, checkpoints: Sequence[CheckedCheckpoint], trust: TrustBundle
) -> Evidence:
    """Return what can be said of a statement under a trust bundle."""
    statement = recorded.statement
    signer = trust.by_kid(statement.kid)
    names, payload_fault = _created_names(recorded)
    refused = None
    if signer is not None:
        refused = refusal(
            signer, statement.kind, names, issuer=statement.issuer, at=statement.issued_at
        )
    fault = ""
    times = []
    logged = False
    for proof in recorded.proofs:
        checked = checkpoints[proof.checkpoint]
        fault = fault or checked.fault or _path_fault(recorded, proof, checked.checkpoint)
        logged = logged or checked.log is not None
        if checked.time is not None:
            times.append(checked.time)
    return Evidence(
        recorded=recorded,
        signer=signer,
        signature_holds=signer is not None and statement.is_signed_by(signer.public_key),
        content_holds=recorded.binds(),
        withheld=recorded.payload is None,
        payload_fault=payload_fault,
        refused=refused,
        revocation=_reaching_revocation(recorded, signer, trust, checkpoints),
        proof_fault=fault,
        logged=logged,
        witnessed=bool(times),
        log_time=min(times, default=None),
    )


def _path_fault(recorded: RecordedStatement, proof: Proof, checkpoint: Checkpoint) -> str:
    leaf = leaf_hash(recorded.statement.cose)
    try:
        verify_inclusion(leaf, proof.index, checkpoint.size, proof.path, checkpoint.root)
    except ProofError as error:
        return error.code
    return ""


def _created_names(recorded: RecordedStatement) -> tuple[list[str], str]:
    """Return the canonical names that a statement creates, and why it cannot be read.

    Header and payload must speak of the same thing: entitlement is judged by the one, and
    people read the other.
    """
    kind, subject = recorded.statement.kind, recorded.statement.subject
    created_names = [subject] if kind in {"product", "batch", "alias"} else []
    if recorded.payload is None:
        return created_names, ""
    try:
        payload = canonical_json.loads(recorded.payload)
        member = _SUBJECT_MEMBER.get(kind)
        if member is not None and payload.get(member) != subject:
            return created_names, "verdict.format.payload"
        if kind == "event":
            created_names = list(created(parse_event(payload)))
    except OcopTraceError as error:
        return created_names, error.code
    except AttributeError:
        return created_names, "verdict.format.payload"
    return created_names, ""


def _reaching_revocation(
    recorded: RecordedStatement,
    signer: KeyEntry | None,
    trust: TrustBundle,
    checkpoints: Sequence[CheckedCheckpoint],
) -> Revocation | None:
    revocation = trust.revocation_of(signer) if signer else None
    if revocation is None:
        return None
    if revocation.reason != "compromised":
        return revocation if recorded.statement.issued_at >= revocation.at else None
    seen = revocation.checkpoint
    for proof in recorded.proofs:
        checked = checkpoints[proof.checkpoint]
        # A thief with the log's key can grow another tree: only the office's own counts.
        if seen and (checked.checkpoint.origin, checked.checkpoint.size) == (
            seen.origin,
            seen.size,
        ):
            same_root = checked.checkpoint.root.hex() == seen.root
            if same_root and not _path_fault(recorded, proof, checked.checkpoint):
                return None
    return revocation
