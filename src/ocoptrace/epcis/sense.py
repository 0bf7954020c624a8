"""Does an event make sense? The rules that the EPCIS schema cannot say, as findings.

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

from datetime import timedelta
from typing import TYPE_CHECKING

from ocoptrace.epcis import units
from ocoptrace.epcis.canonical import extension_prefixes
from ocoptrace.epcis.dimensions import moment
from ocoptrace.epcis.event import AggregationEvent, Event
from ocoptrace.epcis.faults import pointer
from ocoptrace.epcis.names import canonical_name, mentions, quantities
from ocoptrace.epcis.vocabulary import (
    BIZ_STEPS,
    DISPOSITIONS,
    ERROR_REASONS,
    MEASUREMENTS,
    OCOP_MEASUREMENTS,
    OCOP_STEPS,
    OCOP_TRANSACTION_TYPES,
    PARTY_TYPES,
    PREFIX,
    TRANSACTION_TYPES,
    CodeList,
    bare,
)
from ocoptrace.errors import EpcisError, Gs1Error
from ocoptrace.findings import Finding
from ocoptrace.gs1 import parse_name

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from datetime import datetime

    from ocoptrace.epcis.names import Mention

__all__ = ["CLOCK_TOLERANCE", "check_event"]

CLOCK_TOLERANCE = timedelta(minutes=5)
"""How far ahead of ``now`` an event may lie before it counts as in the future."""

_MISPLACED = {
    ("instance", "product"): "epcis.class_among_instances",
    ("instance", "batch"): "epcis.class_among_instances",
    ("class", "item"): "epcis.instance_among_classes",
    ("class", "logistic_unit"): "epcis.instance_among_classes",
}


def check_event(event: Event, *, now: datetime | None = None) -> list[Finding]:
    """Return everything about an event that is wrong or odd.

    Args:
        event: an event that is well formed.
        now: the moment of the check, aware; None leaves out what depends on it.
    """
    return [
        *_check_times(event, now),
        *_check_words(event),
        *_check_names(event),
        *_check_quantities(event),
        *_check_whole(event),
    ]


def _check_times(event: Event, now: datetime | None) -> Iterator[Finding]:
    when = event.when
    if now is not None and when > now + CLOCK_TOLERANCE:
        facts = {"time": event.event_time, "now": now.isoformat()}
        yield Finding("epcis.in_future", "error", "/eventTime", facts)
    written = when.strftime("%z")
    if not event.event_time.endswith("Z") and (
        f"{written[:3]}:{written[3:5]}" != event.event_time_zone_offset
    ):
        facts = {"time": event.event_time, "offset": event.event_time_zone_offset}
        yield Finding("epcis.offset_differs", "warning", "/eventTimeZoneOffset", facts)
    if event.record_time is not None and moment(event.record_time) < when:
        facts = {"record": event.record_time, "time": event.event_time}
        yield Finding("epcis.recorded_before", "warning", "/recordTime", facts)
    for position, element in enumerate(event.sensor_element_list or ()):
        metadata = element.sensor_metadata
        sensed = [metadata.time] if metadata is not None else []
        for time in (*sensed, *(report.time for report in element.sensor_report)):
            if time is not None and moment(time) > when:
                place = pointer("sensorElementList", position)
                facts = {"sensed": time, "time": event.event_time}
                yield Finding("epcis.sensed_after", "warning", place, facts)


def _check_words(event: Event) -> Iterator[Finding]:
    yield from _word(event.biz_step, "BizStep", BIZ_STEPS, OCOP_STEPS, "/bizStep")
    yield from _word(event.disposition, "Disp", DISPOSITIONS, (), "/disposition")
    lasting = event.persistent_disposition
    for name in ("set", "unset"):
        for position, word in enumerate(getattr(lasting, name, None) or ()):
            place = pointer("persistentDisposition", name, position)
            yield from _word(word, "Disp", DISPOSITIONS, (), place)
    for position, paper in enumerate(event.biz_transaction_list or ()):
        place = pointer("bizTransactionList", position, "type")
        yield from _word(paper.type, "BTT", TRANSACTION_TYPES, OCOP_TRANSACTION_TYPES, place)
    for position, source in enumerate(event.source_list or ()):
        place = pointer("sourceList", position, "type")
        yield from _word(source.type, "SDT", PARTY_TYPES, (), place)
    for position, goal in enumerate(event.destination_list or ()):
        place = pointer("destinationList", position, "type")
        yield from _word(goal.type, "SDT", PARTY_TYPES, (), place)
    for position, element in enumerate(event.sensor_element_list or ()):
        for number, report in enumerate(element.sensor_report):
            place = pointer("sensorElementList", position, "sensorReport", number, "type")
            yield from _word(report.type, "Measurement", MEASUREMENTS, OCOP_MEASUREMENTS, place)
    if (error := event.error_declaration) is not None:
        yield from _word(error.reason, "ER", ERROR_REASONS, (), "/errorDeclaration/reason")


def _word(
    word: str | None,
    code_list: CodeList,
    standard: Collection[str],
    ours: Collection[str],
    place: str,
) -> Iterator[Finding]:
    """Yield a finding for a word that is on neither list and not somebody's URI."""
    if word is None:
        return
    short = bare(word, code_list)
    prefix, colon, local = short.partition(":")
    if not colon and short not in standard:
        yield Finding("epcis.unknown_word", "error", place, {"word": word})
    elif prefix == PREFIX and local not in ours:
        yield Finding("epcis.unknown_ocop_word", "warning", place, {"word": word})


def _check_names(event: Event) -> Iterator[Finding]:
    seen: set[str] = set()
    for mention in mentions(event):
        try:
            name = canonical_name(mention.uri)
        except Gs1Error as error:
            yield Finding(error.code, "error", mention.place, error.facts)
            continue
        yield from _check_role(mention, name)
        if mention.role == "instance":
            if name in seen:
                yield Finding("epcis.twice", "warning", mention.place, {"name": name})
            seen.add(name)
    try:
        extension_prefixes(event)
    except EpcisError as error:
        yield Finding(error.code, "error", error.place, error.facts)


def _check_role(mention: Mention, name: str) -> Iterator[Finding]:
    """Yield a finding for a class where one thing should stand, or the other way round."""
    try:
        level = parse_name(name).level
    except Gs1Error:
        return
    code = _MISPLACED.get((mention.role, level))
    if code is not None:
        yield Finding(code, "error", mention.place, {"name": mention.uri})


def _check_quantities(event: Event) -> Iterator[Finding]:
    for place, element in quantities(event):
        if element.quantity is not None and element.quantity <= 0:
            facts = {"quantity": element.quantity}
            yield Finding("epcis.not_positive", "error", f"{place}/quantity", facts)
        if element.uom is not None and not units.is_known(element.uom):
            meant = units.hint(element.uom)
            yield Finding(
                "epcis.unit" if meant else "epcis.unit_unknown",
                "error" if meant else "warning",
                f"{place}/uom",
                {"unit": element.uom, "expected": meant},
            )


def _check_whole(event: Event) -> Iterator[Finding]:
    if (
        isinstance(event, AggregationEvent)
        and event.action != "OBSERVE"
        and event.parent_id is None
    ):
        yield Finding("epcis.parent_missing", "error", "/parentID", {"action": event.action})
    error = event.error_declaration
    if error is not None:
        if event.event_id is None:
            yield Finding("epcis.error_without_id", "error", "/eventID")
        if bare(error.reason or "", "ER") == "did_not_occur" and error.corrective_event_ids:
            yield Finding(
                "epcis.corrected_nothing", "error", "/errorDeclaration/correctiveEventIDs"
            )
