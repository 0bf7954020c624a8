"""One SQLite file: its settings, its transactions, its version.

Every write happens inside ``with database.writing():``, which is one transaction: all of it
is on disk when the block ends, or nothing is.

>>> database = Database.create(":memory:")
>>> before = database.revision()
>>> with database.writing():
...     pass
>>> database.revision() == before
True
"""

from __future__ import annotations

import errno
import os
import sqlite3
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Self

from ocoptrace.errors import StorageError
from ocoptrace.store.migration import OLDEST, bring_up_to_date

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ["SCHEMA_VERSION", "Database", "connect"]

SCHEMA_VERSION: Final = 5

_SETTINGS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA busy_timeout = 5000",
    "PRAGMA trusted_schema = OFF",
    "PRAGMA cell_size_check = ON",
    "PRAGMA secure_delete = ON",
)
_CODES: Final = {
    "SQLITE_CORRUPT": "store.damaged",
    "SQLITE_FULL": "store.full",
    "SQLITE_NOTADB": "store.damaged",
}


class Database:
    """A SQLite file that is ours. One writer at a time; readers never wait."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    @classmethod
    def create(cls, path: Path | str) -> Self:
        """Return a new, empty store, for its owner's eyes alone.

        Raises:
            StorageError: the file cannot be made, or holds a store already.
        """
        connection = connect(path)
        if _version(connection):
            connection.close()
            raise StorageError("store.exists", path=path)
        if str(path) != ":memory:":
            # SQLite gives its journal files the rights that the database has.
            Path(path).chmod(0o600)
        with _storage_errors():
            connection.executescript(
                f"BEGIN;{_script('schema')};PRAGMA user_version = {SCHEMA_VERSION};COMMIT"
            )
        return cls(connection)

    @classmethod
    def open(cls, path: Path | str) -> Self:
        """Return the store of a file; one of an older version is brought up to date first.

        Raises:
            StorageError: no store there, or one of a version that is not known here.
        """
        if not Path(path).is_file():
            raise StorageError("store.file", path=path, reason=os.strerror(errno.ENOENT))
        connection = connect(path)
        try:
            _bring_up_to_date(connection, path)
        except BaseException:
            connection.close()
            raise
        return cls(connection)

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Make everything in the block one durable transaction."""
        with _storage_errors():
            self._db.execute("BEGIN IMMEDIATE")
            self._begin()
            try:
                yield
                self._db.execute("COMMIT")
            except BaseException:
                # On a full disk SQLite may have rolled back by itself.
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                self._roll_back()
                raise

    def _begin(self) -> None:
        """Forget what another process may have changed meanwhile."""

    def _roll_back(self) -> None:
        """Forget what was not written after all."""

    def revision(self) -> tuple[int, int]:
        """Return a value that is another one whenever something was written, by whomever."""
        version: int = self._value("PRAGMA data_version")
        return version, self._db.total_changes

    def leave_no_trace(self) -> None:
        """Overwrite what was deleted, in the journal as well.

        Raises:
            StorageError: another program is reading just now, and holds the journal.
        """
        [(is_busy, _, _)] = self._rows("PRAGMA wal_checkpoint(TRUNCATE)")
        if is_busy:
            raise StorageError("store.busy")

    def _rows(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        try:
            return self._db.execute(sql, values).fetchall()
        except sqlite3.Error as error:
            raise _storage_error(error) from error

    def _each(self, sql: str, rows: Iterable[tuple[Any, ...]]) -> None:
        try:
            self._db.executemany(sql, rows)
        except sqlite3.Error as error:
            raise _storage_error(error) from error

    def _value(self, sql: str, *values: Any) -> Any:
        rows = self._rows(sql, *values)
        return rows[0][0] if rows else None


def connect(path: Path | str) -> sqlite3.Connection:
    """Return a connection with our settings; it is made where nothing is.

    Raises:
        StorageError: the file cannot be used.
    """
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


def _bring_up_to_date(connection: sqlite3.Connection, path: Path | str) -> None:
    found = _version(connection)
    if not OLDEST <= found <= SCHEMA_VERSION:
        raise StorageError("store.version", path=path, found=found, expected=SCHEMA_VERSION)
    if found < SCHEMA_VERSION:
        with _storage_errors():
            bring_up_to_date(connection, SCHEMA_VERSION)


def _script(name: str) -> str:
    return files(__package__).joinpath(f"{name}.sql").read_text(encoding="utf-8")


def _storage_error(error: sqlite3.Error) -> StorageError:
    name = getattr(error, "sqlite_errorname", type(error).__name__)
    return StorageError(_CODES.get(name, "store.failed"), reason=str(error), name=name)


@contextmanager
def _storage_errors() -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise _storage_error(error) from error
