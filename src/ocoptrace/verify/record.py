"""Is an origin record what it says? Record + trust bundle + now → verdict."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ocoptrace import canonical_json
from ocoptrace.errors import OcopTraceError, RecordError
from ocoptrace.gs1 import PlainName, parse_name
from ocoptrace.messages import Term
from ocoptrace.origin_record import OriginRecord, completeness_payload
from ocoptrace.registry import Batch, Grade
from ocoptrace.verify.evidence import Evidence, check_checkpoint, gather
from ocoptrace.verify.policy import (
    CLOCK_TOLERANCE,
    Policy,
    bundle_checks,
    civil_date,
    effective_now,
)
from ocoptrace.verify.verdict import Check, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import date, datetime

    from ocoptrace.signing import TrustBundle
    from ocoptrace.signing.statement import Kind

__all__ = ["examine", "verify_record"]


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
    """
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
        _about(record, evidence),
        _complete(record, evidence),
        *_dated_facts(record, civil_date(at)),
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
        "kind": _kind(statement.kind),
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
            "kind": _kind(statement.kind),
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
        "kind": _kind(first.recorded.statement.kind),
        "subject": first.recorded.statement.subject,
        "issuer": first.recorded.statement.issuer,
        "kid": first.recorded.statement.kid.hex(),
        "what": what,
        "reason": first.revocation.reason if first.revocation else "",
        "statements": " ".join(e.recorded.statement.id.hex() for e in failed),
    }
    return Check(code, "fail", why if code == "entitlement" else "", facts)


def _kind(kind: Kind) -> Term:
    return Term(kind, f"verdict.kind.{kind}")


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


def _shown(record: OriginRecord, kind: Kind, subject: str) -> list[Any]:
    """Return the payloads of a kind about a subject, as JSON values; unreadable ones left out."""
    values = []
    for recorded in record.statements:
        statement = recorded.statement
        if (statement.kind, statement.subject) == (kind, subject) and recorded.payload is not None:
            try:
                values.append(canonical_json.loads(recorded.payload))
            except OcopTraceError:
                # The check of the content has named it already.
                continue
    return values


def _batch_name(about: str) -> str:
    name = parse_name(about)
    return (name.batch() or name.product()).canonical()


def _owners(evidence: Sequence[Evidence], batch: str) -> set[str]:
    """Return who states a batch, by signatures that hold."""
    return {
        e.recorded.statement.issuer
        for e in evidence
        if (e.recorded.statement.kind, e.recorded.statement.subject) == ("batch", batch)
        and e.signature_holds
    }


def _about(record: OriginRecord, evidence: Sequence[Evidence]) -> Check:
    try:
        batch = _batch_name(record.about)
    except OcopTraceError:
        return Check("about", "fail", "not_a_name", {"about": record.about})
    facts: dict[str, object] = {"about": record.about, "batch": batch}
    events = [e for e in evidence if e.recorded.statement.kind == "event"]
    withheld = sum(e.withheld for e in events)
    facts |= {"events": len(events), "withheld": withheld}
    if not _shown(record, "batch", batch):
        return Check("about", "fail", "nothing_signed", facts)
    if withheld:
        return Check("about", "warn", "lineage_incomplete", facts)
    owners = _owners(evidence, batch)
    named = {
        e.recorded.statement.subject for e in evidence if e.recorded.statement.issuer in owners
    }
    if record.about not in named:
        # Nobody signs the record's own members unless its list of statements is there.
        return Check("about", "warn", "item_not_named", facts)
    return Check("about", "pass", facts=facts)


def _complete(record: OriginRecord, evidence: Sequence[Evidence]) -> Check:
    """Return whether the owner of the batch states that this is all there is.

    What anyone else states of it proves nothing, and changes nothing.
    """
    try:
        batch = _batch_name(record.about)
    except OcopTraceError:
        return Check("complete", "unknown", facts={"count": len(evidence)})
    ids = [e.recorded.statement.id for e in evidence if e.recorded.statement.kind != "record"]
    facts: dict[str, object] = {"count": len(ids)}
    statements = [e for e in evidence if e.recorded.statement.kind == "record" and not e.withheld]
    if any(e.recorded.statement.subject != record.about for e in statements):
        return Check("complete", "fail", facts=facts)
    owners = _owners(evidence, batch)
    stated = [e for e in statements if e.recorded.statement.issuer in owners]
    if not stated:
        return Check("complete", "unknown", facts=facts)
    for e in stated:
        payload = e.recorded.payload or ""
        try:
            size = canonical_json.loads(payload)["size"]
        except (OcopTraceError, LookupError, TypeError):
            continue
        if type(size) is not int or size < 0:
            continue
        if payload.encode() == completeness_payload(record.about, record.bundle, ids, size):
            return Check("complete", "pass", facts=facts | {"size": size})
    return Check("complete", "fail", facts=facts)


def _dated_facts(record: OriginRecord, today: date) -> Iterator[Check]:
    """Yield what is true only for a time: the grade, the shelf life."""
    try:
        name = parse_name(record.about)
        product = name.product().canonical()
        grades = [Grade.parse(value) for value in _shown(record, "grade", product)]
        batch_name = _batch_name(record.about)
        batches = [Batch.parse(value) for value in _shown(record, "batch", batch_name)]
    except OcopTraceError as error:
        yield Check("registry", "warn", facts={"reason": error})
        return
    if grades:
        grade = max(grades, key=lambda g: (g.valid_on(today), g.valid_to))
        facts = {"stars": grade.stars, "decision": grade.decision_no, "until": grade.valid_to}
        yield _dated("grade", facts, is_over=not grade.valid_on(today))
    for batch in batches[:1]:
        if batch.expiry_date is not None:
            facts = {"until": batch.expiry_date}
            yield _dated("shelf_life", facts, is_over=today > batch.expiry_date)


def _dated(code: str, facts: Mapping[str, object], *, is_over: bool) -> Check:
    return Check(code, "warn", "expired", facts) if is_over else Check(code, "pass", "", facts)
