"""What can be said of one statement: whose it is, whether it may be, and since when.

Nothing here decides; it gathers, and ``record`` sums up.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ocoptrace import canonical_json
from ocoptrace.epcis import Event, created, inputs, mentioned, outputs, parse_event
from ocoptrace.errors import OcopTraceError, ProofError, RegistryError
from ocoptrace.gs1 import parse_name
from ocoptrace.registry import Entry, read_entry
from ocoptrace.signing.entitlement import refusal
from ocoptrace.transparency.merkle import leaf_hash, verify_inclusion

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from ocoptrace.origin_record import Proof, RecordedStatement
    from ocoptrace.signing.bundle import KeyEntry, Log, Revocation, TrustBundle
    from ocoptrace.signing.entitlement import Refusal
    from ocoptrace.signing.statement import Kind
    from ocoptrace.transparency import Checkpoint

_SUBJECT_MEMBER = {"product": "id", "batch": "id", "grade": "product", "event": "eventID"}
_ENTRIES = {"producer", "place", "product", "grade", "batch"}
_UNSETTLED = {"alias", "evidence", "revocation"}
_NAME = {"product", "batch", "item"}
_SUBJECT_LEVELS = {
    "product": {"product"},
    "grade": {"product"},
    "batch": {"batch"},
    "record": _NAME,
    "alias": _NAME,
}
_FAULT = "verdict.format.payload"

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
        shown: the event or registry entry that is stated; None where it is withheld, cannot be
            read, is not what was stated, or the kind is another.
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
    shown: Event | Entry | None
    refused: tuple[Refusal, str] | None
    revocation: Revocation | None
    proof_fault: str
    logged: bool
    witnessed: bool
    log_time: datetime | None

    @property
    def is_sound(self) -> bool:
        """Whether it is signed by who may sign it, and shows what was signed."""
        return (
            self.signature_holds
            and self.content_holds
            and not self.payload_fault
            and self.refused is None
            and self.revocation is None
        )


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
    fault = ""
    times = []
    logged = False
    for proof in recorded.proofs:
        checked = checkpoints[proof.checkpoint]
        fault = fault or checked.fault or _path_fault(recorded, proof, checked.checkpoint)
        logged = logged or checked.log is not None
        if checked.time is not None:
            times.append(checked.time)
    log_time = min(times, default=None)
    content_holds = recorded.binds()
    shown, payload_fault = _shown(recorded)
    return Evidence(
        recorded=recorded,
        signer=signer,
        signature_holds=signer is not None and statement.is_signed_by(signer.public_key),
        content_holds=content_holds,
        withheld=recorded.payload is None,
        payload_fault=payload_fault,
        shown=shown if content_holds else None,
        refused=_refused(recorded, signer, shown, log_time),
        revocation=_reaching_revocation(recorded, signer, trust, checkpoints, log_time),
        proof_fault=fault,
        logged=logged,
        witnessed=bool(times),
        log_time=log_time,
    )


def _path_fault(recorded: RecordedStatement, proof: Proof, checkpoint: Checkpoint) -> str:
    leaf = leaf_hash(recorded.statement.cose)
    try:
        verify_inclusion(leaf, proof.index, checkpoint.size, proof.path, checkpoint.root)
    except ProofError as error:
        return error.code
    return ""


def _refused(
    recorded: RecordedStatement,
    signer: KeyEntry | None,
    shown: Event | Entry | None,
    log_time: datetime | None,
) -> tuple[Refusal, str] | None:
    if signer is None:
        return None
    statement = recorded.statement
    names = [statement.subject] if statement.kind in {"product", "batch", "alias"} else []
    if isinstance(shown, Event):
        names = list(created(shown))
    refused = refusal(
        signer, statement.kind, names, issuer=statement.issuer, at=statement.issued_at
    )
    # A key that is over can still sign an earlier date; a log that took it cannot.
    if refused is None and log_time is not None and log_time >= signer.sign_until:
        return "period", log_time.isoformat()
    return refused


def _shown(recorded: RecordedStatement) -> tuple[Event | Entry | None, str]:
    """Return the event or entry that a statement shows, and why it cannot be read.

    Header and payload must speak of the same thing: entitlement is judged by the one, and
    people read the other.
    """
    kind, subject = recorded.statement.kind, recorded.statement.subject
    if kind in _UNSETTLED or not _is_subject(kind, subject):
        return None, _FAULT
    if recorded.payload is None:
        return None, ""
    try:
        payload = canonical_json.loads(recorded.payload)
        if not isinstance(payload, dict) and kind in _ENTRIES | {"event"}:
            return None, _FAULT
        member = _SUBJECT_MEMBER.get(kind)
        if member is not None and payload.get(member) != subject:
            return None, _FAULT
        return _read(kind, payload), ""
    except OcopTraceError as error:
        return None, error.code


def _read(kind: Kind, payload: Any) -> Event | Entry | None:
    if kind == "event":
        event = parse_event(payload)
        for names_of in (inputs, outputs, mentioned):
            names_of(event)  # a name that cannot be read makes the event unreadable
        return event
    if kind not in _ENTRIES:
        return None
    entry = read_entry(payload)
    if entry.type != kind:
        raise RegistryError("registry.entry_type", place="/type", value=entry.type)
    return entry


def _is_subject(kind: Kind, subject: str) -> bool:
    """Tell whether a statement of a kind may be about this: a name in its one form, or no name."""
    levels = _SUBJECT_LEVELS.get(kind)
    if levels is None:
        return True
    try:
        name = parse_name(subject)
        return name.level in levels and name.canonical() == subject
    except OcopTraceError:
        return False


def _reaching_revocation(
    recorded: RecordedStatement,
    signer: KeyEntry | None,
    trust: TrustBundle,
    checkpoints: Sequence[CheckedCheckpoint],
    log_time: datetime | None,
) -> Revocation | None:
    revocation = trust.revocation_of(signer) if signer else None
    if revocation is None:
        return None
    if revocation.reason != "compromised":
        # The claim alone is the signer's to choose; a log's time is not.
        claimed = recorded.statement.issued_at
        return revocation if max(claimed, log_time or claimed) >= revocation.at else None
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
