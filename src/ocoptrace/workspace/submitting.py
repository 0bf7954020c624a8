"""Submitting own statements to others' logs, and keeping the proofs that come back.

What is still to be submitted follows from the log and from what was kept, both in one database:
a crash at any moment loses nothing, and what is sent again is the same bytes, for which a log
has one place. A proof is kept when it holds: for this very statement, in the log that was
asked, under keys and witnesses of the trust bundle, and beside every proof that came before.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

from ocoptrace import canonical_json
from ocoptrace.errors import ProofError, WorkspaceError
from ocoptrace.transparency import Checkpoint
from ocoptrace.transparency.submission import (
    ENTRIES,
    Later,
    Problem,
    Promised,
    Proven,
    Refused,
    Reply,
    read_reply,
)
from ocoptrace.verify.checkpoints import check_checkpoint
from ocoptrace.workspace.retry_schedule import RetrySchedule

if TYPE_CHECKING:
    from ocoptrace.signing import Statement, TrustBundle
    from ocoptrace.store import SqliteStore
    from ocoptrace.transparency import LogProof
    from ocoptrace.workspace.setting import Setting

__all__ = [
    "Destination",
    "Pacing",
    "Send",
    "SubmissionRound",
    "default_origin",
    "destinations",
    "set_destinations",
    "submit_to",
]

Send: TypeAlias = Callable[[Literal["GET", "POST"], str, str, bytes | None], Reply]
"""Sends a request: method, the log's address, what is asked for below it, body. Where nobody
answers it returns status 0; a reply of another length or kind than is asked for raises ProofError.
"""

_META: Final = "destinations"
_AT_ONCE: Final = 500
_MOST_FAULTS: Final = 10


@dataclass(frozen=True, slots=True)
class Destination:
    """A log of somebody else's that own statements go to.

    Attributes:
        origin: of the log, as the trust bundle lists it.
        url: its address, below which ``entries`` is.
    """

    origin: str
    url: str


@dataclass(frozen=True, slots=True)
class Pacing:
    """When to ask again, and what that goes by.

    Attributes:
        schedule: how long to wait after how many failures.
        sleep: waits some seconds.
        now: seconds of a clock that never goes back.
        jitter: returns a random number from 0 to 1.
    """

    schedule: RetrySchedule = field(default_factory=RetrySchedule)
    sleep: Callable[[float], None] = time.sleep
    now: Callable[[], float] = time.monotonic
    jitter: Callable[[], float] = field(default_factory=lambda: secrets.SystemRandom().random)


@dataclass(frozen=True, slots=True)
class SubmissionRound:
    """What came of submitting to one log.

    Attributes:
        origin: of the log.
        proven: how many proofs were kept.
        refused: what the log does not take, and why: id and problem.
        faults: statements for which an answer came that does not hold, and why; they stay due.
        due: how many are still to be submitted or proven.
        reason: why those are, as the log said last; empty where none are.
    """

    origin: str
    proven: int
    refused: tuple[tuple[bytes, Problem], ...]
    faults: tuple[tuple[bytes, ProofError], ...]
    due: int
    reason: str


def destinations(store: SqliteStore) -> tuple[Destination, ...]:
    """Return the logs that own statements go to."""
    kept = store.meta(_META)
    values: list[dict[str, Any]] = [] if kept is None else canonical_json.loads(kept.encode())
    return tuple(Destination(**value) for value in values)


def set_destinations(store: SqliteStore, known: tuple[Destination, ...]) -> None:
    """Keep the logs that own statements go to. Call it inside ``writing()``."""
    store.set_meta(_META, canonical_json.dumps([asdict(each) for each in known]).decode())


def default_origin(trust: TrustBundle, *, own: str) -> str:
    """Return the log that an office runs itself, where its bundle lists one such log.

    Args:
        trust: the bundle.
        own: origin of the own log, which is not meant.

    Raises:
        WorkspaceError: there is none, or more than one.
    """
    offices = {entry.issuer for entry in trust.keys if entry.role == "authority"}
    found = [
        log.origin
        for log in trust.logs
        if log.operator in offices and log.origin != own and log.final is None
    ]
    if len(found) != 1:
        raise WorkspaceError("workspace.which_log", known=", ".join(found) or "–")
    return found[0]


def submit_to(
    setting: Setting, destination: Destination, send: Send, pacing: Pacing
) -> SubmissionRound:
    """Submit all that is due to a log; see ``Workspace.submit``."""
    return _Round(setting, destination, send, pacing).run()


class _Round:
    """One going-over of what is due."""

    def __init__(
        self, setting: Setting, destination: Destination, send: Send, pacing: Pacing
    ) -> None:
        self._store = setting.store
        self._to = destination
        self._send = send
        self._pacing = pacing
        self._trust = setting.trust.bundle()
        log = self._trust.log(destination.origin)
        if log is None:
            raise WorkspaceError("workspace.unknown_log", origin=destination.origin)
        self._log = log
        self._enough: dict[str, bool] = {}
        self._roots: dict[int, bytes] = {}
        self._promised: set[bytes] = set()
        self._progress = 0
        self._proven = 0
        self._refused: dict[bytes, Problem] = {}
        self._faults: dict[bytes, ProofError] = {}
        self._reason = ""

    def run(self) -> SubmissionRound:
        """Go on until nothing is due, or nothing has come of it for too long."""
        pacing = self._pacing
        idle, since = 0, pacing.now()
        while batch := self._due():
            before = self._progress
            asked = self._go_over(batch)
            if self._progress > before:
                idle, since = 0, pacing.now()
            else:
                idle += 1
            if len(self._faults) >= _MOST_FAULTS:
                break
            if asked is None:
                continue
            seconds = pacing.schedule.wait(
                idle, jitter=pacing.jitter(), elapsed=pacing.now() - since, asked=asked
            )
            if seconds is None:
                break
            pacing.sleep(seconds)
        due, _, _ = self._store.submission_counts(self._to.origin)
        return SubmissionRound(
            self._to.origin,
            self._proven,
            tuple(self._refused.items()),
            tuple(self._faults.items()),
            due,
            self._reason if due else "",
        )

    def _due(self) -> list[Statement]:
        # Those with a faulty answer are due for another round, not for this one.
        limit = _AT_ONCE + len(self._faults)
        due = self._store.due_submissions(self._to.origin, limit=limit)
        return [statement for statement in due if statement.id not in self._faults]

    def _go_over(self, batch: list[Statement]) -> float | None:
        """Ask about each; return after how many seconds to ask again, None to go on at once."""
        proofs: dict[bytes, LogProof] = {}
        refused: dict[bytes, Problem] = {}
        asked: float | None = None
        try:
            for statement in batch:
                if len(self._faults) >= _MOST_FAULTS:
                    break
                outcome = self._ask(statement)
                match outcome:
                    case Proven(proof):
                        proofs[statement.id] = proof
                    case Refused(problem):
                        refused[statement.id] = problem
                    case Promised(seconds):
                        self._reason = "promised"
                        asked = max(asked or 0.0, seconds)
                    case Later(seconds, reason):
                        # It is not about this statement: the others would hear the same.
                        self._reason = reason
                        return max(asked or 0.0, seconds)
        finally:
            self._keep(proofs, refused)
        return asked

    def _keep(self, proofs: dict[bytes, LogProof], refused: dict[bytes, Problem]) -> None:
        if not (proofs or refused):
            return
        with self._store.writing():
            for statement_id, proof in proofs.items():
                self._store.keep_submitted(statement_id, proof)
            for statement_id, problem in refused.items():
                self._store.keep_refused(self._to.origin, statement_id, problem.to_json("en"))
        self._promised -= proofs.keys() | refused.keys()
        self._progress += len(proofs) + len(refused)
        self._proven += len(proofs)
        self._refused |= refused

    def _ask(self, statement: Statement) -> Proven | Promised | Refused | Later | None:
        """Return what the log says of a statement; None where that does not hold."""
        is_promised = statement.id in self._promised
        try:
            if is_promised:
                name = f"{ENTRIES}/{statement.id.hex()}"
                outcome = read_reply(self._send("GET", self._to.url, name, None))
            else:
                outcome = read_reply(self._send("POST", self._to.url, ENTRIES, statement.cose))
            if isinstance(outcome, Proven) and not self._holds(statement, outcome.proof):
                outcome = Promised(0.0)
        except ProofError as error:
            self._faults[statement.id] = error
            return None
        if isinstance(outcome, Promised) and not is_promised:
            self._promised.add(statement.id)
            self._progress += 1
        if is_promised and isinstance(outcome, Refused):
            # It has forgotten, as after an old backup: bring it again.
            self._promised.discard(statement.id)
            return Later(0.0, outcome.problem.code)
        return outcome

    def _holds(self, statement: Statement, proof: LogProof) -> bool:
        """Check a proof; tell whether enough witnesses have signed its checkpoint as well.

        Raises:
            ProofError: of another log or another statement, not signed as it should be, or not
                of one history with what that log has shown before.
        """
        checkpoint = proof.checkpoint
        if checkpoint.origin != self._to.origin:
            raise ProofError(
                "submission.other_log", origin=checkpoint.origin, expected=self._to.origin
            )
        proof.verify(statement.cose)
        note = str(checkpoint)
        if note not in self._enough:
            self._enough[note] = self._is_enough(checkpoint)
        return self._enough[note]

    def _is_enough(self, checkpoint: Checkpoint) -> bool:
        checkpoint.verify(self._log.verifier_keys(checkpoint.size))
        checked = check_checkpoint(checkpoint, self._trust)
        if checked.fault:
            raise ProofError(checked.fault)
        kept = self._store.foreign_checkpoints(checkpoint.origin, checkpoint.size)
        roots = {Checkpoint.parse(note).root for note in kept}
        roots.add(self._roots.setdefault(checkpoint.size, checkpoint.root))
        if roots != {checkpoint.root}:
            raise ProofError("submission.forked", size=checkpoint.size)
        return self._log.quorum == 0 or checked.time is not None
