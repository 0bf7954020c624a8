"""The canonical event: one JSON object, one spelling, so that two parties sign the same.

Names are canonical, CBV words bare, ``recordTime`` is left out, ``@context`` is always the
EPCIS context, ours, and an object with the extension prefixes that the event uses. The
bytes are RFC 8785.

>>> from ocoptrace.epcis.event import parse_event
>>> event = parse_event({
...     "type": "ObjectEvent", "action": "OBSERVE",
...     "bizStep": "https://ref.gs1.org/cbv/BizStep-receiving",
...     "eventTime": "2025-08-20T07:15:00+07:00", "eventTimeZoneOffset": "+07:00",
...     "epcList": ["https://shop.example/01/09521234543213/21/7"], "ocop:step": "receiving_raw"})
>>> canonical = canonical_event(event)
>>> canonical["bizStep"], canonical["epcList"], canonical["@context"][2]
('receiving', ['https://id.gs1.org/01/09521234543213/21/7'], \
{'ocop': 'https://w3id.org/ocoptrace/voc/'})
>>> with_event_id(event).event_id
'urn:uuid:8dfb97c8-3c19-8487-a811-a1b0531f9c1e'
"""

from __future__ import annotations

from functools import cache, lru_cache
from hashlib import sha256
from typing import TYPE_CHECKING, Any
from uuid import UUID

from pydantic import BaseModel

from ocoptrace import canonical_json
from ocoptrace.epcis.dimensions import (
    BizTransaction,
    Destination,
    ErrorDeclaration,
    Location,
    PersistentDisposition,
    QuantityElement,
    SensorReport,
    Source,
)
from ocoptrace.epcis.event import Event
from ocoptrace.epcis.names import canonical_name
from ocoptrace.epcis.number import Real, double
from ocoptrace.epcis.places import came_from, each, within
from ocoptrace.epcis.read_only import ReadOnlyList, ReadOnlyMapping
from ocoptrace.epcis.vocabulary import (
    CONTEXT,
    EPCIS_CONTEXT,
    PREFIX,
    RESERVED_PREFIXES,
    UNDECLARED_PREFIXES,
    VOCABULARY,
    CodeList,
    bare,
)
from ocoptrace.errors import EpcisError, InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Mapping

    _Write = Callable[["_Walk", Any], Any]

__all__ = [
    "canonical_bytes",
    "canonical_event",
    "made_event_id",
    "used_prefixes",
    "with_event_id",
]


def canonical_event(event: Event) -> dict[str, Any]:
    """Return the canonical JSON object of an event.

    Raises:
        Gs1Error: a name in the event has a fault.
        EpcisError: a number that a double does not hold to 15 digits; a prefix that no context
            of the event declares, or a reserved one that is declared with another meaning.
    """
    walk = _Walk(name=canonical_name, number=double)
    members = walk.part(event)
    declared = event.prefixes
    namespaces = _namespaces(walk.prefixes(declared), declared)
    members["@context"] = [EPCIS_CONTEXT, CONTEXT, namespaces]
    return members


def canonical_bytes(event: Event) -> bytes:
    """Return the RFC 8785 bytes of the canonical event: what is hashed and signed.

    Raises:
        InputError: as canonical_event, or a number that a double cannot hold.
    """
    return canonical_json.dumps(canonical_event(event))


def with_event_id(event: Event, secret: bytes = b"") -> Event:
    """Return the event with an eventID, which is made from its bytes where it has none.

    The same event always gets the same ID from the same secret.

    Args:
        event: with or without an eventID.
        secret: what the recorder alone knows, so that nobody finds out what an event says by
            trying what it may say until the ID fits.

    Raises:
        InputError: as canonical_bytes.
    """
    if event.event_id is not None:
        return event
    return event.model_copy(update={"event_id": made_event_id(canonical_bytes(event), secret)})


def made_event_id(canonical: bytes, secret: bytes = b"") -> str:
    """Return the eventID of an event that has none.

    A UUID of version 8 (RFC 9562): the first 128 bits of the SHA-256 of the secret and the
    canonical bytes, with version and variant set.

    Args:
        canonical: canonical bytes of the event, without eventID.
        secret: as for ``with_event_id``.
    """
    digest = bytearray(sha256(secret + canonical).digest()[:16])
    digest[6] = digest[6] & 0x0F | 0x80
    digest[8] = digest[8] & 0x3F | 0x80
    return f"urn:uuid:{UUID(bytes=bytes(digest))}"


def used_prefixes(event: Event) -> set[str]:
    """Return the prefixes that an event uses and EPCIS does not declare.

    In a word, only what a context of the event declares is a prefix, and not the scheme of a URI.
    """
    walk = _Walk(name=_as_it_is, number=_as_it_is)
    walk.part(event)
    return walk.prefixes(event.prefixes)


def _as_it_is(value: Any) -> Any:
    return value


def _namespaces(used: set[str], declared: Mapping[str, str]) -> dict[str, str]:
    """Return what prefixes mean, sorted."""
    for prefix, namespace in declared.items():
        reserved = RESERVED_PREFIXES.get(prefix)
        if reserved and namespace not in reserved:
            raise EpcisError(
                "epcis.prefix_reserved", place="/@context", prefix=prefix, namespace=namespace
            )
    namespaces: dict[str, str] = {}
    for prefix in sorted(used):
        namespace = VOCABULARY if prefix == PREFIX else declared.get(prefix, "")
        if not namespace:
            raise EpcisError("epcis.prefix_undeclared", place="/@context", prefix=prefix)
        namespaces[prefix] = namespace
    return namespaces


class _Walk:
    """One way through an event, which copies it and sees what prefixes it uses.

    Args:
        name: what becomes of the names of things, places and parties.
        number: what becomes of numbers that are not whole.
    """

    __slots__ = ("_extensions", "_words", "name", "number")

    def __init__(self, *, name: Callable[[str], str], number: Callable[[float], float]) -> None:
        self.name, self.number = name, number
        self._extensions: set[str] = set()
        self._words: set[str] = set()

    def part(self, part: BaseModel) -> dict[str, Any]:
        """Return a part of an event as JSON."""
        fields = _fields(type(part))
        given = vars(part)
        members: dict[str, Any] = {}
        member = ""
        try:
            for field, member, write in fields:
                value = given[field]
                if value is not None:
                    members[member] = write(self, value) if write else value
        except InputError as error:
            came_from(member, error)
            raise
        extra = part.__pydantic_extra__
        if extra:
            self._extensions.update(extra)
            for name, value in extra.items():
                kept = type(value) is str
                members[name] = value if kept else within(name, self.value, value)
        return members

    def value(self, value: Any) -> Any:
        """Return JSON, or parts of an event, as JSON."""
        kind = type(value)
        if kind is str:
            return value
        if kind is Real:
            return self.number(value)
        if kind is tuple or kind is list or kind is ReadOnlyList:
            return each(value, self.value)
        if kind is dict or kind is ReadOnlyMapping:
            self._extensions.update(value)
            return {name: within(name, self.value, member) for name, member in value.items()}
        if isinstance(value, float):
            return self.number(value)
        return self.part(value) if isinstance(value, BaseModel) else value

    def word(self, word: str, code_list: CodeList) -> str:
        """Return a word of a code list, bare."""
        word = bare(word, code_list)
        if ":" in word:
            self._words.add(word)
        return word

    def prefixes(self, declared: Container[str]) -> set[str]:
        """Return the prefixes that were seen and EPCIS does not declare."""
        found = {prefix for each in self._extensions if (prefix := _prefix(each)) is not None}
        for word in self._words:
            prefix = word.partition(":")[0]
            if prefix in declared or prefix == PREFIX:
                found.add(prefix)
        return found - UNDECLARED_PREFIXES


@lru_cache(1024)
def _prefix(name: str) -> str | None:
    """Return the prefix of the name of an extension, which may be empty; None where it has none."""
    # An attribute of XML is called after its name: ``@prefix:name``.
    prefix, colon, local = name.removeprefix("@").partition(":")
    return prefix if colon and prefix != "urn" and not local.startswith("//") else None


def _name(walk: _Walk, uri: str) -> str:
    return walk.name(uri)


def _names(walk: _Walk, uris: tuple[str, ...]) -> list[str]:
    return each(uris, walk.name)


def _parts(walk: _Walk, parts: tuple[BaseModel, ...]) -> list[dict[str, Any]]:
    return each(parts, walk.part)


def _word(code_list: CodeList) -> _Write:
    return lambda walk, word: walk.word(word, code_list) if ":" in word else word


def _words(code_list: CodeList) -> _Write:
    return lambda walk, words: each(words, walk.word, code_list)


_WRITERS: dict[type[BaseModel], dict[str, _Write | None]] = {
    Event: {
        **dict.fromkeys(("type", "action", "event_time", "event_time_zone_offset", "event_id")),
        "biz_step": _word("BizStep"),
        "child_epcs": _names,
        "disposition": _word("Disp"),
        "epc_list": _names,
        "input_epc_list": _names,
        "output_epc_list": _names,
        "parent_id": _name,
        **dict.fromkeys(("biz_location", "persistent_disposition", "read_point"), _Walk.part),
        **dict.fromkeys(
            (
                "biz_transaction_list",
                "child_quantity_list",
                "destination_list",
                "input_quantity_list",
                "output_quantity_list",
                "quantity_list",
                "sensor_element_list",
                "source_list",
            ),
            _parts,
        ),
    },
    BizTransaction: {"biz_transaction": _name, "type": _word("BTT")},
    Destination: {"destination": _name, "type": _word("SDT")},
    ErrorDeclaration: {"reason": _word("ER")},
    Location: {"id": _name},
    PersistentDisposition: {"set": _words("Disp"), "unset": _words("Disp")},
    QuantityElement: {"epc_class": _name, "uom": None},
    SensorReport: {
        "component": _word("Comp"),
        "exception": _word("Measurement"),
        "type": _word("Measurement"),
    },
    Source: {"source": _name, "type": _word("SDT")},
}
"""Part of an event → what writes its names, words and parts; None for texts as they stand."""

_LEFT_OUT = frozenset({"context", "record_time"})


@cache
def _fields(kind: type[BaseModel]) -> tuple[tuple[str, str, _Write | None], ...]:
    """Return the fields of a part that are canonical: field, member, and what writes it, if any."""
    writers = _WRITERS.get(Event if issubclass(kind, Event) else kind, {})
    return tuple(
        (field, info.alias or field, writers.get(field, _Walk.value))
        for field, info in kind.model_fields.items()
        if field not in _LEFT_OUT
    )
