"""Label runs: begun, opened again, and reprinted."""

from __future__ import annotations

from dataclasses import dataclass, replace
from heapq import nlargest
from typing import TYPE_CHECKING, Final, Literal

from ocoptrace import canonical_json
from ocoptrace.errors import LabelError, WorkspaceError
from ocoptrace.findings import Finding
from ocoptrace.gs1 import parse_name
from ocoptrace.labels import LabelContent, preflight
from ocoptrace.labels.manifest import LabelAct
from ocoptrace.labels.rows import read_rows
from ocoptrace.labels.tables import Table
from ocoptrace.registry import MAX_ISSUED
from ocoptrace.signing.seal import DIGITS
from ocoptrace.store import StoredAct, StoredRun
from ocoptrace.store.migration import time_text
from ocoptrace.verify.policy import civil_date
from ocoptrace.workspace.batch_words import content_of, saying
from ocoptrace.workspace.export import batch_of, owner_of
from ocoptrace.workspace.issuing import (
    check_unspoilt,
    continuing,
    keep_issued,
    numbered,
    stored_run,
)
from ocoptrace.workspace.item_names import ItemNames
from ocoptrace.workspace.label_run import LabelRun, RunLog, Sealing, Stickers, link_of
from ocoptrace.workspace.run_plan import RunPlan, digest
from ocoptrace.workspace.serials import (
    Serials,
    serials_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import date

    from ocoptrace.registry import Batch
    from ocoptrace.workspace.printing import Printing
    from ocoptrace.workspace.serials import Numbering
    from ocoptrace.workspace.setting import Setting

__all__ = [
    "Rows",
    "RunLine",
    "issue",
    "lines",
    "reopen",
    "reprint",
]

Rows = tuple[tuple[LabelContent, int], ...]
"""What stickers say, link and serial apart, and how many say so."""


@dataclass(frozen=True, slots=True)
class RunLine:
    """What a list of label runs says of one.

    Attributes:
        code: its 12 symbols.
        batch: canonical name of the batch.
        made_at: when its serials were issued, UTC.
        size: how many.
        spoiled: how many labels of it were spoiled.
        is_printed: whether its file was finished.
    """

    code: str
    batch: str
    made_at: str
    size: int
    spoiled: int
    is_printed: bool


_WIDEST: Final = 8
_WIDTHS: Final = bytes(
    {"W": 10, "M": 8, **dict.fromkeys("CDGHNOQUmw", 7), **dict.fromkeys("Iijl.", 3)}.get(chr(n), 6)
    for n in range(256)
)
_SAMPLE: Final = 100


def issue(
    setting: Setting,
    batch_name: str,
    *,
    count: int,
    numbering: Numbering,
    rows: Table | Iterable[Mapping[str, object]] | None,
    texts: Mapping[str, str | Mapping[str, str]],
    language: str,
    printing: Printing,
) -> LabelRun:
    """Return a label run whose serials are issued; see ``Workspace.label_run``."""
    batch = batch_of(setting, parse_name(batch_name))
    content, told = content_of(setting, batch, civil_date(setting.clock()))
    content = saying(content, texts, language=language)
    said: Rows = ((content, count),)
    if rows is not None:
        template, _ = printing.plans()
        said, numbering = _read(rows, content, numbering, shown=template.fields)
    if any(words.sscc for words, _ in said):
        # A carton's link has no room for a seal: what it names is no item.
        printing = replace(printing, sealed=0)
    run = _issue_run(setting, batch, RunPlan(printing, said), numbering)
    return replace(run, findings=(*run.findings, *told))


def _issue_run(setting: Setting, batch: Batch, plan: RunPlan, numbering: Numbering) -> LabelRun:
    """Return a label run whose serials are issued, unless the check before printing objects."""
    printing, count = plan.printing, plan.size
    if not 0 < count <= MAX_ISSUED:
        raise WorkspaceError("workspace.label_count", count=count, limit=MAX_ISSUED)
    seals = count if printing.sealed is None else printing.sealed
    if not 0 <= seals <= count:
        raise WorkspaceError("workspace.sealed_count", sealed=seals, count=count)
    now = setting.clock()
    speaker = setting.speaker(owner_of(setting, batch))
    speaker.check_entitled("batch", [batch.id], at=now, error=WorkspaceError)
    if seals:
        speaker.check_entitled("seal", [batch.id], at=now, error=WorkspaceError)
    template, stock = printing.plans()
    # What cannot be laid out at all is refused before a serial is drawn.
    printing.lay_out(())
    plan = replace(plan, hashes=(digest(template), digest(stock)))
    names = ItemNames.of(parse_name(batch.id), setting.host)
    serials = numbered(numbering, count, names)
    findings = _check(plan, serials, names, sealed=seals, today=civil_date(now))
    _refuse_errors(findings)
    run, issued = keep_issued(setting, speaker, plan, serials, names, now=now)
    setting.log.checkpoint(now=now)
    sealing = Sealing(speaker.signer, batch.expiry_date, seals)
    return _run(setting, run, plan, issued, names, sealing, findings=tuple(findings))


def _read(
    rows: Table | Iterable[Mapping[str, object]],
    content: LabelContent,
    numbering: Numbering,
    *,
    shown: frozenset[str],
) -> tuple[Rows, Numbering]:
    """Return what the stickers of rows say, and the serials that the rows give, if they do."""
    table = rows if isinstance(rows, Table) else Table.of(rows)
    read = [
        replace(row, content=replace(row.content, serial=row.content.serial or row.content.sscc))
        for row in read_rows(table, base=content, shown=shown)
    ]
    serials = [row.content.serial for row in read if row.content.serial is not None]
    without = [row for row in read if row.content.serial is None] if serials else []
    _refuse_errors([Finding("label.serial_missing", "error", row.place) for row in without])
    return tuple((row.content, row.copies) for row in read), serials or numbering


def lines(setting: Setting) -> Iterator[RunLine]:
    """Yield what is known of each run; see ``Workspace.label_runs``."""
    for run in setting.store.label_runs():
        acts = setting.store.label_acts(run.code)
        spoiled = sum(act.last - act.first + 1 for act in acts if act.act == "spoiled")
        is_printed = any(act.act == "printed" for act in acts)
        yield RunLine(run.code, run.batch, run.made_at, run.size, spoiled, is_printed)


def reopen(setting: Setting, code: str) -> LabelRun:
    """Return a run whose serials were issued before; see ``Workspace.label_run_of``."""
    stored = stored_run(setting, code)
    plan = RunPlan.parse(stored.plan)
    template, stock = plan.printing.plans()
    if plan.hashes != (digest(template), digest(stock)):
        raise WorkspaceError("workspace.plan_changed", run=code, template=template.name)
    batch = batch_of(setting, parse_name(stored.batch))
    speaker = setting.speaker(owner_of(setting, batch))
    seals = stored.size if plan.printing.sealed is None else plan.printing.sealed
    if seals:
        speaker.check_entitled("seal", [batch.id], at=setting.clock(), error=WorkspaceError)
    names = ItemNames.of(parse_name(stored.batch), setting.host)
    # The sticker and its seal say the same day, whatever was stated of the batch since.
    shelf_date = plan.rows[0][0].best_before
    sealing = Sealing(speaker.signer, shelf_date, seals)
    return _run(setting, stored, plan, serials_of(stored), names, sealing)


def reprint(setting: Setting, code: str, *, first: int, last: int) -> LabelRun:
    """Spoil some labels of a run and issue others for them; see ``Workspace.reprint``."""
    spoilt = stored_run(setting, code)
    if not 1 <= first <= last <= spoilt.size:
        raise WorkspaceError("workspace.no_such_labels", first=first, last=last, size=spoilt.size)
    check_unspoilt(setting, code, first, last)
    plan = RunPlan.parse(spoilt.plan)
    sealed = None
    if plan.printing.sealed is not None:
        sealed = max(0, min(last, plan.printing.sealed) - first + 1)
    printing = replace(plan.printing, sealed=sealed, start_slot=1, used=())
    rows = tuple(_rows_of(plan, first - 1, last))
    batch = batch_of(setting, parse_name(spoilt.batch))
    standing_in = RunPlan(printing, rows, replaces=(code, first, last))
    return _issue_run(setting, batch, standing_in, continuing(setting, spoilt))


def _run(  # noqa: PLR0917 - each is a thing of its own kind
    setting: Setting,
    stored: StoredRun,
    plan: RunPlan,
    serials: Serials,
    names: ItemNames,
    sealing: Sealing,
    *,
    findings: tuple[Finding, ...] = (),
) -> LabelRun:
    store, code, size = setting.store, stored.code, stored.size

    def acts() -> list[LabelAct]:
        return [
            LabelAct(
                act=each.act,
                at=each.at,
                first=each.first,
                last=each.last,
                replaced_by=each.replaced_by,
            )
            for each in store.label_acts(code)
        ]

    def note(act: Literal["printed", "resumed", "duplicated"]) -> None:
        with store.writing():
            store.add_label_act(code, StoredAct(act, time_text(setting.clock()), 1, size))

    return LabelRun(
        code=code,
        batch=stored.batch,
        contents=Stickers(plan, serials, names, sealing),
        plan=plan,
        serials=serials,
        sealed=sealing.count,
        root=_stated_root(setting, stored),
        statement_id=stored.statement_id,
        findings=findings,
        log=RunLog(acts, note),
    )


def _stated_root(setting: Setting, stored: StoredRun) -> bytes | None:
    """Return the root that was stated; None where it was not, or was erased."""
    said = None if stored.statement_id is None else setting.stated(stored.statement_id)
    if said is None or said.payload is None:
        return None
    return bytes.fromhex(canonical_json.loads(said.payload)["root"])


# The check before printing


def _check(
    plan: RunPlan, serials: Serials, names: ItemNames, *, sealed: int, today: date
) -> list[Finding]:
    template, stock = plan.printing.plans()
    return preflight(
        _samples(plan, serials, names, sealed=sealed),
        template=template,
        stock=stock,
        dpi=plan.printing.dpi,
        today=today,
        demo=plan.printing.demo,
        printer=plan.printing.printer,
        images=plan.printing.images(),
        point_of_sale=plan.printing.point_of_sale,
    )


def _samples(
    plan: RunPlan, serials: Serials, names: ItemNames, *, sealed: int
) -> Iterator[LabelContent]:
    """Yield a sticker of each row; of a single row the first ones, and the widest.

    A seal has always as many digits, so any will do to measure its symbol.
    """
    seal = "9" * DIGITS

    def sticker(content: LabelContent, serial: str, *, is_sealed: bool) -> LabelContent:
        return content.item(
            link=link_of(content, names, serial, seal if is_sealed else ""), serial=serial
        )

    position = 0
    for content, count in plan.rows:
        taken = min(count, _SAMPLE) if len(plan.rows) == 1 else 1
        for serial in serials[position : position + taken]:
            yield sticker(content, serial, is_sealed=position < sealed)
        position += count
    if len(plan.rows) == 1 and len(serials) > _SAMPLE:
        rest = range(_SAMPLE, len(serials))
        wide = nlargest(_WIDEST, rest, key=lambda number: _width(serials[number]))
        longest = max(rest, key=lambda number: len(serials[number]))
        for number in sorted({*wide, longest}):
            yield sticker(plan.rows[0][0], serials[number], is_sealed=number < sealed)


def _width(serial: str) -> int:
    """Return about how wide a serial is printed."""
    return sum(serial.encode().translate(_WIDTHS))


def _refuse_errors(findings: list[Finding]) -> None:
    errors = [finding for finding in findings if finding.severity == "error"]
    if errors:
        first = errors[0]
        raise LabelError(first.code, place=first.place, findings=findings, **first.facts)


def _rows_of(plan: RunPlan, start: int, end: int) -> Iterator[tuple[LabelContent, int]]:
    """Yield what the stickers of some serials say, from a position, up to another."""
    at = 0
    for content, count in plan.rows:
        wanted = min(end, at + count) - max(start, at)
        if wanted > 0:
            yield content, wanted
        at += count
