"""The builder that takes an event back.

>>> from ocoptrace.epcis.builders.moving import stock
>>> wrong = stock(when="2026-09-02T08:00:00+07:00", place="geo:10.03,105.78",
...     event_id="urn:uuid:5f3c9b1e-0d5e-4c52-8f07-1f2b6a7d9c10", goods=["urn:x:1"])
>>> declare_error(wrong, when="2026-09-03T08:00:00+07:00").error_declaration.reason
'did_not_occur'
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ocoptrace.epcis.builders.circumstances import written_time
from ocoptrace.epcis.event import Event, parse_event
from ocoptrace.epcis.faults import error_of
from ocoptrace.epcis.sense import check_event
from ocoptrace.errors import EpcisError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

__all__ = ["declare_error"]

_OF_DECLARATION = ("/errorDeclaration", "/eventID")


def declare_error(event: Event, *, when: datetime | str, corrected_by: Iterable[str] = ()) -> Event:
    """Return the event that takes an event back: the same, with an error declaration.

    Args:
        event: which was wrong; it has an eventID.
        when: the time of the declaration, aware, or ISO 8601 with offset.
        corrected_by: eventIDs of the events that are right; without any, the event did not
            occur.

    Raises:
        EpcisError: the event has no eventID, happened later than the declaration, or would
            correct itself.
    """
    corrective = list(corrected_by)
    declaration: dict[str, Any] = {
        "declarationTime": written_time(when),
        "reason": "incorrect_data" if corrective else "did_not_occur",
    }
    if corrective:
        declaration["correctiveEventIDs"] = corrective
    context = {"@context": list(event.context)} if event.context else {}
    taken_back = parse_event(event.to_json() | context | {"errorDeclaration": declaration})
    # What else is odd about the event may be why it is taken back.
    found = [
        each
        for each in check_event(taken_back)
        if each.severity == "error" and each.place.startswith(_OF_DECLARATION)
    ]
    if found:
        raise error_of(EpcisError, found)
    return taken_back
