"""Documents in JSON-LD of any length: the head is kept, and events are given out as they come.

>>> from io import BytesIO
>>> text = b'''{"@context": [], "type": "EPCISDocument", "schemaVersion": "2.0", "epcisBody":
...     {"eventList": [{"type": "ObjectEvent", "action": "OBSERVE", "epcList": ["urn:x:1"],
...     "eventTime": "2025-09-01T08:00:00+07:00", "eventTimeZoneOffset": "+07:00"}]}}'''
>>> [place for place, _ in json_events(BytesIO(text), max_event_bytes=1000)]
['/epcisBody/eventList/0']
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ocoptrace.canonical_json import MAX_DEPTH
from ocoptrace.epcis.document import MAX_BYTES, head_of
from ocoptrace.epcis.event import parse_accepted, read_context
from ocoptrace.epcis.faults import pointer, shown
from ocoptrace.epcis.intake import MAX_EVENT_DEPTH, bounded, read_json
from ocoptrace.epcis.json_ld import EVENT_LISTS
from ocoptrace.epcis.json_scan import Scanner
from ocoptrace.errors import EpcisError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ocoptrace.epcis.event import Event
    from ocoptrace.epcis.json_scan import Readable

__all__ = ["json_events"]

_HEAD_DEPTH = MAX_DEPTH - 2
_LISTS = frozenset(EVENT_LISTS.values())
_WAYS = frozenset(path[:length] for path in _LISTS for length in range(1, len(path)))
"""The members that lead to a list of events; nothing else is gone into."""


def json_events(readable: Readable, *, max_event_bytes: int) -> Iterator[tuple[str, Event]]:
    """Yield the events of a document, each with its JSON pointer.

    Args:
        readable: UTF-8 without a byte order mark.
        max_event_bytes: the size limit of one event.

    Raises:
        EpcisError: at the first event with faults, after those before it; or at what is no
            EPCIS, at the latest at the end.
    """
    scanner = Scanner(readable, max_bytes=MAX_BYTES)
    if scanner.peek() == b"[":
        yield from _events(scanner, (), "", max_event_bytes)
    else:
        yield from _Document(scanner, max_event_bytes).events()
    scanner.end()


class _Document:
    """One document while it is read: its head, and the way to its list of events."""

    def __init__(self, scanner: Scanner, max_event_bytes: int) -> None:
        self._scanner = scanner
        self._max_event_bytes = max_event_bytes
        self._head: dict[str, Any] = {}
        self._list: tuple[str, ...] | None = None

    def events(self) -> Iterator[tuple[str, Event]]:
        yield from self._members(self._head, ())
        head = self._head
        kind = head.get("type")
        if self._list is None and kind not in (*EVENT_LISTS,):
            bounded(head, MAX_EVENT_DEPTH)
            yield "", parse_accepted(head)
            return
        head_of(head)
        bounded(head, _HEAD_DEPTH)
        path = EVENT_LISTS[str(kind)]
        if self._list != path:
            raise EpcisError("epcis.no_event_list", place=pointer(*path))

    def _members(self, holder: dict[str, Any], way: tuple[str, ...]) -> Iterator[tuple[str, Event]]:
        """Put the members of an object into its holder, and yield the events among them."""
        scanner = self._scanner
        for quoted in scanner.members():
            name = read_json(quoted, max_bytes=MAX_BYTES)
            here = (*way, name)
            if name in holder:
                raise EpcisError("json.duplicate_member", place=pointer(*here), name=shown(name))
            if here in _LISTS and scanner.peek() == b"[" and self._leads(here):
                holder[name] = []
                self._list = here
                context = read_context(self._head.get("@context", []), place="/@context")
                left = scanner.max_bytes
                yield from _events(scanner, context, pointer(*here), self._max_event_bytes)
                scanner.max_bytes = left
            elif here in _WAYS and scanner.peek() == b"{" and self._leads(here):
                holder[name] = {}
                yield from self._members(holder[name], here)
            elif name == "@context" and self._list is not None and not way:
                raise EpcisError("epcis.stream_context", place="/@context")
            else:
                text = scanner.value()
                scanner.max_bytes -= len(text)  # one limit for the head as a whole
                holder[name] = read_json(text, max_bytes=MAX_BYTES)

    def _leads(self, here: tuple[str, ...]) -> bool:
        """Tell whether the events of a document of this type can be there.

        Raises:
            EpcisError: it is no document.
        """
        if self._list is not None:
            return False
        if "type" not in self._head:
            return True  # which is looked at in the end
        kind = self._head["type"]
        if kind not in (*EVENT_LISTS,):
            expected = ", ".join(EVENT_LISTS)
            facts = {"member": "type", "value": shown(kind), "expected": expected}
            raise EpcisError("fields.not_one_of", place="/type", **facts)
        return EVENT_LISTS[kind][: len(here)] == here


def _events(
    scanner: Scanner, context: Sequence[Any], place: str, max_bytes: int
) -> Iterator[tuple[str, Event]]:
    scanner.max_bytes, scanner.too_large = max_bytes, "epcis.event_too_large"
    for position, item in enumerate(scanner.items()):
        here = f"{place}/{position}"
        try:
            value = read_json(item, max_bytes=max_bytes, depth=MAX_EVENT_DEPTH)
        except EpcisError as error:
            # Lines are counted within the event, pointers go on from it.
            inside = error.place.startswith("/") or not error.place
            error.place = here + error.place if inside else error.place
            raise
        yield here, parse_accepted(value, place=here, context=context)
    scanner.too_large = "json.too_large"
