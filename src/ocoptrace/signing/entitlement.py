"""Entitlement: may this key state this, about these names, at this time?

>>> from datetime import UTC, datetime
>>> from ocoptrace.signing.bundle_entries import Grant
>>> grant = Grant(kinds=("batch", "seal"), from_=datetime(2026, 1, 1, tzinfo=UTC),
...     until=datetime(2028, 1, 1, tzinfo=UTC), gtin_prefixes=("9521234",))
>>> covers(grant, parse_name("https://id.gs1.org/01/09521234543213/10/L1"))
True
>>> covers(grant, parse_name("https://id.gs1.org/01/09520000000004/10/L1"))
False
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from ocoptrace.errors import Gs1Error
from ocoptrace.gs1 import DigitalLink, Name, parse_name
from ocoptrace.signing.statement import AUTHORITY_KINDS

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

    from ocoptrace.signing.bundle_entries import Grant, KeyEntry, LabelDuty, Role, Signable

__all__ = ["Refusal", "covers", "label_duty", "refusal"]

Refusal = Literal["role", "issuer", "period", "kind", "name"]
"""Why a key may not state something: the first of these that applies."""

_GTIN_KEYS = ("01", "8006")
"""Keys that begin with a GTIN-14; an ITIP (8006) has the piece's number behind it."""

_PREFIX_AT_SECOND = (*_GTIN_KEYS, "00", "8003")
"""Keys with an indicator, extension or filler digit before the company prefix."""

_GOODS = ("product", "batch", "item")
_STRICTNESS = ("none", "batch", "item")
_GTIN_DIGITS, _GTIN8_PADDING = 14, "000000"


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
        names: canonical names that the statement creates; of a grade, its product.
        issuer: the ``iss`` of the statement.
        at: when it was stated; for a seal, which bears no time, when it is looked at. A seal
            outlives the grant that it was made under, until ``seal_until``.
    """
    if issuer != entry.issuer:
        return "issuer", issuer
    until = entry.seal_until if kind == "seal" else entry.sign_until
    if not entry.sign_from <= at < until:
        return "period", at.isoformat()
    if not _role_allows(entry.role, kind):
        return "role", kind
    # An authority may say all that is an authority's, but grade the products of its grants alone.
    is_bound = entry.role == "producer" or (entry.grants and kind == "grade")
    return _grants_refusal(entry.grants, kind, names, at=at) if is_bound else None


def _role_allows(role: Role, kind: Signable) -> bool:
    match role:
        case "authority":
            return kind in AUTHORITY_KINDS
        case "log":
            return kind == "policy"
        case "producer":
            return kind not in AUTHORITY_KINDS | {"policy", "root"}


def _grants_refusal(
    grants: Iterable[Grant], kind: Signable, names: Iterable[str], *, at: datetime
) -> tuple[Refusal, str] | None:
    of_kind = [grant for grant in grants if kind in grant.kinds]
    if not of_kind:
        return "kind", kind
    in_force = [g for g in of_kind if g.from_ <= at and (kind == "seal" or at < g.until)]
    if not in_force:
        return "period", at.isoformat()
    for name in names:
        if not _is_covered(name, in_force):
            return "name", name
    return None


def _is_covered(name: str, grants: Iterable[Grant]) -> bool:
    try:
        parsed = parse_name(name)
    except Gs1Error:
        # Nobody is granted what is neither a GS1 nor a plain name.
        return False
    return any(covers(grant, parsed) for grant in grants)


def covers(grant: Grant, name: Name) -> bool:
    """Tell whether a grant's prefixes and GTINs cover a name (formats, section 4)."""
    if not isinstance(name, DigitalLink):
        return name.canonical().startswith(grant.name_prefixes)
    ai, value = name.key
    if ai in _GTIN_KEYS:
        if value[:_GTIN_DIGITS] in grant.gtins_of_14:
            return True
        if value.startswith(_GTIN8_PADDING):
            return False
    return value.startswith(grant.gtin_prefixes, 1 if ai in _PREFIX_AT_SECOND else 0)


def label_duty(entries: Iterable[KeyEntry], name: Name, *, on: date) -> LabelDuty | None:
    """Return the strictest duty to seal a product's labels that has begun; None without one.

    Args:
        entries: keys whose grants may name it.
        name: of a product, a batch or an item.
        on: the civil day on which the label is looked at.
    """
    if name.level not in _GOODS:
        return None
    product = name.product().canonical()
    begun = (
        duty
        for entry in entries
        for grant in entry.grants
        for duty in grant.labels
        if duty.product == product and duty.since <= on and duty.due != "none"
    )
    return max(begun, key=lambda duty: _STRICTNESS.index(duty.due), default=None)
