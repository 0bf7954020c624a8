"""Documents in XML of any length: events are given out as they come, and then forgotten.

What lxml says of reading step by step holds here: of a tree that is still being built, only what
stands before the present element may be taken out.

>>> from io import BytesIO
>>> text = b'''<epcis:EPCISDocument xmlns:epcis="urn:epcglobal:epcis:xsd:2" schemaVersion="2.0">
...     <EPCISBody><EventList><ObjectEvent><eventTime>2025-09-01T08:00:00+07:00</eventTime>
...     <eventTimeZoneOffset>+07:00</eventTimeZoneOffset><epcList><epc>urn:x:1</epc></epcList>
...     <action>OBSERVE</action></ObjectEvent></EventList></EPCISBody></epcis:EPCISDocument>'''
>>> [place for place, _ in xml_events(BytesIO(text), read=lambda: None, any_order=False)]
['/epcisBody/eventList/0']
"""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

from lxml import etree

from ocoptrace.epcis.document import head_of
from ocoptrace.epcis.faults import pointer, shown
from ocoptrace.epcis.json_ld import EVENT_LISTS
from ocoptrace.epcis.xml_content import no_text
from ocoptrace.epcis.xml_event_list import EventReader, is_event_list
from ocoptrace.epcis.xml_head import context_of, read_head
from ocoptrace.epcis.xml_names import local_name, path_of
from ocoptrace.epcis.xml_parsing import SAFE, refuse_declarations, syntax_error
from ocoptrace.epcis.xml_schema import ORDER, ROOTS
from ocoptrace.errors import EpcisError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from lxml.etree import _Element as Element

    from ocoptrace.epcis.event import Event
    from ocoptrace.epcis.json_scan import Readable

__all__ = ["xml_events"]


def xml_events(
    readable: Readable, *, read: Callable[[], None], any_order: bool
) -> Iterator[tuple[str, Event]]:
    """Yield the events of a document, each with the JSON pointer that it has in JSON-LD.

    Args:
        readable: a document whose beginning has been found harmless.
        read: called whenever an event has been read.
        any_order: whether its elements may stand in any order.

    Raises:
        EpcisError: at the first event with faults, after those before it; or at what is no
            EPCIS, at the latest at the end.
    """
    tags = [f"{{*}}{kind}" for kind in (*ORDER, "EventList")]
    elements = etree.iterparse(readable, events=("end",), tag=tags, **SAFE)
    reader: EventReader | None = None
    place, position = "", count()
    listed: Element | None = None
    done: Element | None = None  # the event before, empty, which goes when the next one comes
    try:
        for _, element in elements:
            if reader is None:
                refuse_declarations(element)
                root = element.getroottree().getroot()
                reader = EventReader(root, context_of(root), any_order=any_order)
                place = pointer(*EVENT_LISTS.get(local_name(root), ()))
            holder = element.getparent()
            if is_event_list(element):
                _take_out(element, done, until=None)
            elif holder is None:
                yield "", reader.event(element)
            elif holder is listed or is_event_list(holder):
                listed = holder
                if local_name(holder) == "extension" and (outer := holder.getparent()) is not None:
                    _take_out(outer, done, until=holder)
                _take_out(holder, done, until=element)
                here = f"{place}/{next(position)}"
                yield here, reader.event(element)
                element.clear(keep_tail=True)
                done = element
                read()
    except etree.XMLSyntaxError as error:
        raise syntax_error(error) from error
    if reader is None:
        refuse_declarations(elements.root)
        context_of(elements.root)
        raise EpcisError("epcis.no_event_list", place=path_of(elements.root))
    if local_name(elements.root) in ROOTS:
        head_of(read_head(elements.root)[0])


def _take_out(holder: Element, done: Element | None, *, until: Element | None) -> None:
    """Take what has been read out of a list of events.

    Args:
        holder: the list, or a wrapper in it.
        done: the last event that was read.
        until: the first that is left; None for none.

    Raises:
        EpcisError: something else stands before it.
    """
    no_text(holder.text, holder)
    while (first := next(iter(holder), None)) is not None:
        if until is not None and (first is until or until.getparent() is first):
            return
        if first is not done:
            if local_name(first) != "extension":
                facts = {"value": shown(local_name(first)), "expected": ", ".join(ORDER)}
                raise EpcisError("epcis.event_type", place=path_of(first), **facts)
            _take_out(first, done, until=None)
        no_text(first.tail, first)
        holder.remove(first)
