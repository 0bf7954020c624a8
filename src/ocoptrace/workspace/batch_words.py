"""What all stickers of a batch say, from what is registered of it and of its producer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ocoptrace.errors import WorkspaceError
from ocoptrace.findings import Finding
from ocoptrace.gs1 import parse_name
from ocoptrace.labels import LabelContent
from ocoptrace.workspace.export import owner_of

if TYPE_CHECKING:
    from datetime import date

    from ocoptrace.registry import Batch, Grade, Product
    from ocoptrace.workspace.setting import Setting

__all__ = ["content_of"]

_UNIT_SYMBOLS: Final = {"GRM": "g", "KGM": "kg", "MLT": "ml", "LTR": "l", "EA": "", "H87": ""}


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
