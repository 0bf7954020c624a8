"""What an event tells, in words of the terminal's language: when, which step, what, where."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from ocoptrace import messages
from ocoptrace.cli.terminal import Terminal
from ocoptrace.epcis import (
    AggregationEvent,
    AssociationEvent,
    Event,
    ObjectEvent,
    TransactionEvent,
    TransformationEvent,
)
from ocoptrace.epcis.dimensions import QuantityElement
from ocoptrace.epcis.number import lexeme
from ocoptrace.epcis.units import PIECE
from ocoptrace.epcis.vocabulary import PREFIX, VOCABULARY, bare
from ocoptrace.messages import Language

__all__ = ["event_json", "show_timeline"]

_MOST_ALIKE = 8
_OBJECT = {"ADD": "made", "OBSERVE": "goods", "DELETE": "gone"}
_CHILD = {"ADD": "put_in", "OBSERVE": "inside", "DELETE": "taken_out"}
_JOINED = {"ADD": "joined", "OBSERVE": "joined", "DELETE": "parted"}


@dataclass(frozen=True)
class Line:
    """One thing, place or paper of an event.

    Attributes:
        role: what it is to the event, a key ``cli.epcis.role_…`` of the catalogues.
        name: its URI, as written.
        amount: how much of it, where that is said.
    """

    role: str
    name: str
    amount: QuantityElement | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the line as JSON members."""
        members: dict[str, Any] = {"role": self.role, "id": self.name}
        if self.amount is not None and self.amount.quantity is not None:
            members |= {"quantity": self.amount.quantity, "uom": self.amount.uom or PIECE}
        return members

    def written_amount(self, language: Language) -> str:
        """Return how much, with the digits of the document; empty where it is not said."""
        if self.amount is None or self.amount.quantity is None:
            return ""
        digits = lexeme(self.amount.quantity)
        if language == "vi":
            digits = digits.replace(".", ",")  # a point would be read as a mark of thousands
        return f"{digits} {_known('units', language, self.amount.uom or PIECE)}"


def lines_of(event: Event) -> Iterator[Line]:
    """Yield what an event is about: goods, then places, parties and papers."""
    yield from _goods(event)
    places = [place.id for place in (event.read_point, event.biz_location) if place]
    yield from (Line("where", place) for place in dict.fromkeys(places))
    sources = [each.source for each in event.source_list or ()]
    yield from (Line("from", source) for source in dict.fromkeys(sources))
    destinations = [each.destination for each in event.destination_list or ()]
    yield from (Line("to", destination) for destination in dict.fromkeys(destinations))
    yield from (Line("paper", each.biz_transaction) for each in event.biz_transaction_list or ())


def moment_of(event: Event) -> datetime:
    """Return when an event happened, by the clock of the place where it did."""
    zone = datetime.fromisoformat(f"2000-01-01T00:00:00{event.event_time_zone_offset}").tzinfo
    try:
        return event.when.astimezone(zone)
    except OverflowError:  # the first or last day that there is
        return event.when


def step_name(event: Event, language: Language) -> str:
    """Return the name of an event's step; one without a name is shown as written."""
    own = event.extensions.get(f"{PREFIX}:step")
    words = [word for word in (own, event.biz_step) if isinstance(word, str)]
    return _known("steps", language, *(map(_short, words) if words else ["other"]))


def event_json(event: Event, language: Language) -> dict[str, Any]:
    """Return what the timeline shows of an event, for programs."""
    return {
        "event_id": event.event_id,
        "type": event.type,
        "time": event.event_time,
        "offset": event.event_time_zone_offset,
        "step": event.biz_step,
        "step_name": step_name(event, language),
        "taken_back": event.error_declaration is not None,
        "lines": [line.to_json() for line in lines_of(event)],
    }


def show_timeline(events: Iterable[Event], terminal: Terminal) -> None:
    """Print events, each with its lines below."""
    for event in events:
        at = moment_of(event)
        day = messages.written_date(at.date(), terminal.language)
        said = f"● {day} {at:%H:%M} {event.event_time_zone_offset}"
        step = step_name(event, terminal.language)
        if event.error_declaration is not None:
            step = terminal.text("cli.epcis.taken_back", step=step)
        terminal.heading(f"{said}  {step}")
        _show_lines(list(lines_of(event)), terminal)


def _show_lines(lines: list[Line], terminal: Terminal) -> None:
    rows: list[tuple[str, str, str]] = []
    for role, alike in groupby(lines, key=lambda line: line.role):
        group = list(alike)
        heads = [terminal.text(f"cli.epcis.role_{role}"), *[""] * len(group)]
        rows.extend(
            (head, line.written_amount(terminal.language), line.name)
            for head, line in zip(heads, group[:_MOST_ALIKE], strict=False)
        )
        if len(group) > _MOST_ALIKE:
            more = terminal.text("cli.epcis.more", count=len(group) - _MOST_ALIKE)
            rows.append(("", "", more))
    # No table: it would break a long name into pieces that nobody can copy.
    first = max((len(head) for head, _, _ in rows), default=0)
    second = max((len(amount) for _, amount, _ in rows), default=0)
    for head, amount, name in rows:
        cells = (f"{head:<{first}}", f"{amount:>{second}}", name)
        terminal.say("│  " + "  ".join(cell for cell in cells if cell))


def _goods(event: Event) -> Iterator[Line]:
    match event:
        case TransformationEvent():
            yield from _things("used", event.input_epc_list, event.input_quantity_list)
            yield from _things("made", event.output_epc_list, event.output_quantity_list)
        case ObjectEvent():
            yield from _things(_OBJECT[event.action], event.epc_list, event.quantity_list)
        case AggregationEvent() | AssociationEvent():
            joined = isinstance(event, AssociationEvent)
            role = (_JOINED if joined else _CHILD)[event.action]
            yield from _things(role, event.child_epcs, event.child_quantity_list)
            if event.parent_id is not None:
                yield Line("carrier" if joined else "container", event.parent_id)
        case TransactionEvent():
            yield from _things("goods", event.epc_list, event.quantity_list)
            if event.parent_id is not None:
                yield Line("container", event.parent_id)


def _things(
    role: str, instances: Iterable[str] | None, classes: Iterable[QuantityElement] | None
) -> Iterator[Line]:
    yield from (Line(role, instance) for instance in instances or ())
    yield from (Line(role, element.epc_class, element) for element in classes or ())


def _short(word: str) -> str:
    return bare(word, "BizStep").removeprefix(f"{PREFIX}:").removeprefix(VOCABULARY)


def _known(catalogue: str, language: Language, *words: str) -> str:
    """Return the text of the first word that a catalogue has, else the last as it is."""
    for word in words:
        if messages.has(f"{catalogue}.{word}", language):
            return messages.text(f"{catalogue}.{word}", language)
    return words[-1]
