"""Issuing stickers: serials, seals, and the words that stand beside the code."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC
from typing import TYPE_CHECKING, Final

from ocoptrace.errors import LabelError, WorkspaceError
from ocoptrace.findings import Finding
from ocoptrace.gs1 import parse_name
from ocoptrace.labels import LabelContent, lay_out, load_stock, load_template, preflight
from ocoptrace.signing import sign_seal
from ocoptrace.verify.policy import civil_date
from ocoptrace.workspace.export import batch_of, owner_of
from ocoptrace.workspace.label_run import LabelRun, new_serial

if TYPE_CHECKING:
    from datetime import date

    from ocoptrace.gs1 import Name
    from ocoptrace.registry import Batch, Grade, Product
    from ocoptrace.workspace.setting import Setting, Speaker

__all__ = ["MAX_LABELS", "issue"]

MAX_LABELS: Final = 100_000
_UNIT_SYMBOLS: Final = {"GRM": "g", "KGM": "kg", "MLT": "ml", "LTR": "l", "EA": "", "H87": ""}


def issue(
    setting: Setting,
    batch_name: str,
    *,
    count: int,
    template: str,
    stock: str,
    sealed: int | None,
    dpi: int,
    start_slot: int,
    demo: bool,
) -> LabelRun:
    """Return a label run whose serials are issued; see ``Workspace.label_run``."""
    name = parse_name(batch_name)
    batch = batch_of(setting, name)
    if not 0 < count <= MAX_LABELS:
        raise WorkspaceError("workspace.label_count", count=count, limit=MAX_LABELS)
    seals = count if sealed is None else sealed
    if not 0 <= seals <= count:
        raise WorkspaceError("workspace.sealed_count", sealed=seals, count=count)
    now = setting.clock()
    today = civil_date(now)
    speaker = setting.speaker(owner_of(setting, batch))
    if seals:
        speaker.check_entitled("seal", [batch.id], at=now, error=WorkspaceError)
    grade = _newest_grade(setting, batch.product, today)
    out_of_time = None if grade is None else _out_of_time(grade, today)
    content = _content(setting, batch, speaker, None if out_of_time else grade)
    items = [parse_name(batch.id).item(new_serial()) for _ in range(count)]
    run = LabelRun(
        batch=batch.id,
        contents=tuple(
            _sticker(content, item, setting.host, batch, speaker if place < seals else None)
            for place, item in enumerate(items)
        ),
        template=load_template(template),
        stock=load_stock(stock),
        dpi=dpi,
        start_slot=start_slot,
        findings=(),
    )
    # What cannot be laid out at all is refused before a serial is spent.
    lay_out((), template=run.template, stock=run.stock, dpi=dpi, start_slot=start_slot)
    findings = preflight(
        run.contents, template=run.template, stock=run.stock, dpi=dpi, today=today, demo=demo
    )
    if out_of_time is not None:
        findings.append(out_of_time)
    errors = [finding for finding in findings if finding.severity == "error"]
    if errors:
        first = errors[0]
        raise LabelError(first.code, place=first.place, findings=findings, **first.facts)
    with setting.store.writing():
        setting.store.add_label_run(
            batch.id,
            made_at=now.astimezone(UTC).isoformat(timespec="seconds"),
            template=template,
            stock=stock,
            items=[item.canonical() for item in items],
        )
    return replace(run, findings=tuple(findings))


def _newest_grade(setting: Setting, product: str, today: date) -> Grade | None:
    """Return the grade of a product that is valid, else the one that was or will be last."""
    grades: list[Grade] = [g for g in setting.entries("grade") if g.product == product]
    valid = [grade for grade in grades if grade.valid_on(today)]
    return max(valid or grades, key=lambda grade: grade.valid_to, default=None)


def _sticker(
    content: LabelContent, item: Name, host: str, batch: Batch, speaker: Speaker | None
) -> LabelContent:
    """Return the sticker of an item, sealed where a speaker is given."""
    fragment = ""
    if speaker is not None:
        form = item.canonical_with_attributes()
        fragment = sign_seal(form, shelf_date=batch.expiry_date, signer=speaker.signer).number
    link = item.to_uri(host=host, upper=True, fragment=fragment)
    return replace(content, link=link, serial=item.serial)


def _out_of_time(grade: Grade, today: date) -> Finding | None:
    """Return a warning that a grade is not valid today, so that its stars are left out."""
    if grade.valid_to < today:
        facts = {"stars": grade.stars, "until": grade.valid_to}
        return Finding("label.grade_expired", "warning", "", facts)
    if today < grade.valid_from:
        facts = {"stars": grade.stars, "start": grade.valid_from}
        return Finding("label.grade_not_begun", "warning", "", facts)
    return None


def _content(setting: Setting, batch: Batch, speaker: Speaker, grade: Grade | None) -> LabelContent:
    """Return what all stickers of a batch say; the stars where a valid grade is given."""
    product: Product | None = setting.entry("product", batch.product)
    if product is None:
        raise WorkspaceError("workspace.no_product", about=batch.product)
    return LabelContent(
        link=parse_name(batch.id).to_uri(host=setting.host, upper=True),
        product=product.names.vi,
        producer=speaker.producer.names.vi,
        place=speaker.producer.address.place_text,
        lot=parse_name(batch.id).lot or "",
        made=batch.production_date,
        best_before=batch.expiry_date,
        stars=grade.stars if grade else None,
        stars_until=grade.valid_to if grade else None,
        net_content=_net_content(product),
        site=setting.host,
    )


def _net_content(product: Product) -> str | None:
    content = product.net_content
    if content is None:
        return None
    return f"{content.value:g} {_UNIT_SYMBOLS.get(content.uom, content.uom)}".strip()
