"""Is a label's text sealed by who may seal it? Text + trust bundle + now → verdict."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from ocoptrace.errors import OcopTraceError
from ocoptrace.gs1 import PlainName, parse_name
from ocoptrace.signing import Seal
from ocoptrace.signing.entitlement import label_duty, refusal
from ocoptrace.verify.policy import (
    Policy,
    bundle_checks,
    civil_date,
    effective_now,
    require_aware,
)
from ocoptrace.verify.verdict import Check, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date, datetime

    from ocoptrace.gs1 import Name
    from ocoptrace.signing import TrustBundle
    from ocoptrace.signing.bundle import KeyEntry

__all__ = ["verify_label"]


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
        InputError: ``now`` is naive.
    """
    require_aware(now)
    try:
        name = parse_name(text)
        seal = Seal.parse(name.fragment) if name.fragment else None
    except OcopTraceError as error:
        facts = {"reason": error, "place": error.place, "error": error.code}
        return Verdict("", (Check("format", "fail", facts=facts),))
    about = name.canonical()
    today = civil_date(effective_now(now, trust, None))
    checks = [Check("format", "pass", facts={"about": about}), *bundle_checks(now, trust, None)]
    if isinstance(name, PlainName) and name.host not in trust.namespaces:
        checks.append(Check("issuer", "fail", "namespace", {"host": name.host}))
        return Verdict(about, tuple(checks))
    if seal is None:
        checks.append(Check("seal", "fail", "absent", {"about": about}))
        checks += _missing(name, trust, today)
    else:
        checks += _seal_checks(name, seal, trust, now=effective_now(now, trust, None))
        checks += _shelf_life(seal, today)
    if name.other:
        names = ", ".join(parameter for parameter, _ in name.other)
        checks.append(Check("parameters", "warn", "unsigned_parameter", {"names": names}))
    return Verdict(about, tuple(checks))


def _seal_checks(name: Name, seal: Seal, trust: TrustBundle, *, now: datetime) -> Iterator[Check]:
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
    issuer = {"issuer": entry.issuer, "name": entry.name.get("vi", entry.issuer), "until": ""}
    yield Check("issuer", "pass", "known", issuer)
    yield Check("signature", "pass", "seal", hint)
    yield _entitlement(name, entry, now)
    yield from _revocation(name, entry, trust)
    yield _level(name, trust)


def _entitlement(name: Name, entry: KeyEntry, now: datetime) -> Check:
    refused = refusal(entry, "seal", [name.canonical()], issuer=entry.issuer, at=now)
    if refused is None:
        facts = {"name": entry.name.get("vi", entry.issuer), "about": name.canonical()}
        return Check("entitlement", "pass", "seal", facts)
    why, what = refused
    facts = {"why": why, "what": what, "name": entry.name.get("vi", entry.issuer)}
    if why == "period":
        return Check("period", "fail", facts=facts)
    return Check("entitlement", "fail", why, facts)


def _revocation(name: Name, entry: KeyEntry, trust: TrustBundle) -> Iterator[Check]:
    revocation = trust.revocation_of(entry)
    if revocation is None or revocation.reason != "compromised":
        yield Check("revocation", "pass", "seal")
        return
    batch = name.batch()
    facts = {"at": civil_date(revocation.at)}
    if batch is not None and batch_digest(batch) in revocation.batches:
        yield Check("revocation", "warn", "seal_key_lost_batch_known", facts)
    else:
        yield Check("revocation", "fail", "seal_revoked", facts)


def batch_digest(batch: Name) -> str:
    """Return how a revocation names a batch: the first 16 bytes of a SHA-256, hexadecimal."""
    return hashlib.sha256(batch.canonical().encode()).hexdigest()[:32]


def _level(name: Name, trust: TrustBundle) -> Check:
    if name.serial is not None:
        return Check("level", "pass", "item", {"serial": name.serial})
    duty = label_duty(trust.keys, name)
    is_missed = duty is not None and duty.due == "item"
    facts = {"lot": name.lot or ""}
    return Check("level", "warn" if is_missed else "pass", "seal_batch_level", facts)


def _missing(name: Name, trust: TrustBundle, today: date) -> Iterator[Check]:
    duty = label_duty(trust.keys, name)
    if duty is not None and duty.due != "none" and today >= duty.since:
        yield Check("level", "warn", "seal_missing", {"since": duty.since})


def _shelf_life(seal: Seal, today: date) -> Iterator[Check]:
    if seal.shelf_date is not None:
        over = today > seal.shelf_date
        facts = {"until": seal.shelf_date}
        yield Check("shelf_life", "warn" if over else "pass", "expired" if over else "", facts)
