"""Accepting an origin record of somebody else: verified once, kept as it came.

Statements, payloads, salts, checkpoints and proofs are kept verbatim; nothing of them is signed
or logged here. Their events take part in lineage, and the records made here carry them on.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ocoptrace.errors import RecordError, WorkspaceError
from ocoptrace.gs1 import parse_name
from ocoptrace.origin_record import OriginRecord
from ocoptrace.transparency import LogProof
from ocoptrace.verify import verify_record
from ocoptrace.workspace.lineage import FOUND_BY_PAYLOAD, index, step_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ocoptrace.origin_record import RecordedStatement
    from ocoptrace.signing import TrustBundle
    from ocoptrace.verify import Verdict
    from ocoptrace.workspace.setting import Setting

__all__ = ["Acceptance", "take_in"]


@dataclass(frozen=True)
class Acceptance:
    """What came of accepting a record.

    Attributes:
        verdict: what was checked, and how it came out; no check failed.
        added: ids of the statements that were not known here.
        shown: ids of those that were known, and show now what was withheld before.
    """

    verdict: Verdict
    added: tuple[bytes, ...]
    shown: tuple[bytes, ...]


def take_in(setting: Setting, record: OriginRecord | bytes, trust: TrustBundle) -> Acceptance:
    """Verify a record and keep all of it; see ``Workspace.accept``."""
    if isinstance(record, bytes):
        record = OriginRecord.parse(record)
    verdict = verify_record(record, trust=trust, now=setting.clock())
    _refuse(verdict)
    added, shown = [], []
    with setting.store.writing():
        for recorded in record.statements:
            statement_id = recorded.statement.id
            known = setting.store.statement(statement_id)
            proofs = list(_foreign_proofs(setting, record, recorded))
            if known is None:
                _keep(setting, recorded, about=record.about)
                added.append(statement_id)
            elif known.payload is None and not known.is_erased and _show(setting, recorded):
                shown.append(statement_id)
            for proof in proofs:
                setting.store.add_foreign_proof(statement_id, proof)
    return Acceptance(verdict, tuple(added), tuple(shown))


def _refuse(verdict: Verdict) -> None:
    """Refuse a record of which a check failed: what is kept here was found good."""
    failed = next((check for check in verdict.checks if check.outcome == "fail"), None)
    if failed is not None:
        said = f"verdict.{failed.code}.{failed.reason or failed.outcome}"
        facts: dict[str, Any] = dict(failed.facts)
        raise WorkspaceError(
            "workspace.not_accepted",
            about=verdict.about,
            overall=verdict.overall,
            check=failed.code,
            reason=RecordError(said, **facts),
        )


def _foreign_proofs(
    setting: Setting, record: OriginRecord, recorded: RecordedStatement
) -> Iterator[LogProof]:
    """Yield the proofs of a statement in others' logs, and in the own log of what was admitted.

    Raises:
        WorkspaceError: the own log is said to have something that it does not have.
    """
    stored = setting.store.statement(recorded.statement.id)
    is_own = stored is not None and stored.position is not None
    place = setting.store.entry_place(recorded.statement.id)
    for proof in recorded.proofs:
        checkpoint = record.checkpoints[proof.checkpoint]
        if checkpoint.origin != setting.log.origin:
            yield LogProof(checkpoint, proof.index, proof.path)
        elif place is None or proof.index != place[0]:
            # Somebody else signs with the log's key, or this is an older copy of the workspace.
            raise WorkspaceError("workspace.log_forked", position=proof.index)
        elif not is_own:
            yield LogProof(checkpoint, proof.index, proof.path)


def _keep(setting: Setting, recorded: RecordedStatement, *, about: str) -> None:
    statement, store = recorded.statement, setting.store
    payload = None if recorded.payload is None else recorded.payload.encode()
    store.add_statement(statement, payload, recorded.salt)
    if payload is not None:
        _index(setting, recorded, payload)
    if statement.kind == "place" or (payload is None and statement.kind in FOUND_BY_PAYLOAD):
        # What it speaks of, or who speaks of it, may be withheld; that it belongs here is told.
        name = parse_name(about)
        batch = name.batch() or name
        store.add_mentions(statement.id, {name.canonical(), batch.canonical()})


def _show(setting: Setting, recorded: RecordedStatement) -> bool:
    """Keep what a statement states that was withheld before; tell whether it is shown now."""
    if recorded.payload is None or recorded.salt is None:
        return False
    payload = recorded.payload.encode()
    setting.store.show(recorded.statement.id, payload, recorded.salt)
    _index(setting, recorded, payload)
    return True


def _index(setting: Setting, recorded: RecordedStatement, payload: bytes) -> None:
    is_event = recorded.statement.kind == "event"
    step = step_of(recorded.statement, payload) if is_event else None
    index(setting.store, recorded.statement, payload, step)
