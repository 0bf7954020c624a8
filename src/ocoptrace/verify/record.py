"""Is an origin record what it says? Record + trust bundle + now → verdict."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from ocoptrace.errors import RecordError
from ocoptrace.origin_record import OriginRecord
from ocoptrace.registry import Batch, Grade
from ocoptrace.verify import examination
from ocoptrace.verify.checks import (
    best_word,
    dated_check,
    format_check,
    namespace_check,
    statement_checks,
)
from ocoptrace.verify.examination import newest_last
from ocoptrace.verify.names import goods_of
from ocoptrace.verify.policy import (
    Policy,
    bundle_checks,
    civil_date,
    effective_now,
    require_time,
)
from ocoptrace.verify.subject import about_check, batch_name, complete_check, product_names
from ocoptrace.verify.verdict import Check, Verdict

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from datetime import date, datetime

    from ocoptrace.signing import TrustBundle
    from ocoptrace.signing.statement import Kind
    from ocoptrace.transparency import ConsistencyProof
    from ocoptrace.verify.examination import Examined

__all__ = ["examine", "verify_record"]

_Entry = TypeVar("_Entry", Batch, Grade)


def examine(
    record: OriginRecord, trust: TrustBundle, consistency: Sequence[ConsistencyProof] = ()
) -> list[Examined]:
    """Return what can be said of each statement of a record, in its order."""
    return list(_examination(record, trust, consistency).statements)


def verify_record(
    record: OriginRecord | bytes,
    *,
    trust: TrustBundle,
    now: datetime,
    policy: Policy = Policy(),  # noqa: B008 - frozen
    consistency: Sequence[ConsistencyProof] = (),
) -> Verdict:
    """Return the verdict on an origin record. Needs no network, database or clock.

    Args:
        record: a record, or the bytes of its file.
        trust: a bundle that was loaded against a pinned root.
        now: the device's clock, aware.
        policy: what the verifier asks for.
        consistency: what ties checkpoints of the record to one that an office saw before a key
            was lost; needed only for what such a key has signed.

    Raises:
        InputError: ``now`` is naive, or no time of a clock (before 1970, from 9000 on).
    """
    require_time(now)
    if isinstance(record, bytes):
        try:
            record = OriginRecord.parse(record)
        except RecordError as error:
            return Verdict.malformed(error)
    found = _examination(record, trust, consistency)
    examined = found.statements
    at = effective_now(now, trust, found.newest)
    checks = (
        format_check(examined),
        *bundle_checks(now, trust, found.newest),
        *_bundle_reference(record, trust),
        *namespace_check(record.about, trust),
        *statement_checks(examined, at),
        about_check(record, examined),
        complete_check(record, examined),
        *_dated_facts(record, examined, civil_date(at)),
    )
    best = best_word(checks, trust=trust, at=at, policy=policy)
    return Verdict(record.about, checks, best)


def _examination(
    record: OriginRecord, trust: TrustBundle, consistency: Sequence[ConsistencyProof]
) -> examination.Examination:
    return examination.examine(record.statements, record.checkpoints, trust, consistency)


def _bundle_reference(record: OriginRecord, trust: TrustBundle) -> Iterator[Check]:
    named = record.bundle
    facts = {"named": named.version, "version": trust.version}
    if named.version == trust.version and named.sha256 != trust.sha256:
        yield Check("bundle", "fail", "bundle_differs", facts)
    elif named.version > trust.version:
        yield Check("bundle", "warn", "bundle_behind", facts)


def _dated_facts(
    record: OriginRecord, examined: Sequence[Examined], today: date
) -> Iterator[Check]:
    """Yield what is true only for a time: the grade, the shelf life."""
    batch = batch_name(record.about)
    if batch is None:
        # The check of the subject has said so.
        return
    own, *_ = goods_of(batch)
    names = product_names(record.about, examined)
    grades = _newest_last(examined, "grade", {own}, Grade)
    # What is stated of the goods by their own name goes before what an alias brings in.
    grades = grades or _newest_last(examined, "grade", names, Grade)
    if grades:
        yield _grade_check(grades, own, today)
    batches = _newest_last(examined, "batch", {batch}, Batch)
    if batches and (expiry := batches[-1].expiry_date) is not None:
        yield dated_check("shelf_life", {"until": expiry}, is_over=today > expiry)


def _grade_check(grades: Sequence[Grade], own: str, today: date) -> Check:
    in_force = [grade for grade in grades if grade.valid_on(today)]
    grade = in_force[-1] if in_force else max(grades, key=lambda g: g.valid_to)
    facts = {"stars": grade.stars, "decision": grade.decision_no, "until": grade.valid_to}
    if in_force and grade.product != own:
        return Check("grade", "warn", "graded_as", facts | {"name": grade.product})
    return dated_check("grade", facts, is_over=not in_force)


def _newest_last(
    examined: Sequence[Examined], kind: Kind, subjects: Collection[str], entry: type[_Entry]
) -> list[_Entry]:
    """Return what sound statements show of a subject, the newest last.

    What nobody may state, or nobody did, is no shelf life and no grade.
    """
    return [
        e.shown
        for e in newest_last(examined)
        if e.is_sound
        and e.recorded.statement.kind == kind
        and e.recorded.statement.subject in subjects
        and isinstance(e.shown, entry)
    ]
