"""A JSON Schema of the events that are read and written, for the tools of others.

It says what a schema can: members, types, forms, which of them belong together. Whether an
event makes sense is told by ``check_event``. Words are not listed, for everybody may use a URI.

>>> schema = event_schema()
>>> schema["$defs"]["QuantityElement"]["required"]
['epcClass']
>>> schema["$defs"]["QuantityElement"]["properties"]["uom"]["description"]
'The unit, a code of UN/ECE Recommendation 20.'
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Annotated, Any, get_args

from pydantic import Field, TypeAdapter

from ocoptrace import messages
from ocoptrace.epcis.dimensions import EventTime, MemberName, Uri, UtcOffset, Word
from ocoptrace.epcis.event import (
    AggregationEvent,
    AssociationEvent,
    ObjectEvent,
    TransactionEvent,
    TransformationEvent,
)
from ocoptrace.epcis.vocabulary import PREFIX

if TYPE_CHECKING:
    from ocoptrace.messages import Language

__all__ = ["DIALECT", "document_schema", "event_schema"]

DIALECT = "https://json-schema.org/draft/2020-12/schema"
"""The JSON Schema that our schemas are written in."""

_AnyEvent = Annotated[
    ObjectEvent | AggregationEvent | AssociationEvent | TransactionEvent | TransformationEvent,
    Field(discriminator="type"),
]
_EVENTS = {event.__name__ for event in get_args(get_args(_AnyEvent)[0])}

_MEMBER: str = TypeAdapter(MemberName).json_schema()["pattern"]
_TIME_FORM = (
    r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,12})?"
    r"(Z|[+-][0-9]{2}:[0-9]{2})$"
)
_SHARED = {
    "Uri": TypeAdapter(Uri).json_schema(),
    "Word": TypeAdapter(Word).json_schema(),
    "UtcOffset": TypeAdapter(UtcOffset).json_schema(),
    "Time": TypeAdapter(EventTime).json_schema(),
}
"""What many members are, said once."""

_NOT_ADDED = {"properties": {"action": {"const": "DELETE"}}}


def _filled(*members: str) -> list[dict[str, Any]]:
    """Return one schema for each list that must be there and not be empty."""
    return [{"required": [member], "properties": {member: {"minItems": 1}}} for member in members]


_TOGETHER: dict[str, list[dict[str, Any]]] = {
    "ObjectEvent": [
        {
            "anyOf": [
                {"required": ["epcList"]},
                *_filled("quantityList"),
                {
                    "required": ["sensorElementList", "readPoint"],
                    "properties": {"sensorElementList": {"minItems": 1}},
                },
            ]
        },
        {"anyOf": [{"not": {"required": ["ilmd"]}}, {"properties": {"action": {"const": "ADD"}}}]},
    ],
    "AggregationEvent": [{"anyOf": [_NOT_ADDED, *_filled("childEPCs", "childQuantityList")]}],
    "AssociationEvent": [{"anyOf": [_NOT_ADDED, *_filled("childEPCs", "childQuantityList")]}],
    "TransactionEvent": [
        {"anyOf": [_NOT_ADDED, {"required": ["epcList"]}, *_filled("quantityList")]}
    ],
    "TransformationEvent": [
        {
            "anyOf": _filled(
                "inputEPCList", "inputQuantityList", "outputEPCList", "outputQuantityList"
            )
        },
        {
            "anyOf": [
                {"required": ["transformationID"]},
                {
                    "allOf": [
                        {"anyOf": _filled("inputEPCList", "inputQuantityList")},
                        {"anyOf": _filled("outputEPCList", "outputQuantityList")},
                    ]
                },
            ]
        },
    ],
}
"""Which members belong together, as the models check it."""


def event_schema(language: Language = "en") -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of an EPCIS event as it is read and written.

    Args:
        language: of the descriptions of members.
    """
    adapter: TypeAdapter[Any] = TypeAdapter(_AnyEvent)
    definitions = adapter.json_schema()["$defs"]
    return {
        "$schema": DIALECT,
        "title": "EPCIS 2.0 event",
        "oneOf": [{"$ref": f"#/$defs/{name}"} for name in sorted(_EVENTS)],
        "$defs": _SHARED_DEFINITIONS
        | {name: _definition(name, definitions[name], language) for name in sorted(definitions)},
    }


def document_schema(language: Language = "en") -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of a document whose body is a list of events.

    Args:
        language: of the descriptions of members.
    """
    events = event_schema(language)
    event_list = {"type": "array", "items": {"oneOf": events["oneOf"]}}
    return {
        "$schema": DIALECT,
        "title": "EPCIS 2.0 document",
        "type": "object",
        "required": ["@context", "type", "schemaVersion", "creationDate", "epcisBody"],
        "properties": {
            "@context": {"type": ["string", "object", "array"]},
            "type": {"const": "EPCISDocument"},
            "schemaVersion": {"type": "string"},
            "creationDate": {"$ref": "#/$defs/Time"},
            "epcisBody": {
                "type": "object",
                "required": ["eventList"],
                "properties": {"eventList": event_list},
            },
        },
        "$defs": events["$defs"],
    }


def _definition(name: str, schema: dict[str, Any], language: Language) -> dict[str, Any]:
    """Return the definition of one part of an event, as others should read it."""
    found: dict[str, Any] = {"type": "object", "description": schema["description"]}
    required = [*(["type"] if name in _EVENTS else []), *schema.get("required", ())]
    if required:
        found["required"] = required
    found["properties"] = {
        member: _described(member, _plain(inner), language)
        for member, inner in schema["properties"].items()
    }
    if schema["additionalProperties"]:
        found["patternProperties"] = {_MEMBER: {}}
    found["additionalProperties"] = False
    if name in _TOGETHER:
        found["allOf"] = _TOGETHER[name]
    return found


def _described(member: str, schema: dict[str, Any], language: Language) -> dict[str, Any]:
    code = f"vocabulary.field.{member.removeprefix('@')}"
    return {"description": messages.text(code, language, prefix=PREFIX)} | schema


@lru_cache
def _shared_names() -> dict[str, str]:
    return {repr(sorted(schema.items())): name for name, schema in _SHARED.items()}


def _plain(schema: dict[str, Any]) -> dict[str, Any]:
    """Return a schema without titles and defaults, with references for what is shared."""
    kept = {key: value for key, value in schema.items() if key not in {"title", "default"}}
    if name := _shared_names().get(repr(sorted(kept.items()))):
        return {"$ref": f"#/$defs/{name}"}
    if "items" in kept:
        kept["items"] = _plain(kept["items"])
    if "anyOf" in kept:
        kept["anyOf"] = [_plain(each) for each in kept["anyOf"]]
    if "patternProperties" in kept:
        kept["additionalProperties"] = False
    return kept


_SHARED_DEFINITIONS: dict[str, Any] = _SHARED | {
    "Time": {"type": "string", "format": "date-time", "pattern": _TIME_FORM}
}
