"""Taking statements of others into the own log: admit, commit, prove or promise.

What is asked twice is answered alike: a statement stands in a log once, under its id, and
whoever brings it again is told where. The answer leaves when the entry is on disk.

>>> import tempfile, pathlib
>>> from ocoptrace.workspace import Workspace
>>> ws = Workspace.create(pathlib.Path(tempfile.mkdtemp()) / "office", host="id.example")
>>> ws.intake.submit(b"anything").status, ws.intake.look_up("00" * 32).status
(400, 404)
>>> ws.close()
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from math import ceil
from typing import TYPE_CHECKING, Final

from ocoptrace.errors import OcopTraceError, SigningError, WorkspaceError
from ocoptrace.signing import Statement
from ocoptrace.transparency import Checkpoint
from ocoptrace.transparency.submission import Answer, Problem, promised, proven, refused
from ocoptrace.verify.admission import admission_problem
from ocoptrace.workspace.cosigning import cosign_outside, outside_witnesses
from ocoptrace.workspace.rate_limit import RateLimit

if TYPE_CHECKING:
    from ocoptrace.messages import Language
    from ocoptrace.workspace.cosigning import Ask, Cosignature
    from ocoptrace.workspace.setting import Setting

__all__ = ["SECONDS_TO_PROOF", "Intake"]

SECONDS_TO_PROOF: Final = 1
"""After how many seconds a promise says to ask for the proof."""

_ID = re.compile(r"[0-9a-f]{64}")
_PER_SECOND, _BURST = 20.0, 1000


@dataclass(frozen=True)
class Intake:
    """Where a log takes in what others state. One thread at a time.

    Attributes:
        setting: the workspace whose log it is.
        limit: how often the holder of one key may bring something new.
    """

    setting: Setting
    limit: RateLimit = field(default_factory=lambda: RateLimit(_PER_SECOND, _BURST))

    def submit(self, entry: bytes, *, at_once: bool = False, language: Language = "en") -> Answer:
        """Take in a statement, or say why not; the same bytes again get the same place.

        Args:
            entry: the tagged COSE bytes of a statement, as they are to stand in the log.
            at_once: sign a checkpoint for it where there is none yet, so that the answer has a
                proof; otherwise ``sign`` does so for many.
            language: of a refusal.

        Raises:
            WorkspaceError: the log is no continuation of what it is known to have signed, or
                its own trust bundle does not list it.
            StorageError: the disk refuses; then nothing was taken in.
        """
        try:
            statement = Statement.decode(entry)
        except SigningError as error:
            return refused(_not_a_statement(error, language), language)
        store = self.setting.store
        if store.entry_place(statement.id) is not None:
            return self._place_of(statement, language, is_new=False, at_once=at_once)
        problem = self._problem(statement)
        if problem is not None:
            return refused(problem, language)
        is_new = False
        with store.writing():
            # Another process may have been faster.
            if store.entry_place(statement.id) is None:
                store.admit(statement)
                is_new = True
        return self._place_of(statement, language, is_new=is_new, at_once=at_once)

    def _problem(self, statement: Statement) -> Problem | None:
        setting, now = self.setting, self.setting.clock()
        trust, origin = setting.trust.bundle(), setting.log.origin
        if trust.log(origin) is None:
            # Nobody could verify what came of it.
            raise WorkspaceError("workspace.unknown_log", origin=origin)
        problem = admission_problem(statement, trust, origin=origin, now=now)
        if problem is not None:
            return problem
        # Only whoever holds the key uses its share up.
        seconds = self.limit.take(statement.kid, now=now.timestamp())
        return Problem("submission.too_many", {"seconds": ceil(seconds)}) if seconds else None

    def _place_of(
        self, statement: Statement, language: Language, *, is_new: bool, at_once: bool
    ) -> Answer:
        place = self.setting.store.entry_place(statement.id)
        if place is None:
            return refused(Problem("submission.no_entry"), language)
        index, entry = place
        if entry != statement.cose:
            return refused(Problem("submission.other_signature", {"index": index}), language)
        answer = self._answer(statement.id, index, is_new=is_new)
        if at_once and answer.retry_after:
            self.sign()
            answer = self._answer(statement.id, index, is_new=is_new)
        return answer

    def look_up(self, statement_id: str, *, language: Language = "en") -> Answer:
        """Return the proof of an entry, or the promise of one.

        Args:
            statement_id: in hexadecimal.
            language: of a refusal.

        Raises:
            WorkspaceError: the log's own trust bundle does not list it.
            StorageError: the database has lost something.
        """
        known = None
        if _ID.fullmatch(statement_id):
            known = self.setting.store.entry_place(bytes.fromhex(statement_id))
        if known is None:
            return refused(Problem("submission.no_entry"), language)
        return self._answer(bytes.fromhex(statement_id), known[0], is_new=False)

    def _answer(self, statement_id: bytes, index: int, *, is_new: bool) -> Answer:
        log = self.setting.log
        proof = log.accepted_proof(index, self.setting.trust.bundle())
        if proof is None:
            return promised(log.origin, statement_id, index, seconds=SECONDS_TO_PROOF)
        return proven(proof, statement_id, is_new=is_new)

    def sign(self, ask: Ask | None = None) -> list[Cosignature]:
        """Sign what was taken in since, and have the outside witnesses sign that.

        While verifiers do not accept the newest checkpoint, because they want a witness that has
        not signed it, another one is signed only where witnesses are asked.

        Args:
            ask: sends a request to a witness, and returns status and body; None to ask nobody.

        Returns:
            How those answered who had not signed this checkpoint yet; none where nothing is new.

        Raises:
            WorkspaceError: the log is no continuation of what it is known to have signed.
            SigningError: a key is locked.
        """
        log, store = self.setting.log, self.setting.store
        newest = store.newest_checkpoint()
        if ask is None and newest and not log.is_accepted(newest, self.setting.trust.bundle()):
            return []
        checkpoint = None if newest is None else Checkpoint.parse(newest)
        if checkpoint is None or checkpoint.size < store.log_size():
            checkpoint = log.checkpoint(now=self.setting.clock())
        behind = any(each.size < checkpoint.size for each in outside_witnesses(store))
        return cosign_outside(store, checkpoint, ask) if ask is not None and behind else []


def _not_a_statement(error: OcopTraceError, language: Language) -> Problem:
    return Problem("submission.not_a_statement", {"reason": error.text(language)[:300]})
