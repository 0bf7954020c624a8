"""Documents of any length, read and written event by event, in memory that does not grow.

>>> from io import BytesIO
>>> from datetime import datetime, UTC
>>> from ocoptrace.epcis.event import parse_event
>>> event = parse_event({
...     "type": "ObjectEvent", "action": "OBSERVE", "bizStep": "storing",
...     "eventTime": "2025-09-01T08:00:00+07:00", "eventTimeZoneOffset": "+07:00",
...     "epcList": ["https://id.gs1.org/01/09521234543213/21/7"]})
>>> file = BytesIO()
>>> with DocumentWriter(file, "xml", created=datetime(2026, 11, 23, tzinfo=UTC)) as document:
...     document.write(event)
...     document.write(event)
>>> [each.to_json() == event.to_json() for each in stream_events(BytesIO(file.getvalue()))]
[True, True]
"""

from __future__ import annotations

import gzip
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Self

from lxml import etree

from ocoptrace.epcis import json_ld
from ocoptrace.epcis.dimensions import json_of
from ocoptrace.epcis.document import MAX_BYTES, is_xml, new_head, own_contexts
from ocoptrace.epcis.event import parse_accepted, read_context
from ocoptrace.epcis.inflation import GZIP
from ocoptrace.epcis.intake import read_json
from ocoptrace.epcis.json_scan import Scanner
from ocoptrace.epcis.json_text import json_bytes
from ocoptrace.epcis.vocabulary import PREFIX, VOCABULARY
from ocoptrace.epcis.xml_event_list import (
    declared_by,
    event_element,
    forget,
    is_event_list,
    is_ordered,
    read_event,
    refuse_others,
)
from ocoptrace.epcis.xml_head import context_of
from ocoptrace.epcis.xml_head_writing import document_xml
from ocoptrace.epcis.xml_names import path_of, prefixes_of
from ocoptrace.epcis.xml_parsing import (
    PROLOG,
    SAFE,
    refuse_declarations,
    refuse_prolog,
    syntax_error,
)
from ocoptrace.epcis.xml_schema import ORDER
from ocoptrace.errors import EpcisError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime
    from types import TracebackType
    from typing import BinaryIO

    from ocoptrace.epcis.event import Event
    from ocoptrace.epcis.json_scan import Readable
    from ocoptrace.epcis.master_data import Head

__all__ = ["MAX_DECLARATIONS", "MAX_EVENT_BYTES", "DocumentWriter", "stream_events"]

MAX_EVENT_BYTES = 2**20
"""Longest event that is read from a stream, in bytes."""

MAX_DECLARATIONS = 4_000_000
"""How often XML of any length may declare a prefix: libxml2 keeps 30 bytes for each time."""

_WAY = ("epcisBody", "queryResults", "resultsBody")


def stream_events(
    source: str | Path | BinaryIO,
    *,
    max_event_bytes: int = MAX_EVENT_BYTES,
    any_order: bool = False,
) -> Iterator[Event]:
    """Yield the events of a document of any length, each as soon as it has been read.

    Args:
        source: path of a file, or a file open for reading bytes: JSON-LD or XML in UTF-8, also
            compressed with gzip.
        max_event_bytes: the size limit of one event.
        any_order: whether the elements of XML may stand in any order.

    Raises:
        EpcisError: at the first event with faults, after those before it; or at what is no
            EPCIS. In JSON-LD the ``@context`` has to stand before the events.
    """
    if isinstance(source, str | Path):
        with Path(source).open("rb") as file:
            yield from stream_events(file, max_event_bytes=max_event_bytes, any_order=any_order)
        return
    readable: Readable = _Rest(source)
    try:
        if _begins(readable).startswith(GZIP):
            readable = _Rest(gzip.GzipFile(fileobj=readable))  # type: ignore[call-overload]
        if is_xml(_begins(readable)):
            yield from _xml_events(readable, max_event_bytes, any_order=any_order)
        else:
            yield from _json_events(readable, max_event_bytes)
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise EpcisError("epcis.gzip") from error


class _Rest:
    """A file whose beginning has been looked at, and that counts what is read of it."""

    def __init__(self, source: Any) -> None:
        self._source = source
        pieces, size = [], 0
        while size < PROLOG and (piece := source.read(PROLOG - size)):
            pieces.append(piece)
            size += len(piece)
        self.start = self._piece = b"".join(pieces)
        self._given = 0
        self.since = 0
        self.limit = 0
        self._declarations = 0

    def read(self, size: int = -1, /) -> bytes:
        if self._given >= len(self._piece):
            self._piece, self._given = self._source.read(size), 0
        # Some files give more than they were asked for.
        end = len(self._piece) if size < 0 else self._given + size
        chunk: bytes = self._piece[self._given : end]
        self._given += len(chunk)
        self.since += len(chunk)
        if self.limit:
            if self.since > self.limit:
                raise EpcisError("json.too_large", size=self.since, limit=self.limit)
            self._declarations += chunk.count(b"xmlns")
            if self._declarations > MAX_DECLARATIONS:
                raise EpcisError("epcis.xml_declarations", limit=MAX_DECLARATIONS)
        return chunk


def _begins(readable: Readable) -> bytes:
    start: bytes = readable.start  # type: ignore[attr-defined]
    return start


# JSON-LD


def _json_events(readable: Readable, max_event_bytes: int) -> Iterator[Event]:
    scanner = Scanner(readable, max_bytes=MAX_BYTES)
    if _begins(readable).startswith(b"\xef\xbb\xbf"):
        readable.read(3)
    if scanner.peek() == b"[":
        scanner.max_bytes = max_event_bytes
        yield from _parsed(scanner.items(), (), "", max_event_bytes)
    else:
        head: dict[str, Any] = {}
        yield from _document(scanner, head, max_event_bytes)
        if "eventList" not in head:
            head.pop("eventList", None)
            yield parse_accepted(head)
    scanner.end()


def _document(
    scanner: Scanner, head: dict[str, Any], max_event_bytes: int, place: str = ""
) -> Iterator[Event]:
    """Yield the events of an object, and put its other members into the head."""
    for quoted in scanner.members():
        name = read_json(quoted, max_bytes=MAX_BYTES)
        here = f"{place}/{name}"
        if name == "eventList" and place:
            context = read_context(head.get("@context", []), place="/@context")
            head["eventList"] = True
            left, scanner.max_bytes = scanner.max_bytes, max_event_bytes
            yield from _parsed(scanner.items(), context, here, max_event_bytes)
            scanner.max_bytes = left
        elif name in _WAY and scanner.peek() == b"{":
            yield from _document(scanner, head, max_event_bytes, here)
        elif name in head and not place:
            raise EpcisError("json.duplicate_member", place=here, name=name)
        elif name == "@context" and "eventList" in head:
            raise EpcisError("epcis.stream_context", place=here)
        else:
            text = scanner.value()
            scanner.max_bytes -= len(text)  # one limit for the head as a whole
            value = read_json(text, max_bytes=MAX_BYTES)
            if not place:
                head[name] = value


def _parsed(
    items: Iterator[bytes], context: Sequence[Any], place: str, max_bytes: int
) -> Iterator[Event]:
    for position, item in enumerate(items):
        here = f"{place}/{position}"
        try:
            value = read_json(item, max_bytes=max_bytes)
        except EpcisError as error:
            within = error.place if error.place.startswith("/") else ""
            error.place = here + within if within or not error.place else error.place
            raise
        yield parse_accepted(value, place=here, context=context)


# XML


def _xml_events(readable: Readable, max_event_bytes: int, *, any_order: bool) -> Iterator[Event]:
    refuse_prolog(_begins(readable))
    counted: _Rest = readable  # type: ignore[assignment]
    counted.limit = MAX_BYTES
    tags = [f"{{*}}{kind}" for kind in (*ORDER, "EventList")]
    elements = etree.iterparse(readable, events=("end",), tag=tags, **SAFE)
    context: tuple[Any, ...] = ()
    around: dict[str, str] | None = None
    ordered = not any_order
    listed = None
    try:
        for _, element in elements:
            if around is None:
                refuse_declarations(element)
                root = element.getroottree().getroot()
                context = context_of(root)
                around = declared_by(root)
                ordered = ordered and is_ordered(root)
            parent = element.getparent()
            if is_event_list(element):
                refuse_others(element)
            elif parent is None or parent is listed or is_event_list(parent):
                listed = parent
                refuse_others(parent, element)
                yield read_event(element, context, around, ordered=ordered)
                forget(element)
                counted.since = 0
                counted.limit = max_event_bytes + PROLOG
        if around is None:
            refuse_declarations(elements.root)
            context_of(elements.root)
            raise EpcisError("epcis.no_event_list", place=path_of(elements.root))
    except etree.XMLSyntaxError as error:
        raise syntax_error(error) from error


# Writing


class DocumentWriter:
    """A document that is written event by event; leave the ``with`` block to finish it.

    Where the block is left by an error, the document stays unfinished, and so unreadable.
    """

    def __init__(
        self,
        file: BinaryIO,
        syntax: Literal["json", "xml"],
        *,
        created: datetime | None = None,
        context: Sequence[str | dict[str, Any]] = (),
        head: Head | None = None,
    ) -> None:
        """Prepare a document; nothing is written yet.

        Args:
            file: open for writing bytes.
            syntax: of the document.
            created: its creation time, aware.
            context: contexts that hold for all events; those of an event that are not among
                them are written with the event.
            head: of a document that this one continues; it says time and contexts then.

        Raises:
            EpcisError: neither time nor head.
        """
        if head is None:
            if created is None:
                raise EpcisError("epcis.no_events")
            # No event is known yet: most use our prefix, and would each have to declare it.
            ours = {PREFIX: VOCABULARY}
            head = new_head(created, context if ours in context else [ours, *context])
        self._file = file
        self._xml = syntax == "xml"
        self._context = read_context(head.context)
        members = json_of(head)
        if self._xml:
            self._prefixes = prefixes_of(self._context)
            pieces = document_xml(members, prefixes=self._prefixes)
            self._start, self._end = (piece.encode() for piece in pieces)
        else:
            self._start, self._end = json_ld.document_json(members)
        self._between = b"\n"

    def __enter__(self) -> Self:
        self._file.write(self._start)
        return self

    def write(self, event: Event) -> None:
        """Write one event.

        Raises:
            EpcisError: in XML, text that it has no characters for.
        """
        own = own_contexts(event, self._context)
        if self._xml:
            text = event_element(event, own=own, around=self._prefixes)
            self._file.write(self._between + text.encode())
            return
        self._file.write(self._between + json_bytes(json_ld.event_json(event, own)))
        self._between = b",\n"

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if kind is None:
            self._file.write(b"\n" + self._end)
