"""The five events of EPCIS 2.0: what happened to which things, when, where and why.

An event is frozen, keeps every member as it was read, times and numbers included, and
keeps extensions (``prefix:name``) that it does not know.

>>> event = parse_event({
...     "type": "ObjectEvent", "action": "OBSERVE", "bizStep": "receiving",
...     "eventTime": "2025-08-20T07:15:00+07:00", "eventTimeZoneOffset": "+07:00",
...     "quantityList": [{"epcClass": "https://id.gs1.org/01/09521234543213/10/A1",
...                       "quantity": 3200, "uom": "KGM"}],
...     "ocop:step": "receiving_raw",
... })
>>> event.biz_step, event.when.hour, event.extensions
('receiving', 7, {'ocop:step': 'receiving_raw'})
>>> parse_event({"type": "ObjectEvent", "eventTime": "2025-08-20T07:15:00",
...     "eventTimeZoneOffset": "+07:00", "action": "ADD", "epcList": []})
Traceback (most recent call last):
ocoptrace.errors.EpcisError: /eventTime: The time 2025-08-20T07:15:00 has no offset from UTC. \
Add it, as in 2026-09-15T07:30:00+07:00.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

from pydantic import (
    Field,
    PlainValidator,
    ValidationError,
    model_validator,
)

from ocoptrace.epcis.dimensions import (
    Action,
    BizTransaction,
    Destination,
    ErrorDeclaration,
    EventTime,
    Location,
    Part,
    PersistentDisposition,
    QuantityElement,
    SensorElement,
    Source,
    Uri,
    UtcOffset,
    Word,
    is_extension,
    moment,
    uri,
)
from ocoptrace.epcis.faults import error_of, faults, pointer, shown
from ocoptrace.epcis.intake import accept
from ocoptrace.errors import EpcisError
from ocoptrace.findings import Finding

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

__all__ = [
    "AggregationEvent",
    "AssociationEvent",
    "Event",
    "ObjectEvent",
    "TransactionEvent",
    "TransformationEvent",
    "parse_event",
    "read_context",
]


def read_context(value: object, *, place: str = "") -> tuple[str | dict[str, Any], ...]:
    """Return the entries of a JSON-LD ``@context``: addresses, and objects of prefixes.

    Raises:
        EpcisError: an entry is neither.
    """
    entries = value if isinstance(value, list | tuple) else [value]
    for entry in entries:
        if not isinstance(entry, str | dict):
            raise EpcisError("epcis.context", place=place, value=shown(entry))
    return tuple(entries)


def _certification(value: object) -> str | tuple[str, ...]:
    """Return one URI or several, as they were read: JSON-LD takes both."""
    if isinstance(value, str):
        return uri(value)
    if not isinstance(value, list | tuple):
        raise EpcisError("epcis.not_uri", value=shown(value))
    return tuple(uri(item) for item in value)


def _ilmd(value: object) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise EpcisError("fields.not_object", member="ilmd", value=shown(value))
    for name in value:
        if not is_extension(name):
            raise EpcisError("fields.unknown", place=pointer(name), member=shown(name))
    return value


Context = Annotated[tuple[str | dict[str, Any], ...], PlainValidator(read_context)]
CertificationInfo = Annotated[str | tuple[str, ...], PlainValidator(_certification)]
Ilmd = Annotated[dict[str, Any], PlainValidator(_ilmd)]
Uris = tuple[Uri, ...]
Quantities = tuple[QuantityElement, ...]


class Event(Part):
    """What all five events have in common.

    Attributes:
        context: JSON-LD contexts that hold for the event: URLs and prefix declarations.
        event_time: when it happened, as written, with offset.
        event_time_zone_offset: the offset in force where it happened.
        event_id: its URI, or None.
        biz_step: a bare CBV word, an ``ocop:`` step or another URI.
    """

    type: str
    context: Annotated[Context, Field(alias="@context")] = ()
    event_id: Uri | None = None
    event_time: EventTime
    event_time_zone_offset: UtcOffset
    record_time: EventTime | None = None
    certification_info: CertificationInfo | None = None
    error_declaration: ErrorDeclaration | None = None
    biz_step: Word | None = None
    disposition: Word | None = None
    persistent_disposition: PersistentDisposition | None = None
    read_point: Location | None = None
    biz_location: Location | None = None
    biz_transaction_list: tuple[BizTransaction, ...] | None = None
    source_list: tuple[Source, ...] | None = None
    destination_list: tuple[Destination, ...] | None = None
    sensor_element_list: tuple[SensorElement, ...] | None = None

    @model_validator(mode="before")
    @classmethod
    def _normalise(cls, data: Any) -> Any:
        return accept(data)

    @property
    def when(self) -> datetime:
        """The moment of the event, aware."""
        return moment(self.event_time)

    @property
    def prefixes(self) -> dict[str, str]:
        """Prefixes that the event's contexts declare, with their namespaces."""
        return {
            prefix: namespace
            for entry in self.context
            if isinstance(entry, dict)
            for prefix, namespace in entry.items()
            if isinstance(namespace, str) and ":" not in prefix and not prefix.startswith("@")
        }

    def to_json(self) -> dict[str, Any]:
        """Return the event as JSON members, as they were read, without ``@context``."""
        members = self.model_dump(
            mode="json", by_alias=True, exclude_unset=True, exclude={"context"}
        )
        return {"type": self.type} | members


class ObjectEvent(Event):
    """Something happened to things: made (ADD), seen (OBSERVE), gone (DELETE)."""

    type: Literal["ObjectEvent"] = "ObjectEvent"
    action: Action
    epc_list: Uris | None = None
    quantity_list: Quantities | None = None
    ilmd: Ilmd | None = None

    @model_validator(mode="after")
    def _whole(self) -> Self:
        sensed = bool(self.sensor_element_list) and self.read_point is not None
        if self.epc_list is None and not self.quantity_list and not sensed:
            raise EpcisError("epcis.nothing", members="epcList, quantityList")
        if self.ilmd is not None and self.action != "ADD":
            raise EpcisError("epcis.ilmd_without_add", place="/ilmd", action=self.action)
        return self


class _ChildEvent(Event):
    """What the two events share that put children to a parent."""

    action: Action
    child_epcs: Uris | None = None
    child_quantity_list: Quantities | None = None

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.action != "DELETE" and not (self.child_epcs or self.child_quantity_list):
            raise EpcisError("epcis.nothing", members="childEPCs, childQuantityList")
        return self


class AggregationEvent(_ChildEvent):
    """Things were put into a container (ADD), seen in it, or taken out (DELETE)."""

    type: Literal["AggregationEvent"] = "AggregationEvent"
    parent_id: Uri | None = None


class AssociationEvent(_ChildEvent):
    """Things were joined to another thing, such as a sensor to a crate."""

    type: Literal["AssociationEvent"] = "AssociationEvent"
    parent_id: Uri


class TransactionEvent(Event):
    """Things were tied to, or freed from, a business transaction."""

    type: Literal["TransactionEvent"] = "TransactionEvent"
    action: Action
    biz_transaction_list: Annotated[tuple[BizTransaction, ...], Field(min_length=1)]
    parent_id: Uri | None = None
    epc_list: Uris | None = None
    quantity_list: Quantities | None = None

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.action != "DELETE" and self.epc_list is None and not self.quantity_list:
            raise EpcisError("epcis.nothing", members="epcList, quantityList")
        return self


class TransformationEvent(Event):
    """Inputs were used up, outputs came to be."""

    type: Literal["TransformationEvent"] = "TransformationEvent"
    transformation_id: Uri | None = None
    input_epc_list: Uris | None = None
    input_quantity_list: Quantities | None = None
    output_epc_list: Uris | None = None
    output_quantity_list: Quantities | None = None
    ilmd: Ilmd | None = None

    @model_validator(mode="after")
    def _whole(self) -> Self:
        inputs = self.input_epc_list or self.input_quantity_list
        outputs = self.output_epc_list or self.output_quantity_list
        if not (inputs or outputs):
            raise EpcisError("epcis.nothing", members="inputQuantityList, outputQuantityList")
        if not (inputs and outputs) and self.transformation_id is None:
            raise EpcisError("epcis.half_transformation")
        return self


_EVENTS: dict[str, type[Event]] = {
    "ObjectEvent": ObjectEvent,
    "AggregationEvent": AggregationEvent,
    "AssociationEvent": AssociationEvent,
    "TransactionEvent": TransactionEvent,
    "TransformationEvent": TransformationEvent,
}


def parse_event(
    data: object, *, place: str = "", context: Sequence[str | dict[str, Any]] = ()
) -> Event:
    """Return the event that a JSON object describes.

    Args:
        data: the members, as JSON holds them.
        place: JSON pointer of the object, for messages.
        context: contexts of the document around the event; its own are added.

    Raises:
        EpcisError: with every fault as a finding.
    """
    kind = data.get("type") if isinstance(data, dict) else None
    event_class = _EVENTS.get(kind) if isinstance(kind, str) else None
    if event_class is None:
        facts = {"value": shown(kind), "expected": ", ".join(_EVENTS)}
        raise error_of(EpcisError, [Finding("epcis.event_type", "error", f"{place}/type", facts)])
    try:
        event = event_class.model_validate(data)
    except ValidationError as error:
        raise error_of(EpcisError, faults(error, place=place)) from error
    if not context:
        return event
    return event.model_copy(update={"context": (*context, *event.context)})
