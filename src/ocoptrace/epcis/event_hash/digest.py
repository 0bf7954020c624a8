"""The event hash: an address made from the content of an event (RFC 6920 ``ni:``).

>>> event = {"type": "ObjectEvent", "action": "OBSERVE", "bizStep": "storing",
...     "eventTime": "2025-09-01T08:00:00+07:00", "eventTimeZoneOffset": "+07:00",
...     "epcList": ["https://id.gs1.org/01/09520101001115/21/7"]}
>>> event_hash(event)
'ni:///sha-256;6a2b21fe44ceeab6df79f0ad42a74abfea5afc125db88ca56a60b6bf84df11a9?ver=CBV2.0'
>>> event_hash(event, algorithm="sha-512", profile="cbv2.1")[-20:]
'd8c87250b?ver=CBV2.1'

The digest is in hexadecimal digits, as CBV has it; RFC 6920 itself would have base64url.
"""

from __future__ import annotations

from hashlib import sha3_256, sha256, sha384, sha512
from typing import TYPE_CHECKING, Any, Literal

from ocoptrace.epcis.event_hash.prehash import event_prehash, event_prehashes
from ocoptrace.epcis.event_hash.profile import ProfileName, profile_named
from ocoptrace.epcis.places import within
from ocoptrace.errors import EpcisError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from ocoptrace.epcis.event import Event

__all__ = ["Algorithm", "event_hash", "hash_events"]

Algorithm = Literal["sha-256", "sha3-256", "sha-384", "sha-512"]
"""A hash function, by its name in the registry of RFC 6920."""

_FUNCTIONS: dict[Algorithm, Callable[[bytes], Any]] = {
    "sha-256": sha256,
    "sha3-256": sha3_256,
    "sha-384": sha384,
    "sha-512": sha512,
}


def event_hash(
    event: Event | Mapping[str, Any],
    *,
    profile: ProfileName = "cbv2.0",
    algorithm: Algorithm = "sha-256",
    context: Sequence[str | Mapping[str, Any]] = (),
) -> str:
    """Return the hash of an event: ``ni:///sha-256;<hex>?ver=CBV2.0``.

    Args:
        event: an event, or its JSON members.
        profile: which reading of the standard.
        algorithm: the hash function.
        context: contexts of the document around the event, whose objects declare prefixes;
            the event's own count more. Nothing is fetched.

    Raises:
        EpcisError: no such profile or algorithm; or a member that cannot be hashed, with its
            place.
    """
    write = _writer(profile, algorithm)
    return write(event_prehash(event, profile=profile, context=context))


def hash_events(
    events: Iterable[Event | Mapping[str, Any]],
    *,
    profile: ProfileName = "cbv2.0",
    algorithm: Algorithm = "sha-256",
    context: Sequence[str | Mapping[str, Any]] = (),
) -> Iterator[str]:
    """Return the hashes of many events, one by one as they are asked for, none left out.

    Args:
        events: as in ``event_hash``; read one by one.
        profile: which reading of the standard.
        algorithm: the hash function.
        context: as in ``event_hash``.

    Raises:
        EpcisError: no such profile or algorithm; or as ``event_hash``, when it is an event's
            turn: its place begins with the position of the event.
    """
    write = _writer(profile, algorithm)
    texts = event_prehashes(events, profile=profile, context=context)
    return (within(position, write, text) for position, text in enumerate(texts))


def _writer(profile: str, algorithm: str) -> Callable[[str], str]:
    """Return the function that makes a hash of a pre-hash text."""
    version = profile_named(profile).version
    function = next((each for name, each in _FUNCTIONS.items() if name == algorithm), None)
    if function is None:
        expected = ", ".join(_FUNCTIONS)
        raise EpcisError("fields.not_one_of", value=algorithm, expected=expected)

    def write(prehash: str) -> str:
        try:
            data = prehash.encode()
        except UnicodeEncodeError as error:
            raise EpcisError("json.not_unicode") from error
        return f"ni:///{algorithm};{function(data).hexdigest()}?ver={version}"

    return write
