"""Is an origin record what it says? Record + trust bundle + now → verdict."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from ocoptrace.epcis import Event
from ocoptrace.errors import OcopTraceError, RecordError
from ocoptrace.gs1 import PlainName, parse_name
from ocoptrace.origin_record import OriginRecord
from ocoptrace.registry import Batch, Grade
from ocoptrace.verify.evidence import Evidence, check_checkpoint, gather
from ocoptrace.verify.policy import (
    CLOCK_TOLERANCE,
    Policy,
    bundle_checks,
    civil_date,
    effective_now,
    require_aware,
)
from ocoptrace.verify.subject import about_check, batch_name, complete_check, kind_term
from ocoptrace.verify.verdict import Check, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import date, datetime

    from ocoptrace.signing import TrustBundle
    from ocoptrace.signing.statement import Kind

__all__ = ["examine", "verify_record"]

_Entry = TypeVar("_Entry", Batch, Grade)


def examine(record: OriginRecord, trust: TrustBundle) -> list[Evidence]:
    """Return what can be said of each statement of a record, in its order."""
    checkpoints = [check_checkpoint(checkpoint, trust) for checkpoint in record.checkpoints]
    return [gather(recorded, checkpoints, trust) for recorded in record.statements]


def verify_record(
    record: OriginRecord | bytes,
    *,
    trust: TrustBundle,
    now: datetime,
    policy: Policy = Policy(),  # noqa: B008 - frozen
) -> Verdict:
    """Return the verdict on an origin record. Needs no network, database or clock.

    Args:
        record: a record, or the bytes of its file.
        trust: a bundle that was loaded against a pinned root.
        now: the device's clock, aware.
        policy: what the verifier asks for.

    Raises:
        InputError: ``now`` is naive.
    """
    require_aware(now)
    if isinstance(record, bytes):
        try:
            record = OriginRecord.parse(record)
        except RecordError as error:
            facts = {"reason": error, "place": error.place, "error": error.code}
            return Verdict("", (Check("format", "fail", facts=facts),))
    checkpoints = [check_checkpoint(checkpoint, trust) for checkpoint in record.checkpoints]
    evidence = [gather(recorded, checkpoints, trust) for recorded in record.statements]
    # A witness's time is good even where the log's proof of a single statement is not.
    seen = max((checked.newest for checked in checkpoints if checked.newest), default=None)
    at = effective_now(now, trust, seen)
    checks = [
        _format(evidence),
        *bundle_checks(now, trust, seen),
        *_bundle_reference(record, trust),
        *_namespace(record, trust),
        *_statement_checks(evidence),
        *_log_checks(evidence, trust, record),
        *_dates(evidence, at),
        *_corrections(evidence),
        about_check(record, evidence),
        complete_check(record, evidence),
        *_dated_facts(record, evidence, civil_date(at)),
    ]
    witnessed = bool(evidence) and all(e.witnessed for e in evidence)
    fresh = at - trust.issued <= policy.max_bundle_age
    return Verdict(record.about, tuple(checks), best="ok" if witnessed and fresh else "ok_offline")


def _format(evidence: Sequence[Evidence]) -> Check:
    faulty = [e for e in evidence if e.content_holds and e.payload_fault]
    if not faulty:
        return Check("format", "pass", facts={"count": len(evidence)})
    statement = faulty[0].recorded.statement
    facts = {
        "kind": kind_term(statement.kind),
        "subject": statement.subject,
        "error": faulty[0].payload_fault,
    }
    return Check("format", "fail", "payload", facts)


def _bundle_reference(record: OriginRecord, trust: TrustBundle) -> Iterator[Check]:
    named = record.bundle
    facts = {"named": named.version, "version": trust.version}
    if named.version == trust.version and named.sha256 != trust.sha256:
        yield Check("bundle", "fail", "bundle_differs", facts)
    elif named.version > trust.version:
        yield Check("bundle", "warn", "bundle_behind", facts)


def _namespace(record: OriginRecord, trust: TrustBundle) -> Iterator[Check]:
    try:
        name = parse_name(record.about)
    except OcopTraceError:
        return
    if isinstance(name, PlainName) and name.host not in trust.namespaces:
        yield Check("issuer", "fail", "namespace", {"host": name.host})


def _dates(evidence: Sequence[Evidence], at: datetime) -> Iterator[Check]:
    """Warn where a statement claims to be younger than the log that holds it, or than now."""
    ahead = [
        e
        for e in evidence
        if e.recorded.statement.issued_at > min(e.log_time or at, at) + CLOCK_TOLERANCE
    ]
    if ahead:
        statement = ahead[0].recorded.statement
        facts = {
            "count": len(ahead),
            "kind": kind_term(statement.kind),
            "subject": statement.subject,
            "claimed": civil_date(statement.issued_at),
        }
        yield Check("clock", "warn", "dated_ahead", facts)


def _statement_checks(evidence: Sequence[Evidence]) -> Iterator[Check]:
    yield _tally("content", evidence, lambda e: not e.content_holds)
    yield _tally("issuer", evidence, lambda e: e.signer is None)
    yield _tally("signature", evidence, lambda e: e.signer is not None and not e.signature_holds)
    yield _tally("entitlement", evidence, lambda e: e.refused is not None)
    yield _tally("revocation", evidence, lambda e: e.revocation is not None)


def _tally(code: str, evidence: Sequence[Evidence], fails: Callable[[Evidence], bool]) -> Check:
    """Return one check over all statements: it passes if it fails for none."""
    failed = [e for e in evidence if fails(e)]
    facts: dict[str, object] = {"count": len(evidence), "failed": len(failed)}
    if not failed:
        return Check(code, "pass" if evidence else "unknown", facts=facts)
    first = failed[0]
    why, what = first.refused or ("", "")
    facts |= {
        "kind": kind_term(first.recorded.statement.kind),
        "subject": first.recorded.statement.subject,
        "issuer": first.recorded.statement.issuer,
        "kid": first.recorded.statement.kid.hex(),
        "what": what,
        "reason": first.revocation.reason if first.revocation else "",
        "statements": " ".join(e.recorded.statement.id.hex() for e in failed),
    }
    return Check(code, "fail", why if code == "entitlement" else "", facts)


def _log_checks(
    evidence: Sequence[Evidence], trust: TrustBundle, record: OriginRecord
) -> Iterator[Check]:
    yield _tally("logged", evidence, lambda e: not e.logged)
    yield _tally("proof", evidence, lambda e: bool(e.proof_fault))
    logs = [log for log in trust.logs if log.origin in {c.origin for c in record.checkpoints}]
    if logs and all(log.quorum == 0 for log in logs):
        issuers = {e.recorded.statement.issuer for e in evidence}
        own = any(log.operator in issuers for log in logs)
        origin = logs[0].origin
        if own:
            yield Check("witnessed", "warn", "log_self_operated", {"origin": origin})
        else:
            yield Check("witnessed", "unknown", "no_witness", {"origin": origin})
        return
    yield _tally("witnessed", evidence, lambda e: not e.witnessed)


def _corrections(evidence: Sequence[Evidence]) -> Iterator[Check]:
    """Fail where someone else than who stated an event declares it wrong."""
    events = [(e.recorded.statement, e.shown) for e in evidence if isinstance(e.shown, Event)]
    issuers: dict[str, set[str]] = {}
    for statement, event in events:
        if event.error_declaration is None:
            issuers.setdefault(statement.subject, set()).add(statement.issuer)
    for statement, event in events:
        original = issuers.get(statement.subject)
        if event.error_declaration is not None and original and statement.issuer not in original:
            facts = {"what": statement.subject, "issuer": statement.issuer}
            yield Check("entitlement", "fail", "not_original_issuer", facts)
            return


def _dated_facts(
    record: OriginRecord, evidence: Sequence[Evidence], today: date
) -> Iterator[Check]:
    """Yield what is true only for a time: the grade, the shelf life."""
    try:
        product = parse_name(record.about).product().canonical()
        batch = batch_name(record.about)
    except OcopTraceError:
        # The check of the subject has said so.
        return
    grades = _newest_last(evidence, "grade", product, Grade)
    batches = _newest_last(evidence, "batch", batch, Batch)
    if grades:
        in_force = [grade for grade in grades if grade.valid_on(today)]
        grade = in_force[-1] if in_force else max(grades, key=lambda g: g.valid_to)
        facts = {"stars": grade.stars, "decision": grade.decision_no, "until": grade.valid_to}
        yield _dated("grade", facts, is_over=not in_force)
    if batches and (expiry := batches[-1].expiry_date) is not None:
        yield _dated("shelf_life", {"until": expiry}, is_over=today > expiry)


def _newest_last(
    evidence: Sequence[Evidence], kind: Kind, subject: str, entry: type[_Entry]
) -> list[_Entry]:
    """Return what sound statements show of a subject, in the order of the log.

    Where none of them is sound, which the other checks say, what is shown.
    """
    about = [
        e
        for e in evidence
        if (e.recorded.statement.kind, e.recorded.statement.subject) == (kind, subject)
    ]
    told = [e for e in about if e.is_sound] or about
    return [e.shown for e in told if isinstance(e.shown, entry)]


def _dated(code: str, facts: Mapping[str, object], *, is_over: bool) -> Check:
    return Check(code, "warn", "expired", facts) if is_over else Check(code, "pass", "", facts)
