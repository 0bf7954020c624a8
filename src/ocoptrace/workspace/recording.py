"""Keeping a statement once: the store and the log take it, or know that they have it."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from ocoptrace.signing import sign_statement

if TYPE_CHECKING:
    from datetime import datetime

    from ocoptrace.signing import Signer, Statement
    from ocoptrace.signing.statement import Kind
    from ocoptrace.store import SqliteStore

__all__ = ["keep", "state_once"]


def keep(store: SqliteStore, statement: Statement, payload: bytes, salt: bytes) -> int:
    """Keep a new statement, append it to the log, and return its position.

    Call it inside ``store.writing()``.
    """
    return store.append(statement, payload, salt, hashlib.sha256(payload).digest())


def state_once(
    store: SqliteStore,
    kind: Kind,
    payload: bytes,
    *,
    issuer: str,
    subject: str,
    signer: Signer,
    now: datetime,
) -> tuple[bytes, bool]:
    """Return the id of the statement that says this, and whether it had to be made.

    The same issuer says the same thing once: (iss, kind, SHA-256 of the canonical bytes).
    Call it inside ``store.writing()``.
    """
    known = store.find_content(issuer, kind, hashlib.sha256(payload).digest())
    if known is not None:
        return known, False
    statement, salt = sign_statement(
        kind, payload, issuer=issuer, subject=subject, signer=signer, now=now
    )
    keep(store, statement, payload, salt)
    return statement.id, True
