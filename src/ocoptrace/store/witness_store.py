"""What a witness remembers, in a SQLite file of its own: the last size and root of each log.

>>> store = WitnessStore.open(":memory:")
>>> with store.writing():
...     store.remember("id.example/log", Memory(3, bytes(32)))
>>> store.memory("id.example/log").size, store.memory("other").size
(3, 0)
"""

from __future__ import annotations

from pathlib import Path
from typing import Self

from ocoptrace.store.database import Database, connect
from ocoptrace.transparency.witness import NOTHING_SEEN, Memory

__all__ = ["WitnessStore"]

_TABLE = """CREATE TABLE IF NOT EXISTS memory (
    origin TEXT PRIMARY KEY,
    size   INTEGER NOT NULL,
    root   BLOB NOT NULL
) STRICT"""


class WitnessStore(Database):
    """The memory of a witness. One transaction checks and remembers: two requests cannot race."""

    @classmethod
    def open(cls, path: Path | str) -> Self:
        """Return the memory in a file; it is made where none is.

        Raises:
            StorageError: the file cannot be used.
        """
        store = cls(connect(path))
        if str(path) != ":memory:":
            Path(path).chmod(0o600)
        with store.writing():
            store._rows(_TABLE)
        return store

    def memory(self, origin: str) -> Memory:
        """Return what is remembered of a log."""
        rows = self._rows("SELECT size, root FROM memory WHERE origin = ?", origin)
        return Memory(*rows[0]) if rows else NOTHING_SEEN

    def remember(self, origin: str, memory: Memory) -> None:
        """Remember a log's state; call it inside ``writing()``, and answer behind it."""
        self._rows(
            "INSERT OR REPLACE INTO memory VALUES (?, ?, ?)", origin, memory.size, memory.root
        )
