"""Erasing what a statement states: the data of a person who asks for it, a mistake.

The statement, its place in the log and its proofs stay: it was said that something was said.
What it said is gone, with the salt and the hash by which one could try what it may have been.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ocoptrace.errors import WorkspaceError
from ocoptrace.workspace.lineage import step_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ocoptrace.store import SqliteStore
    from ocoptrace.workspace.setting import Setting

__all__ = ["erase"]

_PUBLIC = {"key", "revocation", "policy", "root", "bundle"}
"""What the office published, and what verifiers need: it stands in bundles as well."""


def erase(setting: Setting, statement_ids: Iterable[bytes]) -> int:
    """Erase what some statements state; see ``Workspace.erase``."""
    store = setting.store
    with store.writing():
        count = sum(_erase(store, each) for each in dict.fromkeys(statement_ids))
    # Also where all of it was erased before: that time another program may have been reading.
    store.leave_no_trace()
    return count


def _erase(store: SqliteStore, statement_id: bytes) -> bool:
    stored = store.statement(statement_id)
    if stored is None:
        raise WorkspaceError("workspace.no_statement", id=statement_id.hex())
    kind = stored.statement.kind
    if kind in _PUBLIC:
        raise WorkspaceError("workspace.not_erasable", id=statement_id.hex(), kind=kind)
    if kind == "event" and stored.payload is not None:
        # Only its payload told what it made of what. The names that it has to do with stay.
        store.keep_mentions(statement_id, step_of(stored.statement, stored.payload).touched)
    return store.erase(statement_id)
