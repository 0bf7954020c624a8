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
    AfterValidator,
    Field,
    PlainValidator,
    ValidationError,
    ValidationInfo,
    WithJsonSchema,
    model_validator,
)

from ocoptrace.epcis.dimensions import (
    Action,
    BizTransaction,
    Destination,
    ErrorDeclaration,
    EventTime,
    Given,
    Location,
    MemberName,
    Part,
    PersistentDisposition,
    QuantityElement,
    SensorElement,
    Source,
    Uri,
    UtcOffset,
    Word,
    coded,
    json_of,
    moment,
)
from ocoptrace.epcis.faults import error_of, faults, shown
from ocoptrace.epcis.intake import MAX_EVENT_DEPTH, accept
from ocoptrace.epcis.read_only import read_only
from ocoptrace.epcis.vocabulary import bare, namespace_of
from ocoptrace.errors import EpcisError
from ocoptrace.findings import Finding

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

__all__ = [
    "MAX_TERMS",
    "AggregationEvent",
    "AssociationEvent",
    "Event",
    "ObjectEvent",
    "TransactionEvent",
    "TransformationEvent",
    "parse_accepted",
    "parse_event",
    "read_context",
]


class _Contexts(tuple[str | dict[str, Any], ...]):
    """Contexts that have been read: those of a document are those of each of its events."""

    __slots__ = ()


MAX_TERMS = 1000
"""How many contexts and terms may hold for an event: each event is looked up in all of them."""


def read_context(value: object, *, place: str = "") -> tuple[str | dict[str, Any], ...]:
    """Return the entries of a JSON-LD ``@context``: addresses, and objects of prefixes.

    Raises:
        EpcisError: an entry is neither, or there are too many.
    """
    if type(value) is _Contexts:
        return value
    entries = value if isinstance(value, list | tuple) else [value]
    terms = 0
    for entry in entries:
        if not isinstance(entry, str | dict):
            raise EpcisError("epcis.context", place=place, value=shown(entry))
        terms += 1 if isinstance(entry, str) else 1 + len(entry)
    if terms > MAX_TERMS:
        raise EpcisError("epcis.context_too_large", place=place, limit=MAX_TERMS)
    return _Contexts(map(read_only, entries))


Context = Annotated[
    tuple[str | dict[str, Any], ...],
    PlainValidator(read_context),
    WithJsonSchema({"type": ["string", "object", "array"]}),
]
CertificationInfo = Annotated[Uri | tuple[Uri, ...], coded("epcis.not_uri")]
"""One URI or several, as they were read: JSON-LD takes both."""

Ilmd = Annotated[dict[MemberName, Any], AfterValidator(read_only)]
Uris = tuple[Uri, ...]
Quantities = tuple[QuantityElement, ...]


_ACCEPTED = object()
"""The validation context of data that intake has been through already."""


class Event(Part):
    """What all five events have in common.

    Attributes:
        context: JSON-LD contexts that hold for the event: URLs and prefix declarations.
        event_time: when it happened, as written, with offset.
        event_time_zone_offset: the offset in force where it happened.
        event_id: its URI, or None.
        biz_step: a bare CBV word, an ``ocop:`` step or another URI, as it was read.
    """

    type: str
    context: Annotated[Context, Field(alias="@context", exclude=True)] = ()
    event_id: Given[Uri] = None
    event_time: EventTime
    event_time_zone_offset: UtcOffset
    record_time: Given[EventTime] = None
    certification_info: Given[CertificationInfo] = None
    error_declaration: Given[ErrorDeclaration] = None
    biz_step: Given[Word] = None
    disposition: Given[Word] = None
    persistent_disposition: Given[PersistentDisposition] = None
    read_point: Given[Location] = None
    biz_location: Given[Location] = None
    biz_transaction_list: Given[tuple[BizTransaction, ...]] = None
    source_list: Given[tuple[Source, ...]] = None
    destination_list: Given[tuple[Destination, ...]] = None
    sensor_element_list: Given[tuple[SensorElement, ...]] = None

    @model_validator(mode="before")
    @classmethod
    def _normalise(cls, data: Any, info: ValidationInfo) -> Any:
        return data if info.context is _ACCEPTED else accept(data, depth=MAX_EVENT_DEPTH)

    @property
    def when(self) -> datetime:
        """The moment of the event, aware."""
        return moment(self.event_time)

    @property
    def step(self) -> str | None:
        """The business step as a bare CBV word, however it was spelled; else as it was read.

        >>> parse_event({
        ...     "type": "ObjectEvent", "action": "OBSERVE", "epcList": ["urn:x:1"],
        ...     "eventTime": "2025-08-20T07:15:00+07:00", "eventTimeZoneOffset": "+07:00",
        ...     "bizStep": "https://ref.gs1.org/cbv/BizStep-shipping"}).step
        'shipping'
        """
        return None if self.biz_step is None else bare(self.biz_step, "BizStep")

    @property
    def prefixes(self) -> dict[str, str]:
        """Prefixes that the event's contexts declare, with their namespaces."""
        return {
            prefix: namespace
            for entry in self.context
            if isinstance(entry, dict)
            for prefix, meaning in entry.items()
            if (namespace := namespace_of(meaning)) is not None
            and ":" not in prefix
            and not prefix.startswith("@")
        }

    def to_json(self) -> dict[str, Any]:
        """Return the event as JSON members, as they were read, without ``@context``."""
        members: dict[str, Any] = json_of(self)
        return members if "type" in members else {"type": self.type} | members


class ObjectEvent(Event):
    """Something happened to things: made (ADD), seen (OBSERVE), gone (DELETE)."""

    type: Literal["ObjectEvent"] = "ObjectEvent"
    action: Action
    epc_list: Given[Uris] = None
    quantity_list: Given[Quantities] = None
    ilmd: Given[Ilmd] = None

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
    child_epcs: Given[Uris] = None
    child_quantity_list: Given[Quantities] = None

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.action != "DELETE" and not (self.child_epcs or self.child_quantity_list):
            raise EpcisError("epcis.nothing", members="childEPCs, childQuantityList")
        return self


class AggregationEvent(_ChildEvent):
    """Things were put into a container (ADD), seen in it, or taken out (DELETE)."""

    type: Literal["AggregationEvent"] = "AggregationEvent"
    parent_id: Given[Uri] = None


class AssociationEvent(_ChildEvent):
    """Things were joined to another thing, such as a sensor to a crate."""

    type: Literal["AssociationEvent"] = "AssociationEvent"
    parent_id: Uri


class TransactionEvent(Event):
    """Things were tied to, or freed from, a business transaction."""

    type: Literal["TransactionEvent"] = "TransactionEvent"
    action: Action
    biz_transaction_list: Annotated[tuple[BizTransaction, ...], Field(min_length=1)]
    parent_id: Given[Uri] = None
    epc_list: Given[Uris] = None
    quantity_list: Given[Quantities] = None

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.action != "DELETE" and self.epc_list is None and not self.quantity_list:
            raise EpcisError("epcis.nothing", members="epcList, quantityList")
        return self


class TransformationEvent(Event):
    """Inputs were used up, outputs came to be."""

    type: Literal["TransformationEvent"] = "TransformationEvent"
    transformation_id: Given[Uri] = None
    input_epc_list: Given[Uris] = None
    input_quantity_list: Given[Quantities] = None
    output_epc_list: Given[Uris] = None
    output_quantity_list: Given[Quantities] = None
    ilmd: Given[Ilmd] = None

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
    return _parsed(data, place=place, context=context, already=None)


def parse_accepted(
    data: object, *, place: str = "", context: Sequence[str | dict[str, Any]] = ()
) -> Event:
    """Return the event of a JSON object that ``intake`` has read: as ``parse_event``, sooner."""
    return _parsed(data, place=place, context=context, already=_ACCEPTED)


def _parsed(
    data: object, *, place: str, context: Sequence[str | dict[str, Any]], already: object
) -> Event:
    if not isinstance(data, dict):
        data = {}
    kind = data.get("type")
    event_class = _EVENTS.get(kind) if isinstance(kind, str) else None
    if event_class is None:
        facts = {"value": shown(kind), "expected": ", ".join(_EVENTS)}
        raise error_of(EpcisError, [Finding("epcis.event_type", "error", f"{place}/type", facts)])
    if context:
        data = {**data, "@context": _contexts(context, data)}
    try:
        return event_class.model_validate(data, context=already)
    except ValidationError as error:
        raise error_of(EpcisError, faults(error, place=place)) from error


def _contexts(around: Sequence[str | dict[str, Any]], data: dict[str, Any]) -> object:
    """Return the contexts of a document and of an event in it; what is none, as it is."""
    if "@context" not in data:
        return around
    own = data["@context"]
    try:
        return (*around, *read_context(own))
    except EpcisError:
        return own  # the model says what is wrong with it, and where
