"""Issuing stickers: serials, the statement that they were issued, and what stands on each.

Serials are kept and stated in one transaction, before anything is drawn: what a crash leaves
is issued, and can be printed, but is never issued again.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Literal

from ocoptrace import canonical_json
from ocoptrace.errors import LabelError, WorkspaceError
from ocoptrace.findings import Finding
from ocoptrace.gs1 import SERIAL_ALPHABET, parse_name
from ocoptrace.labels import LabelContent, preflight
from ocoptrace.labels.manifest import LabelAct
from ocoptrace.labels.rows import read_rows
from ocoptrace.labels.tables import Table
from ocoptrace.registry import MAX_ISSUED, Issuance
from ocoptrace.signing import sign_statement
from ocoptrace.signing.seal import DIGITS
from ocoptrace.store import StoredAct, StoredRun
from ocoptrace.store.migration import time_text
from ocoptrace.transparency.merkle import leaf_hash, root_of
from ocoptrace.verify.issued import IssueProof
from ocoptrace.verify.policy import civil_date
from ocoptrace.workspace.export import batch_of, owner_of
from ocoptrace.workspace.item_names import ItemNames, NamesOf
from ocoptrace.workspace.label_run import LabelRun, RunLog, Sealing, Stickers
from ocoptrace.workspace.recording import keep
from ocoptrace.workspace.run_plan import RunPlan, digest
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
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import date, datetime

    from ocoptrace.registry import Batch, Grade, Product
    from ocoptrace.workspace.run_plan import Printing
    from ocoptrace.workspace.serials import Numbering
    from ocoptrace.workspace.setting import Setting, Speaker

__all__ = [
    "Rows",
    "RunLine",
    "content_of",
    "issue",
    "lines",
    "prove_issued",
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


_CODE_SYMBOLS: Final = 12
_WIDEST: Final = "W"
_SAMPLE: Final = 100
_UNIT_SYMBOLS: Final = {"GRM": "g", "KGM": "kg", "MLT": "ml", "LTR": "l", "EA": "", "H87": ""}


def issue(
    setting: Setting,
    batch_name: str,
    *,
    count: int,
    numbering: Numbering,
    rows: Iterable[Mapping[str, object]] | None,
    printing: Printing,
) -> LabelRun:
    """Return a label run whose serials are issued; see ``Workspace.label_run``."""
    batch = batch_of(setting, parse_name(batch_name))
    content, told = content_of(setting, batch, civil_date(setting.clock()))
    said: Rows = ((content, count),)
    if rows is not None:
        said, numbering = _read(rows, content, numbering)
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
    serials = _numbered(numbering, count, names)
    findings = _check(plan, serials, names, sealed=seals, today=civil_date(now))
    _refuse_errors(findings)
    run, issued = _issue(setting, speaker, plan, serials, names, now=now)
    setting.log.checkpoint(now=now)
    sealing = Sealing(speaker.signer, batch.expiry_date, seals)
    return _run(setting, run, plan, issued, names, sealing, findings=tuple(findings))


def _read(
    rows: Iterable[Mapping[str, object]], content: LabelContent, numbering: Numbering
) -> tuple[Rows, Numbering]:
    """Return what the stickers of rows say, and the serials that the rows give, if they do."""
    read = read_rows(Table.of(rows), base=content)
    serials = [row.content.serial for row in read if row.content.serial is not None]
    findings = []
    for row in read:
        serial = row.content.serial
        if serial is None and serials:
            findings.append(Finding("label.serial_missing", "error", row.place))
        elif serial is not None and row.copies > 1:
            facts = {"serial": serial, "copies": row.copies}
            findings.append(Finding("label.serial_copies", "error", row.place, facts))
    _refuse_errors(findings)
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
    stored = _stored(setting, code)
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
    spoilt = _stored(setting, code)
    if not 1 <= first <= last <= spoilt.size:
        raise WorkspaceError("workspace.no_such_labels", first=first, last=last, size=spoilt.size)
    _check_unspoilt(setting, code, first, last)
    plan = RunPlan.parse(spoilt.plan)
    sealed = None
    if plan.printing.sealed is not None:
        sealed = max(0, min(last, plan.printing.sealed) - first + 1)
    printing = replace(plan.printing, sealed=sealed, start_slot=1)
    rows = tuple(_rows_of(plan, first - 1, last))
    batch = batch_of(setting, parse_name(spoilt.batch))
    standing_in = RunPlan(printing, rows, replaces=(code, first, last))
    return _issue_run(setting, batch, standing_in, _continuing(setting, spoilt))


def _check_unspoilt(setting: Setting, code: str, first: int, last: int) -> None:
    for act in setting.store.label_acts(code):
        if act.act == "spoiled" and first <= act.last and act.first <= last:
            raise WorkspaceError(
                "workspace.spoiled_before", first=max(first, act.first), run=act.replaced_by
            )


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
    stored = _stored(setting, code)
    if stored.statement_id is None:
        raise WorkspaceError("workspace.run_not_stated", run=code)
    names = NamesOf(ItemNames.of(batch, setting.host), serials_of(stored))
    return IssueProof.of(code, names, position), stored.statement_id


def _stored(setting: Setting, code: str) -> StoredRun:
    stored = setting.store.label_run(code)
    if stored is None:
        raise WorkspaceError("workspace.no_run", run=code)
    return stored


# Serials


def _numbered(numbering: Numbering, count: int, names: ItemNames) -> Serials:
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


_LONGEST_KEY: Final = 4


def _continuing(setting: Setting, spoilt: StoredRun) -> Numbering:
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


def _issue(
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
            _check_unspoilt(setting, spoilt, first, last)
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
    )


def _samples(
    plan: RunPlan, serials: Serials, names: ItemNames, *, sealed: int
) -> Iterator[LabelContent]:
    """Yield a sticker of each row; of a single row the first ones, and the widest there can be.

    A seal has always as many digits, so any will do to measure its symbol.
    """
    seal = "9" * DIGITS

    def sticker(content: LabelContent, serial: str, *, is_sealed: bool) -> LabelContent:
        link = names.link(serial, seal if is_sealed else "")
        return content.item(link=link, serial=serial)

    position = 0
    for content, count in plan.rows:
        taken = min(count, _SAMPLE) if len(plan.rows) == 1 else 1
        for serial in serials[position : position + taken]:
            yield sticker(content, serial, is_sealed=position < sealed)
        position += count
    if len(plan.rows) == 1 and len(serials) > _SAMPLE:
        widest = serials[-1]
        if isinstance(serials, Drawn):
            widest = _WIDEST * len(widest)
        elif isinstance(serials, Given):
            widest = max(serials[_SAMPLE:], key=len)
        yield sticker(plan.rows[0][0], widest, is_sealed=sealed > 0)


def _refuse_errors(findings: list[Finding]) -> None:
    errors = [finding for finding in findings if finding.severity == "error"]
    if errors:
        first = errors[0]
        raise LabelError(first.code, place=first.place, findings=findings, **first.facts)


# What stands on a sticker


def content_of(setting: Setting, batch: Batch, today: date) -> tuple[LabelContent, list[Finding]]:
    """Return what all stickers of a batch say, and why its stars are left out, if they are."""
    producer = setting.producer(owner_of(setting, batch))
    product: Product | None = setting.entry("product", batch.product)
    if product is None:
        raise WorkspaceError("workspace.no_product", about=batch.product)
    grade = _newest_grade(setting, batch.product, today)
    out_of_time = None if grade is None else _out_of_time(grade, today)
    shown = None if out_of_time else grade
    name = parse_name(batch.id)
    content = LabelContent(
        link=name.to_uri(host=setting.host, upper=True),
        product=product.names.vi,
        producer=producer.names.vi,
        place=producer.address.place_text,
        lot=name.lot or "",
        made=batch.production_date,
        best_before=batch.expiry_date,
        stars=shown.stars if shown else None,
        stars_until=shown.valid_to if shown else None,
        net_content=_net_content(product),
        site=setting.host,
    )
    return content, [out_of_time] if out_of_time else []


def _rows_of(plan: RunPlan, start: int, end: int) -> Iterator[tuple[LabelContent, int]]:
    """Yield what the stickers of some serials say, from a position, up to another."""
    at = 0
    for content, count in plan.rows:
        wanted = min(end, at + count) - max(start, at)
        if wanted > 0:
            yield content, wanted
        at += count


def _newest_grade(setting: Setting, product: str, today: date) -> Grade | None:
    """Return the grade of a product that is valid, else the one that was or will be last."""
    grades: list[Grade] = [g for g in setting.entries("grade") if g.product == product]
    valid = [grade for grade in grades if grade.valid_on(today)]
    return max(valid or grades, key=lambda grade: grade.valid_to, default=None)


def _out_of_time(grade: Grade, today: date) -> Finding | None:
    """Return a warning that a grade is not valid today, so that its stars are left out."""
    if grade.valid_to < today:
        facts = {"stars": grade.stars, "until": grade.valid_to}
        return Finding("label.grade_expired", "warning", "", facts)
    if today < grade.valid_from:
        facts = {"stars": grade.stars, "start": grade.valid_from}
        return Finding("label.grade_not_begun", "warning", "", facts)
    return None


def _net_content(product: Product) -> str | None:
    content = product.net_content
    if content is None:
        return None
    return f"{content.value:g} {_UNIT_SYMBOLS.get(content.uom, content.uom)}".strip()
