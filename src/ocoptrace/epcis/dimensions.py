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
from functools import lru_cache
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeVar

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    GetPydanticSchema,
    PlainValidator,
    StrictBool,
    StringConstraints,
    WithJsonSchema,
)
from pydantic_core import core_schema

from ocoptrace.epcis.faults import shown
from ocoptrace.epcis.intake import number
from ocoptrace.epcis.read_only import ReadOnlyList, ReadOnlyMapping, read_only
from ocoptrace.errors import EpcisError

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "MAX_URI",
    "Action",
    "BizTransaction",
    "Closed",
    "Destination",
    "ErrorDeclaration",
    "EventTime",
    "Given",
    "Location",
    "MemberName",
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
    "coded",
    "is_extension",
    "json_of",
    "member_name",
    "moment",
]

MAX_URI = 4096
"""Longest URI that is read, in characters."""

_TIME = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2})(\.[0-9]{1,12})?"
    r"(Z|[+-][0-9]{2}:[0-9]{2})?"
)
# These patterns are read by pydantic's engine, which takes time linear in the text.
_OFFSET = r"^(?:[+-](?:0[0-9]|1[0-3]):[0-5][0-9]|[+-]14:00)$"
_URI = r"^[A-Za-z][A-Za-z0-9+.-]*:[^\s\x00-\x1f\x7f-\x9f<>\"{}|\\^`]+$"
_MEMBER = r"^[A-Za-z_][A-Za-z0-9_.+-]*:\S+$"
_HEX = r"^[0-9A-Fa-f]+$"
_EXTENSION = re.compile(_MEMBER)
_INITIALISMS = {"id": "ID", "ids": "IDs", "epc": "EPC", "epcs": "EPCs"}

_Value = TypeVar("_Value")


def coded(code: str, **facts: str) -> GetPydanticSchema:
    """Return an annotation under which a type's every fault bears a code of the catalogues."""
    return GetPydanticSchema(
        lambda source, handler: core_schema.custom_error_schema(
            handler(source),
            custom_error_type=code,
            custom_error_message=code,
            custom_error_context=dict(facts),
        )
    )


def _not_null(source: Any, handler: Any) -> Any:
    return handler(source)["schema"]


Given = Annotated[_Value | None, GetPydanticSchema(_not_null)]
"""What may be absent, and is None then; null, though, is no value (EPCIS 2.0 JSON schema)."""


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


def member_name(field: str) -> str:
    """Return the JSON-LD member name of a field.

    >>> member_name("input_epc_list"), member_name("event_id"), member_name("child_epcs")
    ('inputEPCList', 'eventID', 'childEPCs')
    """
    first, *others = field.split("_")
    return first + "".join(_INITIALISMS.get(part, part.capitalize()) for part in others)


Word = Annotated[str, StringConstraints(min_length=1, max_length=2048)]
"""A word of a code list, bare or as URI."""

Uri = Annotated[str, StringConstraints(max_length=MAX_URI, pattern=_URI), coded("epcis.not_uri")]
"""An absolute URI or URN, as it was read."""

EventTime = Annotated[
    str, PlainValidator(_time), WithJsonSchema({"type": "string", "format": "date-time"})
]
"""An ISO 8601 time with offset, kept as written."""

UtcOffset = Annotated[str, StringConstraints(pattern=_OFFSET), coded("epcis.offset")]
"""``+07:00``, at most 14 hours either way."""

Number = Annotated[int | float, PlainValidator(number), WithJsonSchema({"type": "number"})]
"""A finite number, with the digits that it was written with."""

HexBinary = Annotated[str, StringConstraints(pattern=_HEX), coded("fields.form", expected="0A1F")]
MemberName = Annotated[str, StringConstraints(pattern=_MEMBER), coded("fields.unknown")]
"""The name of a member that EPCIS does not define: ``prefix:name`` or a URI."""

Action = Literal["ADD", "OBSERVE", "DELETE"]


def is_extension(name: str) -> bool:
    """Tell whether a member name is one that others may add: ``prefix:name`` or a URI."""
    return _EXTENSION.fullmatch(name) is not None


class Part(BaseModel):
    """A part of an event. Frozen; named as in JSON-LD by alias; extensions are kept."""

    model_config = ConfigDict(frozen=True, extra="allow", alias_generator=member_name)
    __pydantic_extra__: dict[MemberName, Any] = Field(init=False)

    @property
    def extensions(self) -> Mapping[str, Any]:
        """Members that EPCIS does not define, by name; they cannot be changed."""
        extra = self.__pydantic_extra__
        if type(extra) is not ReadOnlyMapping:
            # Only now: most events are read and written without anybody asking.
            extra = read_only(extra or {})
            object.__setattr__(self, "__pydantic_extra__", extra)
        return extra


class Closed(BaseModel):
    """A part that has no room for extensions (EPCIS 2.0 JSON schema)."""

    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=member_name)


def json_of(value: Any) -> Any:
    """Return a part of an event as the JSON that it was read from, numbers with their digits.

    What comes back may be changed: it shares nothing with the part.
    """
    kind = type(value)
    if kind is str:
        return value
    if kind is tuple or kind is list or kind is ReadOnlyList:
        return [json_of(item) for item in value]
    if kind is dict or kind is ReadOnlyMapping:
        return {name: json_of(member) for name, member in value.items()}
    if not isinstance(value, BaseModel):
        return value
    given, names = value.model_fields_set, _member_names(type(value))
    members = {
        names[field]: member if type(member) is str else json_of(member)
        for field, member in vars(value).items()
        if field in given and field in names
    }
    if value.__pydantic_extra__:
        members |= json_of(value.__pydantic_extra__)
    return members


@lru_cache
def _member_names(kind: type[BaseModel]) -> dict[str, str]:
    return {
        name: field.alias or name for name, field in kind.model_fields.items() if not field.exclude
    }


class QuantityElement(Closed):
    """How much of a class: a product, a lot, a plain name."""

    epc_class: Uri
    quantity: Given[Number] = None
    uom: Given[Annotated[str, StringConstraints(min_length=1, max_length=16)]] = None


class Location(Part):
    """A read point or business location."""

    id: Uri


class BizTransaction(Closed):
    """A paper or message about the event: invoice, despatch advice, test result."""

    type: Given[Word] = None
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

    set: Given[Annotated[tuple[Word, ...], Field(min_length=1)]] = None
    unset: Given[Annotated[tuple[Word, ...], Field(min_length=1)]] = None


class ErrorDeclaration(Part):
    """Says that an earlier event with this eventID was wrong."""

    declaration_time: EventTime
    reason: Given[Word] = None
    corrective_event_ids: Given[tuple[Uri, ...]] = None


class SensorMetadata(Part):
    """When, by which device and how a measurement was taken."""

    time: Given[EventTime] = None
    start_time: Given[EventTime] = None
    end_time: Given[EventTime] = None
    device_id: Given[Uri] = None
    device_metadata: Given[Uri] = None
    raw_data: Given[Uri] = None
    data_processing_method: Given[Uri] = None
    biz_rules: Given[Uri] = None


class SensorReport(Part):
    """One measured value."""

    type: Word
    exception: Given[Word] = None
    device_id: Given[Uri] = None
    device_metadata: Given[Uri] = None
    raw_data: Given[Uri] = None
    data_processing_method: Given[Uri] = None
    biz_rules: Given[Uri] = None
    time: Given[EventTime] = None
    microorganism: Given[Uri] = None
    chemical_substance: Given[Uri] = None
    coordinate_reference_system: Given[Uri] = None
    component: Given[Word] = None
    value: Given[Number] = None
    min_value: Given[Number] = None
    max_value: Given[Number] = None
    mean_value: Given[Number] = None
    s_dev: Given[Number] = None
    perc_rank: Given[Number] = None
    perc_value: Given[Number] = None
    string_value: Given[str] = None
    boolean_value: Given[StrictBool] = None
    hex_binary_value: Given[HexBinary] = None
    uri_value: Given[Uri] = None
    uom: Given[str] = None


class SensorElement(Part):
    """What sensors said at the event."""

    sensor_metadata: Given[SensorMetadata] = None
    sensor_report: Annotated[tuple[SensorReport, ...], Field(min_length=1)]
