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

LabelAct = Literal["printed", "resumed", "spoiled", "duplicated"]
"""What can become of stickers whose serials were issued."""

_RUN: Final = (
    "SELECT code, batch, made_at, size, prefix, start, width, drawn, listed, statement_id, plan"
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
            "INSERT INTO label_run (code, batch, made_at, size, prefix, start, width, drawn,"
            " listed, statement_id, plan) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            run.code,
            run.batch,
            run.made_at,
            run.size,
            *(run.sequence or (None, None, None)),
            run.drawn,
            run.listed,
            run.statement_id,
            run.plan,
        )

    def label_run(self, code: str) -> StoredRun | None:
        """Return a run by its code."""
        rows = self._rows(f"{_RUN} WHERE code = ?", code)
        return _run(rows[0]) if rows else None

    def label_runs(self, batch: str | None = None) -> Iterator[StoredRun]:
        """Yield the runs of a batch, or all, the oldest first; one in memory at a time."""
        ids = self._rows(
            "SELECT id FROM label_run WHERE batch = coalesce(?, batch) ORDER BY id", batch
        )
        for (number,) in ids:
            yield _run(self._rows(f"{_RUN} WHERE id = ?", number)[0])

    def find_serial(self, batch: str, serial: str) -> tuple[str, int] | None:
        """Return in which run a serial of a batch was issued, and its position there, from 0."""
        rows = self._rows(
            "SELECT id, code, size, prefix, start, width, drawn IS NOT NULL FROM label_run"
            " WHERE batch = ?",
            batch,
        )
        for number, code, size, prefix, start, width, is_drawn in rows:
            if prefix is not None:
                position = _in_sequence(serial, prefix, start, width)
            elif is_drawn:
                position = self._in_drawn(number, size, serial)
            else:
                position = self._in_list(number, serial)
            if position is not None and 0 <= position < size:
                return code, position
        return None

    def _in_drawn(self, run: int, size: int, serial: str) -> int | None:
        """Find a serial by halving, without reading the others."""
        wanted = serial.encode()
        with self._blob("label_run", "drawn", run) as drawn:

            def at(position: int) -> bytes:
                drawn.seek(position * DRAWN_BYTES)
                return drawn.read(DRAWN_BYTES)

            position = bisect_left(range(size), wanted, key=at)
            return position if position < size and at(position) == wanted else None

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


def _run(row: tuple[Any, ...]) -> StoredRun:
    code, batch, made_at, size, prefix, start, width, drawn, listed, statement_id, plan = row
    sequence = None if prefix is None else (prefix, start, width)
    return StoredRun(code, batch, made_at, size, sequence, drawn, listed, statement_id, plan)


def _in_sequence(serial: str, prefix: str, start: int, width: int) -> int | None:
    digits = serial.removeprefix(prefix)
    is_one = serial.startswith(prefix) and len(digits) == width and digits.isascii()
    return int(digits) - start if is_one and digits.isdigit() else None
