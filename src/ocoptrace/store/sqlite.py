"""The embedded store: one SQLite file that holds what was said, and the log's truth.

Every write happens inside ``with store.writing():``, which is one transaction: all of it
is on disk when the block ends, or nothing is.

>>> store = SqliteStore.create(":memory:")
>>> with store.writing():
...     store.set_meta("origin", "id.example/ocop-log/1")
>>> store.meta("origin")
'id.example/ocop-log/1'
"""

from __future__ import annotations

from ocoptrace.store.database import SCHEMA_VERSION
from ocoptrace.store.lineage_tables import LineageTables
from ocoptrace.store.log_tables import LogTables
from ocoptrace.store.run_tables import RunTables, StoredAct, StoredRun
from ocoptrace.store.statement_tables import Stored
from ocoptrace.store.submission_tables import SubmissionTables

__all__ = ["SCHEMA_VERSION", "SqliteStore", "Stored", "StoredAct", "StoredRun"]


class SqliteStore(LogTables, SubmissionTables, LineageTables, RunTables):
    """Everything that a workspace keeps: statements, log, lineage, trust, registry, labels."""

    # What was set up

    def meta(self, name: str) -> str | None:
        """Return a setting."""
        value: str | None = self._value("SELECT value FROM meta WHERE name = ?", name)
        return value

    def set_meta(self, name: str, value: str) -> None:
        """Keep a setting."""
        self._rows("INSERT OR REPLACE INTO meta VALUES (?, ?)", name, value)

    def trust_file(self, kind: str, version: int | None = None) -> bytes | None:
        """Return a root or bundle file, the newest where no version is asked for."""
        data: bytes | None = self._value(
            "SELECT data FROM trust_file WHERE kind = ? AND version = coalesce(?, version)"
            " ORDER BY version DESC LIMIT 1",
            kind,
            version,
        )
        return data

    def add_trust_file(self, kind: str, version: int, data: bytes) -> None:
        """Keep a root or bundle file."""
        self._rows("INSERT INTO trust_file VALUES (?, ?, ?)", kind, version, data)

    # Erasure

    def erase(self, statement_id: bytes) -> bool:
        """Erase what a statement states, its salt, and what was copied from it.

        The statement, its place in the log and its proofs stay, and what it states is not taken
        in again. ``leave_no_trace`` then clears what is left of it in the journal.

        Returns:
            Whether there was something to erase.
        """
        kept = self.statement(statement_id)
        self._rows(
            "UPDATE statement SET payload = NULL, salt = NULL, content_hash = NULL, is_erased = 1"
            " WHERE id = ?",
            statement_id,
        )
        if kept is None or kept.payload is None:
            return False
        self._rows(
            "DELETE FROM registered WHERE kind = ? AND issuer = ? AND subject = ? AND data = ?",
            kept.statement.kind,
            kept.statement.issuer,
            kept.statement.subject,
            kept.payload.decode(),
        )
        return True

    # The registry

    def registered(
        self, kind: str, local: str, *, issuer: str | None = None
    ) -> tuple[str, str] | None:
        """Return the subject and newest payload of an entry by a file's own name for it.

        Args:
            kind: what kind of entry.
            local: the file's own name.
            issuer: who stated it; where left out, whoever did so first.
        """
        rows = self._rows(
            "SELECT subject, data FROM registered"
            " WHERE kind = ? AND local = ? AND issuer = coalesce(?, issuer) ORDER BY id LIMIT 1",
            kind,
            local,
            issuer,
        )
        return (rows[0][0], rows[0][1]) if rows else None

    def register(self, kind: str, local: str, *, issuer: str, subject: str, data: str) -> None:
        """Keep an entry under its issuer and a file's own name for it."""
        self._rows(
            "INSERT INTO registered (kind, issuer, local, subject, data) VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT (kind, issuer, local) DO UPDATE SET data = excluded.data",
            kind,
            issuer,
            local,
            subject,
            data,
        )

    def all_registered(self, kind: str) -> list[str]:
        """Return the newest payloads of a kind."""
        rows = self._rows("SELECT data FROM registered WHERE kind = ? ORDER BY local, id", kind)
        return [data for (data,) in rows]
