"""Issuing serials: kept, and stated as one statement of the batch, in one transaction.

That comes before anything is drawn: what a crash leaves is issued, and can be printed, but is
never issued again.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Final

from ocoptrace import canonical_json
from ocoptrace.errors import WorkspaceError
from ocoptrace.gs1 import SERIAL_ALPHABET, parse_name
from ocoptrace.registry import Issuance
from ocoptrace.signing import sign_statement
from ocoptrace.store import StoredAct, StoredRun
from ocoptrace.store.migration import time_text
from ocoptrace.transparency.merkle import leaf_hash, root_of
from ocoptrace.verify.issued import IssueProof
from ocoptrace.workspace.item_names import ItemNames, NamesOf
from ocoptrace.workspace.recording import keep
from ocoptrace.workspace.serials import (
    Counted,
    Drawn,
    Given,
    Serials,
    counted,
    draw,
    given,
    serials_of,
)

if TYPE_CHECKING:
    from datetime import datetime

    from ocoptrace.workspace.run_plan import RunPlan
    from ocoptrace.workspace.serials import Numbering
    from ocoptrace.workspace.setting import Setting, Speaker

__all__ = [
    "check_unspoilt",
    "continuing",
    "keep_issued",
    "numbered",
    "prove_issued",
    "stored_run",
]

_CODE_SYMBOLS: Final = 12
_LONGEST_KEY: Final = 4
"""Most digits of a GS1 application identifier."""


def stored_run(setting: Setting, code: str) -> StoredRun:
    """Return a run as it is kept.

    Raises:
        WorkspaceError: there is none with this code.
    """
    stored = setting.store.label_run(code)
    if stored is None:
        raise WorkspaceError("workspace.no_run", run=code)
    return stored


def numbered(numbering: Numbering, count: int, names: ItemNames) -> Serials:
    """Return the serials that are asked for, each one that can stand in a name.

    Raises:
        Gs1Error: one that cannot.
        WorkspaceError: too few of them, or one twice.
    """
    if numbering is None:
        return draw(count)
    serials = counted(numbering, count) if isinstance(numbering, str) else given(numbering, count)
    # All of a sequence have one length and one alphabet; short ones may yet be a GS1 key's.
    is_alike = isinstance(serials, Counted) and len(serials[0]) > _LONGEST_KEY
    for serial in (serials[0], serials[-1]) if is_alike else serials:
        names.batch.item(serial)
    return serials


def continuing(setting: Setting, spoilt: StoredRun) -> Numbering:
    """Return how the serials go on that stand in for spoiled ones: as those ran.

    A sequence goes on behind the last number of it that the batch has used; a list of the
    producer's own says nothing of how it would go on, so serials are drawn.
    """
    if spoilt.sequence is None:
        return None
    prefix, _, width = spoilt.sequence
    used = [
        run.sequence[1] + run.size
        for run in setting.store.label_runs(spoilt.batch)
        if run.sequence is not None and (run.sequence[0], run.sequence[2]) == (prefix, width)
    ]
    return f"{prefix}{max(used):0{width}}"


def keep_issued(
    setting: Setting,
    speaker: Speaker,
    plan: RunPlan,
    serials: Serials,
    names: ItemNames,
    *,
    now: datetime,
) -> tuple[StoredRun, Serials]:
    """Keep and state that serials are issued, all or nothing; return them as they are kept.

    Raises:
        WorkspaceError: one was issued in this batch before.
    """
    batch = names.batch.canonical()
    code = "".join(secrets.choice(SERIAL_ALPHABET) for _ in range(_CODE_SYMBOLS))
    root = _root(names, serials)
    with setting.store.writing():
        while (taken := _taken(setting, batch, serials)) is not None:
            if not isinstance(serials, Drawn):
                raise WorkspaceError("workspace.serial_issued", serial=taken[0], run=taken[1])
            serials = draw(len(serials))
            root = _root(names, serials)
        payload = canonical_json.dumps(_issuance(code, batch, serials, root, plan).public())
        statement, salt = sign_statement(
            "batch",
            payload,
            issuer=speaker.issuer,
            subject=batch,
            signer=speaker.signer,
            now=now,
        )
        keep(setting.store, statement, payload, salt)
        run = StoredRun(
            code,
            batch,
            time_text(now),
            len(serials),
            sequence=(serials.prefix, serials.start, serials.width)
            if isinstance(serials, Counted)
            else None,
            drawn=serials.data if isinstance(serials, Drawn) else None,
            listed="\n".join(serials) if isinstance(serials, Given) else None,
            statement_id=statement.id,
            plan=plan.text(),
        )
        setting.store.add_label_run(run)
        if plan.replaces is not None:
            spoilt, first, last = plan.replaces
            check_unspoilt(setting, spoilt, first, last)
            act = StoredAct("spoiled", time_text(now), first, last, code)
            setting.store.add_label_act(spoilt, act)
    return run, serials


def _root(names: ItemNames, serials: Serials) -> bytes:
    return root_of(leaf_hash(names.name(serial).encode()) for serial in serials)


def _taken(setting: Setting, batch: str, serials: Serials) -> tuple[str, str] | None:
    """Return a serial that was issued in the batch before, and in which run."""
    for run in setting.store.label_runs(batch):
        serial = serials.overlap(serials_of(run))
        if serial is not None:
            return serial, run.code
    return None


def _issuance(code: str, batch: str, serials: Serials, root: bytes, plan: RunPlan) -> Issuance:
    members: dict[str, object] = {
        "id": batch,
        "run": code,
        "count": len(serials),
        "root": root.hex(),
        "serials": serials.kind,
    }
    if isinstance(serials, Counted):
        members["sequence"] = {
            "prefix": serials.prefix,
            "start": serials.start,
            "width": serials.width,
        }
    if plan.replaces is not None:
        members["replaces"] = dict(zip(("run", "first", "last"), plan.replaces, strict=True))
    return Issuance.parse(members)


def prove_issued(setting: Setting, item: str) -> tuple[IssueProof, bytes]:
    """Return the proof that an item's serial was issued; see ``Workspace.prove_issued``."""
    name = parse_name(item)
    batch = name.batch()
    found = None
    if batch is not None and name.serial is not None:
        found = setting.store.find_serial(batch.canonical(), name.serial)
    if found is None or batch is None:
        raise WorkspaceError("workspace.not_issued", item=name.canonical())
    code, position = found
    stored = stored_run(setting, code)
    if stored.statement_id is None:
        raise WorkspaceError("workspace.run_not_stated", run=code)
    names = NamesOf(ItemNames.of(batch, setting.host), serials_of(stored))
    return IssueProof.of(code, names, position), stored.statement_id


def check_unspoilt(setting: Setting, code: str, first: int, last: int) -> None:
    """Refuse labels of a run of which some were spoiled before.

    Raises:
        WorkspaceError: which, and what stands in for it.
    """
    for act in setting.store.label_acts(code):
        if act.act == "spoiled" and first <= act.last and act.first <= last:
            raise WorkspaceError(
                "workspace.spoiled_before", first=max(first, act.first), run=act.replaced_by
            )
