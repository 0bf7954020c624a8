"""The own log: its entries, the nodes of its tree, its checkpoints, its witnesses' memory.

An entry is a statement that was made here, or one that another has submitted. Of the latter the
signed bytes are kept and nothing else: what this workspace says and knows does not change by it.

>>> from datetime import UTC, datetime
>>> log = LogTables.create(":memory:")
>>> with log.writing():
...     log.add_checkpoint(7, "a signed note", made_at=datetime(2026, 11, 23, tzinfo=UTC))
>>> log.checkpoint_covering(6), log.checkpoint_covering(7)
('a signed note', None)
>>> log.newest_checkpoint_before(datetime(2026, 11, 22, tzinfo=UTC)) is None
True
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ocoptrace.errors import StorageError
from ocoptrace.signing import Statement
from ocoptrace.store.migration import time_text
from ocoptrace.store.statement_tables import StatementTables, Stored
from ocoptrace.transparency.merkle import leaf_hash, new_nodes
from ocoptrace.transparency.witness import NOTHING_SEEN, Memory

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterator
    from datetime import datetime

__all__ = ["LogTables"]

_AT_ONCE = 100


class LogTables(StatementTables):
    """A log that grows by one entry for each own statement."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        super().__init__(connection)
        # The right edge of the tree while a transaction grows it: level → (index, hash).
        self._edge: dict[int, tuple[int, bytes]] = {}
        self._size: int | None = None
        self.before_growth: Callable[[], None] | None = None
        """Asked before the first entry of a transaction; what it raises stops the append."""

    def _begin(self) -> None:
        self._forget()
        super()._begin()

    def _roll_back(self) -> None:
        self._forget()
        super()._roll_back()

    def _forget(self) -> None:
        self._edge, self._size = {}, None

    def append(self, statement: Statement, payload: bytes, salt: bytes, content_hash: bytes) -> int:
        """Keep a statement, append it to the log, and return its position there.

        Call it inside ``writing()``.
        """
        self._before_growth()
        self.add_statement(statement, payload, salt, content_hash)
        position = self._grow(statement)
        self._rows("INSERT INTO log_entry VALUES (?, ?)", position, statement.id)
        return position

    def admit(self, statement: Statement) -> int:
        """Append a statement that another has submitted, and return its position.

        Call it inside ``writing()``, for an id that ``entry_place`` does not know.
        """
        self._before_growth()
        position = self._grow(statement)
        self._rows("INSERT INTO admitted VALUES (?, ?, ?)", position, statement.id, statement.cose)
        return position

    def entry_place(self, statement_id: bytes) -> tuple[int, bytes] | None:
        """Return where the log has a statement, and its bytes there; None where it has not."""
        rows = self._rows(
            "SELECT position, cose FROM admitted WHERE statement_id = ?1 UNION ALL"
            " SELECT position, cose FROM log_entry JOIN statement ON statement.id = statement_id"
            " WHERE statement_id = ?1",
            statement_id,
        )
        return (rows[0][0], rows[0][1]) if rows else None

    def _before_growth(self) -> None:
        if self._size is None and self.before_growth is not None:
            self.before_growth()

    def _grow(self, statement: Statement) -> int:
        """Add a leaf and what it completes of the tree, and return its position."""
        position = self.log_size() if self._size is None else self._size
        nodes = new_nodes(position, leaf_hash(statement.cose), self._left)
        self._each(
            "INSERT INTO log_node VALUES (?, ?, ?)",
            [(level, index, node) for (level, index), node in nodes],
        )
        self._edge.update((level, (index, node)) for (level, index), node in nodes)
        self._size = position + 1
        return position

    def _left(self, level: int, index: int) -> bytes:
        """Return the newest complete node of a level, which this transaction may just have made."""
        known, node = self._edge.get(level, (-1, b""))
        return node if known == index else self.log_node(level, index)

    def log_size(self) -> int:
        """Return how many entries the log has."""
        size: int = self._value(
            "SELECT max((SELECT coalesce(max(position) + 1, 0) FROM log_entry),"
            " (SELECT coalesce(max(position) + 1, 0) FROM admitted))"
        )
        return size

    def log_node(self, level: int, position: int) -> bytes:
        """Return a complete node of the log's tree.

        Raises:
            StorageError: it is missing, so the store has lost something.
        """
        node: bytes | None = self._value(
            "SELECT hash FROM log_node WHERE level = ? AND position = ?", level, position
        )
        if node is None:
            raise StorageError("store.node_missing", level=level, position=position)
        return node

    def log_nodes(self, level: int, start: int, count: int) -> dict[int, bytes]:
        """Return the complete nodes of a level that are there, of ``count`` from ``start`` on."""
        return dict(
            self._rows(
                "SELECT position, hash FROM log_node"
                " WHERE level = ? AND position >= ? AND position < ? ORDER BY position",
                level,
                start,
                start + count,
            )
        )

    def log_entries(self, start: int, count: int) -> dict[int, tuple[bytes, bytes]]:
        """Return the entries that are there, of ``count`` from ``start`` on: id and bytes."""
        rows = self._rows(
            "SELECT position, statement_id, cose FROM log_entry"
            " JOIN statement ON statement.id = statement_id"
            " WHERE position >= ?1 AND position < ?2 UNION ALL"
            " SELECT position, statement_id, cose FROM admitted"
            " WHERE position >= ?1 AND position < ?2 ORDER BY position",
            start,
            start + count,
        )
        return {position: (statement_id, cose) for position, statement_id, cose in rows}

    def log_entry(self, position: int) -> Stored | None:
        """Return the statement at a position of the log; of an admitted one, nothing it states."""
        found = self._stored("WHERE position = ?", position)
        if found:
            return found[0]
        cose = self._value("SELECT cose FROM admitted WHERE position = ?", position)
        return (
            None
            if cose is None
            else Stored(Statement.decode(cose), None, None, position, is_erased=False)
        )

    def checkpoints(self) -> list[tuple[int, str]]:
        """Return all checkpoints that are kept, the smallest first: size and note."""
        return self._rows("SELECT size, note FROM checkpoint ORDER BY size")

    def add_checkpoint(self, size: int, note: str, *, made_at: datetime) -> None:
        """Keep a checkpoint; one of the same size that is kept already stays."""
        self._rows(
            "INSERT OR IGNORE INTO checkpoint VALUES (?, ?, ?)", size, note, time_text(made_at)
        )

    def replace_checkpoint(self, size: int, note: str) -> None:
        """Keep the checkpoint of a size with more signatures than before."""
        self._rows("UPDATE checkpoint SET note = ? WHERE size = ?", note, size)

    def checkpoint_at(self, size: int) -> str | None:
        """Return the checkpoint of a size."""
        note: str | None = self._value("SELECT note FROM checkpoint WHERE size = ?", size)
        return note

    def checkpoint_covering(self, position: int) -> str | None:
        """Return the earliest checkpoint that covers an entry."""
        note: str | None = self._value(
            "SELECT note FROM checkpoint WHERE size > ? ORDER BY size LIMIT 1", position
        )
        return note

    def checkpoints_covering(self, position: int) -> Iterator[str]:
        """Yield the checkpoints that cover an entry, the earliest first."""
        query = "SELECT size, note FROM checkpoint WHERE size > ? ORDER BY size LIMIT ?"
        beyond = position
        while rows := self._rows(query, beyond, _AT_ONCE):
            yield from (note for _, note in rows)
            beyond = rows[-1][0]

    def newest_checkpoint(self) -> str | None:
        """Return the checkpoint of the greatest size."""
        note: str | None = self._value("SELECT note FROM checkpoint ORDER BY size DESC LIMIT 1")
        return note

    def newest_checkpoint_before(self, time: datetime) -> str | None:
        """Return the checkpoint of the greatest size of those made before a time, aware."""
        note: str | None = self._value(
            "SELECT note FROM checkpoint WHERE made_at < ? ORDER BY size DESC LIMIT 1",
            time_text(time),
        )
        return note

    def witness_memory(self, witness: str, origin: str) -> Memory:
        """Return what a local witness remembers of a log."""
        rows = self._rows(
            "SELECT size, root FROM witness_memory WHERE witness = ? AND origin = ?",
            witness,
            origin,
        )
        return Memory(*rows[0]) if rows else NOTHING_SEEN

    def set_witness_memory(self, witness: str, origin: str, memory: Memory) -> None:
        """Let a local witness remember; it does so before its signature is handed out."""
        self._rows(
            "INSERT OR REPLACE INTO witness_memory VALUES (?, ?, ?, ?)",
            witness,
            origin,
            memory.size,
            memory.root,
        )
