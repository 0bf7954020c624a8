"""Events in their XML document: each read from its element, and written as one.

>>> from ocoptrace.epcis.event import parse_event
>>> from ocoptrace.epcis.xml_parsing import parse
>>> event = parse_event({
...     "type": "ObjectEvent", "action": "OBSERVE", "bizStep": "storing", "ocop:step": "cooling",
...     "eventTime": "2025-09-01T08:00:00+07:00", "eventTimeZoneOffset": "+07:00",
...     "epcList": ["https://id.gs1.org/01/09521234543213/21/7"]})
>>> text = event_element(event, own=(), around={"ocop": "https://w3id.org/ocoptrace/voc/"})
>>> around = f'<EventList xmlns:ocop="https://w3id.org/ocoptrace/voc/">{text}</EventList>'
>>> read_event(parse(around.encode())[0], (), {}).to_json() == event.to_json()
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
    "declared_by",
    "event_element",
    "is_event_list",
    "is_ordered",
    "raw_event",
    "read_event",
]

_MAX_JSON = 2**20


def read_event(
    holder: Element,
    context: Sequence[str | dict[str, Any]],
    around: dict[str, str],
    *,
    ordered: bool = True,
) -> Event:
    """Return the event of an element.

    Args:
        holder: the element.
        context: of the document around it.
        around: the prefixes that the document declares, as ``declared`` gives them.
        ordered: whether its elements stand in the order of EPCIS 2.0.

    Raises:
        EpcisError: with the line and the path of the element.
    """
    members, own = _members(holder, around, ordered=ordered)
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
        event = parse_accepted(members, context=context)
    except EpcisError:
        # The place costs more than the event: libxml2 searches for lines beyond 65535.
        event = parse_accepted(members, place=path_of(holder), context=context)
    if stated is not None:
        _agree(event, plain, around | own, holder)
    return event


def raw_event(
    holder: Element,
    context: Sequence[str | dict[str, Any]],
    around: dict[str, str],
    *,
    ordered: bool = True,
) -> dict[str, Any]:
    """Return the members of an element's event, its own contexts among them, not validated.

    Args:
        holder: the element.
        context: of the document around it.
        around: the prefixes that the document declares, as ``declared`` gives them.
        ordered: whether its elements stand in the order of EPCIS 2.0.

    Raises:
        EpcisError: an element that EPCIS does not have, with its line and path.
    """
    if JSON in holder.attrib:
        event = read_event(holder, context, around, ordered=ordered)
        members, own = event.to_json(), list(event.context[len(context) :])
        return members | ({"@context": own} if own else {})
    members, prefixes = _members(holder, around, ordered=ordered)
    return members | ({"@context": prefixes} if prefixes else {})


def _members(
    holder: Element, around: dict[str, str], *, ordered: bool
) -> tuple[dict[str, Any], dict[str, str]]:
    """Return what the elements of an event say, and the prefixes of its own."""
    known = declared(declarations(holder))
    own = {prefix: uri for prefix, uri in known.items() if around.get(prefix) != uri}
    names = Names(around | own if own else around)
    members = read_members(holder, names, ordered=ordered)
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


def declared_by(root: Element) -> dict[str, str]:
    """Return the prefixes that a document declares for its events, with their namespaces."""
    return declared(declarations(root))


def is_ordered(root: Element) -> bool:
    """Tell whether a document is of EPCIS 2.0, and not of 1.2, which has wrappers."""
    return ":xsd:1}" not in root.tag


def is_event_list(element: Element) -> bool:
    """Tell whether the children of an element are events: of the document, not of an extension."""
    name = local_name(element)
    if name == "extension":
        parent = element.getparent()
        return parent is not None and is_event_list(parent)
    return name == "EventList" and all(
        local_name(around)[0] != "{" for around in element.iterancestors()
    )
