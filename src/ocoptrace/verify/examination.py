"""What can be said of each statement: whose it is, whether it may be, and since when.

Nothing here decides; it gathers, and the checks sum up.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from ocoptrace.errors import OcopTraceError, ProofError
from ocoptrace.gs1 import PlainName
from ocoptrace.registry import Alias, Grade, Place
from ocoptrace.signing.entitlement import refusal
from ocoptrace.transparency.merkle import leaf_hash, verify_inclusion
from ocoptrace.verify.checkpoints import CheckedCheckpoint, check_checkpoint
from ocoptrace.verify.lineage import Step
from ocoptrace.verify.names import named
from ocoptrace.verify.payload import creates_what_it_shows, is_subject, read_payload
from ocoptrace.verify.revocation import reaching

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from ocoptrace.epcis import Event
    from ocoptrace.origin_record import RecordedStatement
    from ocoptrace.registry import Entry
    from ocoptrace.signing import Statement
    from ocoptrace.signing.bundle import KeyEntry, Log, Revocation, TrustBundle
    from ocoptrace.signing.entitlement import Refusal
    from ocoptrace.transparency import Checkpoint, ConsistencyProof
    from ocoptrace.transparency.proof import Tree
    from ocoptrace.verify.payload import Shown

__all__ = ["Examination", "Examined", "examine", "names_in_header", "newest_last"]

_FAULT = "verdict.format.payload"


@dataclass(frozen=True, slots=True)
class Examined:
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
        step: the event with what it touched, where ``shown`` is one.
        refused: why the key was not entitled, with the name or word concerned.
        revocation: the key's revocation, if it reaches this statement.
        proof_fault: why a proof does not hold.
        logs: the logs of the bundle that its proofs lead into.
        log_time: by when a quorum of witnesses had seen it: in each log the earliest that the
            proofs show, and of several logs the latest.
    """

    recorded: RecordedStatement
    signer: KeyEntry | None
    signature_holds: bool
    content_holds: bool
    withheld: bool
    payload_fault: str
    shown: Event | Entry | None
    step: Step | None
    refused: tuple[Refusal, str] | None
    revocation: Revocation | None
    proof_fault: str
    logs: tuple[Log, ...]
    log_time: datetime | None

    @property
    def logged(self) -> bool:
        """Whether at least one proof leads into a log of the bundle."""
        return bool(self.logs)

    @property
    def witnessed(self) -> bool:
        """Whether such a log's quorum has seen it."""
        return self.log_time is not None

    @property
    def time(self) -> datetime:
        """The log time; where there is none, what its signer claims."""
        return self.log_time or self.recorded.statement.issued_at

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

    @property
    def hides_what_it_creates(self) -> bool:
        """Whether it is withheld which names it creates, so that nobody can tell who may."""
        return self.withheld and creates_what_it_shows(self.recorded.statement.kind)


@dataclass(frozen=True, slots=True)
class Examination:
    """What was found out about statements and the checkpoints that their proofs lead to."""

    checkpoints: tuple[CheckedCheckpoint, ...]
    statements: tuple[Examined, ...]

    @property
    def newest(self) -> datetime | None:
        """The newest witness time in sight; good even where the proof of a statement is not."""
        return max((each.newest for each in self.checkpoints if each.newest), default=None)


def examine(
    statements: Iterable[RecordedStatement],
    checkpoints: Sequence[Checkpoint],
    trust: TrustBundle,
    consistency: Iterable[ConsistencyProof] = (),
) -> Examination:
    """Return what can be said of statements under a trust bundle, in their order.

    Args:
        statements: with their payloads and proofs.
        checkpoints: those that the proofs point to by number.
        trust: whom to go by.
        consistency: what ties checkpoints of a log to one that an office has seen.
    """
    checked = tuple(check_checkpoint(checkpoint, trust) for checkpoint in checkpoints)
    ties = frozenset(proof.trees for proof in consistency)
    given = list(statements)
    # Signatures all in a row, then all payloads: a tenth quicker than one by one.
    signed = [_is_signed(recorded.statement, trust) for recorded in given]
    found = (
        _examined(recorded, checked, ties, trust, signature_holds=holds)
        for recorded, holds in zip(given, signed, strict=True)
    )
    return Examination(checked, tuple(found))


def newest_last(examined: Iterable[Examined]) -> list[Examined]:
    """Return statements by their time; grades of one time by their first day.

    What is equal in that stays in its order, which is that of the log.
    """

    def age(e: Examined) -> tuple[datetime, date]:
        return e.time, e.shown.valid_from if isinstance(e.shown, Grade) else date.min

    return sorted(examined, key=age)


def _is_signed(statement: Statement, trust: TrustBundle) -> bool:
    signer = trust.by_kid(statement.kid)
    return signer is not None and statement.is_signed_by(signer.public_key)


def _examined(
    recorded: RecordedStatement,
    checkpoints: Sequence[CheckedCheckpoint],
    ties: frozenset[frozenset[Tree]],
    trust: TrustBundle,
    *,
    signature_holds: bool,
) -> Examined:
    statement = recorded.statement
    signer = trust.by_kid(statement.kid)
    places, proof_fault = _places(recorded, checkpoints)
    log_time = _log_time(checked for checked, _ in places)
    content_holds = recorded.binds()
    shown, payload_fault = _shown(recorded)
    step, entry = (shown, None) if isinstance(shown, Step) else (None, shown)
    revocation = None
    if signer is not None:
        revocation = reaching(
            trust.revocations_of(signer),
            claimed=statement.issued_at,
            log_time=log_time,
            places=[(checked.tree, index) for checked, index in places],
            ties=ties,
        )
    led_to = (checkpoints[proof.checkpoint].log for proof in recorded.proofs)
    return Examined(
        recorded=recorded,
        signer=signer,
        signature_holds=signature_holds,
        content_holds=content_holds,
        withheld=recorded.payload is None,
        payload_fault=payload_fault,
        shown=(step.event if step else entry) if content_holds else None,
        step=step if content_holds else None,
        refused=_refused(recorded, signer, shown, log_time),
        revocation=revocation,
        proof_fault=proof_fault,
        logs=tuple({log.origin: log for log in led_to if log is not None}.values()),
        log_time=log_time,
    )


def _places(
    recorded: RecordedStatement, checkpoints: Sequence[CheckedCheckpoint]
) -> tuple[list[tuple[CheckedCheckpoint, int]], str]:
    """Return under which checkpoints, and where, proofs show a statement; why one does not."""
    places = []
    fault = ""
    leaf = leaf_hash(recorded.statement.cose)
    for proof in recorded.proofs:
        checked = checkpoints[proof.checkpoint]
        tree = checked.checkpoint
        try:
            verify_inclusion(leaf, proof.index, tree.size, proof.path, tree.root)
        except ProofError as error:
            fault = fault or error.code
            continue
        fault = fault or checked.fault
        places.append((checked, proof.index))
    return places, fault


def _log_time(shown_under: Iterable[CheckedCheckpoint]) -> datetime | None:
    """Return by when a statement was there; None where no quorum has seen it.

    In one log the earliest of its checkpoints counts. Another log, which may be in league with
    the signer, never makes it older.
    """
    by_log: dict[str, datetime] = {}
    for checked in shown_under:
        if checked.time is not None:
            origin = checked.checkpoint.origin
            by_log[origin] = min(checked.time, by_log.get(origin, checked.time))
    return max(by_log.values(), default=None)


def _refused(
    recorded: RecordedStatement,
    signer: KeyEntry | None,
    shown: Shown | None,
    log_time: datetime | None,
) -> tuple[Refusal, str] | None:
    if signer is None:
        return None
    statement = recorded.statement
    names = names_in_header(statement)
    match shown:
        case Alias():
            names = shown.names
        case Place() if isinstance(named(shown.id), PlainName):
            names = [shown.id]
        case Step():
            names = shown.created
    refused = refusal(
        signer, statement.kind, names, issuer=statement.issuer, at=statement.issued_at
    )
    # A key that is over can still sign an earlier date; a log that took it cannot.
    if refused is None and log_time is not None and log_time >= signer.sign_until:
        return "period", log_time.isoformat()
    return refused


def names_in_header(statement: Statement) -> Sequence[str]:
    """Return the names that a statement creates, as far as its header says."""
    if statement.kind in {"product", "grade", "batch", "alias"}:
        return (statement.subject,)
    return ()


def _shown(recorded: RecordedStatement) -> tuple[Shown | None, str]:
    """Return the event or entry that a statement shows, and why it cannot be read."""
    statement = recorded.statement
    if not is_subject(statement.kind, statement.subject):
        return None, _FAULT
    if recorded.payload is None or recorded.salt is None:
        return None, ""
    try:
        return read_payload(statement, recorded.payload, recorded.salt), ""
    except OcopTraceError as error:
        return None, error.code
