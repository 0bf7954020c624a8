"""What every builder of events is told beside the goods: when, where, with which papers.

>>> from ocoptrace.epcis.event import ObjectEvent
>>> event = build(
...     ObjectEvent,
...     {"action": "OBSERVE", "bizStep": "storing"} | goods_members("", ["urn:uuid:1"]),
...     {"when": "2025-09-01T08:00:00+07:00", "place": "geo:10.03,105.78"})
>>> event.event_time_zone_offset, event.read_point.id
('+07:00', 'geo:10.03,105.78')
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, NotRequired, Required, TypedDict, TypeVar

from ocoptrace.epcis.dimensions import Action, moment
from ocoptrace.epcis.event import Event, ObjectEvent, parse_event
from ocoptrace.epcis.faults import error_of, shown
from ocoptrace.epcis.number import of_lexeme
from ocoptrace.epcis.sense import check_event
from ocoptrace.epcis.vocabulary import CONTEXT, EPCIS_CONTEXT, PREFIX, VOCABULARY
from ocoptrace.errors import EpcisError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from decimal import Decimal

__all__ = [
    "Circumstances",
    "Goods",
    "Measured",
    "Quantity",
    "build",
    "goods_members",
    "object_event",
    "written_time",
]

_Kind = TypeVar("_Kind", bound=Event)


@dataclass(frozen=True, slots=True)
class Quantity:
    """How much of a product or lot.

    Attributes:
        name: Digital Link, plain name or other URI of the product or lot.
        value: above zero; a Decimal keeps its digits.
        unit: code of UN/ECE Recommendation 20; None for pieces.
    """

    name: str
    value: int | float | Decimal
    unit: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the quantity as JSON members."""
        unit = {} if self.unit is None else {"uom": self.unit}
        return {"epcClass": self.name, "quantity": _number(self.value)} | unit


@dataclass(frozen=True, slots=True)
class Measured:
    """One measured value.

    Attributes:
        type: measurement type of the GS1 Web Vocabulary, or an ``ocop:`` one.
        value: in the unit.
        unit: code of UN/ECE Recommendation 20.
        time: ISO 8601 with offset, not later than the event; None for the event's own time.
    """

    type: str
    value: int | float | Decimal
    unit: str
    time: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the value as JSON members of a sensor report."""
        time = {} if self.time is None else {"time": self.time}
        return {"type": self.type, "value": _number(self.value), "uom": self.unit} | time


Goods = str | Quantity
"""One thing by its name, or some of a product or lot."""


class Circumstances(TypedDict):
    """When, where and with what an event happened: keywords of every builder.

    Attributes:
        when: aware, or ISO 8601 with offset, which is kept as written.
        place: URI of the place: GLN, plain name, ``geo:`` or web address.
        event_id: URI; without it, an event gets one when it is recorded.
        papers: identifiers of business documents by type, such as ``{"inv": "urn:…"}``; several
            of one type as a list.
        measured: what sensors said.
        description: what was done, by language: ``{"vi": "…", "en": "…"}``.
        certificates: addresses of certificates that bear on the event.
        more: members of others, ``prefix:name``, with their prefixes in ``prefixes``.
        prefixes: namespaces by prefix.
    """

    when: Required[datetime | str]
    place: Required[str]
    event_id: NotRequired[str]
    papers: NotRequired[Mapping[str, str | Iterable[str]]]
    measured: NotRequired[Iterable[Measured]]
    description: NotRequired[Mapping[str, str]]
    certificates: NotRequired[Iterable[str]]
    more: NotRequired[Mapping[str, Any]]
    prefixes: NotRequired[Mapping[str, str]]


def goods_members(role: str, goods: Iterable[Goods]) -> dict[str, Any]:
    """Return the lists of things and quantities that an event names in a role.

    >>> goods_members("input", ["urn:x:1", Quantity("urn:x:2", 5, "KGM")])["inputEPCList"]
    ['urn:x:1']

    Args:
        role: ``input``, ``output``, ``child``, or empty for what the event is about.
        goods: things and quantities.
    """
    names = _LISTS[role]
    given = list(goods)
    lists: tuple[list[Any], ...] = (
        [each for each in given if isinstance(each, str)],
        [each.to_json() for each in given if not isinstance(each, str)],
    )
    return {name: found for name, found in zip(names, lists, strict=True) if found}


_LISTS = {
    "": ("epcList", "quantityList"),
    "child": ("childEPCs", "childQuantityList"),
    "input": ("inputEPCList", "inputQuantityList"),
    "output": ("outputEPCList", "outputQuantityList"),
}


def build(kind: type[_Kind], members: Mapping[str, Any], around: Circumstances) -> _Kind:
    """Return the event of some members, which makes sense: ``check_event`` finds no error.

    What is only odd, such as a unit that is rare, is for ``check_event`` to tell.

    Args:
        kind: class of the event.
        members: what it is about and why.
        around: when and where it happened, and the rest.

    Raises:
        EpcisError: with everything that is wrong as findings; a circumstance that is unknown
            or missing.
    """
    _check(around)
    event = parse_event(
        {"@context": _contexts(around), "type": kind.__name__} | _when_and_where(around)
        | {name: value for name, value in members.items() if value is not None}
        | _beside(around)
    )  # fmt: skip
    if found := [each for each in check_event(event) if each.severity == "error"]:
        raise error_of(EpcisError, found)
    assert isinstance(event, kind)  # noqa: S101 - the type names the class
    return event


def object_event(
    action: Action,
    goods: Iterable[Goods],
    around: Circumstances,
    *,
    step: str,
    state: str,
    more: dict[str, Any] | None = None,
) -> ObjectEvent:
    """Return the ObjectEvent of a step, and of the state that things are in afterwards.

    Args:
        action: whether things were made, seen, or are gone.
        goods: what it is about.
        around: when and where, and the rest.
        step: of CBV, or ours with the prefix.
        state: disposition of CBV.
        more: further members.
    """
    members = {"action": action, "bizStep": step, "disposition": state}
    return build(ObjectEvent, members | goods_members("", goods) | (more or {}), around)


def _check(around: Circumstances) -> None:
    """Refuse circumstances of which one would be lost."""
    for name in around:
        if name not in Circumstances.__annotations__:
            raise EpcisError("fields.unknown", place=f"/{name}", member=name)
    for name in ("when", "place"):
        if name not in around:
            raise EpcisError("fields.missing", place=f"/{name}", member=name)


def _contexts(around: Circumstances) -> list[Any]:
    return [EPCIS_CONTEXT, CONTEXT, {PREFIX: VOCABULARY, **around.get("prefixes", {})}]


def _when_and_where(around: Circumstances) -> dict[str, Any]:
    text = written_time(around["when"])
    offset = moment(text).strftime("%z")
    where = {"id": around["place"]}
    return {
        "eventTime": text,
        "eventTimeZoneOffset": f"{offset[:3]}:{offset[3:5]}",
        "readPoint": where,
        "bizLocation": where,
    }


def _beside(around: Circumstances) -> dict[str, Any]:
    papers = [
        {"type": kind, "bizTransaction": name}
        for kind, names in around.get("papers", {}).items()
        for name in ([names] if isinstance(names, str) else names)
    ]
    reports = [each.to_json() for each in around.get("measured", ())]
    members = {
        "eventID": around.get("event_id"),
        "bizTransactionList": papers,
        "sensorElementList": [{"sensorReport": reports}] if reports else [],
        "certificationInfo": list(around.get("certificates", ())),
        f"{PREFIX}:description": dict(around.get("description", {})),
    }
    return {name: value for name, value in members.items() if value} | dict(around.get("more", {}))


def written_time(when: datetime | str) -> str:
    """Return a time as an event has it.

    Raises:
        EpcisError: it is none.
    """
    if isinstance(when, datetime):
        return when.isoformat()
    if not isinstance(when, str):
        raise EpcisError("epcis.time", value=shown(when))
    return when


def _number(value: float | Decimal) -> float:
    """Return a number that keeps the digits of a Decimal."""
    return value if isinstance(value, int | float) else of_lexeme(str(value))
