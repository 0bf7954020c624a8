"""How a batch came to be, step by step, from the events of its record.

Events come from whoever recorded them, so extension members are read with care: what has
another shape than a story gives it is left out, never an error.

>>> written({"vi": "Trộn muối", "en": "Salted"}, "en"), written(["Salted"], "en")
('Salted', '')
>>> paper_number("urn:epcglobal:cbv:bt:9521234000006:HD%2F12")
'HD/12'
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from ocoptrace import canonical_json
from ocoptrace.epcis import AggregationEvent, TransformationEvent, parse_event
from ocoptrace.epcis.vocabulary import PREFIX
from ocoptrace.errors import OcopTraceError
from ocoptrace.gs1 import parse_name
from ocoptrace.verify.policy import VIETNAM
from ocoptrace.web.contents import is_sound

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from ocoptrace.epcis import Event
    from ocoptrace.messages import Language
    from ocoptrace.registry import Place, Product
    from ocoptrace.verify.evidence import Evidence
    from ocoptrace.web.wording import Wording

__all__ = ["Result", "Step", "paper_number", "timeline", "written"]


@dataclass(frozen=True, slots=True)
class Result:
    """One line of a laboratory's report, as the report prints it."""

    name: str
    value: str
    limit: str


@dataclass(frozen=True, slots=True)
class Step:
    """One step, in the words of a language; empty where nothing is said.

    Attributes:
        at: when it happened, as claimed; for a withheld event when it was signed.
        day: that day, in words.
        verb: what was done.
        note: what its recorder wrote about it.
        place, actor: where, and who did it.
        used, made: goods that went in and came out; other goods stand in ``made``.
        signed, logged, witnessed: what is proven of its statements, all of them.
        withheld: whether its content is not shown.
        recalled: whether goods were called back in it.
        retracted: whether its recorder has declared it wrong since.
        signer: who signed.
        claimed: the time claimed, in words.
        logged_by: by when witnesses had seen it in the log, in words.
        entries: its positions in the log.
        facts: label and value of readings, papers, lots and the like.
        results: a laboratory's figures.
    """

    at: datetime
    day: str
    verb: str
    note: str
    place: str
    actor: str
    used: tuple[str, ...]
    made: tuple[str, ...]
    signed: bool
    logged: bool
    witnessed: bool
    withheld: bool
    recalled: bool
    retracted: bool
    signer: str
    claimed: str
    logged_by: str
    entries: tuple[int, ...]
    facts: tuple[tuple[str, str], ...]
    results: tuple[Result, ...]


def timeline(
    evidence: Iterable[Evidence],
    *,
    products: Mapping[str, Product],
    places: Mapping[str, Place],
    wording: Wording,
) -> tuple[Step, ...]:
    """Return the steps that the events of a record tell, newest last.

    Filling several containers in the same way is one step.

    Args:
        evidence: what was found out about the record's statements.
        products, places: registry entries of the record, by canonical name.
        wording: the words to use.
    """
    told = [(e, _event(e)) for e in evidence if e.recorded.statement.kind == "event"]
    retracted = {
        (e.recorded.statement.issuer, event.event_id)
        for e, event in told
        if event is not None and event.error_declaration is not None and is_sound(e)
    }
    kept = [
        (e, event) for e, event in told if event is None or event.error_declaration is None
    ]
    kept.sort(key=lambda pair: pair[1].when if pair[1] else pair[0].recorded.statement.issued_at)
    telling = _Telling(products, places, wording, retracted)
    return tuple(
        telling.step([e for e, _ in group], event)
        for event, group in _alike(kept)
    )


def written(value: Any, language: Language) -> str:
    """Return the words that a JSON value holds in a language; empty where it holds none."""
    text = value.get(language) if isinstance(value, dict) else None
    return text if isinstance(text, str) else ""


def paper_number(uri: str) -> str:
    """Return a paper's number: the last part of its URI."""
    return unquote(uri.replace("/", ":").rpartition(":")[2])


def _event(evidence: Evidence) -> Event | None:
    """Return the event of a statement; None where it is withheld or cannot be read."""
    try:
        return parse_event(canonical_json.loads(evidence.recorded.payload or ""))
    except OcopTraceError:
        return None


def _alike(
    told: Sequence[tuple[Evidence, Event | None]],
) -> Iterable[tuple[Event | None, list[tuple[Evidence, Event | None]]]]:
    """Yield neighbouring events that differ in nothing but the container that they fill."""

    def essence(pair: tuple[Evidence, Event | None]) -> object:
        evidence, event = pair
        if not isinstance(event, AggregationEvent):
            return evidence.recorded.statement.id
        own = ("eventID", "parentID")
        members = event.to_json().items()
        return {name: value for name, value in members if name not in own}

    for _, group in groupby(told, key=essence):
        pairs = list(group)
        yield pairs[0][1], pairs


@dataclass(frozen=True, slots=True)
class _Telling:
    """What turns events into steps: the names of things, and the words."""

    products: Mapping[str, Product]
    places: Mapping[str, Place]
    wording: Wording
    retracted: set[tuple[str, str | None]]

    def step(self, evidence: Sequence[Evidence], event: Event | None) -> Step:
        word = self.wording.word
        first = evidence[0]
        statement = first.recorded.statement
        times = [e.log_time for e in evidence if e.log_time]
        at = event.when if event else statement.issued_at.astimezone(VIETNAM)
        extra = event.extensions if event else {}
        actor = extra.get(f"{PREFIX}:actor")
        used, made = self._goods(event, len(evidence)) if event else ((), ())
        return Step(
            at=at,
            day=self.wording.date(at.date()),
            verb=self._verb(event) if event else word("withheld" if first.withheld else "unreadable"),
            note=written(extra.get(f"{PREFIX}:description"), self.wording.language),
            place=self._place(event) if event else "",
            actor=self._words(actor.get("name")) if isinstance(actor, dict) else "",
            used=used,
            made=made,
            signed=all(is_sound(e) for e in evidence),
            logged=all(e.logged and not e.proof_fault for e in evidence),
            witnessed=all(e.witnessed for e in evidence),
            withheld=first.withheld,
            recalled=event is not None and event.disposition == "recalled",
            retracted=event is not None
            and (statement.issuer, event.event_id) in self.retracted,
            signer=_holder(first, self.wording.language),
            claimed=self.wording.moment(at),
            logged_by=self.wording.moment(max(times).astimezone(VIETNAM)) if times else "",
            entries=tuple(e.recorded.proofs[0].index for e in evidence if e.recorded.proofs),
            facts=tuple(self._facts(event)) if event else (),
            results=tuple(self._results(extra.get(f"{PREFIX}:results"))),
        )

    def _words(self, value: Any) -> str:
        return written(value, self.wording.language)

    def _verb(self, event: Event) -> str:
        step = event.extensions.get(f"{PREFIX}:step")
        biz_step = (event.biz_step or "other").removeprefix(f"{PREFIX}:")
        return self.wording.known("steps", *([step] if isinstance(step, str) else []), biz_step)

    def _place(self, event: Event) -> str:
        location = event.read_point or event.biz_location
        place = self.places.get(location.id) if location else None
        if place is None:
            return ""
        return f"{place.names.text(self.wording.language)}, {place.address.place_text}"

    def _goods(self, event: Event, containers: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return what went in and what came out, in words."""
        if isinstance(event, TransformationEvent):
            return (
                self._amounts(event.input_quantity_list, event.input_epc_list),
                self._amounts(event.output_quantity_list, event.output_epc_list),
            )
        if isinstance(event, AggregationEvent):
            held = self._amounts(event.child_quantity_list, event.child_epcs)
            if containers == 1:
                return (), held
            number = self.wording.number(containers)
            return (), tuple(self.wording.word("each", count=number, what=w) for w in held)
        return (), self._amounts(
            getattr(event, "quantity_list", None), getattr(event, "epc_list", None)
        )

    def _amounts(self, quantities: Any, instances: Any) -> tuple[str, ...]:
        said = []
        for element in quantities or ():
            what = self._called(element.epc_class)
            if element.quantity is not None:
                what = f"{self.wording.amount(element.quantity, element.uom or '')} {what}"
            said.append(what)
        if instances and not said:
            number = self.wording.number(len(instances))
            said.append(self.wording.word("units", count=number))
        return tuple(said)

    def _called(self, uri: str) -> str:
        """Return what goods are called, else the shortest sure name of them."""
        try:
            product = parse_name(uri).product().canonical()
        except OcopTraceError:
            return uri
        known = self.products.get(product)
        return known.names.text(self.wording.language) if known else product

    def _facts(self, event: Event) -> Iterable[tuple[str, str]]:
        word, extra = self.wording.word, event.extensions
        for report in (r for e in event.sensor_element_list or () for r in e.sensor_report):
            if report.value is not None:
                name = report.type.removeprefix(f"{PREFIX}:")
                unit = "" if report.uom == "Q30" else report.uom or ""
                label = self.wording.known("page.measure", name)
                yield label, self.wording.amount(report.value, unit)
        match extra.get(f"{PREFIX}:loss"):
            case {"quantity": int() | float() as lost, "uom": str(unit)}:
                yield word("loss"), self.wording.amount(lost, unit)
        match extra.get(f"{PREFIX}:destination"):
            case {"country": str(country), "name": name}:
                yield word("destination"), f"{self._words(name)} ({country})"
        for paper in event.biz_transaction_list or ():
            kind = (paper.type or "other").removeprefix(f"{PREFIX}:")
            label = self.wording.known("page.paper", kind)
            yield label, paper_number(paper.biz_transaction)
        lots = dict.fromkeys(lot for lot in map(_lot, _classes(event)) if lot)
        if lots:
            yield word("lot"), ", ".join(lots)

    def _results(self, results: Any) -> Iterable[Result]:
        for result in results if isinstance(results, list) else ():
            match result:
                case {"name": name, "value": str(value), **rest}:
                    unit = rest.get("uom")
                    tail = f" {unit}" if isinstance(unit, str) else ""
                    limit = rest.get("limit")
                    bound = f"{limit}{tail}" if isinstance(limit, str) else ""
                    yield Result(self._words(name), f"{value}{tail}", bound)


def _holder(evidence: Evidence, language: Language) -> str:
    signer = evidence.signer
    if signer is None:
        return evidence.recorded.statement.issuer
    return signer.name.get(language, signer.issuer)


def _classes(event: Event) -> Iterable[str]:
    for field in ("quantity_list", "input_quantity_list", "output_quantity_list"):
        for element in getattr(event, field, None) or ():
            yield element.epc_class


def _lot(uri: str) -> str:
    try:
        name = parse_name(uri)
    except OcopTraceError:
        return ""
    return name.lot or ""
