"""May a statement enter a log? What its header says is judged; what it states stays elsewhere.

A log takes what its trust bundle lets a producer state, so that it fills up with nothing else.
What only the payload shows, such as the names that an event creates, is for verifiers to judge:
that something stands in a log has never meant that it is true.

>>> from datetime import UTC, datetime
>>> from ocoptrace.signing import SoftwareSigner, TrustBundle, sign_statement
>>> now = datetime(2026, 11, 23, tzinfo=UTC)
>>> statement, _ = sign_statement("event", b"{}", issuer="https://id.example/ocop/7K3M9QAB",
...     subject="urn:uuid:1", signer=SoftwareSigner.generate("ES256"), now=now)
>>> bundle = TrustBundle.of(version=1, root_version=1, issued=now, keys=(), namespaces=(),
...     expires=datetime(2027, 1, 1, tzinfo=UTC))
>>> admission_problem(statement, bundle, origin="id.example/log", now=now).code
'submission.unknown_key'
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ocoptrace.signing.entitlement import refusal
from ocoptrace.transparency.submission import Problem
from ocoptrace.verify.examination import names_in_header
from ocoptrace.verify.payload import is_subject
from ocoptrace.verify.policy import CLOCK_TOLERANCE
from ocoptrace.verify.revocation import reaching

if TYPE_CHECKING:
    from datetime import datetime

    from ocoptrace.signing import Statement, TrustBundle
    from ocoptrace.signing.bundle import KeyEntry

__all__ = ["admission_problem"]


def admission_problem(
    statement: Statement, trust: TrustBundle, *, origin: str, now: datetime
) -> Problem | None:
    """Return why a statement may not enter a log; None if it may.

    It may where a verifier who meets it later, proven in this log since now, would accept key,
    signature, right and date. An office's acts enter a log by its own hand alone.

    Args:
        statement: in its one form; its payload is not needed.
        trust: the newest bundle that the log goes by.
        origin: of the log.
        now: by when it will have been seen, aware.
    """
    log = trust.log(origin)
    if log is not None and log.final is not None:
        return Problem("submission.log_closed", {"size": log.final.size})
    signer = trust.by_kid(statement.kid)
    if signer is None:
        return Problem("submission.unknown_key", {"kid": statement.kid.hex()})
    if signer.role != "producer":
        return Problem("submission.not_a_producer", {"issuer": signer.issuer})
    # What follows says something of the key's holder, so the signature comes first.
    if not statement.is_signed_by(signer.public_key):
        return Problem("submission.bad_signature", {"kid": statement.kid.hex()})
    return _unfit(statement) or _refusal(statement, trust, signer, now=now)


def _unfit(statement: Statement) -> Problem | None:
    if is_subject(statement.kind, statement.subject):
        return None
    return Problem(
        "submission.bad_subject", {"kind": statement.kind, "subject": statement.subject[:300]}
    )


def _refusal(
    statement: Statement, trust: TrustBundle, signer: KeyEntry, *, now: datetime
) -> Problem | None:
    claimed = statement.issued_at
    if claimed - now > CLOCK_TOLERANCE:
        return Problem("submission.dated_ahead", {"claimed": _written(claimed)})
    names = names_in_header(statement)
    refused = refusal(signer, statement.kind, names, issuer=statement.issuer, at=claimed)
    # A key that is over can still sign an earlier date; a log that takes it in now cannot.
    if refused is None and now >= signer.sign_until:
        refused = "period", _written(now)
    if refused is not None:
        why, what = refused
        return Problem(f"submission.not_entitled_{why}", {"what": what[:300]})
    revocation = reaching(
        trust.revocations_of(signer), claimed=claimed, log_time=now, places=(), ties=frozenset()
    )
    if revocation is None:
        return None
    return Problem(
        "submission.revoked", {"reason": revocation.reason, "at": _written(revocation.at)}
    )


def _written(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"
