"""One gate: who may state what here, and whose a name is already.

A file says of itself which GS1 keys are its producer's. The first who comes is believed; what
another was granted before is not granted a second time.

>>> from datetime import UTC, datetime
>>> from ocoptrace.signing.bundle import Grant
>>> def claim(*prefixes: str, gtins: tuple[str, ...] = ()) -> Grant:
...     start, end = (datetime(year, 1, 1, tzinfo=UTC) for year in (2026, 2028))
...     return Grant(kinds=(), from_=start, until=end, gtin_prefixes=prefixes, gtins=gtins)
>>> held = claim("9521234")
>>> taken(claim("952123"), held), taken(claim(gtins=("09521234543213",)), held)
('952123', '09521234543213')
>>> taken(claim("9521235"), held) is None
True
>>> beyond(claim("95212345", "9521235"), [held]).gtin_prefixes
('9521235',)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ocoptrace.gs1 import DigitalLink
from ocoptrace.signing.entitlement import covers, refusal

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Sequence
    from datetime import datetime

    from ocoptrace.errors import OcopTraceError
    from ocoptrace.gs1 import Name
    from ocoptrace.signing import TrustBundle
    from ocoptrace.signing.bundle import Grant, KeyEntry, Signable

__all__ = [
    "beyond",
    "check_entitled",
    "held_by_another",
    "in_force",
    "key_of",
    "keys_of",
    "taken",
]

_GTIN_DIGITS = 14


def keys_of(trust: TrustBundle, issuer: str) -> list[KeyEntry]:
    """Return all keys of an issuer, the newest first: a key follows another by its beginning.

    A log's key is none of them: it states nothing but the log's policy.
    """
    own = [
        (entry.sign_from, place, entry)
        for place, entry in enumerate(trust.keys)
        if entry.issuer == issuer and entry.role != "log"
    ]
    return [entry for _, _, entry in sorted(own, key=lambda each: each[:2], reverse=True)]


def in_force(trust: TrustBundle, entry: KeyEntry, *, at: datetime) -> bool:
    """Tell whether a key may sign at a time: its period covers it, and it is not revoked."""
    revoked = trust.revocations_by_key.get(entry.thumbprint)
    return not revoked and entry.sign_from <= at < entry.sign_until


def key_of(
    trust: TrustBundle, issuer: str, *, held: Container[str] | None = None, at: datetime
) -> KeyEntry | None:
    """Return the key that an issuer signs with: the newest in force whose private half is held.

    Args:
        trust: the newest bundle.
        issuer: whose key.
        held: thumbprints (hex) of the keys that are here; where left out, all count.
        at: when it is to sign.

    Returns:
        Its entry. Where none is in force, the newest that is not revoked, so that a refusal
        can say what is wrong with it; None where there is not even that.
    """
    usable = [
        entry
        for entry in keys_of(trust, issuer)
        if (held is None or entry.thumbprint in held)
        and entry.thumbprint not in trust.revocations_by_key
    ]
    now = [entry for entry in usable if in_force(trust, entry, at=at)]
    return next(iter(now or usable), None)


def check_entitled(
    entry: KeyEntry,
    kind: Signable,
    names: Iterable[str],
    *,
    at: datetime,
    error: type[OcopTraceError],
    place: str = "",
) -> None:
    """Refuse what verifiers would refuse: nothing is stated or sealed without a right to it.

    Args:
        entry: the key that is to sign, as the newest bundle has it.
        kind: what is to be stated, or ``seal``.
        names: canonical names that it creates.
        at: when, aware.
        error: the kind of error that belongs to the caller's subject.
        place: where in the caller's input this stands.

    Raises:
        OcopTraceError: of the kind asked for, with the first reason.
    """
    refused = refusal(entry, kind, names, issuer=entry.issuer, at=at)
    if refused is not None:
        why, what = refused
        raise error(f"workspace.not_entitled_{why}", place=place, what=what)


def held_by_another(trust: TrustBundle, name: Name, *, issuer: str) -> bool:
    """Tell whether a name stands on a key that another issuer was granted."""
    others = (entry for entry in trust.keys if entry.issuer != issuer)
    return any(covers(grant, name) for entry in others for grant in entry.grants)


def taken(claim: Grant, held: Grant) -> str | None:
    """Return a prefix or GTIN of a claim that is held, whole or in part; else None."""
    for claimed, owned in (
        (claim.gtin_prefixes, held.gtin_prefixes),
        (claim.name_prefixes, held.name_prefixes),
    ):
        for prefix in claimed:
            if any(each.startswith(prefix) or prefix.startswith(each) for each in owned):
                return prefix
    for gtin in held.gtins:
        if covers(claim, _goods(gtin)):
            return gtin
    return next((gtin for gtin in claim.gtins if covers(held, _goods(gtin))), None)


def beyond(claim: Grant, held: Sequence[Grant]) -> Grant:
    """Return a claim without what is held already."""
    known = tuple(prefix for grant in held for prefix in grant.gtin_prefixes)
    prefixes = (p for p in claim.gtin_prefixes if not p.startswith(known))
    gtins = (g for g in claim.gtins if not any(covers(grant, _goods(g)) for grant in held))
    return claim.model_copy(update={"gtin_prefixes": tuple(prefixes), "gtins": tuple(gtins)})


def _goods(gtin: str) -> Name:
    return DigitalLink.of(("01", gtin.rjust(_GTIN_DIGITS, "0")))
