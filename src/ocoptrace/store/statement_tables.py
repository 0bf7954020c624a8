"""Statements as they are kept: the own ones, and those that were accepted from others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ocoptrace import canonical_json
from ocoptrace.signing import Statement
from ocoptrace.store.database import Database
from ocoptrace.transparency import Checkpoint, LogProof

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["StatementTables", "Stored"]

_HASH_BYTES = 32
_FOUND = "SELECT cose, payload, salt, position, is_erased FROM statement"
_IN_ORDER = "ORDER BY position IS NULL, position, statement.rowid"


@dataclass(frozen=True, slots=True)
class Stored:
    """A statement as it is kept.

    Attributes:
        statement: who says it, about what, and when.
        payload, salt: what it states; None where that is withheld or erased.
        position: where the own log has it, from 0; None where only others' logs have it.
        is_erased: whether what it states was erased here.
    """

    statement: Statement
    payload: bytes | None
    salt: bytes | None
    position: int | None
    is_erased: bool


class StatementTables(Database):
    """Statements by id, by what they are about, by what they say."""

    def statement(self, statement_id: bytes) -> Stored | None:
        """Return a statement by its id."""
        found = self._stored("WHERE statement.id = ?", statement_id)
        return found[0] if found else None

    def statements(self, kind: str, subject: str | None = None) -> list[Stored]:
        """Return the statements of a kind, about one subject or all.

        Those of the own log come first, the oldest before the others; then those that were
        accepted from others, in the order in which they came.
        """
        if subject is None:
            return self._stored("WHERE kind = ?", kind)
        return self._stored("WHERE kind = ? AND subject = ?", kind, subject)

    def speaking_of(
        self, kind: str, names: Iterable[str], *, issuers: Iterable[str] | None = None
    ) -> list[Stored]:
        """Return the statements of a kind that speak of any of these names, ordered likewise.

        Args:
            kind: which kind.
            names: canonical names, or eventIDs.
            issuers: whose statements; where left out, everybody's.
        """
        where = (
            "WHERE kind = ? AND statement.id IN ("
            "SELECT statement_id FROM mention JOIN node ON node.id = mention.node"
            " WHERE node.uri IN (SELECT value FROM json_each(?)))"
        )
        if issuers is None:
            return self._stored(where, kind, _json_list(names))
        where += " AND issuer IN (SELECT value FROM json_each(?))"
        return self._stored(where, kind, _json_list(names), _json_list(issuers))

    def _stored(self, where: str, *values: Any) -> list[Stored]:
        rows = self._rows(f"{_FOUND} {where} {_IN_ORDER}", *values)
        return [
            Stored(Statement.decode(cose), payload, salt, position, bool(is_erased))
            for cose, payload, salt, position, is_erased in rows
        ]

    def find_content(self, issuer: str, kind: str, content_hash: bytes) -> bytes | None:
        """Return the id of the own statement that says just this already."""
        found: bytes | None = self._value(
            "SELECT id FROM statement WHERE issuer = ? AND kind = ? AND content_hash = ?",
            issuer,
            kind,
            content_hash,
        )
        return found

    def stated_by_others(self, kind: str, subject: str, issuer: str) -> dict[bytes, str]:
        """Return who else than an issuer stated something of a kind: issuers by statement id."""
        rows = self._rows(
            "SELECT id, issuer FROM statement WHERE kind = ? AND subject = ? AND issuer <> ?",
            kind,
            subject,
            issuer,
        )
        return dict(rows)

    def add_statement(
        self,
        statement: Statement,
        payload: bytes | None,
        salt: bytes | None,
        content_hash: bytes | None = None,
        *,
        position: int | None = None,
    ) -> None:
        """Keep a statement.

        Args:
            statement: one that is not kept yet.
            payload: what it states, or None where that is withheld.
            salt: 16 bytes, or None likewise.
            content_hash: SHA-256 by which the same content is found again; None for what
                others stated.
            position: where the own log has it; None for what others stated.
        """
        self._rows(
            "INSERT INTO statement VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0, ?)",
            statement.id,
            statement.kind,
            statement.issuer,
            statement.subject,
            statement.cose,
            payload,
            salt,
            content_hash,
            position,
        )

    def show(self, statement_id: bytes, payload: bytes, salt: bytes) -> None:
        """Keep what a statement states that was withheld before."""
        self._rows(
            "UPDATE statement SET payload = ?, salt = ?"
            " WHERE id = ? AND payload IS NULL AND NOT is_erased",
            payload,
            salt,
            statement_id,
        )

    # Where others' logs have them

    def add_foreign_proof(self, statement_id: bytes, proof: LogProof) -> None:
        """Keep a proof in another's log, once."""
        note = str(proof.checkpoint)
        self._rows("INSERT OR IGNORE INTO foreign_checkpoint (note) VALUES (?)", note)
        self._rows(
            "INSERT OR IGNORE INTO foreign_proof"
            " SELECT ?, id, ?, ? FROM foreign_checkpoint WHERE note = ?",
            statement_id,
            proof.index,
            b"".join(proof.path),
            note,
        )

    def foreign_proofs(self, statement_id: bytes) -> list[LogProof]:
        """Return the proofs of a statement in others' logs, in the order in which they came."""
        rows = self._rows(
            "SELECT note, position, path FROM foreign_proof"
            " JOIN foreign_checkpoint ON foreign_checkpoint.id = checkpoint"
            " WHERE statement_id = ? ORDER BY checkpoint, position",
            statement_id,
        )
        return [
            LogProof(Checkpoint.parse(note), position, _hashes(path))
            for note, position, path in rows
        ]


def _hashes(path: bytes) -> tuple[bytes, ...]:
    return tuple(path[i : i + _HASH_BYTES] for i in range(0, len(path), _HASH_BYTES))


def _json_list(names: Iterable[str]) -> str:
    return canonical_json.dumps(sorted(set(names))).decode()
