"""The standard members that are hashed, what holds them, and in which form each is written.

>>> EVENT["eventTime"], EVENT["bizStep"], SENSOR_REPORT["component"]
('time', 'BizStep', 'Comp')

The order of a table is the order in the pre-hash text; only an event's own is a matter of
profiles. Source: CBV 2.0, section 8.9, canonical property order.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from ocoptrace.epcis.vocabulary import CodeList

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "EVENT",
    "LOCATION",
    "QUANTITY",
    "SENSOR_METADATA",
    "SENSOR_REPORT",
    "TYPED",
    "Form",
]

Form = Literal["value", "time"] | CodeList
"""How a value is written: as it is, as a time in UTC, or as a word of a code list."""

EVENT: Mapping[str, Form] = {
    "action": "value",
    "bizStep": "BizStep",
    "disposition": "Disp",
    "eventTime": "time",
    "eventTimeZoneOffset": "value",
    "parentID": "value",
    "transformationID": "value",
}
"""Members of an event that are one value."""

LOCATION: Mapping[str, Form] = {"id": "value"}

QUANTITY: Mapping[str, Form] = {"epcClass": "value", "quantity": "value", "uom": "value"}

TYPED: Mapping[str, Mapping[str, Form]] = {
    "bizTransaction": {"type": "BTT", "bizTransaction": "value"},
    "destination": {"type": "SDT", "destination": "value"},
    "source": {"type": "SDT", "source": "value"},
}
"""What has a type: its members, the type first."""

SENSOR_METADATA: Mapping[str, Form] = {
    "time": "time",
    "startTime": "time",
    "endTime": "time",
    "deviceID": "value",
    "deviceMetadata": "value",
    "rawData": "value",
    "dataProcessingMethod": "value",
    "bizRules": "value",
}

# Business rules of a report are not in the standard's list: they come with the extensions.
SENSOR_REPORT: Mapping[str, Form] = {
    "type": "Measurement",
    "exception": "Measurement",
    "deviceID": "value",
    "deviceMetadata": "value",
    "rawData": "value",
    "dataProcessingMethod": "value",
    "time": "time",
    "microorganism": "value",
    "chemicalSubstance": "value",
    "value": "value",
    "component": "Comp",
    "stringValue": "value",
    "booleanValue": "value",
    "hexBinaryValue": "value",
    "uriValue": "value",
    "minValue": "value",
    "maxValue": "value",
    "meanValue": "value",
    "sDev": "value",
    "percRank": "value",
    "percValue": "value",
    "uom": "value",
    "coordinateReferenceSystem": "value",
}
