"""Recording events, beside SQLite alone.

The bare row writes as many rows of the same size, as many to a transaction, under the same
settings (WAL, FULL): what the disk asks for in any case. Ours checks, signs, logs and indexes.
Both take turns, so that whatever else the machine does falls on both alike.

    best     events a second, of the fastest turn
    median   of all turns
"""

from __future__ import annotations

import sqlite3
import statistics
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from ocoptrace.epcis import parse_event
from ocoptrace.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Callable

    from ocoptrace.epcis import Event

TURNS, EVENTS = 20, 100
STORY = Path(__file__).parents[1] / "examples" / "stories" / "shrimp-paste.json"
BATCH = "https://id.gs1.org/01/09524071001014/10/ST260915"
ROW = bytes(1500)
"""As much as a statement, its payload and their indexes take."""


def event(number: int) -> Event:
    """Return an event that was not recorded before, of the usual size."""
    return parse_event(
        {
            "type": "ObjectEvent",
            "action": "OBSERVE",
            "bizStep": "storing",
            "disposition": "in_progress",
            "eventTime": "2026-09-15T07:30:00+07:00",
            "eventTimeZoneOffset": "+07:00",
            "epcList": [f"{BATCH}/21/{number:012d}"],
            "ocop:step": "storing_finished",
        }
    )


def turn(work: Callable[[], object]) -> float:
    """Return the events a second that some work gets through."""
    start = time.perf_counter()
    work()
    return EVENTS / (time.perf_counter() - start)


def main() -> None:
    """Print one row for ours and one for SQLite alone."""
    with tempfile.TemporaryDirectory() as folder:
        ws = Workspace.create(
            Path(folder) / "ocop", clock=lambda: datetime(2026, 11, 23, tzinfo=UTC)
        )
        ws.import_registry(STORY)
        bare = sqlite3.connect(Path(folder) / "bare.db", isolation_level=None)
        bare.execute("PRAGMA journal_mode = WAL")
        bare.execute("PRAGMA synchronous = FULL")
        bare.execute("CREATE TABLE event (id INTEGER PRIMARY KEY, data BLOB)")

        def write() -> None:
            bare.execute("BEGIN IMMEDIATE")
            for _ in range(EVENTS):
                bare.execute("INSERT INTO event (data) VALUES (?)", (ROW,))
            bare.execute("COMMIT")

        rates: dict[str, list[float]] = {"ws.record": [], "bare SQLite": []}
        for number in range(TURNS):
            events = [event(number * EVENTS + place) for place in range(EVENTS)]
            rates["ws.record"].append(turn(lambda events=events: ws.record(events)))
            rates["bare SQLite"].append(turn(write))
        ws.close()
        bare.close()
    print(f"{f'{EVENTS} events a transaction':<28}{'best':>10}{'median':>10}")
    for name, found in rates.items():
        print(f"{name:<28}{max(found):>10.0f}{statistics.median(found):>10.0f}")


if __name__ == "__main__":
    main()
