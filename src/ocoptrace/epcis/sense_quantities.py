"""Do the quantities of an event make sense: numbers, units, and more out than in?

>>> from ocoptrace.epcis.event import parse_event
>>> event = parse_event({
...     "type": "ObjectEvent", "action": "ADD",
...     "quantityList": [{"epcClass": "urn:x:1", "quantity": 2.5}],
...     "eventTime": "2025-08-20T07:15:00+07:00", "eventTimeZoneOffset": "+07:00"})
>>> [(finding.code, finding.place) for finding in check_quantities(event)]
[('epcis.not_whole', '/quantityList/0/quantity')]
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ocoptrace.epcis import units
from ocoptrace.epcis.balance import LOSS, Amount, balance, loss, outweighed
from ocoptrace.epcis.event import TransformationEvent
from ocoptrace.epcis.faults import pointer
from ocoptrace.epcis.names import quantities
from ocoptrace.epcis.number import lexeme
from ocoptrace.epcis.vocabulary import bare
from ocoptrace.errors import Gs1Error
from ocoptrace.findings import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ocoptrace.epcis.event import Event
    from ocoptrace.findings import Severity

__all__ = ["check_balance", "check_quantities"]


def check_quantities(event: Event) -> Iterator[Finding]:
    """Yield what is wrong or odd about the amounts and units of an event.

    Args:
        event: an event that is well formed.
    """
    for place, element in quantities(event):
        if element.quantity is not None:
            yield from _check_number(element.quantity, element.uom, f"{place}/quantity")
        elif element.uom is not None:
            facts = {"unit": element.uom}
            yield Finding("epcis.unit_without_quantity", "error", f"{place}/uom", facts)
        if element.uom is not None:
            yield from _check_unit(element.uom, f"{place}/uom")
            if not units.is_of_goods(element.uom):
                facts = {"unit": element.uom}
                yield Finding("epcis.unit_not_of_goods", "error", f"{place}/uom", facts)
    yield from _check_measured(event)
    if LOSS in event.extensions:
        yield from _check_loss(event)
    if isinstance(event, TransformationEvent) and event.transformation_id is None:
        yield from check_balance("", event)


def _check_measured(event: Event) -> Iterator[Finding]:
    """Yield a finding for each measured value whose unit is none, or not of its kind."""
    for position, sensed in enumerate(event.sensor_element_list or ()):
        for number, report in enumerate(sensed.sensor_report):
            least, most = report.min_value, report.max_value
            if least is not None and most is not None and least > most:
                place = pointer("sensorElementList", position, "sensorReport", number, "minValue")
                facts = {"least": lexeme(least), "most": lexeme(most)}
                yield Finding("epcis.range_reversed", "error", place, facts)
            if report.uom is None:
                continue
            place = pointer("sensorElementList", position, "sensorReport", number, "uom")
            # Sensors measure in hundreds of units; one outside our small table is nothing odd.
            yield from _check_unit(report.uom, place, rare=True)
            measurement = bare(report.type, "Measurement")
            if not units.measures(report.uom, measurement):
                facts = {"unit": report.uom, "measurement": measurement}
                yield Finding("epcis.unit_unfit", "error", place, facts)


def _check_loss(event: Event) -> Iterator[Finding]:
    lost, place = loss(event), pointer(LOSS)
    if lost is None or lost.value < 0:
        yield Finding("epcis.loss", "error", place)
        return
    unit = event.extensions[LOSS].get("uom")
    if unit is not None:
        yield from _check_unit(unit, f"{place}/uom")
    if not isinstance(event, TransformationEvent):
        yield Finding("epcis.loss_of_nothing", "warning", place)


def check_balance(place: str, *events: Event) -> Iterator[Finding]:
    """Yield a finding for each unit of which a transformation gave out more than it took.

    Args:
        place: JSON pointer of what is said to be wrong.
        events: one event, or all of one transformation.
    """
    try:
        sides = balance(*events)
    except Gs1Error:
        return  # a name with a fault, of which check_names tells
    for excess in outweighed(*sides):
        facts = {
            "before": f"{excess.before:f}",
            "after": f"{excess.after:f}",
            "unit": excess.unit,
        }
        yield Finding("epcis.outweighed", "warning", place, facts)


def _check_number(quantity: float, unit: str | None, place: str) -> Iterator[Finding]:
    if quantity <= 0:
        yield Finding("epcis.not_positive", "error", place, {"quantity": lexeme(quantity)})
    elif not _counts_whole(quantity, unit):
        # A count without a unit must be whole; half a piece may be meant, but is odd.
        severity: Severity = "error" if unit is None else "warning"
        facts = {"quantity": lexeme(quantity)}
        yield Finding("epcis.not_whole", severity, place, facts)


def _counts_whole(quantity: float, unit: str | None) -> bool:
    """Tell whether a quantity is no count, or a whole one."""
    if units.base(unit)[0] != units.PIECE:
        return True
    value = Amount.of(quantity, unit).value
    return value == value.to_integral_value()


def _check_unit(unit: str, place: str, *, rare: bool = False) -> Iterator[Finding]:
    if units.is_known(unit):
        return
    if meant := units.hint(unit):
        facts = {"unit": unit, "expected": meant}
        yield Finding("epcis.unit", "error", place, facts)
    elif not units.is_code(unit):
        yield Finding("epcis.unit_form", "error", place, {"unit": unit})
    elif not rare:
        yield Finding("epcis.unit_unknown", "warning", place, {"unit": unit})
