"""Reading and writing EPCIS beside the libraries underneath, and streams of any length.

Canonical bytes are those of parsed events, from ``Event`` to RFC 8785: once with names that were
seen before, as where an event is checked, signed and stored, once with two new names in each.

Seconds are those of the processor, for work in one thread, so that what else runs on the machine
counts little; the rows take turns, and the best turn of each counts. What a row makes is dropped
as soon as it is made, but for whole documents.

The events have about 0.6 kB as JSON. Each stream runs in a process of its own, so that its
memory is its own. ``OCOPTRACE_STREAM_MB`` sets how long the streams are; 1000 if unset.
"""

from __future__ import annotations

import gc
import os
import resource
import subprocess
import sys
from collections import deque
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from time import process_time
from typing import TYPE_CHECKING, Any, Literal

import rfc8785
from lxml import etree
from pydantic import TypeAdapter

from ocoptrace import canonical_json
from ocoptrace.epcis import (
    DocumentWriter,
    ObjectEvent,
    canonical_bytes,
    canonical_event,
    canonical_name,
    parse_event,
    read_document,
    stream_events,
    write_json,
    write_xml,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

EVENTS, REPEATS = 5_000, 5
MEGABYTES = int(os.environ.get("OCOPTRACE_STREAM_MB") or 1000)
NOW = datetime(2026, 11, 23, tzinfo=UTC)
LIMIT = 10**9
STATUS = Path("/proc/self/status")
"""Where Linux tells it. What ``getrusage`` tells there begins with the parent's memory."""
MILESTONES = (10_000, 100_000, 1_000_000)


def members(number: int) -> dict[str, Any]:
    """Return an event of about 0.7 kB."""
    return {
        "type": "ObjectEvent",
        "eventID": f"urn:uuid:00000000-0000-4000-8000-{number:012}",
        "eventTime": "2025-08-20T07:15:00.000+07:00",
        "eventTimeZoneOffset": "+07:00",
        "action": "OBSERVE",
        "bizStep": "receiving",
        "disposition": "in_progress",
        "readPoint": {"id": "https://id.gs1.org/414/9524071001007"},
        "bizLocation": {"id": "https://id.gs1.org/414/9524071001007"},
        "bizTransactionList": [
            {"type": "po", "bizTransaction": f"https://id.gs1.org/253/9524071001007{number}"}
        ],
        "quantityList": [
            {
                "epcClass": f"https://id.gs1.org/01/09521234543213/10/A{number}",
                "quantity": 3200.5,
                "uom": "KGM",
            }
        ],
        "ocop:step": "receiving_raw",
    }


def seconds(work: Callable[[], object]) -> float:
    """Return how long the processor works for all events."""
    gc.collect()
    begin = process_time()
    work()
    return process_time() - begin


def drain(made: Iterable[object]) -> None:
    """Have everything made, and keep nothing of it."""
    deque(made, maxlen=0)


def speed() -> None:
    """Print how fast documents are read and written, and what the bare libraries do."""
    events = [parse_event(members(number)) for number in range(EVENTS)]
    file = BytesIO()
    with DocumentWriter(file, "json", created=NOW) as document:
        for event in events:
            document.write(event)
    as_json, as_xml = file.getvalue(), write_xml(events)
    bare = b"[" + as_json.partition(b"[\n")[2].rpartition(b"]")[0] + b"]"
    model = TypeAdapter(list[ObjectEvent])
    rows: list[tuple[str, Callable[[], object]]] = [
        ("read JSON", lambda: read_document(as_json, max_bytes=LIMIT)),
        ("  the same models in bare pydantic", lambda: model.validate_json(bare)),
        ("  stream", lambda: sum(1 for _ in stream_events(BytesIO(as_json)))),
        ("write JSON", lambda: write_json(events)),
        ("read XML", lambda: read_document(as_xml, max_bytes=LIMIT)),
        ("  a tree in bare lxml, no models", lambda: list(etree.fromstring(as_xml).iter())),
        ("  stream", lambda: sum(1 for _ in stream_events(BytesIO(as_xml)))),
        ("write XML", lambda: write_xml(events)),
    ]
    few = [parse_event(members(number % 100)) for number in range(EVENTS)]
    values = [canonical_event(event) for event in events]

    def new_names() -> None:
        canonical_name.cache_clear()
        drain(map(canonical_bytes, events))

    rows += [
        ("canonical bytes", lambda: drain(map(canonical_bytes, few))),
        ("  … two new names in each event", new_names),
        ("  of their JSON alone", lambda: drain(map(canonical_json.dumps, values))),
        ("  … in bare rfc8785", lambda: drain(map(rfc8785.dumps, values))),
    ]
    sizes = f"{len(as_json) / EVENTS:.0f} bytes as JSON, {len(as_xml) / EVENTS:.0f} as XML"
    print(f"Seconds are of the processor; the best of {REPEATS} turns counts.")
    print(f"{EVENTS} events of {sizes}\n{'':<38}{'1000/s':>8}")
    turns = [[seconds(work) for _, work in rows] for _ in range(REPEATS)]
    for (name, _), taken in zip(rows, zip(*turns, strict=True), strict=True):
        print(f"{name:<38}{EVENTS / min(taken) / 1000:>8.1f}")


class Endless:
    """A document of any length, made while it is read."""

    def __init__(self, syntax: Literal["json", "xml"], size: int) -> None:
        """Prepare a document of about a size in bytes."""
        file = BytesIO()
        with DocumentWriter(file, syntax, created=NOW) as document:
            document.write(parse_event(members(0)))
            start = file.getvalue()
            for number in range(1, 501):
                document.write(parse_event(members(number)))
        block = file.getvalue()[len(start) :]
        block, mark, end = block.rpartition(b"\n]" if syntax == "json" else b"\n</EventList>")
        self._pieces = self._make(start, block, mark + end, size)

    def _make(self, start: bytes, block: bytes, end: bytes, size: int) -> Iterator[bytes]:
        yield start
        for _ in range(size // len(block)):
            yield block
        yield end

    def read(self, size: int = -1) -> bytes:
        """Return the next piece, whatever its size."""
        del size
        return next(self._pieces, b"")


def stream(syntax: Literal["json", "xml"]) -> None:
    """Print how long a long stream takes, and how much memory it took until then."""
    begin = process_time()
    source: Any = Endless(syntax, MEGABYTES * 10**6)
    count, peaks = 0, {}
    for count, _ in enumerate(stream_events(source), 1):
        if count in MILESTONES:
            peaks[count] = peak()
    taken = process_time() - begin
    peaks[count] = peak()
    memory = ", ".join(f"{most:.0f} MB at {events}" for events, most in peaks.items())
    print(f"stream of {MEGABYTES} MB {syntax.upper():<5}{count / taken / 1000:>6.1f} 1000/s")
    print(f"  peak memory by events: {memory}")


def peak() -> float:
    """Return the most memory that this process has taken, in MB."""
    if STATUS.exists():
        lines = STATUS.read_text(encoding="ascii").splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    """Print speed, then memory."""
    if sys.argv[1:]:
        stream("json" if sys.argv[1] == "json" else "xml")
        return
    speed()
    for syntax in ("json", "xml"):
        subprocess.run([sys.executable, __file__, syntax], check=True)  # noqa: S603 - our own


if __name__ == "__main__":
    main()
