"""The parts of an event: what, when, where, why and how much (EPCIS 2.0, section 7.3).

>>> from pydantic import TypeAdapter
>>> TypeAdapter(EventTime).validate_python("2025-08-20T05:40:00+07:00")
'2025-08-20T05:40:00+07:00'
>>> moment("2025-08-20T05:40:00+07:00").utcoffset()
datetime.timedelta(seconds=25200)
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    PlainValidator,
    StrictBool,
    StringConstraints,
)

from ocoptrace.epcis.faults import pointer, shown
from ocoptrace.epcis.intake import form, number
from ocoptrace.errors import EpcisError

__all__ = [
    "MAX_URI",
    "Action",
    "BizTransaction",
    "Destination",
    "ErrorDeclaration",
    "EventTime",
    "Location",
    "Part",
    "PersistentDisposition",
    "QuantityElement",
    "SensorElement",
    "SensorMetadata",
    "SensorReport",
    "Source",
    "Uri",
    "UtcOffset",
    "Word",
    "is_extension",
    "member_name",
    "moment",
    "uri",
]

MAX_URI = 4096
"""Longest URI that is read, in characters."""

_TIME = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2})(\.[0-9]{1,12})?"
    r"(Z|[+-][0-9]{2}:[0-9]{2})?"
)
_OFFSET = re.compile(r"[+-](0[0-9]|1[0-3]):[0-5][0-9]|[+-]14:00")
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`]+")
_INITIALISMS = {"id": "ID", "ids": "IDs", "epc": "EPC", "epcs": "EPCs"}
_EXTENSION = re.compile(r"[A-Za-z_][A-Za-z0-9_.+-]*:\S+")


def moment(text: str) -> datetime:
    """Return the moment that an EPCIS time means, its offset kept.

    Raises:
        EpcisError: not ``YYYY-MM-DDThh:mm:ss[.fff]`` with an offset or ``Z``, or no such day.
    """
    match = _TIME.fullmatch(text)
    if match is None:
        raise EpcisError("epcis.time", value=shown(text))
    seconds, fraction, offset = match.groups()
    if offset is None:
        raise EpcisError("epcis.time_without_offset", value=text)
    try:
        return datetime.fromisoformat(seconds + (fraction or "")[:7] + offset)
    except ValueError as error:
        raise EpcisError("epcis.time", value=text) from error


def _time(value: object) -> str:
    if not isinstance(value, str):
        raise EpcisError("epcis.time", value=shown(value))
    moment(value)
    return value


def _offset(value: str) -> str:
    if not _OFFSET.fullmatch(value):
        raise EpcisError("epcis.offset", value=shown(value))
    return value


def uri(value: object) -> str:
    """Return a text that is a URI.

    Raises:
        EpcisError: it is not.
    """
    if not isinstance(value, str) or len(value) > MAX_URI or not _URI.fullmatch(value):
        raise EpcisError("epcis.not_uri", value=shown(value))
    return value


def member_name(field: str) -> str:
    """Return the JSON-LD member name of a field.

    >>> member_name("input_epc_list"), member_name("event_id"), member_name("child_epcs")
    ('inputEPCList', 'eventID', 'childEPCs')
    """
    first, *others = field.split("_")
    return first + "".join(_INITIALISMS.get(part, part.capitalize()) for part in others)


Word = Annotated[str, StringConstraints(min_length=1, max_length=2048)]
"""A word of a code list, bare or as URI."""

Uri = Annotated[str, PlainValidator(uri)]
EventTime = Annotated[str, PlainValidator(_time)]
"""An ISO 8601 time with offset, kept as written."""

UtcOffset = Annotated[str, AfterValidator(_offset)]
"""``+07:00``, at most 14 hours either way."""

Number = Annotated[int | float, PlainValidator(number)]
"""A finite number, whole or not as it was read."""

Action = Literal["ADD", "OBSERVE", "DELETE"]


def is_extension(name: str) -> bool:
    """Tell whether a member name is one that others may add: ``prefix:name`` or a URI."""
    return _EXTENSION.fullmatch(name) is not None


class Part(BaseModel):
    """A part of an event. Frozen; named as in JSON-LD by alias; extensions are kept."""

    model_config = ConfigDict(
        frozen=True, extra="allow", alias_generator=member_name, populate_by_name=True
    )

    def model_post_init(self, _: Any, /) -> None:
        """Refuse null, and a member that is neither known nor named like an extension."""
        for name in self.model_extra or ():
            if not is_extension(name):
                raise EpcisError("fields.unknown", place=pointer(name), member=shown(name))
        for name in self.model_fields_set:
            if getattr(self, name, "") is None:
                member = member_name(name)
                raise EpcisError("fields.null", place=pointer(member), member=member)

    @property
    def extensions(self) -> dict[str, Any]:
        """Members that EPCIS does not define, by name. To be read, not changed."""
        return self.model_extra or {}


class Closed(Part):
    """A part that has no room for extensions (EPCIS 2.0 JSON schema)."""

    model_config = ConfigDict(extra="forbid")


class QuantityElement(Closed):
    """How much of a class: a product, a lot, a plain name."""

    epc_class: Uri
    quantity: Number | None = None
    uom: Annotated[str, StringConstraints(min_length=1, max_length=16)] | None = None


class Location(Part):
    """A read point or business location."""

    id: Uri


class BizTransaction(Closed):
    """A paper or message about the event: invoice, despatch advice, test result."""

    type: Word | None = None
    biz_transaction: Uri


class Source(Closed):
    """Where a transfer comes from."""

    type: Word
    source: Uri


class Destination(Closed):
    """Where a transfer goes to."""

    type: Word
    destination: Uri


class PersistentDisposition(Closed):
    """Dispositions that hold until they are unset."""

    set: Annotated[tuple[Word, ...], Field(min_length=1)] | None = None
    unset: Annotated[tuple[Word, ...], Field(min_length=1)] | None = None


class ErrorDeclaration(Part):
    """Says that an earlier event with this eventID was wrong."""

    declaration_time: EventTime
    reason: Word | None = None
    corrective_event_ids: tuple[Uri, ...] | None = None


class SensorMetadata(Part):
    """When, by which device and how a measurement was taken."""

    time: EventTime | None = None
    start_time: EventTime | None = None
    end_time: EventTime | None = None
    device_id: Uri | None = None
    device_metadata: Uri | None = None
    raw_data: Uri | None = None
    data_processing_method: Uri | None = None
    biz_rules: Uri | None = None


class SensorReport(Part):
    """One measured value."""

    type: Word
    exception: Word | None = None
    device_id: Uri | None = None
    device_metadata: Uri | None = None
    raw_data: Uri | None = None
    data_processing_method: Uri | None = None
    biz_rules: Uri | None = None
    time: EventTime | None = None
    microorganism: Uri | None = None
    chemical_substance: Uri | None = None
    coordinate_reference_system: Uri | None = None
    component: Word | None = None
    value: Number | None = None
    min_value: Number | None = None
    max_value: Number | None = None
    mean_value: Number | None = None
    s_dev: Number | None = None
    perc_rank: Number | None = None
    perc_value: Number | None = None
    string_value: str | None = None
    boolean_value: StrictBool | None = None
    hex_binary_value: Annotated[str, form(r"[0-9A-Fa-f]+", "0A1F")] | None = None
    uri_value: Uri | None = None
    uom: str | None = None


class SensorElement(Part):
    """What sensors said at the event."""

    sensor_metadata: SensorMetadata | None = None
    sensor_report: Annotated[tuple[SensorReport, ...], Field(min_length=1)]
