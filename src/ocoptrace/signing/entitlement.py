"""Entitlement: may this key state this, about these names, at this time?

>>> from datetime import UTC, datetime
>>> from ocoptrace.signing.bundle import Grant
>>> grant = Grant(kinds=("batch", "seal"), from_=datetime(2026, 1, 1, tzinfo=UTC),
...     until=datetime(2028, 1, 1, tzinfo=UTC), gtin_prefixes=("9521234",))
>>> covers(grant, parse_name("https://id.gs1.org/01/09521234543213/10/L1"))
True
>>> covers(grant, parse_name("https://id.gs1.org/01/09520000000004/10/L1"))
False
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from ocoptrace.gs1 import DigitalLink, Name, parse_name
from ocoptrace.signing.statement import AUTHORITY_KINDS

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from ocoptrace.signing.bundle import Grant, KeyEntry, LabelDuty, Signable

__all__ = ["Refusal", "covers", "label_duty", "refusal"]

Refusal = Literal["role", "issuer", "period", "kind", "name"]
"""Why a key may not state something: the first of these that applies."""

_GTIN_KEYS, _SSCC_KEY = ("01",), "00"
_GTIN8_PADDING = "000000"


def refusal(
    entry: KeyEntry,
    kind: Signable,
    names: Iterable[str],
    *,
    issuer: str,
    at: datetime,
) -> tuple[Refusal, str] | None:
    """Return why a key may not state this, with the name or word concerned; None if it may.

    Args:
        entry: the key, as the trust bundle has it.
        kind: what is stated, or ``seal``.
        names: canonical names that the statement creates.
        issuer: the ``iss`` of the statement.
        at: when it was stated; for a seal, which bears no time, when it is looked at. A seal
            outlives the grant that it was made under, until ``seal_until``.
    """
    if issuer != entry.issuer:
        return "issuer", issuer
    until = entry.seal_until if kind == "seal" else entry.sign_until
    if not entry.sign_from <= at < until:
        return "period", at.isoformat()
    if entry.role == "authority":
        return None if kind in AUTHORITY_KINDS else ("role", kind)
    if kind in AUTHORITY_KINDS or kind == "root":
        return "role", kind
    if (entry.role == "log") != (kind == "policy"):
        return "role", kind
    if entry.role == "log":
        return None
    grants = [grant for grant in entry.grants if kind in grant.kinds]
    if not grants:
        return "kind", kind
    grants = [g for g in grants if g.from_ <= at and (kind == "seal" or at < g.until)]
    if not grants:
        return "period", at.isoformat()
    for name in names:
        parsed = parse_name(name)
        if not any(covers(grant, parsed) for grant in grants):
            return "name", name
    return None


def covers(grant: Grant, name: Name) -> bool:
    """Tell whether a grant's prefixes and GTINs cover a name (formats, section 4)."""
    if not isinstance(name, DigitalLink):
        return any(name.canonical().startswith(prefix) for prefix in grant.name_prefixes)
    ai, value = name.key
    if ai in _GTIN_KEYS and value in {gtin.rjust(14, "0") for gtin in grant.gtins}:
        return True
    if ai in _GTIN_KEYS and value.startswith(_GTIN8_PADDING):
        return False
    # GTIN-14 and SSCC begin with an indicator or extension digit that is no part of the prefix.
    start = 1 if ai in (*_GTIN_KEYS, _SSCC_KEY) else 0
    return any(value[start:].startswith(prefix) for prefix in grant.gtin_prefixes)


def label_duty(entries: Iterable[KeyEntry], name: Name) -> LabelDuty | None:
    """Return what the grants say about seals on a product's labels; None if nothing."""
    product = name.product().canonical()
    for entry in entries:
        for grant in entry.grants:
            for duty in grant.labels:
                if duty.product == product:
                    return duty
    return None
