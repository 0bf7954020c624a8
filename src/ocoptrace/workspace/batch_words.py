"""What all stickers of a batch say, from what is registered of it and of its producer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ocoptrace import messages
from ocoptrace.errors import LabelError, WorkspaceError
from ocoptrace.findings import Finding
from ocoptrace.gs1 import parse_name
from ocoptrace.labels import LabelContent
from ocoptrace.labels.content import FIELDS
from ocoptrace.messages import LANGUAGES
from ocoptrace.workspace.export import owner_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from ocoptrace.registry import Batch, Grade, Producer, Product
    from ocoptrace.registry.entity import Amount, Bilingual
    from ocoptrace.workspace.setting import Setting

__all__ = ["WORDS", "content_of", "saying"]

WORDS: Final = frozenset({"product", "producer", "place", "net_content", "site"})
"""Fields with a name of their own that a clerk may word otherwise."""

_COUNTRIES: Final[Mapping[str, Mapping[str, str]]] = {
    "VN": {
        "vi": "Việt Nam",
        "en": "Viet Nam",
        "de": "Vietnam",
        "ko": "베트남",
        "ru": "Вьетнам",
        "zh-Hant": "越南",
    }
}
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
        product=_words(product.names),
        producer=_words(producer.names),
        place=producer.address.place_text,
        lot=name.lot or "",
        made=batch.production_date,
        best_before=batch.expiry_date,
        stars=shown.stars if shown else None,
        stars_until=shown.valid_to if shown else None,
        net_content=_amount(product.net_content),
        site=setting.host,
        gtin=product.gtin,
        texts={field: words for field, words in _texts(product, producer).items() if words},
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


def saying(
    content: LabelContent, texts: Mapping[str, str | Mapping[str, str]], *, language: str
) -> LabelContent:
    """Return what a sticker says with some texts beside or in place of its own.

    Args:
        content: what it says.
        texts: by field; a text in some languages leaves those of the others.
        language: of the printed words.

    Raises:
        LabelError: as ``LabelContent``; ``label.column_of_batch`` for a field that only the
            batch can fill.
    """
    for field in texts:
        if field in FIELDS and field not in WORDS:
            raise LabelError("label.column_of_batch", place=f"/{field}", name=field)
    return content.saying({**texts, "language": language})


def _texts(product: Product, producer: Producer) -> dict[str, str | Mapping[str, str] | None]:
    """Return what the law wants read on a pack, as far as it is registered."""
    address = producer.address
    return {
        "ingredients": _both(product.ingredients),
        "allergens": _allergens(product),
        "storage": _both(product.storage),
        "usage": _both(product.usage),
        "warning": _both(product.warnings),
        "drained_weight": _amount(product.drained_weight),
        "standard": ", ".join(product.standards),
        "origin": _COUNTRIES.get(address.country, address.country),
        "address": {
            language: f"{address.detail.text(language)}, {address.place_text}"
            for language in LANGUAGES
        },
    }


def _both(words: Bilingual | None) -> Mapping[str, str] | None:
    return None if words is None else _words(words)


def _words(words: Bilingual) -> Mapping[str, str]:
    return {language: words.text(language) for language in LANGUAGES}


def _allergens(product: Product) -> Mapping[str, str] | None:
    if not product.allergens:
        return None
    return {
        language: ", ".join(
            messages.text(f"registry.allergen.{each}", language) for each in product.allergens
        )
        for language in LANGUAGES
    }


def _amount(amount: Amount | None) -> str | None:
    if amount is None:
        return None
    return f"{amount.value:g} {_UNIT_SYMBOLS.get(amount.uom, amount.uom)}".strip()
