"""One event in the words of a reader: what was done, where, by whom, with how much of what.

Events come from whoever recorded them, so extension members are read with care: what has
another shape than a story gives it is left out, never an error.

>>> written({"vi": "Trộn muối", "en": "Salted"}, "en"), written(["Salted"], "en")
('Salted', '')
>>> paper_number("urn:epcglobal:cbv:bt:9521234000006:HD%2F12")
'HD/12'
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from ocoptrace.epcis import AggregationEvent, TransformationEvent
from ocoptrace.epcis.names import mentions
from ocoptrace.epcis.vocabulary import PREFIX
from ocoptrace.errors import OcopTraceError
from ocoptrace.gs1 import parse_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ocoptrace.epcis import Event
    from ocoptrace.messages import Language
    from ocoptrace.registry import Place, Product
    from ocoptrace.web.wording import Wording

__all__ = ["Result", "Telling", "Told", "paper_number", "written"]


@dataclass(frozen=True, slots=True)
class Result:
    """One line of a laboratory's report, as the report prints it."""

    name: str
    value: str
    limit: str


@dataclass(frozen=True, slots=True)
class Told:
    """What an event says, in words; empty where it says nothing.

    Attributes:
        verb: what was done.
        note: what its recorder wrote about it.
        place: where.
        actor: who did it.
        used: goods that went in.
        made: goods that came out, or that the event is about.
        lots: their lot numbers.
        facts: label and value of readings, papers and the like.
        results: a laboratory's figures.
    """

    verb: str
    note: str = ""
    place: str = ""
    actor: str = ""
    used: tuple[str, ...] = ()
    made: tuple[str, ...] = ()
    lots: tuple[str, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()
    results: tuple[Result, ...] = ()


@dataclass(frozen=True, slots=True)
class Telling:
    """What it takes to put events into words.

    Attributes:
        products: products and materials, by canonical name.
        places: places, by who states them and canonical name.
        wording: the words to use.
    """

    products: Mapping[str, Product]
    places: Mapping[tuple[str, str], Place]
    wording: Wording

    def tell(self, event: Event, *, issuer: str, containers: int = 1) -> Told:
        """Return an event in words.

        Args:
            event: what happened.
            issuer: URI of who recorded it; what others say of its places is not told.
            containers: how many containers were filled just so.
        """
        extra = event.extensions
        actor = extra.get(f"{PREFIX}:actor")
        used, made = self._goods(event, containers)
        return Told(
            verb=self._verb(event),
            note=self._words(extra.get(f"{PREFIX}:description")),
            place=self._place(event, issuer),
            actor=self._words(actor.get("name")) if isinstance(actor, dict) else "",
            used=used,
            made=made,
            lots=tuple(_lots(event)),
            facts=tuple(self._facts(event)),
            results=tuple(self._results(extra.get(f"{PREFIX}:results"))),
        )

    def _words(self, value: Any) -> str:
        return written(value, self.wording.language)

    def _verb(self, event: Event) -> str:
        step = event.extensions.get(f"{PREFIX}:step")
        biz_step = (event.biz_step or "other").removeprefix(f"{PREFIX}:")
        return self.wording.known("steps", *([step] if isinstance(step, str) else []), biz_step)

    def _place(self, event: Event, issuer: str) -> str:
        location = event.read_point or event.biz_location
        place = self.places.get((issuer, location.id)) if location else None
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

    def _results(self, results: Any) -> Iterable[Result]:
        for result in results if isinstance(results, list) else ():
            match result:
                case {"name": name, "value": str(value), **rest}:
                    unit = rest.get("uom")
                    tail = f" {unit}" if isinstance(unit, str) else ""
                    limit = rest.get("limit")
                    bound = f"{limit}{tail}" if isinstance(limit, str) else ""
                    yield Result(self._words(name), f"{value}{tail}", bound)


def written(value: Any, language: Language) -> str:
    """Return the words that a JSON value holds in a language; empty where it holds none."""
    text = value.get(language) if isinstance(value, dict) else None
    return text if isinstance(text, str) else ""


def paper_number(uri: str) -> str:
    """Return a paper's number: the last part of its URI."""
    return unquote(uri.replace("/", ":").rpartition(":")[2])


def _lots(event: Event) -> dict[str, None]:
    """Return the lot numbers that an event speaks of, each once, in its order."""
    found = (_lot(mention.uri) for mention in mentions(event) if mention.role == "class")
    return dict.fromkeys(lot for lot in found if lot)


def _lot(uri: str) -> str | None:
    try:
        return parse_name(uri).lot
    except OcopTraceError:
        return None
