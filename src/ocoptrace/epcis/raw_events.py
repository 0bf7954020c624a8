"""The events of a document as they stand in it: JSON members, in either syntax, not validated.

This is for what has to be said of every document, such as its hashes, whatever else may be wrong
with it. The text is read as strictly as ever: bounded, in NFC, without a member twice.

>>> context, events = raw_events(b'''{"type": "EPCISDocument", "@context": ["urn:x:context"],
...     "epcisBody": {"eventList": [{"type": "ObjectEvent", "action": "LOOK"}]}}''')
>>> context, events
(('urn:x:context',), [{'type': 'ObjectEvent', 'action': 'LOOK'}])
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ocoptrace.epcis import json_ld
from ocoptrace.epcis.document import MAX_BYTES, is_xml
from ocoptrace.epcis.event import read_context
from ocoptrace.epcis.faults import shown
from ocoptrace.epcis.inflation import inflated
from ocoptrace.epcis.intake import read_json
from ocoptrace.epcis.xml_event_list import EventReader
from ocoptrace.epcis.xml_head import read_head
from ocoptrace.epcis.xml_parsing import parse
from ocoptrace.errors import EpcisError

if TYPE_CHECKING:
    from ocoptrace.epcis.document import Contexts

__all__ = ["raw_events"]


def raw_events(
    data: bytes, *, max_bytes: int = MAX_BYTES, any_order: bool = False
) -> tuple[Contexts, list[Any]]:
    """Return the contexts that hold for all events of a document, and the events.

    Args:
        data: as for ``read_document``.
        max_bytes: the size limit, in bytes, before and after decompression.
        any_order: whether the elements of XML may stand in any order.

    Raises:
        EpcisError: neither JSON nor XML, or no EPCIS.
    """
    data = inflated(data, max_bytes=max_bytes)
    if is_xml(data):
        root = parse(data)
        head, elements = read_head(root)
        context = read_context(head["@context"])
        reader = EventReader(root, context, any_order=any_order)
        # All at once: two kinds of work in turns take the processor a sixth longer.
        return context, list(map(reader.members, elements))
    value = read_json(data, max_bytes=max_bytes, depth=json_ld.depth_of)
    if isinstance(value, list):
        return (), value
    if not isinstance(value, dict):
        raise EpcisError("epcis.not_a_document", value=shown(value))
    if str(value.get("type")) not in json_ld.EVENT_LISTS:
        return (), [value]
    context = read_context(value.get("@context", []), place="/@context")
    return context, json_ld.parts_of(value)[1]
