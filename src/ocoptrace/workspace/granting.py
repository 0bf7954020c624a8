"""What registering and granting are made of: a producer's key, its grants, its log in a bundle."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from ocoptrace.errors import WorkspaceError
from ocoptrace.gs1 import DigitalLink, parse_name
from ocoptrace.registry.producer import PRODUCER_ID_ALPHABET
from ocoptrace.signing import base64url
from ocoptrace.signing.bundle import Grant, KeyEntry, Log, LogKey
from ocoptrace.signing.entitlement import covers
from ocoptrace.workspace.gate import beyond, taken
from ocoptrace.workspace.recognised_offices import recognised_keys

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from ocoptrace.signing import PublicKey, Root
    from ocoptrace.signing.bundle import CertificateNote, LabelDuty
    from ocoptrace.signing.key_binding import KeyBinding
    from ocoptrace.signing.registration import RegistrationRequest
    from ocoptrace.workspace.act import Act

__all__ = [
    "CODE_SYMBOLS",
    "DEFAULT_SHELF_LIFE",
    "PRODUCER_KINDS",
    "check_free",
    "check_new",
    "check_request",
    "drop_holder",
    "grant_for",
    "list_log",
    "list_producer",
    "new_code",
    "note_holder",
    "root_digest",
    "widen",
]

PRODUCER_KINDS: Final = (
    "place", "product", "batch", "event", "evidence", "record", "alias", "seal",
)  # fmt: skip
"""What a producer's key may state: everything about its own goods but their grade."""

DEFAULT_SHELF_LIFE: Final = timedelta(days=3 * 365)
"""How long a producer's seals outlive its key where nothing is known of its products."""

CODE_SYMBOLS: Final = 8
"""Length of a producer's code."""

_REQUEST_LIFETIME = timedelta(days=90)
_CLOCK_TOLERANCE = timedelta(minutes=10)
_PRODUCER_KEY_LIFETIME = timedelta(days=2 * 365)


def new_code() -> str:
    """Return a random code: it says nothing about whom it is issued to."""
    return "".join(secrets.choice(PRODUCER_ID_ALPHABET) for _ in range(CODE_SYMBOLS))


def grant_for(
    issuer: str,
    *,
    gtin_prefixes: Iterable[str] = (),
    gtins: Iterable[str] = (),
    now: datetime,
) -> Grant:
    """Return the grant of a producer for its own names, not yet given.

    Args:
        issuer: the producer's URI; its plain names begin with it.
        gtin_prefixes: its GS1 company prefixes, if it has any.
        gtins: single GTINs that are its own.
        now: the time of the act, aware.

    Raises:
        SigningError: not a prefix, not a GTIN.
    """
    start = now.replace(microsecond=0)
    return Grant.of(
        kinds=PRODUCER_KINDS,
        from_=start,
        until=start + _PRODUCER_KEY_LIFETIME,
        gtin_prefixes=tuple(gtin_prefixes),
        gtins=tuple(gtins),
        name_prefixes=(f"{issuer}/",),
    )


def list_producer(
    act: Act,
    key: PublicKey,
    grant: Grant,
    *,
    issuer: str,
    name: Mapping[str, str],
    shelf_life: timedelta,
) -> KeyEntry:
    """List a new producer's key with its grant."""
    entry = KeyEntry.of(
        key=base64url.encode(key.cose_key),
        issuer=issuer,
        name=dict(name),
        role="producer",
        sign_from=grant.from_,
        sign_until=grant.until,
        seal_until=grant.until + shelf_life,
        grants=(grant,),
    )
    act.list_key(entry)
    return entry


def widen(
    act: Act,
    entry: KeyEntry,
    claim: Grant,
    *,
    labels: Sequence[LabelDuty] = (),
    shelf_life: timedelta,
) -> KeyEntry:
    """List a producer's key with one grant more, for what it was not granted before.

    The grant ends with the key.

    Args:
        act: what this belongs to.
        entry: the key.
        claim: what it is to be granted.
        labels: from when labels of its products bear a seal.
        shelf_life: the longest of its products.

    Raises:
        WorkspaceError: the key has ended, or a label's product is not the producer's.
    """
    more = beyond(claim, entry.grants)
    if not (more.gtin_prefixes or more.gtins or labels):
        return entry
    if entry.sign_until <= act.now:
        raise WorkspaceError("workspace.key_ended", issuer=entry.issuer, end=entry.sign_until)
    added = Grant.of(
        kinds=more.kinds,
        from_=more.from_,
        until=entry.sign_until,
        gtin_prefixes=more.gtin_prefixes,
        # A grant names the products whose labels it speaks of.
        gtins=tuple(dict.fromkeys((*more.gtins, *_gtins(labels, (claim, *entry.grants))))),
        name_prefixes=more.name_prefixes,
        labels=tuple(labels),
    )
    seal_until = max(entry.seal_until, entry.sign_until + shelf_life)
    wider = entry.model_copy(update={"grants": (*entry.grants, added), "seal_until": seal_until})
    act.list_key(wider)
    return wider


def _gtins(labels: Iterable[LabelDuty], held: Iterable[Grant]) -> Iterator[str]:
    """Yield the GTINs of labelled products, which their producer must have been granted."""
    grants = list(held)
    for duty in labels:
        name = parse_name(duty.product)
        if not any(covers(grant, name) for grant in grants):
            raise WorkspaceError("workspace.not_entitled_name", what=duty.product)
        if isinstance(name, DigitalLink):
            yield name.key[1]


def check_free(act: Act, claim: Grant, *, issuer: str) -> None:
    """Refuse a claim to what another producer was granted.

    Raises:
        WorkspaceError: a prefix or GTIN is another's, whole or in part.
    """
    for entry in act.keys:
        for held in entry.grants if entry.issuer != issuer else ():
            what = taken(claim, held)
            if what is not None:
                raise WorkspaceError("workspace.name_of_another", what=what, holder=entry.issuer)


def check_new(act: Act, key: PublicKey) -> None:
    """Refuse a key that is listed already, as anybody's.

    Raises:
        WorkspaceError: it is.
    """
    for entry in act.keys:
        if entry.public_key == key:
            raise WorkspaceError("workspace.key_registered", holder=entry.issuer)


def check_request(act: Act, asked: RegistrationRequest, *, follows: KeyEntry | None) -> None:
    """Refuse a request that is not for this office, not for this act, or not of these days.

    Args:
        act: what it is brought for.
        asked: the request.
        follows: the key that is to be followed; None where a producer is registered anew.

    Raises:
        WorkspaceError: it was written over 90 days ago or lies ahead of the clock, names
            another office, or another key to follow.
    """
    if not -_CLOCK_TOLERANCE <= act.now - asked.made <= _REQUEST_LIFETIME:
        raise WorkspaceError("workspace.request_time", made=asked.made, now=act.now)
    if asked.office is not None and asked.office not in _root_digests(act):
        raise WorkspaceError("workspace.request_of_another", office=asked.office[:16])
    if follows is None and asked.follows is not None:
        raise WorkspaceError("workspace.request_follows", key=asked.follows[:16])
    if follows is not None and asked.follows not in {None, follows.thumbprint}:
        raise WorkspaceError(
            "workspace.request_follows_another",
            key=str(asked.follows)[:16],
            expected=follows.thumbprint[:16],
        )


def _root_digests(act: Act) -> Iterator[str]:
    """Yield how a request may name this office: by any of its roots, the newest first."""
    trust = act.setting.trust
    for version in range(trust.root().version, 0, -1):
        yield root_digest(trust.root(version))


def root_digest(root: Root) -> str:
    """Return how a request names an office: the SHA-256 of its root's text, hexadecimal."""
    return hashlib.sha256(root.text().encode()).hexdigest()


def list_log(act: Act, asked: RegistrationRequest, *, operator: str, trust_witnesses: bool) -> None:
    """List the log of a producer, with those of its witnesses that count.

    Args:
        act: what this belongs to.
        asked: the producer's request.
        operator: the producer's URI.
        trust_witnesses: let all witnesses that it names count; otherwise only those that are
            listed already, since nobody is the witness of his own log.

    Raises:
        WorkspaceError: the origin is that of a log with another key.
    """
    log = asked.log
    if log is None:
        return
    for each in act.logs:
        if each.origin == log.origin:
            if log.vkey not in {key.vkey for key in each.keys}:
                raise WorkspaceError(
                    "workspace.log_of_another", origin=log.origin, operator=each.operator
                )
            return
    known = {vkey for each in act.logs for vkey in each.witnesses}
    witnesses = tuple(vkey for vkey in log.witnesses if trust_witnesses or vkey in known)
    act.logs.append(
        Log.of(
            origin=log.origin,
            keys=(LogKey.of(vkey=log.vkey),),
            witnesses=witnesses,
            quorum=min(log.quorum, len(witnesses)),
            operator=operator,
        )
    )


def note_holder(act: Act, binding: KeyBinding, note: CertificateNote) -> KeyEntry:
    """List a key with the name of its holder; what it may state is as before.

    Raises:
        WorkspaceError: the office lists no such key of this issuer, or it is revoked.
    """
    revoked = {each.key for each in act.revocations} | recognised_keys(act.setting.store)
    for entry in act.keys:
        is_it = (entry.thumbprint, entry.issuer) == (binding.thumbprint, binding.issuer)
        if is_it and entry.role != "log" and entry.thumbprint not in revoked:
            noted = entry.model_copy(update={"certificate": note})
            act.list_key(noted)
            return noted
    facts = {"key": binding.thumbprint[:16], "issuer": binding.issuer}
    raise WorkspaceError("workspace.binding_of_another", **facts)


def drop_holder(act: Act, entry: KeyEntry) -> KeyEntry:
    """List a key without the name of its holder: the certificate was revoked, or is not its own.

    Raises:
        WorkspaceError: there is none to take away, or another office noted it.
    """
    if entry.certificate is None or entry.thumbprint in recognised_keys(act.setting.store):
        raise WorkspaceError("workspace.no_certificate", key=entry.thumbprint[:16])
    bare = entry.model_copy(update={"certificate": None})
    act.list_key(bare)
    return bare
