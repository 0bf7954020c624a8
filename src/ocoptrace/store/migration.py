"""From an older schema to the present one: in one transaction, at the first opening.

``schema.sql`` is what a new store begins with; ``schema_<n>.sql`` leads from version n-1 to n, and
what SQL cannot say is done by a function.
"""

from __future__ import annotations

import json
import secrets
import sqlite3
from datetime import UTC, datetime
from importlib.resources import files
from typing import TYPE_CHECKING, Final

from ocoptrace.errors import StorageError
from ocoptrace.gs1 import SERIAL_ALPHABET, parse_name
from ocoptrace.transparency import Checkpoint
from ocoptrace.transparency.merkle import HASH_BYTES

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["BLOCK_NODES", "OLDEST", "bring_up_to_date", "time_text"]

OLDEST: Final = 2
"""The oldest version that can be brought up to date."""

BLOCK_NODES: Final = 256
"""How many nodes of a level stand in one row."""

_CODE_SYMBOLS = 12
_COSIGNATURE_BYTES = 8 + 64
"""A witness's signature (C2SP tlog-cosignature): seconds since 1970, then Ed25519."""


def time_text(moment: datetime) -> str:
    """Return a time as it is kept: UTC, whole seconds, so that text sorts as time does.

    >>> time_text(datetime(2026, 11, 23, 15, 0, 0, 500, tzinfo=UTC))
    '2026-11-23T15:00:00Z'
    """
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"


def bring_up_to_date(connection: sqlite3.Connection, version: int) -> None:
    """Change an older store's tables to those of a version.

    Raises:
        StorageError: the store refers to rows that it has lost.
        sqlite3.Error: the database refuses; then nothing is changed.
    """
    # A table that others refer to is made anew (https://sqlite.org/lang_altertable.html, 7).
    connection.execute("PRAGMA foreign_keys = OFF")
    connection.execute("BEGIN IMMEDIATE")
    try:
        # Another process may have been faster.
        (found,) = connection.execute("PRAGMA user_version").fetchone()
        for step in range(found + 1, version + 1):
            _run(connection, files(__package__).joinpath(f"schema_{step}.sql").read_text("utf-8"))
            if step in _BESIDE:
                _BESIDE[step](connection)
            connection.execute(f"PRAGMA user_version = {step}")
        _check_references(connection)
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    connection.execute("PRAGMA foreign_keys = ON")


def _run(connection: sqlite3.Connection, script: str) -> None:
    """Run the statements of a script inside the transaction that is open."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            connection.execute(statement)
            statement = ""


def _check_references(connection: sqlite3.Connection) -> None:
    lost = connection.execute("PRAGMA foreign_key_check").fetchall()
    if lost:
        raise StorageError("store.damaged", reason=f"foreign key of {lost[0][0]}", name="LOST")


def _date_checkpoints(connection: sqlite3.Connection) -> None:
    """Give each checkpoint the time at which its witnesses signed it, where there is one."""
    for size, note in connection.execute("SELECT size, note FROM checkpoint").fetchall():
        times = [
            datetime.fromtimestamp(int.from_bytes(signature.data[:8]), UTC)
            for signature in Checkpoint.parse(note).note.signatures
            if len(signature.data) == _COSIGNATURE_BYTES
        ]
        if times:
            made_at = time_text(max(times))
            connection.execute("UPDATE checkpoint SET made_at = ? WHERE size = ?", (made_at, size))


def _take_over_runs(connection: sqlite3.Connection) -> None:
    """Keep each run's serials as a list, in the order in which they were issued."""
    runs = connection.execute("SELECT id, batch, made_at, template, stock FROM label_run_3")
    for run, batch, made_at, template, stock in runs.fetchall():
        names = connection.execute("SELECT name FROM item_3 WHERE run = ? ORDER BY rowid", (run,))
        serials = [parse_name(name).serial or "" for (name,) in names]
        code = "".join(secrets.choice(SERIAL_ALPHABET) for _ in range(_CODE_SYMBOLS))
        plan = json.dumps({"printing": {"stock": stock, "template": template}})
        connection.execute(
            "INSERT INTO label_run (id, code, batch, made_at, size, listed, plan)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            (run, code, batch, made_at, len(serials), "\n".join(serials), plan),
        )
    connection.execute("DROP TABLE item_3")
    connection.execute("DROP TABLE label_run_3")


def _pack_nodes(connection: sqlite3.Connection) -> None:
    """Put the nodes of the log's tree into blocks."""
    levels = connection.execute("SELECT level, max(position) + 1 FROM log_node GROUP BY level")
    for level, count in levels.fetchall():
        for first in range(0, count, BLOCK_NODES):
            nodes = connection.execute(
                "SELECT hash FROM log_node WHERE level = ? AND position >= ? AND position < ?"
                " ORDER BY position",
                (level, first, first + BLOCK_NODES),
            ).fetchall()
            block = (level, first // BLOCK_NODES, b"".join(node for (node,) in nodes))
            if len(block[2]) != min(BLOCK_NODES, count - first) * HASH_BYTES:
                raise StorageError("store.damaged", reason=f"node of level {level}", name="LOST")
            connection.execute("INSERT INTO log_block VALUES (?, ?, ?)", block)
    connection.execute("DROP TABLE log_node")


_BESIDE: Final[dict[int, Callable[[sqlite3.Connection], None]]] = {
    3: _date_checkpoints,
    4: _take_over_runs,
    6: _pack_nodes,
}
