"""Does an event make sense, and a document? The rules that the EPCIS schema cannot say.

>>> from ocoptrace.epcis.event import parse_event
>>> event = parse_event({
...     "type": "ObjectEvent", "action": "ADD", "bizStep": "smoking",
...     "eventTime": "2025-08-20T07:15:00+07:00", "eventTimeZoneOffset": "+07:00",
...     "quantityList": [{"epcClass": "https://id.gs1.org/01/09521234543213/10/A1",
...                       "quantity": 3200, "uom": "KG"}]})
>>> for finding in check_event(event):
...     print(finding.severity, finding.place, finding.text("en"))
error /bizStep "smoking" is not a word of CBV 2.0 for this place.
error /quantityList/0/uom "KG" is not a UN/ECE unit code.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ocoptrace.epcis.event import ObjectEvent
from ocoptrace.epcis.faults import pointer
from ocoptrace.epcis.sense_chain import check_chain
from ocoptrace.epcis.sense_corrections import check_correction, check_corrections, standing
from ocoptrace.epcis.sense_names import check_names
from ocoptrace.epcis.sense_quantities import check_quantities
from ocoptrace.epcis.sense_times import CLOCK_TOLERANCE, check_times
from ocoptrace.epcis.sense_words import check_words
from ocoptrace.errors import EpcisError
from ocoptrace.findings import Finding

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from datetime import datetime

    from ocoptrace.epcis.document import Document
    from ocoptrace.epcis.event import Event
    from ocoptrace.epcis.master_data import Head

__all__ = ["CLOCK_TOLERANCE", "check_document", "check_event"]


def check_event(
    event: Event, *, now: datetime | None = None, company_prefixes: Collection[str] = ()
) -> list[Finding]:
    """Return everything about an event that is wrong or odd.

    Args:
        event: an event that is well formed.
        now: the moment of the check, aware; None leaves out what depends on it.
        company_prefixes: GS1 Company Prefixes of whoever recorded the event; a GS1 name that
            it makes under another is a finding. None given: nothing is said of that.

    Raises:
        EpcisError: a moment without offset.
    """
    _refuse_naive(now)
    if isinstance(company_prefixes, str):  # whose items are single digits
        company_prefixes = (company_prefixes,)
    return [
        *_check_content(event),
        *check_times(event, now),
        *check_words(event),
        *check_names(event, company_prefixes),
        *check_quantities(event),
        *check_correction(event),
    ]


def check_document(
    document: Document, *, now: datetime | None = None, company_prefixes: Collection[str] = ()
) -> list[Finding]:
    """Return everything that is wrong or odd about the events of a document, and their chain.

    The chain leaves out events that an error declaration takes back. It takes time that grows
    with n log n for n names in the document.

    Args:
        document: whose events are looked at, each and together.
        now: as for ``check_event``.
        company_prefixes: as for ``check_event``.

    Raises:
        EpcisError: a moment without offset.
    """
    _refuse_naive(now)
    return list(_findings(document, now, company_prefixes))


def _check_content(event: Event) -> Iterator[Finding]:
    """Yield a finding for an event about nothing: XML has to have its list of EPCs, if empty."""
    if not isinstance(event, ObjectEvent):
        return
    sensed = event.sensor_element_list and event.read_point is not None
    if not (event.epc_list or event.quantity_list or sensed):
        facts = {"members": "epcList, quantityList"}
        yield Finding("epcis.nothing", "error", "/epcList", facts)


def _check_head(head: Head | None) -> Iterator[Finding]:
    """Yield a finding for each member that the standard requires of a document."""
    if head is None:
        return
    for member, said in (
        ("schemaVersion", head.schema_version),
        ("creationDate", head.creation_date),
    ):
        if said is None:
            yield Finding("fields.missing", "error", f"/{member}", {"member": member})


def _refuse_naive(now: datetime | None) -> None:
    if now is not None and now.utcoffset() is None:
        raise EpcisError("epcis.time_without_offset", value=now.isoformat())


def _findings(
    document: Document, now: datetime | None, company_prefixes: Collection[str]
) -> Iterator[Finding]:
    alone = document.kind == "event"
    placed = {
        document.place + ("" if alone else pointer(position)): event
        for position, event in enumerate(document.events)
    }
    for place, event in placed.items():
        for finding in check_event(event, now=now, company_prefixes=company_prefixes):
            yield replace(finding, place=place + finding.place)
    yield from _check_head(document.head)
    yield from check_corrections(placed)
    yield from check_chain(standing(placed))
