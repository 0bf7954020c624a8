"""What belongs into an origin record: what was said here, and what others say of their own.

What stands in the own log, and what the batch's owner says, belongs by what it speaks of. What
was accepted from others belongs only where the lineage reaches it: it speaks of goods of
their own that are in it, or an event that belongs is based on it. So nobody's record, once
accepted, puts words into the records that are made here afterwards.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final

from ocoptrace import canonical_json
from ocoptrace.gs1 import parse_name
from ocoptrace.registry import Evidence, read_entry
from ocoptrace.verify.lineage import goods
from ocoptrace.verify.names import goods_of, named
from ocoptrace.verify.payload import BASED_ON
from ocoptrace.workspace.lineage import step_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ocoptrace.registry import Batch
    from ocoptrace.store import SqliteStore, Stored
    from ocoptrace.verify.lineage import Step

__all__ = ["belonging"]

_MAX_CONTAINERS: Final = 10_000
_HIDDEN: Final = ("alias", "evidence", "place")
"""Kinds that are found by the batch with which they came, where what they say is withheld."""


def belonging(store: SqliteStore, about: str, batch: Batch, *, owner: str) -> list[Stored]:
    """Return all statements that belong into the record of a batch or item, each once.

    Args:
        store: where they are kept.
        about: canonical name of the batch or item.
        batch: the batch that it is, or is of.
        owner: URI of who stated the batch first.
    """
    return _Lineage(store, about, batch, owner).statements()


class _Lineage:
    """The names that a record is about, whose they are, and what was said of them."""

    def __init__(self, store: SqliteStore, about: str, batch: Batch, owner: str) -> None:
        self._store = store
        self._batch = batch
        self._owner = owner
        self._names = self._scope(about)
        found = sorted(goods(self._names))
        self._lots = [name for name in found if _is_at(name, "batch")]
        self._products = [name for name in found if name not in self._lots]
        self._stated = {
            kind: [each for name in names for each in store.statements(kind, name)]
            for kind, names in (
                ("product", self._products),
                ("batch", sorted({*self._lots, batch.id})),
            )
        }
        self._told = self._events_told()
        self._own = self._own_names()
        self._events, self._seen = self._belonging_events()

    def statements(self) -> list[Stored]:
        """Return what belongs, in one order, each statement once."""
        store = self._store
        found = [
            *self._stated["product"],
            *self._places(),
            *store.statements("grade", self._batch.product),
            *self._stated["batch"],
            *(each for each in store.speaking_of("alias", self._products) if each.payload),
            *self._evidence(),
        ]
        hidden = [*self._hidden_events(), *self._hidden_otherwise()]
        speaking = {each.statement.issuer for each in (*found, *hidden, *self._events)}
        found += [*self._producers(speaking), *hidden, *self._events]
        return list({stored.statement.id: stored for stored in found}.values())

    def _is_ours(self, stored: Stored) -> bool:
        """Tell whether the own log or the batch's owner says it: what it speaks of decides."""
        return stored.position is not None or stored.statement.issuer == self._owner

    def _is_own(self, issuer: str, name: str) -> bool:
        """Tell whether a name, or the goods that it is of, are an issuer's own."""
        return not self._own[issuer].isdisjoint((name, *goods_of(name)))

    # The names

    def _scope(self, about: str) -> set[str]:
        """Return the names whose events belong into the record.

        All that it was made from, however far back; itself; its batch; and the logistic units
        that it was packed into.
        """
        batch = parse_name(about).batch()
        names = self._store.origins(about)
        if batch is not None:
            names |= self._store.origins(batch.canonical())
        waiting = [about, *([batch.canonical()] if batch else [])]
        while waiting and len(names) < _MAX_CONTAINERS:
            packed = waiting.pop()
            for into in self._store.flows_into(packed):
                if into in names or not _is_at(into, "logistic_unit"):
                    continue
                if self._was_packed(packed, into):
                    names.add(into)
                    waiting.append(into)
        return names

    def _was_packed(self, name: str, unit: str) -> bool:
        """Tell whether goods went into a unit, by the word of the own log or the batch's owner."""
        told = self._store.speaking_of("event", [unit])
        if all(each.position is not None for each in told):
            return True
        ours = [each for each in told if self._is_ours(each)]
        steps = [step_of(each.statement, each.payload) for each in ours if each.payload is not None]
        # What an erased event told is kept in the flow of goods alone.
        return len(steps) < len(ours) or any(
            name in step.used and unit in step.made for step in steps
        )

    def _own_names(self) -> defaultdict[str, set[str]]:
        """Return the names of each issuer's own: what it stated, and what it brought about."""
        own: defaultdict[str, set[str]] = defaultdict(set)
        for each in (*self._stated["product"], *self._stated["batch"]):
            own[each.statement.issuer].add(each.statement.subject)
        for step in self._told.values():
            own[step.issuer] |= self._names.intersection(step.created)
        return own

    # Events

    def _events_told(self) -> dict[Stored, Step]:
        """Return the events shown that have a part in the lineage, whoever tells of them."""
        shown = {
            each: step_of(each.statement, each.payload)
            for each in self._store.speaking_of("event", self._names)
            if each.payload is not None
        }
        return {each: step for each, step in shown.items() if step.belongs(self._names)}

    def _belonging_events(self) -> tuple[list[Stored], set[bytes]]:
        """Return the events shown that belong, and the ids of all that they are based on."""
        waiting = [
            each
            for each, step in self._told.items()
            if self._is_ours(each)
            or any(self._is_own(step.issuer, name) for name in step.touched if name in self._names)
        ]
        told = {each.statement.id: each for each in self._told}
        events: dict[bytes, Stored] = {}
        seen: set[bytes] = set()
        while waiting:
            event = waiting.pop()
            events[event.statement.id] = event
            based_on = {*_based_on(event)} - seen
            seen |= based_on
            waiting += [told[each] for each in based_on if each in told and each not in events]
        return [each for each in told.values() if each.statement.id in events], seen

    def _hidden_events(self) -> list[Stored]:
        """Return the events withheld: others' only where one that belongs is based on them."""
        by_name = [e for e in self._store.speaking_of("event", self._names) if self._is_ours(e)]
        by_id = [self._store.statement(each) for each in sorted(self._seen)]
        found = (*by_name, *(e for e in by_id if e and e.statement.kind == "event"))
        return [each for each in found if each.payload is None]

    # What else was said

    def _places(self) -> list[Stored]:
        """Return the places that the events name, each as whoever recorded there knows it."""
        at = {
            (place, each.statement.issuer)
            for each in self._events
            for place in self._told[each].places
        }
        return [
            each
            for place, issuer in sorted(at)
            for each in self._store.speaking_of("place", [place], issuers=[issuer])
        ]

    def _evidence(self) -> Iterator[Stored]:
        """Yield what describes documents about the goods or the events."""
        subjects = {each.statement.subject: each.statement.issuer for each in self._events}
        spoken_of = self._names | {*self._products, *self._lots, *subjects}
        for each in self._store.speaking_of("evidence", spoken_of):
            if each.payload is None:
                continue
            issuer = each.statement.issuer
            is_about_own = any(
                subjects.get(name) == issuer or self._is_own(issuer, name)
                for name in spoken_of.intersection(_about(each.payload))
            )
            if is_about_own or self._is_ours(each) or each.statement.id in self._seen:
                yield each

    def _producers(self, speaking: set[str]) -> Iterator[Stored]:
        """Yield what an office says of those on its host who speak in the record."""
        hosts = {_host(issuer) for issuer in speaking}
        came_along = {e.statement.id for e in self._store.speaking_of("producer", self._names)}
        for each in self._store.statements("producer"):
            host = _host(each.statement.issuer)
            if each.payload is not None:
                code = canonical_json.loads(each.payload).get("id")
                if f"https://{host}/ocop/{code}" in speaking:
                    yield each
            elif each.statement.id in came_along and host in hosts:
                yield each

    def _hidden_otherwise(self) -> Iterator[Stored]:
        """Yield what else is withheld, found by the batch with which it came.

        Nor is it shown, where an event is withheld, which places belong: all that came along.
        """
        without_places = {each.statement.issuer for each in self._hidden_events()}
        for kind in _HIDDEN:
            for each in self._store.speaking_of(kind, self._names):
                issuer = each.statement.issuer
                is_loose = each.payload is None or (kind == "place" and issuer in without_places)
                if is_loose and (self._is_ours(each) or self._came_with_own(each)):
                    yield each

    def _came_with_own(self, stored: Stored) -> bool:
        """Tell whether a statement came with a record of goods of its issuer's own."""
        issuer = stored.statement.issuer
        own = [name for name in self._names if self._is_own(issuer, name)]
        found = self._store.speaking_of(stored.statement.kind, own, issuers=[issuer])
        return stored.statement.id in {each.statement.id for each in found} | self._seen


def _based_on(stored: Stored) -> Iterator[bytes]:
    """Yield the ids that an event says it is based on."""
    if stored.payload is not None:
        for each in canonical_json.loads(stored.payload).get(BASED_ON, ()):
            yield bytes.fromhex(each)


def _about(payload: bytes) -> Iterable[str]:
    entry = read_entry(canonical_json.loads(payload))
    return entry.about if isinstance(entry, Evidence) else ()


def _host(issuer: str) -> str:
    return issuer.split("/")[2]


def _is_at(text: str, level: str) -> bool:
    name = named(text)
    return name is not None and name.level == level
