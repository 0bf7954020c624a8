"""What is asked of every statement, summed up over all of them: one check, one line of words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

from ocoptrace.gs1 import PlainName
from ocoptrace.messages import Term
from ocoptrace.registry import Evidence
from ocoptrace.signing.entitlement import covers
from ocoptrace.verify.certificates import certificate_check
from ocoptrace.verify.names import GOODS, named
from ocoptrace.verify.policy import CLOCK_TOLERANCE, civil_date
from ocoptrace.verify.verdict import Check, kind_term

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from ocoptrace.signing import TrustBundle
    from ocoptrace.verify.examination import Examined
    from ocoptrace.verify.policy import Policy
    from ocoptrace.verify.verdict import Outcome

__all__ = [
    "OF_EVERY_STATEMENT",
    "best_word",
    "dated_check",
    "format_check",
    "namespace_check",
    "statement_checks",
]

OF_EVERY_STATEMENT: Final = (
    "content", "issuer", "signature", "entitlement", "revocation", "logged", "proof", "witnessed",
)  # fmt: skip
"""The checks that must all pass for the word ``ok``."""

_ATTESTED = GOODS | {"logistic_unit"}


def statement_checks(examined: Sequence[Examined], at: datetime) -> Iterator[Check]:
    """Yield the checks of statements.

    Args:
        examined: what was found out about each.
        at: the time to go by.
    """
    yield from _conflicts(examined)
    yield _content(examined)
    yield _tally("issuer", examined, lambda e: e.signer is None)
    yield _of_known("signature", examined, lambda e: not e.signature_holds)
    yield from certificate_check(e.signer for e in examined if e.signer and e.signature_holds)
    yield from _corrections(examined)
    yield _entitlement(examined)
    yield from _attestation(examined)
    yield _of_known("revocation", examined, lambda e: e.revocation is not None)
    yield _tally("logged", examined, lambda e: not e.logged)
    yield _tally("proof", examined, lambda e: bool(e.proof_fault))
    yield from _witnessed(examined)
    yield from _dates(examined, at)


def best_word(
    checks: Iterable[Check], *, trust: TrustBundle, at: datetime, policy: Policy
) -> Literal["ok_offline", "ok"]:
    """Return the best word that a verdict with these checks can have."""
    is_fresh = at - trust.issued <= policy.max_bundle_age
    asked = [check.outcome for check in checks if check.code in OF_EVERY_STATEMENT]
    return "ok" if is_fresh and set(asked) == {"pass"} else "ok_offline"


def format_check(examined: Sequence[Examined]) -> Check:
    """Return whether what is shown can be read, and is about what its header says."""
    faulty = [e for e in examined if e.content_holds and e.payload_fault]
    if not faulty:
        return Check("format", "pass", facts={"count": len(examined)})
    facts = _first(faulty[0]) | {"error": faulty[0].payload_fault}
    return Check("format", "fail", "payload", facts)


def dated_check(code: str, facts: Mapping[str, object], *, is_over: bool) -> Check:
    """Return whether something that is true for a time is over; that only warns."""
    return Check(code, "warn", "expired", facts) if is_over else Check(code, "pass", "", facts)


def namespace_check(about: str, trust: TrustBundle) -> Iterator[Check]:
    """Yield a failure where a plain name stands on a host that is not the bundle's."""
    name = named(about)
    if isinstance(name, PlainName) and name.host not in trust.namespaces:
        yield Check("issuer", "fail", "namespace", {"host": name.host})


def _content(examined: Sequence[Examined]) -> Check:
    if examined and all(e.withheld for e in examined):
        return Check("content", "unknown", "withheld", {"count": len(examined)})
    return _tally("content", examined, lambda e: not e.content_holds)


def _entitlement(examined: Sequence[Examined]) -> Check:
    check = _of_known("entitlement", examined, lambda e: e.refused is not None)
    if check.outcome != "pass":
        return check
    hidden = [e for e in examined if e.hides_what_it_creates]
    if hidden:
        facts = {"count": len(examined), "withheld": len(hidden)}
        return Check("entitlement", "unknown", "withheld", facts)
    originals = {_identity(e)[1] for e in examined if _is_original(e)}
    lone = [e for e in examined if _is_correction(e) and _identity(e)[1] not in originals]
    if lone:
        issuer, event_id = _identity(lone[0])
        lacking = {"count": len(lone), "what": event_id, "issuer": issuer}
        return Check("entitlement", "unknown", "original_missing", lacking)
    return check


def _tally(code: str, examined: Sequence[Examined], fails: Callable[[Examined], bool]) -> Check:
    """Return one check over all statements: it passes if it fails for none."""
    failed = [e for e in examined if fails(e)]
    if failed:
        return _found(code, "fail", failed, len(examined))
    return Check(code, "pass" if examined else "unknown", facts={"count": len(examined)})


def _of_known(code: str, examined: Sequence[Examined], fails: Callable[[Examined], bool]) -> Check:
    """Return one check over the statements whose keys are known; of others nothing can be said."""
    unjudged = [e for e in examined if e.signer is None]
    check = _tally(code, examined, lambda e: e.signer is not None and fails(e))
    if check.outcome != "pass" or not unjudged:
        return check
    facts = {"count": len(examined), "unjudged": len(unjudged)}
    return Check(code, "unknown", "no_key", facts)


def _found(
    code: str, outcome: Outcome, found: Sequence[Examined], count: int, reason: str = ""
) -> Check:
    """Return a check that names the first of the statements that it is about, and lists all."""
    first = found[0]
    facts: dict[str, object] = {"count": count, "failed": len(found)}
    facts |= _first(first)
    facts["statements"] = " ".join(e.recorded.statement.id.hex() for e in found)
    if code == "entitlement" and first.refused is not None:
        reason, what = first.refused
        facts["what"] = kind_term(what) if reason in {"role", "kind"} else what
    if code == "revocation" and first.revocation is not None:
        why = first.revocation.reason
        facts |= {
            "reason": Term(why, f"verdict.reason.{why}"),
            "at": civil_date(first.revocation.at),
        }
    return Check(code, outcome, reason, facts)


def _first(e: Examined) -> dict[str, object]:
    """Return what words say of a statement."""
    statement = e.recorded.statement
    return {
        "kind": kind_term(statement.kind),
        "subject": statement.subject,
        "issuer": statement.issuer,
        "kid": statement.kid.hex(),
    }


def _attestation(examined: Sequence[Examined]) -> Iterator[Check]:
    """Tell where events and evidence speak of goods that their signers have no grant for."""
    items: set[str] = set()
    speaking = []
    for e in examined:
        others = _of_others(e) if e.is_sound else []
        if others:
            speaking.append(e.recorded.statement.issuer)
            items.update(others)
    if speaking:
        facts = {
            "count": len(speaking),
            "first": min(items),
            "items": " ".join(sorted(items)),
            "issuers": ", ".join(sorted(set(speaking))),
        }
        yield Check("attestation", "pass", "attested_by_other", facts)


def _of_others(e: Examined) -> list[str]:
    if e.signer is None:
        return []
    spoken_of: set[str] = set()
    if e.step is not None:
        spoken_of = set(e.step.mentioned).difference(e.step.created)
    elif isinstance(e.shown, Evidence):
        spoken_of = set(e.shown.about)
    grants = e.signer.grants
    names = [(text, named(text)) for text in spoken_of]
    return [
        text
        for text, name in names
        if name is not None
        and name.level in _ATTESTED
        and not any(covers(grant, name) for grant in grants)
    ]


def _witnessed(examined: Sequence[Examined]) -> Iterator[Check]:
    """Tell of each statement whether a quorum has seen it; what is worst comes first."""
    unseen = [e for e in examined if not e.witnessed]
    if not unseen:
        yield Check("witnessed", "pass" if examined else "unknown", facts={"count": len(examined)})
        return
    # Where no log asks for witnesses, nothing failed; how much that is worth is another matter.
    short = [e for e in unseen if not e.logs or any(log.quorum for log in e.logs)]
    if short:
        yield _found("witnessed", "fail", short, len(examined))
    by_itself: dict[str, list[Examined]] = {}
    unasked: dict[str, list[Examined]] = {}
    for e in unseen:
        if e.logs and not any(log.quorum for log in e.logs):
            own = [log for log in e.logs if log.operator == e.recorded.statement.issuer]
            found, logs = (by_itself, own) if own else (unasked, e.logs)
            found.setdefault(logs[0].origin, []).append(e)
    if by_itself:
        yield _without_witness("warn", "log_self_operated", by_itself, len(examined))
    if unasked:
        yield _without_witness("unknown", "no_witness", unasked, len(examined))


def _without_witness(
    outcome: Outcome, reason: str, by_origin: dict[str, list[Examined]], count: int
) -> Check:
    found = [e for each in by_origin.values() for e in each]
    facts = {
        "count": count,
        "failed": len(found),
        "origin": ", ".join(sorted(by_origin)),
        "statements": " ".join(e.recorded.statement.id.hex() for e in found),
    }
    return Check("witnessed", outcome, reason, facts)


def _dates(examined: Sequence[Examined], at: datetime) -> Iterator[Check]:
    """Warn where a statement claims to be younger than the log that holds it, or than now."""
    ahead = [e for e in examined if _claimed(e) - min(e.log_time or at, at) > CLOCK_TOLERANCE]
    if ahead:
        facts = _first(ahead[0]) | {
            "count": len(ahead),
            "claimed": civil_date(_claimed(ahead[0])),
        }
        yield Check("clock", "warn", "dated_ahead", facts)


def _claimed(e: Examined) -> datetime:
    """Return the latest time that a statement claims: its own, or that of its event."""
    claimed = e.recorded.statement.issued_at
    return claimed if e.step is None else max(claimed, e.step.event.when)


def _is_original(e: Examined) -> bool:
    """Tell whether it is an event, or may be one, that someone can declare wrong."""
    return e.recorded.statement.kind == "event" and not _is_correction(e)


def _is_correction(e: Examined) -> bool:
    return e.step is not None and e.step.event.error_declaration is not None


def _identity(e: Examined) -> tuple[str, str]:
    """Return whose event it is, and its eventID."""
    return e.recorded.statement.issuer, e.recorded.statement.subject


def _conflicts(examined: Sequence[Examined]) -> Iterator[Check]:
    """Fail where an issuer tells two stories under one eventID, and neither corrects the other."""
    first: dict[tuple[str, str], str | None] = {}
    for e in examined:
        if e.step is None or _is_correction(e):
            continue
        payload = e.recorded.payload
        if first.setdefault(_identity(e), payload) != payload:
            issuer, event_id = _identity(e)
            yield Check(
                "content", "fail", "event_id_conflict", {"what": event_id, "issuer": issuer}
            )
            return


def _corrections(examined: Sequence[Examined]) -> Iterator[Check]:
    """Fail where someone else than who stated an event declares it wrong."""
    issuers: dict[str, set[str]] = {}
    for e in examined:
        if e.step is not None and not _is_correction(e):
            issuers.setdefault(e.recorded.statement.subject, set()).add(e.step.issuer)
    for e in examined:
        issuer, event_id = _identity(e)
        original = issuers.get(event_id)
        if _is_correction(e) and original and issuer not in original:
            facts = {"what": event_id, "issuer": issuer}
            yield Check("entitlement", "fail", "not_original_issuer", facts)
            return
