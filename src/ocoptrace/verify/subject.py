"""Is a record about what it says it is about, about nothing else, and is it all there is?

>>> batch_name("https://id.gs1.org/01/09521234543213/10/L1/21/0123456789AB")
'https://id.gs1.org/01/09521234543213/10/L1'
>>> batch_name("https://id.gs1.org/00/095212345432100010") is None
True
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from ocoptrace import canonical_json
from ocoptrace.errors import OcopTraceError
from ocoptrace.origin_record import completeness_payload
from ocoptrace.registry import Alias, Evidence, Issuance, Place, Producer
from ocoptrace.verify.examination import newest_last
from ocoptrace.verify.lineage import goods, scope, with_other_names
from ocoptrace.verify.names import goods_of
from ocoptrace.verify.policy import civil_date
from ocoptrace.verify.verdict import Check, kind_term

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ocoptrace.origin_record import OriginRecord
    from ocoptrace.signing import Statement
    from ocoptrace.verify.examination import Examined
    from ocoptrace.verify.lineage import Step

__all__ = ["about_check", "batch_name", "complete_check", "producer_uri", "product_names"]

_AUTHORITY: Final = re.compile(r"(?:[A-Za-z][A-Za-z0-9+.-]*:)?//([^/?#]*)")
"""Where the host stands in a URI (RFC 3986, 3.2); a stranger's ``iss`` may hold anything."""


def batch_name(about: str) -> str | None:
    """Return the canonical name of the batch of goods, of the product where it has none.

    None where it is no name of goods.
    """
    goods_named = goods_of(about)
    return goods_named[-1] if goods_named else None


def product_names(about: str, examined: Sequence[Examined]) -> frozenset[str]:
    """Return all names of the product that a name belongs to: its own, and those of aliases."""
    return with_other_names(goods_of(about)[:1], _aliases(examined))


def producer_uri(entry: Producer, statement: Statement) -> str:
    """Return whose entry it is: an office speaks of the producers on its own host alone."""
    host = _AUTHORITY.match(statement.issuer)
    return f"https://{host[1] if host else ''}/ocop/{entry.id}"


def about_check(record: OriginRecord, examined: Sequence[Examined]) -> Check:
    """Return whether what is shown is about the record's subject, and about nothing else."""
    batch = batch_name(record.about)
    if batch is None:
        return Check("about", "fail", "not_a_name", {"about": record.about})
    stated = [e for e in examined if _states(e, batch)]
    events = [e for e in examined if e.recorded.statement.kind == "event"]
    unrelated, belonging = _told_apart(record.about, examined)
    ids = {e.recorded.statement.id.hex() for e in examined}
    missing = {each for step in belonging for each in step.based_on if each not in ids}
    facts: dict[str, object] = {
        "about": record.about,
        "batch": batch,
        "events": len(events) - sum(e.step is not None for e in unrelated),
        "withheld": sum(e.withheld for e in events),
        "missing": len(missing),
    }
    if all(e.withheld for e in stated):
        return Check("about", "fail", "nothing_signed", facts)
    if unrelated:
        statement = unrelated[0].recorded.statement
        facts |= {"kind": kind_term(statement.kind), "subject": statement.subject}
        return Check("about", "fail", "unrelated", facts | {"failed": len(unrelated)})
    if not events or facts["withheld"] or missing:
        reason = "lineage_incomplete" if events else "no_events"
        return Check("about", "warn", reason, facts)
    owners = _owners(examined, batch)
    named_by_owners = {
        e.recorded.statement.subject for e in examined if e.recorded.statement.issuer in owners
    }
    # Nobody signs the record's own members unless its list of statements is there.
    if record.about in {batch, *named_by_owners}:
        return Check("about", "pass", facts=facts)
    return Check("about", "warn", "item_not_named", facts)


def _owners(examined: Sequence[Examined], batch: str) -> set[str]:
    """Return who states a batch, by signatures that hold."""
    return {
        e.recorded.statement.issuer for e in examined if e.signature_holds and _states(e, batch)
    }


def _states(e: Examined, batch: str) -> bool:
    """Tell whether a statement says what a batch is; that serials were issued says it not."""
    statement = e.recorded.statement
    is_about = (statement.kind, statement.subject) == ("batch", batch)
    return is_about and not isinstance(e.shown, Issuance)


def _aliases(examined: Sequence[Examined]) -> list[tuple[str, str]]:
    """Return the pairs of names that statements which hold say are one product's."""
    return [e.shown.names for e in examined if isinstance(e.shown, Alias) and e.is_sound]


def _told_apart(about: str, examined: Sequence[Examined]) -> tuple[list[Examined], list[Step]]:
    """Return the statements that have nothing to do with a name, and the events that do.

    What leads to what may stand in an event that is withheld: then nothing is foreign.
    """
    steps = [e.step for e in examined if e.step is not None]
    names = scope(about, steps)
    belonging = [step for step in steps if step.belongs(names)]
    if any(e.recorded.statement.kind == "event" and e.step is None for e in examined):
        return [], belonging
    of_goods = with_other_names(goods(names), _aliases(examined))
    # Who names a place in an event says what it is; what others say of it concerns no one.
    places = {(step.issuer, place) for step in belonging for place in step.places}
    events = (step.event.event_id for step in belonging)
    known = {*names, *of_goods, *(place for _, place in places), *events}
    issuers = {e.recorded.statement.issuer for e in examined}

    def is_foreign(e: Examined) -> bool:
        match e.shown:
            case Place() as place:
                return (e.recorded.statement.issuer, place.id) not in places
            case Producer() as producer:
                return producer_uri(producer, e.recorded.statement) not in issuers
            case Alias() as alias:
                return of_goods.isdisjoint(alias.names)
            case Evidence() as evidence:
                return known.isdisjoint(evidence.about)
        if e.step is not None:
            return not e.step.belongs(names)
        kind, subject = e.recorded.statement.kind, e.recorded.statement.subject
        return kind in {"product", "grade", "batch"} and subject not in of_goods

    return [e for e in examined if is_foreign(e)], belonging


def complete_check(record: OriginRecord, examined: Sequence[Examined]) -> Check:
    """Return whether the owner of the batch states that this is all there is.

    What anyone else states of it proves nothing, and changes nothing.
    """
    batch = batch_name(record.about)
    if batch is None:
        return Check("complete", "unknown", facts={"count": len(examined)})
    listed = [e for e in examined if e.recorded.statement.kind != "record"]
    facts: dict[str, object] = {"count": len(listed)}
    lists = [e for e in examined if e.recorded.statement.kind == "record" and not e.withheld]
    if any(e.recorded.statement.subject != record.about for e in lists):
        return Check("complete", "fail", facts=facts)
    owners = _owners(examined, batch)
    stated = [e for e in lists if e.recorded.statement.issuer in owners]
    if not stated:
        return Check("complete", "unknown", facts=facts)
    ids = [e.recorded.statement.id for e in listed]
    expected = canonical_json.loads(completeness_payload(record.about, record.bundle, ids, 0))
    highest = _highest(record, listed)
    for e in reversed(newest_last(stated)):
        try:
            said = canonical_json.loads(e.recorded.payload or "")
        except OcopTraceError:
            continue
        size = said.get("size") if isinstance(said, dict) else None
        if (
            type(size) is int
            and not e.payload_fault
            and said == expected | {"size": size}
            and type(said["bundle"]["version"]) is int  # true is equal to 1
            and _is_size(size, e, record, highest)
        ):
            return Check("complete", "pass", facts=facts | {"size": size, "at": civil_date(e.time)})
    return Check("complete", "fail", facts=facts)


def _highest(record: OriginRecord, listed: Sequence[Examined]) -> dict[str, int]:
    """Return the highest index that listed statements have in each log."""
    highest: dict[str, int] = {}
    for e in listed:
        for proof in e.recorded.proofs:
            origin = record.checkpoints[proof.checkpoint].origin
            highest[origin] = max(proof.index, highest.get(origin, 0))
    return highest


def _is_size(size: int, stated: Examined, record: OriginRecord, highest: dict[str, int]) -> bool:
    """Tell whether a log can have had this size: all that is listed is in it, the list is not."""
    own = {(record.checkpoints[p.checkpoint].origin, p.index) for p in stated.recorded.proofs}
    return size >= 0 and (
        not own or any(highest.get(origin, -1) < size <= index for origin, index in own)
    )
