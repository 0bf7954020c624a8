"""Events in their XML document: each read from its element, and written as one.

>>> from ocoptrace.epcis.event import parse_event
>>> from ocoptrace.epcis.xml_parsing import parse
>>> event = parse_event({
...     "type": "ObjectEvent", "action": "OBSERVE", "bizStep": "storing", "ocop:step": "cooling",
...     "eventTime": "2025-09-01T08:00:00+07:00", "eventTimeZoneOffset": "+07:00",
...     "epcList": ["https://id.gs1.org/01/09521234543213/21/7"]})
>>> text = event_element(event, own=(), around={"ocop": "https://w3id.org/ocoptrace/voc/"})
>>> around = f'<EventList xmlns:ocop="https://w3id.org/ocoptrace/voc/">{text}</EventList>'
>>> root = parse(around.encode())
>>> EventReader(root).event(root[0]).to_json() == event.to_json()
True
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ocoptrace.epcis.event import parse_accepted
from ocoptrace.epcis.intake import MAX_EVENT_DEPTH, read_json
from ocoptrace.epcis.vocabulary import PREFIX, VOCABULARY
from ocoptrace.epcis.xml_event import read_members
from ocoptrace.epcis.xml_extension import JSON
from ocoptrace.epcis.xml_names import (
    Names,
    declarations,
    declared,
    local_name,
    meanings,
    path_of,
    prefixes_in_xml,
    quoted,
    same_prefixes,
)
from ocoptrace.epcis.xml_parsing import parse
from ocoptrace.epcis.xml_schema import IMPLIED, XSD, XSI
from ocoptrace.epcis.xml_writing import event_xml
from ocoptrace.errors import EpcisError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lxml.etree import _Element as Element

    from ocoptrace.epcis.event import Event

__all__ = [
    "EventReader",
    "event_element",
    "is_event_list",
]

_MAX_JSON = 2**20


class EventReader:
    """Reads the events of one document, whose prefixes and contexts hold for all of them.

    Args:
        root: its outermost element.
        context: its contexts.
        any_order: whether the elements of an event may stand in any order, as those of
            EPCIS 1.2 may; else in that of EPCIS 2.0.
    """

    __slots__ = ("_around", "_context", "_names", "_nsmap", "_ordered")

    def __init__(
        self,
        root: Element,
        context: Sequence[str | dict[str, Any]] = (),
        *,
        any_order: bool = False,
    ) -> None:
        self._context = context
        self._ordered = not any_order and ":xsd:1}" not in root.tag
        self._nsmap = declarations(root)
        self._around = declared(self._nsmap)
        self._names = Names(self._around)

    def event(self, holder: Element) -> Event:
        """Return the event of an element.

        Raises:
            EpcisError: with the line and the path of the element.
        """
        members, own = self._members(holder)
        stated = holder.get(JSON)
        plain = members
        if stated is not None:
            more = read_json(stated.encode(), max_bytes=_MAX_JSON, depth=MAX_EVENT_DEPTH)
            if not isinstance(more, dict) or "type" in more:
                raise EpcisError("epcis.xml_json", place=path_of(holder))
            members = members | more
        if own and "@context" not in members:
            members["@context"] = own
        try:
            event = parse_accepted(members, context=self._context)
        except EpcisError:
            # The place costs more than the event: libxml2 searches for lines beyond 65535.
            event = parse_accepted(members, place=path_of(holder), context=self._context)
        if stated is not None:
            _agree(event, plain, self._around | own, holder)
        return event

    def members(self, holder: Element) -> dict[str, Any]:
        """Return the members of an element's event, its own contexts among them, not validated.

        Raises:
            EpcisError: an element that EPCIS does not have, with its line and path.
        """
        if JSON in holder.attrib:
            event = self.event(holder)
            members, contexts = event.to_json(), list(event.context[len(self._context) :])
            return members | ({"@context": contexts} if contexts else {})
        members, own = self._members(holder)
        if own:
            members["@context"] = own
        return members

    def _members(self, holder: Element) -> tuple[dict[str, Any], dict[str, str]]:
        """Return what the elements of an event say, and the prefixes of its own."""
        nsmap = declarations(holder)
        # Names are found sooner among those of the events before. One that had to be added
        # belongs to its event alone: from then on, each event gets names of its own.
        if nsmap == self._nsmap and not self._names.added:
            members = read_members(holder, self._names, ordered=self._ordered)
            if not self._names.added:
                return members, {}
        around = self._around
        own = {p: uri for p, uri in declared(nsmap).items() if around.get(p) != uri}
        names = Names(around | own)
        members = read_members(holder, names, ordered=self._ordered)
        own |= names.added
        if not names.uses(PREFIX):
            own.pop(PREFIX, None)  # declared for our attributes alone
        return members, own


def _agree(event: Event, plain: dict[str, Any], around: dict[str, str], holder: Element) -> None:
    """Refuse an event whose ``ocop:json`` says anything but what its elements say."""
    declarations = IMPLIED | prefixes_in_xml(around)
    text = event_xml(event.to_json(), prefixes=declarations, whole=False)
    head = "".join(f" xmlns:{name}={quoted(uri)}" for name, uri in declarations.items())
    again = parse(f'<e xmlns:xsi="{XSI}" xmlns:xsd="{XSD}"{head}>{text}</e>'.encode())
    said = read_members(again[0], Names(around))
    if said != plain or not same_prefixes(meanings(event.context), around):
        raise EpcisError("epcis.xml_json", place=path_of(holder))


def event_element(
    event: Event, *, own: Sequence[str | dict[str, Any]], around: Mapping[str, str]
) -> str:
    """Return the element of an event in a document.

    Args:
        event: the event.
        own: its own contexts, beside those of the document.
        around: prefixes that the document declares.
    """
    known = prefixes_in_xml(event.prefixes)
    more = {
        prefix: namespace for prefix, namespace in known.items() if around.get(prefix) != namespace
    }
    declare = {p: uri for p, uri in IMPLIED.items() if p not in around} | more
    unsaid = None if _but_ours(own) == _but_ours([more]) else list(own)
    prefixes = around.keys() | declare.keys()
    return event_xml(event.to_json(), prefixes=prefixes, declare=declare, context=unsaid)


def _but_ours(contexts: Sequence[str | dict[str, Any]]) -> list[str | dict[str, Any]]:
    """Return contexts without our own prefix, which an event declares where it uses it."""
    others = [
        {prefix: uri for prefix, uri in entry.items() if (prefix, uri) != (PREFIX, VOCABULARY)}
        if isinstance(entry, dict)
        else entry
        for entry in contexts
    ]
    return [entry for entry in others if entry]


def is_event_list(element: Element) -> bool:
    """Tell whether the children of an element are events: of the document, not of an extension."""
    name = local_name(element)
    if name == "extension":
        parent = element.getparent()
        return parent is not None and is_event_list(parent)
    return name == "EventList" and all(
        local_name(around)[0] != "{" for around in element.iterancestors()
    )
