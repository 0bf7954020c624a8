"""What came of submitting own statements to others' logs; what is left is still to be submitted.

The log itself is the outbox: whatever was recorded is in it, and is due until a row here says
that the other log has it, proven, or refuses it. So nothing can fall out between the two.

>>> outbox = SubmissionTables.create(":memory:")
>>> outbox.due_submissions("id.example/ocop-log/1", limit=10)
[]
>>> outbox.submission_counts("id.example/ocop-log/1")
(0, 0, 0)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ocoptrace import canonical_json
from ocoptrace.signing import Statement
from ocoptrace.signing.statement import AUTHORITY_KINDS
from ocoptrace.store.statement_tables import StatementTables

if TYPE_CHECKING:
    from ocoptrace.transparency import LogProof

__all__ = ["SubmissionTables"]

_KEPT_HERE: Final = canonical_json.dumps(sorted(AUTHORITY_KINDS | {"policy", "root"})).decode()
"""Kinds that are an office's or a log's own, and are stated in their own log alone."""

_DUE = (
    " FROM log_entry JOIN statement ON statement.id = log_entry.statement_id"
    " LEFT JOIN submission ON submission.origin = ? AND submission.statement_id = statement.id"
    " WHERE submission.statement_id IS NULL"
    " AND statement.kind NOT IN (SELECT value FROM json_each(?))"
)


class SubmissionTables(StatementTables):
    """Own statements on their way into others' logs, by the origin of the log."""

    def due_submissions(self, origin: str, *, limit: int) -> list[Statement]:
        """Return the producers' statements that were made here and are still to be submitted.

        Args:
            origin: of the log that they go to.
            limit: how many at most; the oldest first.
        """
        rows = self._rows(
            f"SELECT statement.cose{_DUE} ORDER BY log_entry.position LIMIT ?",
            origin,
            _KEPT_HERE,
            limit,
        )
        return [Statement.decode(cose) for (cose,) in rows]

    def submission_counts(self, origin: str) -> tuple[int, int, int]:
        """Return how many statements are due, proven and refused."""
        due: int = self._value(f"SELECT count(*){_DUE}", origin, _KEPT_HERE)
        [(proven, refused)] = self._rows(
            "SELECT count(position), count(problem) FROM submission WHERE origin = ?", origin
        )
        return due, proven, refused

    def keep_submitted(self, statement_id: bytes, proof: LogProof) -> None:
        """Keep the proof that a log has a statement. Call it inside ``writing()``."""
        self.add_foreign_proof(statement_id, proof)
        self._rows(
            "INSERT OR REPLACE INTO submission VALUES (?, ?, ?, NULL)",
            proof.checkpoint.origin,
            statement_id,
            proof.index,
        )

    def keep_refused(self, origin: str, statement_id: bytes, problem: bytes) -> None:
        """Keep that a log refuses a statement, and why. Call it inside ``writing()``."""
        self._rows(
            "INSERT OR REPLACE INTO submission VALUES (?, ?, NULL, ?)",
            origin,
            statement_id,
            problem.decode(),
        )

    def refused_submissions(self, origin: str) -> list[tuple[bytes, bytes]]:
        """Return the statements that a log refuses: id, and the problem document."""
        rows = self._rows(
            "SELECT statement_id, problem FROM submission"
            " WHERE origin = ? AND problem IS NOT NULL ORDER BY statement_id",
            origin,
        )
        return [(statement_id, problem.encode()) for statement_id, problem in rows]

    def forget_refused(self, origin: str) -> None:
        """Let what a log refused be submitted again. Call it inside ``writing()``."""
        self._rows("DELETE FROM submission WHERE origin = ? AND problem IS NOT NULL", origin)

    def foreign_checkpoints(self, origin: str, size: int) -> list[str]:
        """Return the checkpoints of a size that are kept of another's log."""
        begins = f"{origin}\n{size}\n"
        rows = self._rows(
            "SELECT note FROM foreign_checkpoint WHERE note >= ? AND note < ?",
            begins,
            f"{begins}\U0010ffff",
        )
        return [note for (note,) in rows]
