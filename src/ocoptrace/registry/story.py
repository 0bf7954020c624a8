"""A story file: one producer, its places and products, and what happened to a batch.

The format is ``ocoptrace-story/1``; ``docs/reference/story-file.md`` describes it. The
producer id is not in the file: the registrar issues it, so it is an argument.

>>> read_story(b'{"schema": "ocoptrace-story/1"}', producer_id="7K3MQ9TB",
...     namespace_host="id.example")
Traceback (most recent call last):
ocoptrace.errors.RegistryError: Faults in the story: 7, the first at /title. \
Nothing was taken over. Correct what is listed, then read the file again.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from ocoptrace import canonical_json
from ocoptrace.epcis import check_event
from ocoptrace.epcis.faults import error_of, findings_of, pointer, shown
from ocoptrace.epcis.intake import accept
from ocoptrace.errors import InputError, RegistryError
from ocoptrace.registry.batch import Batch
from ocoptrace.registry.book import PAPERS, Book
from ocoptrace.registry.entity import Bilingual
from ocoptrace.registry.grade import Grade
from ocoptrace.registry.ledger import check_lots
from ocoptrace.registry.place import Place
from ocoptrace.registry.producer import PARTNER_KINDS, Partner, Producer
from ocoptrace.registry.product import Product
from ocoptrace.registry.reading import Reading
from ocoptrace.registry.story_event import StoryEvent, epcis_events

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ocoptrace.epcis import Event
    from ocoptrace.findings import Finding

__all__ = ["MAX_BYTES", "SCHEMA", "Registry", "Story", "read_registry", "read_story"]

SCHEMA = "ocoptrace-story/1"
MAX_BYTES = 4 * 2**20
"""Largest story file that is read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Registry:
    """Who made what, without what happened.

    Attributes:
        title: what the story is called.
        notice: what must be said beside it, such as that it is made up.
        products: what is sold.
        materials: what it is made from: products of kind ``material``.
        findings: what was noticed and did not stop the reading.
    """

    title: Bilingual
    notice: Bilingual
    producer: Producer
    places: tuple[Place, ...]
    products: tuple[Product, ...]
    materials: tuple[Product, ...]
    grades: tuple[Grade, ...]
    batches: tuple[Batch, ...]
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Story(Registry):
    """A registry and the events of its batches, in order of time."""

    events: tuple[Event, ...]


_MEMBERS = {
    "schema",
    "title",
    "notice",
    "producer",
    "partners",
    "places",
    "products",
    "materials",
    "grades",
    "batches",
    "events",
}


def read_registry(data: bytes, *, producer_id: str, namespace_host: str) -> Registry:
    """Return the registry part of a story file; its events are not looked at.

    Args:
        data: the file, JSON in UTF-8.
        producer_id: the 8 symbols that the registrar issued to the producer.
        namespace_host: the host that plain names stand on, such as ``id.example.vn``.

    Raises:
        RegistryError: ``registry.story_invalid`` with every fault as a finding that points
            into the file.
    """
    story = _Story(_load(data), producer_id=producer_id, namespace_host=namespace_host)
    members = story.registry()
    return Registry(findings=story.reading.outcome(), **members)


def read_story(data: bytes, *, producer_id: str, namespace_host: str) -> Story:
    """Return the story of a file. Arguments and errors are those of read_registry."""
    story = _Story(_load(data), producer_id=producer_id, namespace_host=namespace_host)
    members = story.registry()
    events = story.events()
    return Story(findings=story.reading.outcome(), events=events, **members)


def _load(data: bytes) -> dict[str, Any]:
    try:
        story = accept(
            canonical_json.loads(data.removeprefix(b"\xef\xbb\xbf"), max_bytes=MAX_BYTES)
        )
    except InputError as error:
        raise error_of(RegistryError, findings_of(error)) from error
    schema = story.get("schema") if isinstance(story, dict) else None
    if not isinstance(story, dict) or schema != SCHEMA:
        raise RegistryError("registry.story_schema", found=shown(schema), expected=SCHEMA)
    return story


class _Story:
    """A story file on its way from JSON to entries and events."""

    def __init__(self, members: dict[str, Any], *, producer_id: str, namespace_host: str) -> None:
        self.reading = Reading(members)
        self.book = Book(producer_id=producer_id, namespace_host=namespace_host)
        self.codes = {PAPERS}
        self.lots: set[str] = set()
        for name in sorted(members.keys() - _MEMBERS):
            self.reading.note("fields.unknown", pointer(name), severity="warning", member=name)

    def registry(self) -> dict[str, Any]:
        """Read everything but the events."""
        reading, book = self.reading, self.book
        title = reading.entry(Bilingual, reading.part("title"), "/title")
        notice = reading.entry(Bilingual, reading.part("notice"), "/notice")
        book.producer = reading.entry(
            Producer, reading.part("producer"), "/producer", id=book.producer_id
        )
        self._partners()
        self._places()
        products = self._products("products")
        materials = self._products("materials", required=False, kind="material")
        book.products.update(products | materials)
        self._batches()
        return {
            "title": title,
            "notice": notice,
            "producer": book.producer,
            "places": tuple(book.places.values()),
            "products": tuple(products.values()),
            "materials": tuple(materials.values()),
            "grades": self._grades(),
            "batches": tuple(book.batches.values()),
        }

    def events(self) -> tuple[Event, ...]:
        """Read the events and return them in order of time."""
        steps: dict[str, StoryEvent] = {}
        events: list[Event] = []
        for place, data in self.reading.by_place("events").items():
            step = self.reading.entry(StoryEvent, data, place)
            if step is None:
                continue
            steps[place] = step
            if self._faulty(step.place, step.actor, *(amount.of for amount in step.amounts)):
                continue
            try:
                translated = epcis_events(step, self.book, place=place)
            except RegistryError as error:
                self.reading.findings.extend(findings_of(error))
                continue
            for event in translated:
                for finding in check_event(event):
                    # The ledger weighs what is in the packs too, and says it of the whole step.
                    if finding.code != "epcis.outweighed":
                        self.reading.findings.append(replace(finding, place=place))
            events.extend(translated)
        self._check_batches(steps)
        self.reading.findings.extend(check_lots(steps, self.book.products))
        return tuple(sorted(events, key=lambda event: event.when))

    def _partners(self) -> None:
        self.codes.add("producer")
        if self.book.producer is not None:
            self.book.partners["producer"] = Partner(kind="producer", name=self.book.producer.names)
        for reference, data in self.reading.by_code("partners", required=False).items():
            place = pointer("partners", reference)
            kind = reference.partition(":")[0]
            if kind not in PARTNER_KINDS or kind == "producer":
                expected = ", ".join(PARTNER_KINDS)
                self.reading.note(
                    "registry.partner_kind", place, value=reference, expected=expected
                )
                continue
            self.codes.add(reference)
            partner = self.reading.entry(Partner, {"kind": kind, "name": data}, place)
            if partner is not None:
                self.book.partners[reference] = partner

    def _places(self) -> None:
        for code, data in self.reading.by_code("places").items():
            where = pointer("places", code)
            self._take_code(code, where)
            gln = self.reading.text(data, "gln", where)
            find = partial(self.book.place_id, code, gln)
            name = self.reading.lookup(find, f"{where}/gln" if gln else where)
            members = {each: data[each] for each in data if each not in {"gln", "operator"}}
            operator = self.reading.text(data, "operator", where)
            if operator is not None and not self._faulty(operator):
                seek = partial(self.book.partner, operator)
                members["operator"] = self.reading.lookup(seek, f"{where}/operator")
            place = self.reading.entry(Place, members, where, id=name) if name else None
            if place is not None:
                self.book.places[code] = place

    def _products(self, part: str, *, required: bool = True, **own: str) -> dict[str, Product]:
        products: dict[str, Product] = {}
        for code, data in self.reading.by_code(part, required=required).items():
            where = pointer(part, code)
            self._take_code(code, where)
            gtin = self.reading.text(data, "gtin", where)
            find = partial(self.book.product_id, code, gtin)
            name = self.reading.lookup(find, f"{where}/gtin" if gtin else where)
            members = {each: data[each] for each in data if each != "gtin"}
            product = self.reading.entry(Product, members, where, id=name, **own) if name else None
            if product is not None:
                products[code] = product
        return products

    def _take_code(self, code: str, place: str) -> None:
        """Note a code that already names something: plain names would be the same."""
        if code in self.codes:
            self.reading.note("registry.code_taken", place, value=code)
        self.codes.add(code)

    def _faulty(self, *codes: str) -> bool:
        """Tell whether a code is declared by an entry that was refused: one fault is enough."""
        book = self.book
        right = book.places.keys() | book.products.keys() | book.partners.keys()
        return any(code in self.codes - right for code in codes)

    def _product(self, data: dict[str, Any], place: str) -> str | None:
        """Return the canonical name of the product that an object refers to by code."""
        code = self.reading.text(data, "product", place, required=True)
        if code is None or self._faulty(code):
            return None
        find = partial(self.book.product, code)
        product = self.reading.lookup(find, f"{place}/product")
        return product.id if product is not None else None

    def _grades(self) -> tuple[Grade, ...]:
        grades: list[Grade] = []
        for place, data in self.reading.by_place("grades", required=False).items():
            product = self._product(data, place)
            if product is None:
                continue
            grade = self.reading.entry(Grade, data | {"product": product}, place)
            if grade is not None:
                grades.append(grade)
        return tuple(grades)

    def _batches(self) -> None:
        for place, data in self.reading.by_place("batches").items():
            product = self._product(data, place)
            lot = self.reading.text(data, "lot", place, required=True)
            if product is None or lot is None:
                continue
            name = self.reading.lookup(partial(self.book.lot_id, product, lot), f"{place}/lot")
            if name is None:
                continue
            self.lots.add(name)
            members = {each: data[each] for each in data if each not in {"product", "lot"}}
            batch = self.reading.entry(Batch, members, place, id=name)
            if batch is not None:
                self.book.batches[name] = batch

    def _check_batches(self, steps: Mapping[str, StoryEvent]) -> None:
        """Note lots of products that are made and are not declared as batches."""
        for place, step in steps.items():
            for made in step.makes:
                product = self.book.products.get(made.of)
                if product is None or product.kind == "material":
                    continue
                name = self.reading.lookup(partial(self.book.lot_id, product.id, made.lot), place)
                if name is not None and name not in self.lots:
                    self.reading.note("registry.batch_undeclared", place, of=made.of, lot=made.lot)
