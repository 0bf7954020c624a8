"""Which goods flow into which, and which statements speak of a name.

>>> lineage = LineageTables.create(":memory:")
>>> with lineage.writing():
...     lineage.add_edges([("krill", "mash"), ("salt", "mash"), ("mash", "paste")])
>>> sorted(lineage.origins("paste")), lineage.flows_into("krill")
(['krill', 'mash', 'paste', 'salt'], ['mash'])
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ocoptrace.store.database import Database

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable

__all__ = ["LineageTables"]

_MAX_KNOWN: Final = 100_000
_ANCESTORS = """
    WITH RECURSIVE origin(node) AS (
        SELECT id FROM node WHERE uri = ?
        UNION
        SELECT edge.parent FROM origin JOIN edge ON edge.child = origin.node
    )
    SELECT uri FROM origin JOIN node ON node.id = origin.node
"""


class LineageTables(Database):
    """Names, the edges between them, and who speaks of them."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        super().__init__(connection)
        # A name keeps its number for good, whoever gave it, unless that was rolled back.
        self._numbers: dict[str, int] = {}

    def _roll_back(self) -> None:
        self._numbers = {}
        super()._roll_back()

    def add_event(
        self,
        statement_id: bytes,
        event_id: str,
        *,
        issuer: str,
        declares_error: bool,
        edges: Iterable[tuple[str, str]],
        mentions: Iterable[str],
    ) -> None:
        """Index an event: its id, the flow of goods (from, into), the names it speaks of.

        Where its issuer used the id before, the earlier event is found by it.
        """
        self._rows(
            "INSERT OR IGNORE INTO event VALUES (?, ?, ?, ?)",
            event_id,
            issuer,
            statement_id,
            declares_error,
        )
        self.add_edges(edges)
        self.add_mentions(statement_id, mentions)

    def add_edges(self, edges: Iterable[tuple[str, str]]) -> None:
        """Note that goods flow from the first name of each pair into the second."""
        self._each(
            "INSERT OR IGNORE INTO edge (parent, child) VALUES (?, ?)",
            [(self._number(parent), self._number(child)) for parent, child in edges],
        )

    def add_mentions(self, statement_id: bytes, names: Iterable[str]) -> None:
        """Note that a statement speaks of names."""
        self._each(
            "INSERT OR IGNORE INTO mention VALUES (?, ?)",
            [(self._number(name), statement_id) for name in names],
        )

    def keep_mentions(self, statement_id: bytes, names: Iterable[str]) -> None:
        """Forget that a statement speaks of any other names than these."""
        self._rows("DELETE FROM mention WHERE statement_id = ?", statement_id)
        self.add_mentions(statement_id, names)

    def _number(self, uri: str) -> int:
        number: int | None = self._numbers.get(uri)
        if number is None:
            number = self._value("INSERT OR IGNORE INTO node (uri) VALUES (?) RETURNING id", uri)
            if number is None:
                number = self._value("SELECT id FROM node WHERE uri = ?", uri)
            if len(self._numbers) >= _MAX_KNOWN:
                self._numbers.clear()
            self._numbers[uri] = number
        return number

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
        told = [("input", name) for name in inputs] + [("output", name) for name in outputs]
        self._each(
            "INSERT OR IGNORE INTO transformation_part VALUES (?, ?, ?, ?)",
            [(transformation_id, issuer, role, name) for role, name in told],
        )
        so_far = self._rows(
            "SELECT role, name FROM transformation_part"
            " WHERE transformation_id = ? AND issuer = ? ORDER BY name",
            transformation_id,
            issuer,
        )
        return (
            tuple(name for role, name in so_far if role == "input"),
            tuple(name for role, name in so_far if role == "output"),
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
