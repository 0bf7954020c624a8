"""What no single entry of a trust bundle can break: faults of the whole, each at its place.

>>> from ocoptrace.signing.bundle_entries import Log, LogKey
>>> from ocoptrace.signing.keys import SoftwareSigner
>>> from ocoptrace.signing.note import NoteSigner
>>> vkey = str(NoteSigner("a.example/log", SoftwareSigner.generate("Ed25519")).verifier_key)
>>> log = Log(origin="a.example/log", keys=(LogKey(vkey=vkey),), witnesses=(), quorum=1,
...     operator="https://id.example/ocop/0FF1CE00")
>>> [(fault.code, fault.place) for fault in faults_among((), (log, log), ())]
[('signing.quorum', '/logs/0/quorum'), ('signing.log_twice', '/logs/1/origin'), \
('signing.quorum', '/logs/1/quorum')]
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from ocoptrace.epcis.faults import pointer
from ocoptrace.findings import Finding
from ocoptrace.gs1 import parse_name
from ocoptrace.signing.entitlement import covers
from ocoptrace.signing.note import COSIGNATURE_V1, ED25519

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from ocoptrace.signing.bundle_entries import Grant, KeyEntry, Log, WitnessedLog
    from ocoptrace.signing.note import VerifierKey

__all__ = ["MAX_KEYS_PER_HINT", "faults_among", "faults_of_log_key", "faults_of_witnesses"]

MAX_KEYS_PER_HINT: Final = 16
"""A seal is tried with every key of its hint."""


def faults_among(
    keys: Sequence[KeyEntry], logs: Sequence[Log], namespaces: Iterable[str]
) -> Iterator[Finding]:
    """Yield what does not hold together in a bundle that lists these (docs/spec, trust bundle)."""
    yield from _alike(keys)
    hosts = frozenset(namespaces)
    for place, entry in enumerate(keys):
        for nth, grant in enumerate(entry.grants):
            yield from _faults_of_grant(grant, hosts, pointer("keys", place, "grants", nth))
    origins: set[str] = set()
    for place, log in enumerate(logs):
        where = pointer("logs", place)
        if log.origin in origins:
            yield _fault("signing.log_twice", f"{where}/origin", {"origin": log.origin})
        origins.add(log.origin)
        yield from _faults_of_log(log, where)


def _alike(keys: Sequence[KeyEntry]) -> Iterator[Finding]:
    holders: dict[bytes, str] = {}
    hints = Counter(entry.public_key.hint for entry in keys)
    for place, entry in enumerate(keys):
        key, where = entry.public_key, pointer("keys", place, "key")
        if key.kid in holders:
            yield _fault("signing.kid_twice", where, {"holder": holders[key.kid]})
        holders.setdefault(key.kid, entry.issuer)
        if hints[key.hint] > MAX_KEYS_PER_HINT:
            yield _fault("signing.hint_shared", where, {"limit": MAX_KEYS_PER_HINT})


def _faults_of_grant(grant: Grant, namespaces: frozenset[str], where: str) -> Iterator[Finding]:
    for place, prefix in enumerate(grant.name_prefixes):
        host = prefix.split("/")[2]
        if host not in namespaces:
            at = where + pointer("name_prefixes", place)
            known = ", ".join(sorted(namespaces)) or "–"
            yield _fault("signing.namespace", at, {"host": host, "known": known})
    for place, duty in enumerate(grant.labels):
        if not covers(grant, parse_name(duty.product)):
            at = where + pointer("labels", place, "product")
            yield _fault("signing.label_not_held", at, {"product": duty.product})


def _faults_of_log(log: Log, where: str) -> Iterator[Finding]:
    for place, entry in enumerate(log.keys):
        at = where + pointer("keys", place, "vkey")
        yield from faults_of_log_key(entry.verifier_key, log.origin, at)
    yield from faults_of_witnesses(log, [key.verifier_key for key in log.keys], where)
    if log.final is not None and log.final.origin != log.origin:
        facts: dict[str, object] = {"name": log.final.origin, "origin": log.origin}
        yield _fault("signing.log_final", f"{where}/final/origin", facts)


def faults_of_log_key(key: VerifierKey, origin: str, where: str) -> Iterator[Finding]:
    """Yield what is wrong with a key as that of a log, at a place."""
    if key.signature_type != ED25519 or key.name != origin:
        yield _fault("signing.log_key", where, {"name": key.name, "origin": origin})


def faults_of_witnesses(
    log: WitnessedLog, own: Iterable[VerifierKey], where: str = ""
) -> Iterator[Finding]:
    """Yield what is wrong with the witnesses of a log of these keys, which stands at a place."""
    seen: set[bytes] = set()
    logs = {key.public_key.thumbprint for key in own}
    for place, key in enumerate(log.witness_keys):
        at = where + pointer("witnesses", place)
        if key.signature_type != COSIGNATURE_V1:
            yield _fault("signing.witness_type", at, {"name": key.name})
        if key.public_key.thumbprint in seen:
            yield _fault("signing.witness_twice", at, {"name": key.name})
        if key.public_key.thumbprint in logs:
            yield _fault("signing.witness_is_log", at, {"name": key.name})
        seen.add(key.public_key.thumbprint)
    if log.quorum > len(log.witness_keys):
        facts: dict[str, object] = {"quorum": log.quorum, "count": len(log.witness_keys)}
        yield _fault("signing.quorum", f"{where}/quorum", facts)


def _fault(code: str, place: str, facts: dict[str, object]) -> Finding:
    return Finding(code, "error", place, facts)
