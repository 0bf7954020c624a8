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

import errno
import os
import sqlite3
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from ocoptrace.errors import StorageError
from ocoptrace.signing import Statement
from ocoptrace.transparency.merkle import leaf_hash, new_nodes
from ocoptrace.transparency.witness import NOTHING_SEEN, Memory

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ["SCHEMA_VERSION", "SqliteStore", "Stored"]

SCHEMA_VERSION: Final = 2

_SETTINGS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA busy_timeout = 5000",
    "PRAGMA trusted_schema = OFF",
    "PRAGMA cell_size_check = ON",
)
_CODES: Final = {
    "SQLITE_CORRUPT": "store.damaged",
    "SQLITE_FULL": "store.full",
    "SQLITE_NOTADB": "store.damaged",
}
_ANCESTORS = """
    WITH RECURSIVE origin(node) AS (
        SELECT id FROM node WHERE uri = ?
        UNION
        SELECT edge.parent FROM origin JOIN edge ON edge.child = origin.node
    )
    SELECT uri FROM origin JOIN node ON node.id = origin.node
"""


@dataclass(frozen=True, slots=True)
class Stored:
    """A statement as it is kept: what it states, its salt, and where the log has it."""

    statement: Statement
    payload: bytes | None
    salt: bytes | None
    position: int


class SqliteStore:
    """A store in one SQLite file. One writer at a time; readers never wait."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    @classmethod
    def create(cls, path: Path | str) -> SqliteStore:
        """Return a new, empty store, for its owner's eyes alone.

        Raises:
            StorageError: the file cannot be made, or holds a store already.
        """
        connection = _connect(path)
        if _version(connection):
            connection.close()
            raise StorageError("store.exists", path=path)
        if str(path) != ":memory:":
            # SQLite gives its journal files the rights that the database has.
            Path(path).chmod(0o600)
        schema = files(__package__).joinpath("schema.sql").read_text(encoding="utf-8")
        with _storage_errors():
            connection.executescript(
                f"BEGIN;{schema};PRAGMA user_version = {SCHEMA_VERSION};COMMIT"
            )
        return cls(connection)

    @classmethod
    def open(cls, path: Path | str) -> SqliteStore:
        """Return the store of a file.

        Raises:
            StorageError: no store there, or one of another version.
        """
        if not Path(path).is_file():
            raise StorageError("store.file", path=path, reason=os.strerror(errno.ENOENT))
        connection = _connect(path)
        version = _version(connection)
        if version != SCHEMA_VERSION:
            connection.close()
            raise StorageError("store.version", path=path, found=version, expected=SCHEMA_VERSION)
        return cls(connection)

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Make everything in the block one durable transaction."""
        with _storage_errors():
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._db.execute("COMMIT")
            except BaseException:
                # On a full disk SQLite may have rolled back by itself.
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                raise

    def _rows(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        with _storage_errors():
            return self._db.execute(sql, values).fetchall()

    def _value(self, sql: str, *values: Any) -> Any:
        rows = self._rows(sql, *values)
        return rows[0][0] if rows else None

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

    # Statements and the log

    def append(self, statement: Statement, payload: bytes, salt: bytes, content_hash: bytes) -> int:
        """Keep a statement, append it to the log, and return its position there."""
        self._rows(
            "INSERT INTO statement VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            statement.id,
            statement.kind,
            statement.issuer,
            statement.subject,
            statement.cose,
            payload,
            salt,
            content_hash,
        )
        position = self.log_size()
        self._rows("INSERT INTO log_entry VALUES (?, ?)", position, statement.id)
        for (level, index), node in new_nodes(position, leaf_hash(statement.cose), self.log_node):
            self._rows("INSERT INTO log_node VALUES (?, ?, ?)", level, index, node)
        return position

    def log_size(self) -> int:
        """Return how many entries the log has."""
        size: int = self._value("SELECT coalesce(max(position) + 1, 0) FROM log_entry")
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

    def find_content(self, issuer: str, kind: str, content_hash: bytes) -> bytes | None:
        """Return the id of the statement that says just this already."""
        found: bytes | None = self._value(
            "SELECT id FROM statement WHERE issuer = ? AND kind = ? AND content_hash = ?",
            issuer,
            kind,
            content_hash,
        )
        return found

    def statement(self, statement_id: bytes) -> Stored | None:
        """Return a statement by its id."""
        found = self._stored("WHERE statement.id = ?", statement_id)
        return found[0] if found else None

    def statements(self, kind: str, subject: str | None = None) -> list[Stored]:
        """Return the statements of a kind, about one subject or all, oldest first."""
        where = "WHERE kind = ? AND subject = coalesce(?, subject) ORDER BY position"
        return self._stored(where, kind, subject)

    def _stored(self, where: str, *values: Any) -> list[Stored]:
        rows = self._rows(
            "SELECT cose, payload, salt, position FROM statement"  # noqa: S608 - own text
            f" JOIN log_entry ON log_entry.statement_id = statement.id {where}",
            *values,
        )
        return [Stored(Statement.decode(row[0]), row[1], row[2], row[3]) for row in rows]

    def add_checkpoint(self, size: int, note: str) -> None:
        """Keep a checkpoint; one of the same size that is kept already stays."""
        self._rows("INSERT OR IGNORE INTO checkpoint VALUES (?, ?)", size, note)

    def checkpoint_covering(self, position: int) -> str | None:
        """Return the earliest checkpoint that covers an entry."""
        note: str | None = self._value(
            "SELECT note FROM checkpoint WHERE size > ? ORDER BY size LIMIT 1", position
        )
        return note

    def newest_checkpoint(self) -> str | None:
        """Return the checkpoint of the greatest size."""
        note: str | None = self._value("SELECT note FROM checkpoint ORDER BY size DESC LIMIT 1")
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

    # Events and lineage

    def add_event(
        self,
        statement_id: bytes,
        event_id: str,
        *,
        issuer: str,
        event_time: str,
        declares_error: bool,
        edges: Iterable[tuple[str, str]],
        mentions: Iterable[str],
    ) -> None:
        """Index an event: its id, the flow of goods (from, into), the names it speaks of."""
        self._rows(
            "INSERT INTO event VALUES (?, ?, ?, ?, ?)",
            event_id,
            issuer,
            statement_id,
            event_time,
            declares_error,
        )
        for parent, child in edges:
            ids = (self._node(parent), self._node(child))
            self._rows("INSERT OR IGNORE INTO edge (parent, child) VALUES (?, ?)", *ids)
        for name in mentions:
            node = self._node(name)
            self._rows("INSERT OR IGNORE INTO mention VALUES (?, ?)", node, statement_id)

    def _node(self, uri: str) -> int:
        self._rows("INSERT OR IGNORE INTO node (uri) VALUES (?)", uri)
        node: int = self._value("SELECT id FROM node WHERE uri = ?", uri)
        return node

    def event_statement(self, event_id: str, *, issuer: str | None = None) -> bytes | None:
        """Return the id of the statement that recorded an event, by one issuer or by any."""
        found: bytes | None = self._value(
            "SELECT statement_id FROM event"
            " WHERE event_id = ? AND issuer = coalesce(?, issuer) AND declares_error = 0",
            event_id,
            issuer,
        )
        return found

    def add_transformation_parts(
        self, transformation_id: str, *, issuer: str, inputs: Iterable[str], outputs: Iterable[str]
    ) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Note what an event tells of a transformation; return all its inputs and outputs so far.

        Two issuers never speak of one transformation: each has its own.
        """
        for role, names in (("input", inputs), ("output", outputs)):
            for name in names:
                self._rows(
                    "INSERT OR IGNORE INTO transformation_part VALUES (?, ?, ?, ?)",
                    transformation_id,
                    issuer,
                    role,
                    name,
                )
        told = self._rows(
            "SELECT role, name FROM transformation_part"
            " WHERE transformation_id = ? AND issuer = ? ORDER BY name",
            transformation_id,
            issuer,
        )
        return (
            tuple(name for role, name in told if role == "input"),
            tuple(name for role, name in told if role == "output"),
        )

    def origins(self, name: str) -> set[str]:
        """Return a name and everything that went into it, however far back."""
        return {name} | {uri for (uri,) in self._rows(_ANCESTORS, name)}

    def flows_into(self, name: str) -> list[str]:
        """Return what goods of this name went into directly."""
        rows = self._rows(
            "SELECT c.uri FROM edge JOIN node p ON p.id = parent JOIN node c ON c.id = child"
            " WHERE p.uri = ? ORDER BY c.uri",
            name,
        )
        return [uri for (uri,) in rows]

    def events_about(self, names: Iterable[str]) -> list[Stored]:
        """Return the events that speak of any of these names, oldest in the log first."""
        found: dict[bytes, Stored] = {}
        for name in names:
            for stored in self._stored(
                "JOIN mention ON mention.statement_id = statement.id"
                " JOIN node ON node.id = mention.node WHERE node.uri = ?",
                name,
            ):
                found[stored.statement.id] = stored
        return sorted(found.values(), key=lambda stored: stored.position)

    # The registry, and labels

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

    def add_label_run(
        self, batch: str, *, made_at: str, template: str, stock: str, items: Iterable[str]
    ) -> int:
        """Keep a label run and the item names that it issues; a name is issued once.

        Raises:
            StorageError: an item name was issued before.
        """
        self._rows(
            "INSERT INTO label_run (batch, made_at, template, stock) VALUES (?, ?, ?, ?)",
            batch,
            made_at,
            template,
            stock,
        )
        run: int = self._value("SELECT last_insert_rowid()")
        for name in items:
            self._rows("INSERT INTO item VALUES (?, ?)", name, run)
        return run

    def was_issued(self, item: str) -> bool:
        """Tell whether a label was issued for an item."""
        return bool(self._value("SELECT 1 FROM item WHERE name = ?", item))


def _connect(path: Path | str) -> sqlite3.Connection:
    with _storage_errors():
        connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        try:
            for setting in _SETTINGS:
                connection.execute(setting)
        except sqlite3.Error:
            connection.close()
            raise
    return connection


def _version(connection: sqlite3.Connection) -> int:
    with _storage_errors():
        version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    return version


@contextmanager
def _storage_errors() -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        name = getattr(error, "sqlite_errorname", type(error).__name__)
        code = _CODES.get(name, "store.failed")
        raise StorageError(code, reason=str(error), name=name) from error
