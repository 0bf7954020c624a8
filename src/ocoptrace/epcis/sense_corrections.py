"""Do corrections make sense: error declarations, and events that bear one eventID?

EPCIS takes an event back by repeating it with an errorDeclaration. What it says stands for
the record; what happened is told by the events that are not taken back.

>>> from ocoptrace.epcis.event import parse_event
>>> event = parse_event({
...     "type": "ObjectEvent", "action": "OBSERVE", "epcList": ["urn:x:1"],
...     "eventTime": "2025-08-20T07:15:00+07:00", "eventTimeZoneOffset": "+07:00",
...     "errorDeclaration": {"declarationTime": "2025-08-21T07:15:00+07:00"}})
>>> [(finding.code, finding.place) for finding in check_correction(event)]
[('epcis.error_without_id', '/eventID')]
>>> standing({"/0": event})
{}
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ocoptrace.epcis.faults import pointer
from ocoptrace.epcis.vocabulary import bare
from ocoptrace.findings import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ocoptrace.epcis.event import Event

__all__ = ["check_correction", "check_corrections", "standing"]

_OF_THE_DECLARATION = ("errorDeclaration", "recordTime")
"""What an event that takes another back may say otherwise (EPCIS 2.0, section 7.4.1.4)."""


def check_correction(event: Event) -> Iterator[Finding]:
    """Yield what is wrong about the error declaration of an event.

    Args:
        event: an event that is well formed.
    """
    declared = event.error_declaration
    if declared is None:
        return
    if event.event_id is None:
        yield Finding("epcis.error_without_id", "error", "/eventID")
    corrective = declared.corrective_event_ids or ()
    if bare(declared.reason or "", "ER") == "did_not_occur" and corrective:
        yield Finding("epcis.corrected_nothing", "error", "/errorDeclaration/correctiveEventIDs")
    if event.event_id in corrective:
        place = pointer("errorDeclaration", "correctiveEventIDs", corrective.index(event.event_id))
        yield Finding("epcis.corrects_itself", "error", place, {"id": event.event_id})


def standing(placed: Mapping[str, Event]) -> dict[str, Event]:
    """Return the events that no error declaration takes back, each eventID once.

    Args:
        placed: events by their place, in the order of the document.
    """
    wrong = {event.event_id for event in placed.values() if event.error_declaration is not None}
    seen: set[str] = set()
    found: dict[str, Event] = {}
    for place, event in placed.items():
        if event.event_id is not None:
            if event.event_id in wrong or event.event_id in seen:
                continue
            seen.add(event.event_id)
        if event.error_declaration is None:
            found[place] = event
    return found


def check_corrections(placed: Mapping[str, Event]) -> Iterator[Finding]:
    """Yield what is wrong between events of one eventID, and between declarations.

    Args:
        placed: events by their place, in the order of the document.
    """
    originals: dict[str, tuple[str, Event]] = {}
    declarations: dict[str, tuple[str, Event]] = {}
    for place, event in placed.items():
        if event.event_id is None:
            continue
        of_kind = originals if event.error_declaration is None else declarations
        where, first = of_kind.setdefault(event.event_id, (place, event))
        if first is not event:
            yield from _check_pair(where, first, place, event)
    for name, (place, declared) in declarations.items():
        if name in originals:
            where, original = originals[name]
            if _told(original) != _told(declared):
                facts = {"id": name, "first": where}
                yield Finding("epcis.declared_otherwise", "warning", place, facts)
        yield from _check_corrective(place, declared, declarations)


def _check_pair(where: str, first: Event, place: str, second: Event) -> Iterator[Finding]:
    """Yield a finding for two originals, or two declarations, of one eventID."""
    facts = {"id": first.event_id, "first": where}
    if first.error_declaration is None or second.error_declaration is None:
        same = _told(first) == _told(second)
        code = "epcis.event_repeated" if same else "epcis.event_id_shared"
        yield Finding(code, "warning" if same else "error", place + "/eventID", facts)
    elif _meaning(first) != _meaning(second):
        yield Finding("epcis.declarations_differ", "error", place + "/errorDeclaration", facts)


def _check_corrective(
    place: str, declared: Event, declarations: Mapping[str, tuple[str, Event]]
) -> Iterator[Finding]:
    """Yield a finding for each corrective event that was itself taken back as never happened."""
    declaration = declared.error_declaration
    corrective = declaration.corrective_event_ids if declaration is not None else None
    for position, name in enumerate(corrective or ()):
        _, event = declarations.get(name, ("", None))
        if event is not None and _meaning(event)[0] == "did_not_occur":
            where = place + pointer("errorDeclaration", "correctiveEventIDs", position)
            yield Finding("epcis.corrected_by_nothing", "error", where, {"id": name})


def _meaning(event: Event) -> tuple[str, frozenset[str]]:
    """Return why an event is taken back, and what takes its place."""
    declaration = event.error_declaration
    if declaration is None:
        return "", frozenset()
    reason = bare(declaration.reason or "", "ER")
    return reason, frozenset(declaration.corrective_event_ids or ())


def _told(event: Event) -> dict[str, Any]:
    members = event.to_json()
    for name in _OF_THE_DECLARATION:
        members.pop(name, None)
    return members
