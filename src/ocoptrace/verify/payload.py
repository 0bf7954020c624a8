"""What a payload has to be, so that it may stand under its statement's header.

Entitlement is judged by the header, and people read the payload: both must speak of the same
thing (docs/spec, statement, payloads).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final
from unicodedata import normalize

from ocoptrace import canonical_json
from ocoptrace.epcis import canonical_event, parse_event
from ocoptrace.errors import InputError, RecordError, RegistryError
from ocoptrace.gs1 import PlainName
from ocoptrace.registry import Entry, Issuance, read_entry
from ocoptrace.signing import Root, TrustBundle, base64url
from ocoptrace.signing.bundle import KeyEntry, Revocation
from ocoptrace.signing.statement import KINDS
from ocoptrace.verify.lineage import Step
from ocoptrace.verify.names import GOODS, named

if TYPE_CHECKING:
    from collections.abc import Callable

    from ocoptrace.signing import Statement

__all__ = [
    "BASED_ON",
    "MAX_BASED_ON",
    "Shown",
    "creates_what_it_shows",
    "is_subject",
    "read_payload",
]

Shown = Step | Entry
"""An event with what it touched, or a registry entry."""

BASED_ON: Final = "ocop:basedOn"
"""The member of an event that lists the statements which its maker had seen of others' goods."""

MAX_BASED_ON: Final = 100
PUBLIC_SALT: Final = bytes(16)
"""The salt of a root or bundle, whose text is public (ADR 0003)."""

_ID = re.compile(r"[0-9a-f]{64}")
_THUMBPRINT_URI = "urn:ietf:params:oauth:ckt:sha-256:"
_LEVELS: Final[dict[str, frozenset[str]]] = {
    "product": frozenset({"product"}),
    "grade": frozenset({"product"}),
    "alias": frozenset({"product"}),
    "batch": frozenset({"batch"}),
    "record": GOODS,
}
_FAULT = "verdict.format.payload"


def creates_what_it_shows(kind: str) -> bool:
    """Tell whether only the payload says which names a statement creates, or all of them."""
    return kind in {"event", "alias", "place"}


def is_subject(kind: str, subject: str) -> bool:
    """Tell whether a statement of a kind may be about this: a name in its one form, or no name."""
    levels = _LEVELS.get(kind)
    if levels is None:
        return True
    name = named(subject)
    if name is None or name.level not in levels or name.canonical() != subject:
        return False
    return kind != "alias" or isinstance(name, PlainName)


def read_payload(statement: Statement, payload: str, salt: bytes) -> Shown | None:
    """Return the event or entry that a payload states; None for a kind that is neither.

    Raises:
        OcopTraceError: not RFC 8785, not well formed for its kind, or about something else than
            its header says.
    """
    if statement.kind in _TEXTS:
        _TEXTS[statement.kind](statement, payload, salt)
        return None
    value = canonical_json.loads(payload)
    if canonical_json.dumps(value) != payload.encode():
        raise RecordError("record.not_canonical")
    match statement.kind:
        case "event":
            return _event(statement, value)
        case "policy":
            _policy(statement, value)
            return None
        case "record":
            return None
    _require(_is_as_read(value))
    entry = read_entry(value)
    # What is stated of a batch is the batch itself, or that serials were issued for it.
    kind = "batch" if isinstance(entry, Issuance) else entry.type
    if kind != statement.kind:
        raise RegistryError("registry.entry_type", place="/type", value=entry.type)
    member = "product" if entry.type == "grade" else "id"
    if statement.kind not in {"place", "producer"}:
        _require(getattr(entry, member) == statement.subject)
    return entry


def _require(holds: bool) -> None:  # noqa: FBT001 - the one thing it is given
    if not holds:
        raise InputError(_FAULT)


def _is_as_read(value: Any) -> bool:
    """Tell whether a reader of registry entries takes every text in a value as it stands."""
    match value:
        case str():
            return value == normalize("NFC", value).strip()
        case dict():
            return all(map(_is_as_read, value.values()))
        case list():
            return all(map(_is_as_read, value))
    return True


def _event(statement: Statement, value: Any) -> Step:
    _require(isinstance(value, dict) and value.get("eventID") == statement.subject)
    event = parse_event(value)
    _require(canonical_event(event) == value)
    based_on = event.extensions.get(BASED_ON)
    if based_on is not None:
        _require(isinstance(based_on, list) and 0 < len(based_on) <= MAX_BASED_ON)
        _require(all(isinstance(each, str) and _ID.fullmatch(each) for each in based_on))
        _require(based_on == sorted(set(based_on)))
    # A name that cannot be read makes the event unreadable: this raises.
    return Step.of(event, issuer=statement.issuer, based_on=based_on or ())


def _policy(statement: Statement, value: Any) -> None:
    match value:
        case {"accepts": list(kinds), "origin": statement.subject, **rest} if not rest:
            _require(len(kinds) <= len(KINDS) and all(kind in KINDS for kind in kinds))
            _require(len(set(kinds)) == len(kinds))
        case _:
            raise InputError(_FAULT)


def _key(statement: Statement, payload: str, _: bytes) -> None:
    entry: KeyEntry = KeyEntry.of_text(payload)
    _require(entry.public_key.thumbprint_uri == statement.subject)


def _revocation(statement: Statement, payload: str, _: bytes) -> None:
    revocation: Revocation = Revocation.of_text(payload)
    named_key = base64url.encode(bytes.fromhex(revocation.key))
    _require(statement.subject == _THUMBPRINT_URI + named_key)


def _root(statement: Statement, payload: str, salt: bytes) -> None:
    root: Root = Root.of_text(payload)
    _require(salt == PUBLIC_SALT and statement.subject == f"root:{root.version}")


def _bundle(statement: Statement, payload: str, salt: bytes) -> None:
    bundle: TrustBundle = TrustBundle.of_text(payload)
    _require(salt == PUBLIC_SALT and statement.subject == f"bundle:{bundle.version}")


_TEXTS: Final[dict[str, Callable[[Statement, str, bytes], None]]] = {
    "key": _key,
    "revocation": _revocation,
    "root": _root,
    "bundle": _bundle,
}
"""Kinds whose payload is a text that the trust bundle's own reader checks, spelling included."""
