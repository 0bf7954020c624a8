"""Is one statement what it says? Statement + trust bundle + now → verdict."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ocoptrace.errors import OcopTraceError, RecordError
from ocoptrace.origin_record import Proof, RecordedStatement
from ocoptrace.signing import Statement
from ocoptrace.verify.checks import best_word, format_check, namespace_check, statement_checks
from ocoptrace.verify.examination import examine
from ocoptrace.verify.policy import Policy, bundle_checks, effective_now, require_time
from ocoptrace.verify.verdict import Verdict

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from ocoptrace.signing import TrustBundle
    from ocoptrace.transparency import Checkpoint, ConsistencyProof, LogProof

__all__ = ["verify_statement"]


def verify_statement(
    statement: bytes | Statement,
    *,
    payload: str | bytes | None = None,
    salt: bytes | None = None,
    proofs: Sequence[LogProof] = (),
    trust: TrustBundle,
    now: datetime,
    policy: Policy = Policy(),  # noqa: B008 - frozen
    consistency: Sequence[ConsistencyProof] = (),
) -> Verdict:
    """Return the verdict on one statement. Needs no network, database or clock.

    The checks are those that a statement meets in a record. With its payload withheld, the best
    word is ``ok_offline``.

    Args:
        statement: a statement, or its tagged COSE bytes.
        payload: what it states; None where it is withheld.
        salt: the 16 bytes that go with the payload.
        proofs: where it stands in which log.
        trust: a bundle that was loaded against a pinned root.
        now: the device's clock, aware.
        policy: what the verifier asks for.
        consistency: as for ``verify_record``.

    Raises:
        InputError: ``now`` is naive, or no time of a clock (before 1970, from 9000 on).
    """
    require_time(now)
    try:
        recorded, checkpoints = _recorded(statement, payload, salt, proofs)
    except OcopTraceError as error:
        return Verdict.malformed(error)
    found = examine([recorded], checkpoints, trust, consistency)
    about = recorded.statement.subject
    at = effective_now(now, trust, found.newest)
    checks = (
        format_check(found.statements),
        *bundle_checks(now, trust, found.newest),
        *namespace_check(about, trust),
        *statement_checks(found.statements, at),
    )
    return Verdict(about, checks, best_word(checks, trust=trust, at=at, policy=policy))


def _recorded(
    statement: bytes | Statement,
    payload: str | bytes | None,
    salt: bytes | None,
    proofs: Sequence[LogProof],
) -> tuple[RecordedStatement, tuple[Checkpoint, ...]]:
    """Return a statement as a record holds it, with the checkpoints that its proofs point to.

    Raises:
        SigningError: bytes that are no statement.
        RecordError: a payload that is no text, or what no ``RecordedStatement`` may be.
    """
    if isinstance(statement, bytes):
        statement = Statement.decode(statement)
    try:
        payload = payload.decode() if isinstance(payload, bytes) else payload
    except UnicodeError as error:
        raise RecordError("json.not_unicode") from error
    numbers: dict[Checkpoint, int] = {}
    pointing = tuple(
        Proof(numbers.setdefault(proof.checkpoint, len(numbers)), proof.index, proof.path)
        for proof in proofs
    )
    return RecordedStatement(statement, payload, salt, pointing), tuple(numbers)
