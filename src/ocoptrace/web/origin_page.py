"""What an origin page says: a record, what was found out about it, and a language → a page.

Nothing here draws; the templates do. All that a page says of goods comes from what the record
shows, never from elsewhere.

>>> from ocoptrace.verify import Check, Verdict
>>> over = Check("shelf_life", "warn", "expired", {"until": date(2026, 9, 14)})
>>> [trouble.text for trouble in troubles(Verdict("", (over,)), Wording("vi"))]
['Hạn sử dụng 14/09/2026: đã qua ngày này.']
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from ocoptrace.verify.verdict import OVERALL
from ocoptrace.web.contents import Contents, contents, is_sound
from ocoptrace.web.telling import Telling
from ocoptrace.web.timeline import timeline
from ocoptrace.web.wording import Wording

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from ocoptrace.gs1 import Name
    from ocoptrace.origin_record import OriginRecord
    from ocoptrace.registry import Grade
    from ocoptrace.verify import Check, Verdict
    from ocoptrace.verify.examination import Examined
    from ocoptrace.verify.verdict import Outcome
    from ocoptrace.web.timeline import Step

__all__ = ["CheckLine", "LogLine", "OriginPage", "Stars", "Trouble", "origin_page", "troubles"]

_SERIAL_LENGTH, _SERIAL_GROUP = 12, 4


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that a reader must know before all else, and what to do about it."""

    mark: Outcome
    text: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Stars:
    """A grade that is valid today: how many stars, by which decision, until when."""

    count: int
    decision: str
    until: str


@dataclass(frozen=True, slots=True)
class CheckLine:
    """One check of the verdict, in words."""

    mark: Outcome
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class LogLine:
    """A log, the first and last entry of it in the record, and its size then."""

    origin: str
    first: int
    last: int
    size: int


@dataclass(frozen=True, slots=True)
class OriginPage:
    """All that a page says, in one language.

    Attributes:
        state: the one sentence on top; troubles replace it.
        troubles: what is wrong or to be noted, worst first.
        verdict: the verdict's own sentence; empty where troubles say more.
        item: what is known of the single pack that was scanned; empty for a batch.
        title: name of the product in the reader's language.
        vietnamese: its name in Vietnamese; empty where that is the title.
        lot: lot number.
        producer: who made it, and where.
        stars: the grade, if one is valid today.
        facts: label and value of what it is.
        steps: how it came to be, newest last.
        proven: how many of the steps are signed and in the public log.
        checks: every check of the verdict.
        logs: where the record's statements stand.
        limits: what the page cannot prove.
    """

    state: str
    troubles: tuple[Trouble, ...]
    verdict: str
    item: str
    title: str
    vietnamese: str
    lot: str
    producer: tuple[str, ...]
    stars: Stars | None
    facts: tuple[tuple[str, str], ...]
    steps: tuple[Step, ...]
    proven: int
    checks: tuple[CheckLine, ...]
    logs: tuple[LogLine, ...]
    limits: tuple[str, ...]


def origin_page(
    name: Name,
    record: OriginRecord,
    evidence: Sequence[Examined],
    verdict: Verdict,
    *,
    issued: bool,
    host: str,
    today: date,
    wording: Wording,
) -> OriginPage:
    """Return what the page of a batch, or of one item of it, says.

    Args:
        name: what was asked for: a batch or an item.
        record: the record of the batch.
        evidence: what was found out about each of its statements.
        verdict: the verdict on it.
        issued: whether a sticker was issued for the item; does not matter for a batch.
        host: who states all this.
        today: the civil date in Vietnam.
        wording: the words to use.
    """
    shown = contents(evidence, about=record.about)
    steps = timeline(evidence, telling=Telling(shown.products, shown.places, wording))
    proven = sum(step.signed and step.logged for step in steps)
    names = shown.product.names if shown.product else None
    producer = _producer(shown, wording)
    lot, serial = name.lot or "", _grouped(name.serial or "")
    found = list(troubles(verdict, wording))
    if serial and not issued:
        worse = sum(trouble.mark == "fail" for trouble in found)
        found.insert(worse, _trouble("not_issued", "warn", wording, serial=serial, host=host))
    if _is_recalled(steps, _owner(evidence, record.about)):
        found.insert(0, _trouble("recalled", "fail", wording, lot=lot))
    facts = {"producer": producer[0], "lot": lot, "proven": proven, "total": len(steps)}
    item = wording.word("item", producer=producer[0], serial=serial) if serial and issued else ""
    return OriginPage(
        state=wording.word("state", **facts),
        troubles=tuple(found),
        verdict="" if found else _headline(verdict, wording),
        item=item,
        title=names.text(wording.language) if names else name.product().canonical(),
        vietnamese=names.vi if names and wording.language != "vi" else "",
        lot=lot,
        producer=producer,
        stars=_stars(shown.grade_on(today), wording),
        facts=tuple(_facts(shown, lot, wording)),
        steps=steps,
        proven=proven,
        checks=tuple(_check_line(check, wording) for check in verdict.checks),
        logs=tuple(_logs(record)),
        limits=tuple(_limits(verdict, host, wording)),
    )


def _owner(evidence: Sequence[Examined], about: str) -> str:
    """Return the URI of who stated the batch first; empty where no good statement does."""
    return next(
        (
            e.recorded.statement.issuer
            for e in evidence
            if (e.recorded.statement.kind, e.recorded.statement.subject) == ("batch", about)
            and is_sound(e)
        ),
        "",
    )


def _is_recalled(steps: Iterable[Step], owner: str) -> bool:
    """Tell whether the batch's owner, or an authority, has called it back and not unsaid it."""
    return any(
        step.recalled
        and step.signed
        and not step.retracted
        and (step.issuer == owner or step.by_authority)
        for step in steps
    )


def troubles(verdict: Verdict, wording: Wording) -> Iterator[Trouble]:
    """Yield what a verdict found wrong or to be noted, worst first.

    Where something is wrong, and not only to be noted, the verdict's own sentence leads.
    """
    if OVERALL.index(verdict.overall) < OVERALL.index("warn"):
        yield Trouble("fail", _headline(verdict, wording), "")
    noted = [check for check in verdict.checks if check.outcome in {"fail", "warn"}]
    for check in sorted(noted, key=lambda check: OVERALL.index(check.implies)):
        yield Trouble(check.outcome, check.text(wording.language), check.remedy(wording.language))


def _headline(verdict: Verdict, wording: Wording) -> str:
    if verdict.overall == "ok_offline":
        # Its usual sentence speaks of a device without a network, which this is not.
        return wording.word("ok_offline")
    return verdict.headline(wording.language)


def _trouble(key: str, mark: Outcome, wording: Wording, **facts: object) -> Trouble:
    return Trouble(mark, wording.word(key, **facts), wording.remedy(key, **facts))


def _check_line(check: Check, wording: Wording) -> CheckLine:
    title = wording.known("verdict.check", check.code)
    return CheckLine(check.outcome, title, check.text(wording.language))


def _grouped(serial: str) -> str:
    """Return a random serial in groups of four, as printed; another stays as it is.

    >>> _grouped("0123456789AB"), _grouped("A-17")
    ('0123 4567 89AB', 'A-17')
    """
    if len(serial) != _SERIAL_LENGTH or not serial.isalnum():
        return serial
    starts = range(0, _SERIAL_LENGTH, _SERIAL_GROUP)
    return " ".join(serial[start : start + _SERIAL_GROUP] for start in starts)


def _producer(shown: Contents, wording: Wording) -> tuple[str, ...]:
    """Return the producer's name, then kind and address; a dash where none is shown."""
    producer = shown.producer
    if producer is None:
        return ("–",)
    kind = wording.word(f"subject.{producer.subject_type}")
    return producer.names.text(wording.language), f"{kind} · {producer.address.place_text}"


def _stars(grade: Grade | None, wording: Wording) -> Stars | None:
    if grade is None:
        return None
    decision = f"{grade.decision_no}, {grade.authority.text(wording.language)}"
    return Stars(grade.stars, decision, wording.date(grade.valid_to))


def _facts(shown: Contents, lot: str, wording: Wording) -> Iterator[tuple[str, str]]:
    word, language = wording.word, wording.language
    yield word("lot"), lot
    if shown.batch is not None:
        yield word("made"), wording.date(shown.batch.production_date)
        if shown.batch.expiry_date is not None:
            yield word("best_before"), wording.date(shown.batch.expiry_date)
    product = shown.product
    if product is None:
        return
    if product.net_content is not None:
        content = product.net_content
        yield word("net_content"), wording.amount(content.value, content.uom)
    if product.ingredients is not None:
        yield word("ingredients"), product.ingredients.text(language)
    if product.allergens:
        names = [word(f"allergen.{allergen}") for allergen in product.allergens]
        yield word("allergens"), ", ".join(names)
    for label in ("warnings", "storage", "usage"):
        text = getattr(product, label)
        if text is not None:
            yield word(label), text.text(language)
    if product.gtin is not None:
        yield "GTIN", product.gtin


def _logs(record: OriginRecord) -> Iterator[LogLine]:
    proofs = [proof for recorded in record.statements for proof in recorded.proofs]
    for origin in dict.fromkeys(checkpoint.origin for checkpoint in record.checkpoints):
        here = [p for p in proofs if record.checkpoints[p.checkpoint].origin == origin]
        if here:
            entries = [proof.index for proof in here]
            size = max(record.checkpoints[proof.checkpoint].size for proof in here)
            yield LogLine(origin, min(entries), max(entries), size)


def _limits(verdict: Verdict, host: str, wording: Wording) -> Iterator[str]:
    yield wording.word("limit_copy")
    yield wording.word("limit_claims")
    complete = verdict.check("complete")
    if complete is None or complete.outcome != "pass":
        yield wording.word("limit_complete")
    yield wording.word("limit_host", host=host)
