"""The standard members that are hashed, what holds them, and in which form each is written.

>>> EVENT["eventTime"], EVENT["bizStep"], SENSOR_REPORT["component"]
('time', 'BizStep', 'Comp')

The order of a table is the order in the pre-hash text; only an event's own is a matter of
profiles. Source: CBV 2.0, section 8.9, canonical property order.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from ocoptrace.epcis.event_hash.kept import Kept
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
    "Forms",
]

Form = Literal["value", "time"] | CodeList
"""How a value is written: as it is, as a time in UTC, or as a word of a code list."""

_KEPT_SHAPES = 64


class Forms(dict[str, Form]):
    """The standard members that a part may have, in order, and their forms.

    Attributes:
        of: names of the members of one part → those that have a form, in order.
    """

    def __init__(self, forms: Mapping[str, Form]) -> None:
        super().__init__(forms)
        self.of = Kept(self._of, most=_KEPT_SHAPES)

    def _of(self, names: tuple[str, ...]) -> tuple[tuple[str, Form], ...]:
        return tuple((name, form) for name, form in self.items() if name in names)


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

LOCATION = Forms({"id": "value"})

QUANTITY = Forms({"epcClass": "value", "quantity": "value", "uom": "value"})

TYPED: Mapping[str, Forms] = {
    "bizTransactionList": Forms({"type": "BTT", "bizTransaction": "value"}),
    "destinationList": Forms({"type": "SDT", "destination": "value"}),
    "sourceList": Forms({"type": "SDT", "source": "value"}),
}
"""Lists of what has a type: the members of an entry, the type first."""

SENSOR_METADATA = Forms(
    {
        "time": "time",
        "startTime": "time",
        "endTime": "time",
        "deviceID": "value",
        "deviceMetadata": "value",
        "rawData": "value",
        "dataProcessingMethod": "value",
        "bizRules": "value",
    }
)

# Business rules of a report are not in the standard's list: they come with the extensions.
SENSOR_REPORT = Forms(
    {
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
)
