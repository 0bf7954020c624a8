"""What registering and granting are made of: a producer's key, its grants, its log in a bundle."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from ocoptrace.errors import WorkspaceError
from ocoptrace.registry.producer import PRODUCER_ID_ALPHABET
from ocoptrace.signing import base64url
from ocoptrace.signing.bundle import Grant, KeyEntry, Log, LogKey
from ocoptrace.workspace.gate import beyond, taken

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from ocoptrace.signing import PublicKey
    from ocoptrace.signing.bundle import LabelDuty
    from ocoptrace.signing.registration import RegistrationRequest
    from ocoptrace.workspace.act import Act

__all__ = [
    "CODE_SYMBOLS",
    "DEFAULT_SHELF_LIFE",
    "PRODUCER_KINDS",
    "check_free",
    "check_new",
    "grant_for",
    "list_log",
    "list_producer",
    "new_code",
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

_PRODUCER_KEY_LIFETIME = timedelta(days=2 * 365)


def new_code() -> str:
    """Return a random code: it says nothing about whom it is issued to."""
    return "".join(secrets.choice(PRODUCER_ID_ALPHABET) for _ in range(CODE_SYMBOLS))


def grant_for(
    issuer: str,
    *,
    gtin_prefixes: Iterable[str] = (),
    gtins: Iterable[str] = (),
    labels: Iterable[LabelDuty] = (),
    now: datetime,
) -> Grant:
    """Return the grant of a producer for its own names, not yet given.

    Args:
        issuer: the producer's URI; its plain names begin with it.
        gtin_prefixes: its GS1 company prefixes, if it has any.
        gtins: single GTINs that are its own.
        labels: from when its labels bear a seal.
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
        labels=tuple(labels),
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


def widen(act: Act, entry: KeyEntry, claim: Grant, *, shelf_life: timedelta) -> KeyEntry:
    """List a producer's key with one grant more, for what it was not granted before.

    The grant ends with the key.

    Raises:
        WorkspaceError: the key has ended.
    """
    more = beyond(claim, entry.grants)
    if not (more.gtin_prefixes or more.gtins or more.labels):
        return entry
    if entry.sign_until <= act.now:
        raise WorkspaceError("workspace.key_ended", issuer=entry.issuer, end=entry.sign_until)
    added = more.model_copy(update={"until": entry.sign_until})
    seal_until = max(entry.seal_until, entry.sign_until + shelf_life)
    wider = entry.model_copy(update={"grants": (*entry.grants, added), "seal_until": seal_until})
    act.list_key(wider)
    return wider


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


def list_log(act: Act, asked: RegistrationRequest, *, operator: str, trust_witnesses: bool) -> None:
    """List the log of a producer, with those of its witnesses that count.

    Args:
        act: what this belongs to.
        asked: the producer's request.
        operator: the producer's URI.
        trust_witnesses: let all witnesses that it names count; otherwise only those that are
            listed already, since nobody is the witness of his own log.
    """
    log = asked.log
    if log is None or any(each.origin == log.origin for each in act.logs):
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
