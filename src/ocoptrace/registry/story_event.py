"""One step of a story, as its file writes it, and the EPCIS events that it becomes.

>>> step = StoryEvent.parse({
...     "type": "ObjectEvent", "action": "OBSERVE", "eventTime": "2025-09-20T08:00:00+07:00",
...     "ocopStep": "fermenting", "bizStep": "storing", "disposition": "in_progress",
...     "place": "XUONG", "actor": "producer",
...     "description": {"vi": "Ủ trong bể", "en": "Fermenting in the vat"},
...     "quantities": [{"of": "CHUOP", "lot": "B07", "value": 4000, "uom": "KGM"}]})
>>> step.quantities[0].lot, step.makes
('B07', ())
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import AfterValidator

from ocoptrace.epcis import parse_event
from ocoptrace.epcis.dimensions import Action, EventTime
from ocoptrace.epcis.faults import error_of, findings_of, pointer
from ocoptrace.epcis.intake import form
from ocoptrace.epcis.vocabulary import (
    BIZ_STEPS,
    CONTEXT,
    DISPOSITIONS,
    EPCIS_CONTEXT,
    MEASUREMENTS,
    OCOP_MEASUREMENTS,
    OCOP_STEPS,
    OCOP_TRANSACTION_TYPES,
    PREFIX,
    TRANSACTION_TYPES,
    VOCABULARY,
)
from ocoptrace.errors import EpcisError, InputError, RegistryError
from ocoptrace.findings import Finding
from ocoptrace.registry.entity import Amount, Bilingual, Entity, Number, Text

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from ocoptrace.epcis import Event
    from ocoptrace.registry.book import Book

__all__ = ["LotAmount", "StoryEvent", "epcis_events"]


def _one_of(words: Collection[str]) -> Callable[[str], str]:
    def check(word: str) -> str:
        if word not in words:
            expected = ", ".join(sorted(words))
            raise RegistryError("registry.unknown_word", value=word, expected=expected)
        return word

    return check


def _ours(word: str, ours: Collection[str]) -> str:
    return f"{PREFIX}:{word}" if word in ours else word


class LotAmount(Amount):
    """How much of which lot: ``of`` is the code of a product or material."""

    of: Text
    lot: Text


class Sensor(Entity):
    """One measured value, with a UN/ECE unit."""

    type: Annotated[Text, AfterValidator(_one_of(MEASUREMENTS | OCOP_MEASUREMENTS))]
    value: Number
    uom: Text


class LabResult(Entity):
    """One line of a test report; value and limit are text, as the report prints them."""

    name: Bilingual
    value: Text
    uom: Text | None = None
    limit: Text | None = None


class Paper(Entity):
    """A business document: its type and number."""

    type: Annotated[Text, AfterValidator(_one_of(TRANSACTION_TYPES | OCOP_TRANSACTION_TYPES))]
    id: Text


class Goal(Entity):
    """Where goods are sent: a country (ISO 3166-1 alpha-2) and a name."""

    country: Annotated[str, form(r"[A-Z]{2}", "KR")]
    name: Bilingual


class StoryEvent(Entity):
    """One step of a story; codes refer to the story's places, products and partners.

    Attributes:
        biz_step: a CBV word; where CBV has none, leave it out and ``ocop_step`` stands in.
        quantities: what an ObjectEvent is about.
        inputs: what a TransformationEvent uses up.
        outputs: what it makes.
        parents: SSCCs that an AggregationEvent fills, one event for each.
        children: what **each** parent holds.
        logistic_units: SSCCs that an ObjectEvent is about.
        loss: what a transformation loses, evaporation and residue together.
    """

    type: Literal["ObjectEvent", "TransformationEvent", "AggregationEvent"]
    event_time: EventTime
    action: Action | None = None
    ocop_step: Annotated[Text, AfterValidator(_one_of(OCOP_STEPS))]
    biz_step: Annotated[Text, AfterValidator(_one_of(BIZ_STEPS))] | None = None
    disposition: Annotated[Text, AfterValidator(_one_of(DISPOSITIONS))] | None = None
    place: Text
    actor: Text
    description: Bilingual
    quantities: tuple[LotAmount, ...] = ()
    inputs: tuple[LotAmount, ...] = ()
    outputs: tuple[LotAmount, ...] = ()
    parents: tuple[Text, ...] = ()
    children: tuple[LotAmount, ...] = ()
    logistic_units: tuple[Text, ...] = ()
    loss: Amount | None = None
    sensors: tuple[Sensor, ...] = ()
    results: tuple[LabResult, ...] = ()
    documents: tuple[Paper, ...] = ()
    destination: Goal | None = None

    @property
    def makes(self) -> tuple[LotAmount, ...]:
        """The lots that come to be in this step."""
        return self.quantities if self.action == "ADD" else self.outputs

    @property
    def amounts(self) -> tuple[LotAmount, ...]:
        """Every lot that the step mentions."""
        return (*self.quantities, *self.inputs, *self.outputs, *self.children)


def epcis_events(step: StoryEvent, book: Book, *, place: str = "") -> list[Event]:
    """Return the EPCIS events of a step: one, or one for each parent of an aggregation.

    Args:
        step: the step as the story writes it.
        book: what its codes mean.
        place: JSON pointer of the step in the story, for messages.

    Raises:
        RegistryError: an unknown code, or a name or amount with a fault; all as findings.
    """
    return _Translation(step, book, place).events()


class _Translation:
    """A step on its way to EPCIS; gathers everything that its codes get wrong."""

    def __init__(self, step: StoryEvent, book: Book, place: str) -> None:
        self.step = step
        self.book = book
        self.place = place
        self.findings: list[Finding] = []

    def events(self) -> list[Event]:
        members = self._common() | self._why() | self._how()
        match self.step.type:
            case "ObjectEvent":
                drafts = [members | self._object()]
            case "TransformationEvent":
                drafts = [members | self._transformation()]
            case "AggregationEvent":
                drafts = [members | what for what in self._aggregations()]
        if self.findings:
            raise error_of(RegistryError, self.findings)
        try:
            return [parse_event(draft) for draft in drafts]
        except EpcisError as error:
            found = [replace(finding, place=self.place) for finding in findings_of(error)]
            raise error_of(RegistryError, found) from error

    def _named(self, lookup: Callable[[], str], *where: object) -> str:
        """Return a name that a lookup gives, or note what is wrong with it."""
        try:
            return lookup()
        except InputError as error:
            place = self.place + pointer(*where)
            self.findings.append(Finding(error.code, "error", place, error.facts))
            return ""

    def _common(self) -> dict[str, Any]:
        step = self.step
        where = {"id": self._named(lambda: self.book.place(step.place).id, "place")}
        offset = "+00:00" if step.event_time.endswith("Z") else step.event_time[-6:]
        return {
            "@context": [EPCIS_CONTEXT, CONTEXT, {PREFIX: VOCABULARY}],
            "type": step.type,
            "eventTime": step.event_time,
            "eventTimeZoneOffset": offset,
            "bizStep": step.biz_step or f"{PREFIX}:{step.ocop_step}",
            "readPoint": where,
            "bizLocation": where,
        }

    def _why(self) -> dict[str, Any]:
        step = self.step
        members: dict[str, Any] = {
            f"{PREFIX}:step": step.ocop_step,
            f"{PREFIX}:description": step.description.public(),
        }
        try:
            members[f"{PREFIX}:actor"] = self.book.partner(step.actor).public()
        except RegistryError as error:
            place = self.place + "/actor"
            self.findings.append(Finding(error.code, "error", place, error.facts))
        if step.disposition is not None:
            members["disposition"] = step.disposition
        if step.documents:
            members["bizTransactionList"] = [
                {
                    "type": _ours(paper.type, OCOP_TRANSACTION_TYPES),
                    "bizTransaction": self._named(
                        partial(self.book.paper_id, paper.id), "documents", position, "id"
                    ),
                }
                for position, paper in enumerate(step.documents)
            ]
        if step.destination is not None:
            members[f"{PREFIX}:destination"] = step.destination.public()
        return members

    def _how(self) -> dict[str, Any]:
        step = self.step
        members: dict[str, Any] = {}
        if step.sensors:
            reports = [
                sensor.public() | {"type": _ours(sensor.type, OCOP_MEASUREMENTS)}
                for sensor in step.sensors
            ]
            members["sensorElementList"] = [{"sensorReport": reports}]
        if step.results:
            members[f"{PREFIX}:results"] = [result.public() for result in step.results]
        if step.loss is not None:
            members[f"{PREFIX}:loss"] = {"quantity": step.loss.value, "uom": step.loss.uom}
        return members

    def _object(self) -> dict[str, Any]:
        members: dict[str, Any] = {
            "action": self._action(),
            "quantityList": self._amounts("quantities", self.step.quantities),
        }
        if self.step.logistic_units:
            members["epcList"] = [
                self._unit("logisticUnits", position, sscc)
                for position, sscc in enumerate(self.step.logistic_units)
            ]
        return members | self._ilmd()

    def _transformation(self) -> dict[str, Any]:
        return {
            "inputQuantityList": self._amounts("inputs", self.step.inputs),
            "outputQuantityList": self._amounts("outputs", self.step.outputs),
        } | self._ilmd()

    def _aggregations(self) -> list[dict[str, Any]]:
        action = self._action()
        children = self._amounts("children", self.step.children)
        if not self.step.parents:
            self._note("fields.missing", "parents")
        return [
            {
                "action": action,
                "parentID": self._unit("parents", position, sscc),
                "childQuantityList": children,
            }
            for position, sscc in enumerate(self.step.parents)
        ]

    def _action(self) -> str:
        if self.step.action is None:
            self._note("fields.missing", "action")
        return self.step.action or ""

    def _note(self, code: str, member: str) -> None:
        place = f"{self.place}/{member}"
        self.findings.append(Finding(code, "error", place, {"member": member}))

    def _unit(self, member: str, position: int, sscc: str) -> str:
        return self._named(partial(self.book.logistic_unit_id, sscc), member, position)

    def _amounts(self, member: str, amounts: tuple[LotAmount, ...]) -> list[dict[str, Any]]:
        if not amounts:
            self._note("fields.missing", member)
        return [
            {
                "epcClass": self._named(
                    partial(self.book.lot, amount.of, amount.lot), member, position
                ),
                "quantity": amount.value,
                "uom": amount.uom,
            }
            for position, amount in enumerate(amounts)
        ]

    def _ilmd(self) -> dict[str, Any]:
        """Return lot and expiry of what is made, where that is one lot."""
        if len(self.step.makes) != 1:
            return {}
        (made,) = self.step.makes
        ilmd = {"cbvmda:lotNumber": made.lot}
        batch = self.book.batches.get(self._named(partial(self.book.lot, made.of, made.lot)))
        if batch is not None and batch.expiry_date is not None:
            ilmd["cbvmda:itemExpirationDate"] = batch.expiry_date.isoformat()
        return {"ilmd": ilmd}
