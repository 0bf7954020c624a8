"""Do the times of an event agree: sensor, event, record, declaration, and its offset?

>>> from ocoptrace.epcis.event import parse_event
>>> event = parse_event({
...     "type": "ObjectEvent", "action": "OBSERVE", "epcList": ["urn:x:1"],
...     "eventTime": "2025-08-20T07:15:00+07:00", "eventTimeZoneOffset": "+08:00"})
>>> [(finding.code, finding.place) for finding in check_times(event, None)]
[('epcis.offset_differs', '/eventTimeZoneOffset')]
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from ocoptrace.epcis.dimensions import moment
from ocoptrace.epcis.faults import pointer
from ocoptrace.findings import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from ocoptrace.epcis.dimensions import SensorElement
    from ocoptrace.epcis.event import Event

__all__ = ["CLOCK_TOLERANCE", "check_times"]

CLOCK_TOLERANCE = timedelta(minutes=5)
"""How far ahead of ``now`` an event may lie before it counts as in the future."""


def check_times(event: Event, now: datetime | None) -> Iterator[Finding]:
    """Yield what is wrong or odd about the times of an event.

    Args:
        event: an event that is well formed.
        now: the moment of the check, aware; None leaves out what depends on it.
    """
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
    declared = event.error_declaration
    if declared is not None and moment(declared.declaration_time) < when:
        facts = {"declared": declared.declaration_time, "time": event.event_time}
        place = "/errorDeclaration/declarationTime"
        yield Finding("epcis.declared_before", "error", place, facts)
    for position, element in enumerate(event.sensor_element_list or ()):
        yield from _check_sensed(event, element, pointer("sensorElementList", position))


def _check_sensed(event: Event, element: SensorElement, place: str) -> Iterator[Finding]:
    metadata = element.sensor_metadata
    times: dict[str, str | None] = {}
    if metadata is not None:
        times["/sensorMetadata/time"] = metadata.time
        times["/sensorMetadata/startTime"] = metadata.start_time
        times["/sensorMetadata/endTime"] = metadata.end_time
        start, end = metadata.start_time, metadata.end_time
        if start is not None and end is not None and moment(start) > moment(end):
            facts = {"start": start, "end": end}
            where = f"{place}/sensorMetadata/endTime"
            yield Finding("epcis.ends_before_start", "error", where, facts)
    for position, report in enumerate(element.sensor_report):
        times[pointer("sensorReport", position, "time")] = report.time
    when = event.when
    for where, time in times.items():
        if time is not None and moment(time) > when:
            facts = {"sensed": time, "time": event.event_time}
            yield Finding("epcis.sensed_after", "warning", place + where, facts)
