"""Is a record about what it says it is about, about nothing else, and is it all there is?

>>> batch_name("https://id.gs1.org/01/09521234543213/10/L1/21/0123456789AB")
'https://id.gs1.org/01/09521234543213/10/L1'
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ocoptrace import canonical_json
from ocoptrace.epcis import Event
from ocoptrace.errors import OcopTraceError
from ocoptrace.gs1 import parse_name
from ocoptrace.messages import Term
from ocoptrace.origin_record import completeness_payload
from ocoptrace.registry import Place
from ocoptrace.verify import lineage
from ocoptrace.verify.verdict import Check

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ocoptrace.origin_record import OriginRecord
    from ocoptrace.signing.statement import Kind
    from ocoptrace.verify.evidence import Evidence

__all__ = ["about_check", "batch_name", "complete_check", "kind_term"]


def kind_term(kind: Kind) -> Term:
    """Return a kind of statement as a word of its own in each language."""
    return Term(kind, f"verdict.kind.{kind}")


def batch_name(about: str) -> str:
    """Return the canonical name of the batch of goods; of the product where it has none.

    Raises:
        Gs1Error: not the name of goods.
    """
    name = parse_name(about)
    return (name.batch() or name.product()).canonical()


def _stating(evidence: Sequence[Evidence], batch: str) -> list[Evidence]:
    return [
        e
        for e in evidence
        if (e.recorded.statement.kind, e.recorded.statement.subject) == ("batch", batch)
    ]


def _owners(evidence: Sequence[Evidence], batch: str) -> set[str]:
    """Return who states a batch, by signatures that hold."""
    return {e.recorded.statement.issuer for e in _stating(evidence, batch) if e.signature_holds}


def about_check(record: OriginRecord, evidence: Sequence[Evidence]) -> Check:
    """Return whether what is shown is about the record's subject, and about nothing else."""
    try:
        batch = batch_name(record.about)
    except OcopTraceError:
        return Check("about", "fail", "not_a_name", {"about": record.about})
    events = [e for e in evidence if e.recorded.statement.kind == "event"]
    unrelated = _unrelated(record.about, evidence)
    facts: dict[str, object] = {
        "about": record.about,
        "batch": batch,
        "events": len(events) - sum(isinstance(e.shown, Event) for e in unrelated),
        "withheld": sum(e.withheld for e in events),
    }
    if not any(not e.withheld for e in _stating(evidence, batch)):
        return Check("about", "fail", "nothing_signed", facts)
    if unrelated:
        statement = unrelated[0].recorded.statement
        facts |= {"kind": kind_term(statement.kind), "subject": statement.subject}
        return Check("about", "fail", "unrelated", facts | {"failed": len(unrelated)})
    if not events or facts["withheld"]:
        reason = "lineage_incomplete" if events else "no_events"
        return Check("about", "warn", reason, facts)
    owners = _owners(evidence, batch)
    named = {
        e.recorded.statement.subject for e in evidence if e.recorded.statement.issuer in owners
    }
    # Nobody signs the record's own members unless its list of statements is there.
    if record.about in {batch, *named}:
        return Check("about", "pass", facts=facts)
    return Check("about", "warn", "item_not_named", facts)


def _unrelated(about: str, evidence: Sequence[Evidence]) -> list[Evidence]:
    """Return the statements that have nothing to do with the lineage of a name.

    What leads to what may stand in an event that is withheld: then nothing can be told.
    """
    if any(e.recorded.statement.kind == "event" and e.shown is None for e in evidence):
        return []
    shown = [e.shown for e in evidence if isinstance(e.shown, Event)]
    names = lineage.scope(parse_name(about), shown)
    goods = lineage.goods(names)
    places = lineage.places(event for event in shown if lineage.belongs(event, names))

    def is_foreign(e: Evidence) -> bool:
        match e.shown:
            case Event() as event:
                return not lineage.belongs(event, names)
            case Place() as place:
                return place.id not in places
        kind, subject = e.recorded.statement.kind, e.recorded.statement.subject
        return kind in {"product", "grade", "batch"} and subject not in goods

    return [e for e in evidence if is_foreign(e)]


def complete_check(record: OriginRecord, evidence: Sequence[Evidence]) -> Check:
    """Return whether the owner of the batch states that this is all there is.

    What anyone else states of it proves nothing, and changes nothing.
    """
    try:
        batch = batch_name(record.about)
    except OcopTraceError:
        return Check("complete", "unknown", facts={"count": len(evidence)})
    ids = [e.recorded.statement.id for e in evidence if e.recorded.statement.kind != "record"]
    facts: dict[str, object] = {"count": len(ids)}
    statements = [e for e in evidence if e.recorded.statement.kind == "record" and not e.withheld]
    if any(e.recorded.statement.subject != record.about for e in statements):
        return Check("complete", "fail", facts=facts)
    owners = _owners(evidence, batch)
    stated = [e for e in statements if e.recorded.statement.issuer in owners]
    if not stated:
        return Check("complete", "unknown", facts=facts)
    for e in stated:
        payload = e.recorded.payload or ""
        try:
            size = canonical_json.loads(payload)["size"]
        except (OcopTraceError, LookupError, TypeError):
            continue
        if type(size) is not int or not _is_size(size, e, evidence, record):
            continue
        if payload.encode() == completeness_payload(record.about, record.bundle, ids, size):
            return Check("complete", "pass", facts=facts | {"size": size})
    return Check("complete", "fail", facts=facts)


def _is_size(
    size: int, stated: Evidence, evidence: Sequence[Evidence], record: OriginRecord
) -> bool:
    """Tell whether a log can have had this size: all that is listed is in it, the list is not."""
    own = {record.checkpoints[p.checkpoint].origin: p.index for p in stated.recorded.proofs}
    listed = [
        (record.checkpoints[proof.checkpoint].origin, proof.index)
        for e in evidence
        if e.recorded.statement.kind != "record"
        for proof in e.recorded.proofs
    ]
    return size >= 0 and all(
        size <= index and all(i < size for origin_, i in listed if origin_ == origin)
        for origin, index in own.items()
    )
