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
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Self

from ocoptrace.epcis import json_ld
from ocoptrace.epcis.dimensions import json_of
from ocoptrace.epcis.document import MAX_BYTES, is_xml, new_head, own_contexts
from ocoptrace.epcis.event import read_context
from ocoptrace.epcis.faults import shown
from ocoptrace.epcis.inflation import GZIP
from ocoptrace.epcis.json_stream import json_events
from ocoptrace.epcis.json_text import json_bytes
from ocoptrace.epcis.vocabulary import PREFIX, VOCABULARY
from ocoptrace.epcis.xml_event_list import (
    event_element,
)
from ocoptrace.epcis.xml_head_writing import document_xml
from ocoptrace.epcis.xml_names import prefixes_of
from ocoptrace.epcis.xml_parsing import PROLOG, refuse_prolog
from ocoptrace.epcis.xml_stream import xml_events
from ocoptrace.errors import EpcisError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime
    from types import TracebackType
    from typing import BinaryIO

    from ocoptrace.epcis.event import Event
    from ocoptrace.epcis.master_data import Head

__all__ = [
    "MAX_DECLARATIONS",
    "MAX_EVENT_BYTES",
    "DocumentWriter",
    "stream_events",
    "stream_placed",
]

MAX_EVENT_BYTES = 2**20
"""Longest event that is read from a stream, in bytes."""

MAX_DECLARATIONS = 4_000_000
"""How often XML of any length may declare a prefix: libxml2 keeps 30 bytes for each time."""


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
            EPCIS, at the latest at the end. In JSON-LD the ``@context`` has to stand before the
            events.
    """
    for _, event in stream_placed(source, max_event_bytes=max_event_bytes, any_order=any_order):
        yield event


def stream_placed(
    source: str | Path | BinaryIO,
    *,
    max_event_bytes: int = MAX_EVENT_BYTES,
    any_order: bool = False,
) -> Iterator[tuple[str, Event]]:
    """Yield as ``stream_events``, each event behind its JSON pointer in the document."""
    if isinstance(source, str | Path):
        with Path(source).open("rb") as file:
            yield from stream_placed(file, max_event_bytes=max_event_bytes, any_order=any_order)
        return
    readable = _Rest(source)
    try:
        if readable.start.startswith(GZIP):
            readable = _Rest(gzip.GzipFile(fileobj=readable))  # type: ignore[call-overload]
        if is_xml(readable.start):
            refuse_prolog(readable.start)
            readable.limit = MAX_BYTES
            read = partial(readable.begin, max_event_bytes + PROLOG)
            yield from xml_events(readable, read=read, any_order=any_order)
        else:
            if readable.start.startswith(b"\xef\xbb\xbf"):
                readable.read(3)
            yield from json_events(readable, max_event_bytes=max_event_bytes)
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
        self._too_large = "json.too_large"
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
                raise EpcisError(self._too_large, size=self.since, limit=self.limit)
            self._declarations += chunk.count(b"xmlns")
            if self._declarations > MAX_DECLARATIONS:
                raise EpcisError("epcis.xml_declarations", limit=MAX_DECLARATIONS)
        return chunk

    def begin(self, limit: int) -> None:
        """Count anew, for the next event, up to a limit."""
        self.since, self.limit = 0, limit
        self._too_large = "epcis.event_too_large"


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
            EpcisError: neither time nor head, a time without offset, or another syntax.
        """
        if syntax not in {"json", "xml"}:
            raise EpcisError("fields.not_one_of", value=shown(syntax), expected="json, xml")
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
            members |= json_ld.version_of(head.schema_version)
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
