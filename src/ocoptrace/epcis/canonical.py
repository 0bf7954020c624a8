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

from hashlib import sha256
from typing import TYPE_CHECKING, Any
from uuid import UUID

from ocoptrace import canonical_json
from ocoptrace.epcis.faults import pointer
from ocoptrace.epcis.names import canonical_name
from ocoptrace.epcis.number import double
from ocoptrace.epcis.vocabulary import (
    CONTEXT,
    EPCIS_CONTEXT,
    PREFIX,
    STANDARD_PREFIXES,
    VOCABULARY,
    CodeList,
    bare,
)
from ocoptrace.errors import EpcisError

if TYPE_CHECKING:
    from collections.abc import Container, Iterator

    from ocoptrace.epcis.event import Event

__all__ = [
    "canonical_bytes",
    "canonical_event",
    "extension_prefixes",
    "made_event_id",
    "used_prefixes",
    "with_event_id",
]

_NAME_LISTS = ("epcList", "childEPCs", "inputEPCList", "outputEPCList")
_QUANTITY_LISTS = ("quantityList", "childQuantityList", "inputQuantityList", "outputQuantityList")
_TYPED_LISTS: dict[str, tuple[str, CodeList]] = {
    "bizTransactionList": ("bizTransaction", "BTT"),
    "sourceList": ("source", "SDT"),
    "destinationList": ("destination", "SDT"),
}


def canonical_event(event: Event) -> dict[str, Any]:
    """Return the canonical JSON object of an event.

    Raises:
        Gs1Error: a name in the event has a fault.
        EpcisError: a number that a double does not hold to 15 digits; a prefix that no context
            of the event declares, or a reserved one that is declared with another meaning.
    """
    members = event.to_json()
    members.pop("recordTime", None)
    _canonical_names(members)
    _plain_numbers(members)
    for holder, key, code_list in _words(members):
        holder[key] = bare(holder[key], code_list)
    members["@context"] = [EPCIS_CONTEXT, CONTEXT, _extension_prefixes(members, event.prefixes)]
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


def extension_prefixes(event: Event) -> dict[str, str]:
    """Return the prefixes of the event's extension names, with their namespaces, sorted.

    Prefixes that the EPCIS context declares are not among them.

    Raises:
        EpcisError: a prefix is undeclared, or a reserved one is declared otherwise.
    """
    return _extension_prefixes(event.to_json(), event.prefixes)


def used_prefixes(members: dict[str, Any], declared: Container[str]) -> set[str]:
    """Return the prefixes that an event uses and EPCIS does not declare.

    Args:
        members: the event as JSON.
        declared: what its contexts declare: in a word, only such a text is a prefix, and
            not the scheme of a URI.
    """
    words = (holder[key].partition(":") for holder, key, _ in _words(members))
    in_words = {
        prefix for prefix, colon, _ in words if colon and (prefix in declared or prefix == PREFIX)
    }
    return (in_words | _prefixes(members)) - STANDARD_PREFIXES.keys()


def _extension_prefixes(members: dict[str, Any], declared: dict[str, str]) -> dict[str, str]:
    for prefix, namespace in declared.items():
        reserved = STANDARD_PREFIXES.get(prefix) or ({VOCABULARY} if prefix == PREFIX else None)
        if reserved and namespace not in reserved:
            raise EpcisError(
                "epcis.prefix_reserved", place="/@context", prefix=prefix, namespace=namespace
            )
    extensions: dict[str, str] = {}
    for prefix in sorted(used_prefixes(members, declared)):
        namespace = VOCABULARY if prefix == PREFIX else declared.get(prefix, "")
        if not namespace:
            raise EpcisError("epcis.prefix_undeclared", place="/@context", prefix=prefix)
        extensions[prefix] = namespace
    return extensions


def _prefixes(members: dict[str, Any]) -> set[str]:
    """Return the prefix of every ``prefix:name`` among the member names of JSON."""
    names = {name for holder in _holders(members) if type(holder) is dict for name in holder}
    parts = (name.partition(":") for name in names)
    return {
        prefix
        for prefix, colon, local in parts
        if colon and prefix != "urn" and not local.startswith("//")
    }


def _holders(members: dict[str, Any]) -> list[Any]:
    """Return every object and list of JSON, the outermost first."""
    found: list[Any] = [members]
    for holder in found:  # which grows meanwhile
        inside = holder.values() if type(holder) is dict else holder
        found += [item for item in inside if type(item) is dict or type(item) is list]
    return found


def _plain_numbers(members: dict[str, Any]) -> None:
    """Put the number that a double holds in the place of every number that keeps its digits."""
    for holder in _holders(members):
        for at, item in holder.items() if type(holder) is dict else enumerate(holder):
            if isinstance(item, float):
                try:
                    holder[at] = double(item)
                except EpcisError as error:
                    error.place = _place_of(item, members)
                    raise


def _place_of(number: float, value: Any) -> str:
    """Return the JSON pointer of a number: of this very object."""
    for at, item in value.items() if type(value) is dict else enumerate(value):
        if item is number:
            return pointer(at)
        if type(item) in {dict, list} and (found := _place_of(number, item)):
            return pointer(at) + found
    return ""


def _canonical_names(members: dict[str, Any]) -> None:
    for list_name in _NAME_LISTS:
        if list_name in members:
            members[list_name] = [canonical_name(uri) for uri in members[list_name]]
    if "parentID" in members:
        members["parentID"] = canonical_name(members["parentID"])
    for list_name in _QUANTITY_LISTS:
        for element in members.get(list_name, ()):
            element["epcClass"] = canonical_name(element["epcClass"])
    for location in ("readPoint", "bizLocation"):
        if location in members:
            members[location]["id"] = canonical_name(members[location]["id"])
    for list_name, (member, _) in _TYPED_LISTS.items():
        for item in members.get(list_name, ()):
            item[member] = canonical_name(item[member])


def _words(members: dict[str, Any]) -> Iterator[tuple[Any, Any, CodeList]]:
    """Yield where each word of a code list stands: what holds it, its key there, the list."""
    lasting = members.get("persistentDisposition", {})
    for words in lasting.values():
        yield from ((words, position, "Disp") for position in range(len(words)))
    places: list[tuple[dict[str, Any], str, CodeList]] = [
        (members, "bizStep", "BizStep"),
        (members, "disposition", "Disp"),
        (members.get("errorDeclaration", {}), "reason", "ER"),
    ]
    for list_name, (_, code_list) in _TYPED_LISTS.items():
        places += [(item, "type", code_list) for item in members.get(list_name, ())]
    for element in members.get("sensorElementList", ()):
        for report in element["sensorReport"]:
            places += [
                (report, "type", "Measurement"),
                (report, "exception", "Measurement"),
                (report, "component", "Comp"),
            ]
    yield from (place for place in places if place[1] in place[0])
