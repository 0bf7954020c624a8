"""Is a label's text sealed by who may seal it? Text + trust bundle + now → verdict."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ocoptrace.errors import Gs1Error, OcopTraceError
from ocoptrace.gs1 import DigitalLink, PlainName, read_dates
from ocoptrace.gs1.name import is_plain
from ocoptrace.signing import Seal
from ocoptrace.signing.bundle import batch_digest
from ocoptrace.signing.entitlement import label_duty, refusal
from ocoptrace.verify.certificates import certificate_check
from ocoptrace.verify.checks import dated_check, namespace_check
from ocoptrace.verify.names import GOODS
from ocoptrace.verify.policy import (
    Policy,
    bundle_checks,
    civil_date,
    effective_now,
    require_time,
)
from ocoptrace.verify.verdict import Check, Verdict, kind_term

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date, datetime

    from ocoptrace.gs1 import Name
    from ocoptrace.signing import TrustBundle
    from ocoptrace.signing.bundle import KeyEntry

__all__ = ["verify_label"]

_SHELF_DATES: Final = ("15", "17")
"""AIs of the best-before and of the expiry date (GS1 General Specifications, 3.4)."""


def verify_label(
    text: str,
    *,
    trust: TrustBundle,
    now: datetime,
    policy: Policy = Policy(),  # noqa: ARG001, B008 - the same call as verify_record; frozen
) -> Verdict:
    """Return the verdict on the text of a label's QR code. Needs no network or clock.

    A seal proves that a key entitled to this name signed exactly this text. It says nothing
    about copies, so the best verdict is ``ok_offline``.

    Args:
        text: the link as scanned, its ``#`` and what follows included.
        trust: a bundle that was loaded against a pinned root.
        now: the device's clock, aware.
        policy: what the verifier asks for.

    Raises:
        InputError: ``now`` is naive, or no time of a clock (before 1970, from 9000 on).
    """
    require_time(now)
    try:
        name = _name_on(text)
        seal = Seal.parse(name.fragment) if name.fragment else None
    except OcopTraceError as error:
        return Verdict.malformed(error)
    about = name.canonical()
    at = effective_now(now, trust, None)
    checks = [Check("format", "pass", facts={"about": about}), *bundle_checks(now, trust, None)]
    if strange_host := [*namespace_check(about, trust)]:
        return Verdict(about, (*checks, *strange_host))
    if seal is None:
        checks.append(Check("seal", "fail", "absent", {"about": about}))
        checks += _missing(name, trust, civil_date(at))
    else:
        checks += _seal_checks(name, seal, trust, at=at)
    if name.other:
        names = ", ".join(parameter for parameter, _ in name.other)
        checks.append(Check("parameters", "warn", "unsigned_parameter", {"names": names}))
    return Verdict(about, tuple(checks))


def _name_on(text: str) -> Name:
    """Return the name on a label, a GTIN in any of its lengths.

    Raises:
        Gs1Error: it is none.
    """
    return PlainName.parse(text) if is_plain(text) else DigitalLink.parse(text, short_gtin=True)


def _seal_checks(name: Name, seal: Seal, trust: TrustBundle, *, at: datetime) -> Iterator[Check]:
    candidates = trust.by_hint(seal.hint)
    hint = {"hint": seal.hint.hex()}
    if not candidates:
        yield Check("issuer", "fail", "no_key", hint)
        return
    form = name.canonical_with_attributes()
    signers = [entry for entry in candidates if seal.is_signed_by(entry.public_key, form)]
    if not signers:
        yield Check("signature", "fail", "forged_seal", hint)
        return
    entry = signers[0]
    yield Check("issuer", "pass", "known", {"issuer": entry.issuer, "name": _holder(entry)})
    yield Check("signature", "pass", "seal", hint)
    yield from certificate_check([entry])
    yield _entitlement(name, entry, at)
    yield _revocation(name, entry, trust)
    yield _level(name, trust, civil_date(at))
    # A day that nobody signed is not told: on a forged label it is the forger's.
    yield from _shelf_life(name, seal, civil_date(at))


def _holder(entry: KeyEntry) -> str:
    return entry.name.get("vi", entry.issuer)


def _entitlement(name: Name, entry: KeyEntry, at: datetime) -> Check:
    about = name.canonical()
    refused = refusal(entry, "seal", [about], issuer=entry.issuer, at=at)
    facts: dict[str, object] = {"name": _holder(entry), "about": about}
    if refused is None:
        return Check("entitlement", "pass", "seal", facts)
    why, what = refused
    if why == "period":
        return Check("period", "fail", facts=facts)
    facts["what"] = kind_term(what) if why in {"role", "kind"} else what
    return Check("entitlement", "fail", why, facts)


def _revocation(name: Name, entry: KeyEntry, trust: TrustBundle) -> Check:
    """Return whether the key was lost; what was superseded or has ceased, sealed while it could."""
    losses = [r for r in trust.revocations_of(entry) if r.reason == "compromised"]
    if not losses:
        return Check("revocation", "pass", "seal")
    facts = {"at": civil_date(min(loss.at for loss in losses))}
    batch = name.batch() if name.level in GOODS else None
    digest = batch_digest(batch.canonical()) if batch is not None else ""
    if all(digest in loss.batches for loss in losses):
        return Check("revocation", "warn", "seal_key_lost_batch_known", facts)
    return Check("revocation", "fail", "seal_revoked", facts)


def _level(name: Name, trust: TrustBundle, today: date) -> Check:
    if name.serial is not None:
        return Check("level", "pass", "item", {"serial": name.serial})
    duty = label_duty(trust.keys, name, on=today)
    is_missed = duty is not None and duty.due == "item"
    facts = {"lot": name.lot or ""}
    return Check("level", "warn" if is_missed else "pass", "seal_batch_level", facts)


def _missing(name: Name, trust: TrustBundle, today: date) -> Iterator[Check]:
    duty = label_duty(trust.keys, name, on=today)
    if duty is not None:
        yield Check("level", "warn", "seal_missing", {"since": duty.since})


def _shelf_life(name: Name, seal: Seal, today: date) -> Iterator[Check]:
    """Yield what the earliest of the days says: the seal's own, and those in the signed link."""
    days = [seal.shelf_date] if seal.shelf_date is not None else []
    for code, value in name.attributes:
        if code in _SHELF_DATES:
            days += _days(code, value, today)
    if days:
        yield dated_check("shelf_life", {"until": min(days)}, is_over=today > min(days))


def _days(code: str, value: str, today: date) -> tuple[date, ...]:
    try:
        return read_dates(code, value, year=today.year)
    except Gs1Error:
        # 29 February of a year that has none, once the century is known.
        return ()
