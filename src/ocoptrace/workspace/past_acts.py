"""What an office did, as its log tells it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ocoptrace import canonical_json

if TYPE_CHECKING:
    from datetime import datetime

    from ocoptrace.store import SqliteStore

__all__ = ["PastAct", "past_acts"]

_KINDS = ("root", "key", "producer", "grade", "revocation", "bundle")


@dataclass(frozen=True)
class PastAct:
    """One act.

    Attributes:
        kind: what was stated.
        subject: about what: a thumbprint URI, a name, ``bundle:3``.
        time: when, as the office says.
        statement_id: the statement in the log, 32 bytes.
        position: where the log has it, from 0.
        holder: whose key, for keys; else empty.
    """

    kind: str
    subject: str
    time: datetime
    statement_id: bytes
    position: int
    holder: str


def past_acts(store: SqliteStore, issuer: str) -> list[PastAct]:
    """Return all acts of an office, the earliest first."""
    acts = [
        PastAct(
            kind,
            stored.statement.subject,
            stored.statement.issued_at,
            stored.statement.id,
            stored.position,
            _holder(stored.payload) if kind == "key" else "",
        )
        for kind in _KINDS
        for stored in store.statements(kind)
        if stored.statement.issuer == issuer and stored.position is not None
    ]
    return sorted(acts, key=lambda act: act.position)


def _holder(payload: bytes | None) -> str:
    return "" if payload is None else canonical_json.loads(payload)["issuer"]
