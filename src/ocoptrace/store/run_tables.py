"""Runs of stickers: which serials were issued for which batch, and what became of them.

A serial is issued once in a batch. That is the caller's to see to, inside ``writing()``: the
serials of a run are one value here, not rows that an index could compare.

>>> runs = RunTables.create(":memory:")
>>> with runs.writing():
...     runs.add_label_run(
...         StoredRun("7K3MQ9TB2A4C", "https://id.gs1.org/01/09521234543213/10/L1",
...                   "2026-11-28T08:00:00Z", 3, sequence=("A", 1, 4)))
>>> runs.find_serial("https://id.gs1.org/01/09521234543213/10/L1", "A0003")
('7K3MQ9TB2A4C', 2)
>>> runs.find_serial("https://id.gs1.org/01/09521234543213/10/L1", "A0004") is None
True
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

from ocoptrace.store.database import Database

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["DRAWN_BYTES", "LabelAct", "RunTables", "StoredAct", "StoredRun"]

DRAWN_BYTES: Final = 12
"""Length of a random serial in the value that keeps them all."""

_PIECE_SERIALS: Final = 1000

LabelAct = Literal["printed", "resumed", "spoiled", "duplicated"]
"""What can become of stickers whose serials were issued."""

_RUN: Final = (
    "SELECT id, code, batch, made_at, size, prefix, start, width, listed, statement_id, plan"
    " FROM label_run"
)


@dataclass(frozen=True, slots=True)
class StoredRun:
    """A run as it is kept; its serials stand in one of three members.

    Attributes:
        code: what people call it by.
        batch: canonical name of the batch.
        made_at: when the serials were issued, UTC.
        size: how many serials.
        sequence: prefix, first number and number of digits, of serials in sequence.
        drawn: random serials, 12 bytes of ASCII each, ascending.
        listed: serials of a list, in its order, a line break between two.
        statement_id: the statement that they were issued; None in stores of before version 4.
        plan: JSON of what is printed, and how.
    """

    code: str
    batch: str
    made_at: str
    size: int
    sequence: tuple[str, int, int] | None = None
    drawn: bytes | None = None
    listed: str | None = None
    statement_id: bytes | None = None
    plan: str = "{}"


@dataclass(frozen=True, slots=True)
class StoredAct:
    """What was done with some stickers of a run, counted by serials from 1.

    Attributes:
        act: ``printed``, ``resumed``, ``spoiled`` or ``duplicated``.
        at: when, UTC.
        first, last: the serials concerned.
        replaced_by: code of the run that stands in for spoiled ones.
    """

    act: LabelAct
    at: str
    first: int
    last: int
    replaced_by: str | None = None


class RunTables(Database):
    """Label runs, and what became of their stickers."""

    def add_label_run(self, run: StoredRun) -> None:
        """Keep a run whose serials nobody had before."""
        self._rows(
            "INSERT INTO label_run (code, batch, made_at, size, prefix, start, width, listed,"
            " statement_id, plan) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            run.code,
            run.batch,
            run.made_at,
            run.size,
            *(run.sequence or (None, None, None)),
            run.listed,
            run.statement_id,
            run.plan,
        )
        number = self._value("SELECT last_insert_rowid()")
        self._each(
            "INSERT INTO drawn_serials VALUES (?, ?, ?, ?)",
            ((number, *piece) for piece in _pieces(run.drawn or b"")),
        )

    def label_run(self, code: str) -> StoredRun | None:
        """Return a run by its code."""
        rows = self._rows(f"{_RUN} WHERE code = ?", code)
        return self._run(rows[0]) if rows else None

    def label_runs(self, batch: str | None = None) -> Iterator[StoredRun]:
        """Yield the runs of a batch, or all, the oldest first; one in memory at a time."""
        ids = self._rows(
            "SELECT id FROM label_run WHERE batch = coalesce(?, batch) ORDER BY id", batch
        )
        for (number,) in ids:
            yield self._run(self._rows(f"{_RUN} WHERE id = ?", number)[0])

    def _run(self, row: tuple[Any, ...]) -> StoredRun:
        number, code, batch, made_at, size, prefix, start, width, listed, statement_id, plan = row
        sequence = None if prefix is None else (prefix, start, width)
        drawn = None
        if sequence is None and listed is None:
            pieces = self._rows(
                "SELECT serials FROM drawn_serials WHERE run = ? ORDER BY position", number
            )
            drawn = b"".join(piece for (piece,) in pieces)
        return StoredRun(code, batch, made_at, size, sequence, drawn, listed, statement_id, plan)

    def find_serial(self, batch: str, serial: str) -> tuple[str, int] | None:
        """Return in which run a serial of a batch was issued, and its position there, from 0."""
        rows = self._rows(
            "SELECT id, code, size, prefix, start, width, listed IS NOT NULL FROM label_run"
            " WHERE batch = ?",
            batch,
        )
        for number, code, size, prefix, start, width, is_listed in rows:
            if prefix is not None:
                position = _in_sequence(serial, prefix, start, width)
            elif is_listed:
                position = self._in_list(number, serial)
            else:
                position = self._in_drawn(number, serial)
            if position is not None and 0 <= position < size:
                return code, position
        return None

    def _in_drawn(self, run: int, serial: str) -> int | None:
        """Find a serial in the one piece where it would stand."""
        rows = self._rows(
            "SELECT position, serials FROM drawn_serials WHERE run = ? AND first <= ?"
            " ORDER BY first DESC LIMIT 1",
            run,
            serial,
        )
        start: int
        serials: bytes
        for start, serials in rows:
            wanted = serial.encode()
            place = bisect_left(
                range(len(serials) // DRAWN_BYTES),
                wanted,
                key=lambda n: serials[n * DRAWN_BYTES : (n + 1) * DRAWN_BYTES],
            )
            if serials[place * DRAWN_BYTES : (place + 1) * DRAWN_BYTES] == wanted:
                return start + place
        return None

    def _in_list(self, run: int, serial: str) -> int | None:
        before: str | None = self._value(
            "SELECT substr(lines, 1, instr(lines, ?)) FROM"
            " (SELECT char(10) || listed || char(10) AS lines FROM label_run WHERE id = ?)",
            f"\n{serial}\n",
            run,
        )
        return before.count("\n") - 1 if before else None

    def add_label_act(self, code: str, act: StoredAct) -> None:
        """Keep what was done with stickers of a run."""
        self._rows(
            "INSERT INTO label_act SELECT id, ?, ?, ?, ?,"
            " (SELECT id FROM label_run WHERE code = ?) FROM label_run WHERE code = ?",
            act.act,
            act.at,
            act.first,
            act.last,
            act.replaced_by,
            code,
        )

    def label_acts(self, code: str) -> list[StoredAct]:
        """Return what was done with the stickers of a run, in that order."""
        rows = self._rows(
            "SELECT act, at, first, last, other.code FROM label_act"
            " JOIN label_run ON label_run.id = run"
            " LEFT JOIN label_run AS other ON other.id = replaced_by"
            " WHERE label_run.code = ? ORDER BY label_act.rowid",
            code,
        )
        return [StoredAct(*row) for row in rows]


def _pieces(drawn: bytes) -> Iterator[tuple[str, int, bytes]]:
    """Yield random serials in pieces: the first of each, its position, and all of them."""
    for start in range(0, len(drawn), _PIECE_SERIALS * DRAWN_BYTES):
        piece = drawn[start : start + _PIECE_SERIALS * DRAWN_BYTES]
        yield piece[:DRAWN_BYTES].decode(), start // DRAWN_BYTES, piece


def _in_sequence(serial: str, prefix: str, start: int, width: int) -> int | None:
    digits = serial.removeprefix(prefix)
    is_one = serial.startswith(prefix) and len(digits) == width and digits.isascii()
    return int(digits) - start if is_one and digits.isdigit() else None
