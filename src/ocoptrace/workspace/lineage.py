"""From statements to lineage: which goods flow into which, and who spoke of them."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Final

from ocoptrace import canonical_json
from ocoptrace.epcis import TransformationEvent, parse_event
from ocoptrace.registry import Alias, Evidence, Issuance, Place, read_entry
from ocoptrace.verify.lineage import Step
from ocoptrace.verify.names import GOODS, named

if TYPE_CHECKING:
    from ocoptrace.signing import Statement
    from ocoptrace.store import SqliteStore, Stored

__all__ = ["FOUND_BY_PAYLOAD", "belongs", "index", "seen_of_others", "step_of"]

FOUND_BY_PAYLOAD: Final = frozenset({"alias", "event", "evidence", "place", "producer"})
"""Kinds whose subject does not say which goods they have to do with."""

_INDEXED = {"alias", "evidence", "place"}


def step_of(statement: Statement, payload: bytes) -> Step:
    """Return what an event touched, by its statement and payload.

    Raises:
        InputError: no event.
    """
    return Step.of(parse_event(canonical_json.loads(payload)), issuer=statement.issuer)


def index(store: SqliteStore, statement: Statement, payload: bytes, step: Step | None) -> None:
    """Note what a statement speaks of, so that it is found again, whoever stated it.

    Most kinds are found by their subject alone. Call it inside ``store.writing()``, once for
    each statement.

    Args:
        store: where the statement is kept.
        statement: of any kind.
        payload: what it states.
        step: what it touched, for an event.
    """
    if step is not None:
        store.add_event(
            statement.id,
            statement.subject,
            issuer=statement.issuer,
            declares_error=step.event.error_declaration is not None,
            edges=_edges(store, step),
            mentions=step.mentioned,
        )
    elif statement.kind in _INDEXED:
        store.add_mentions(statement.id, _names(payload))


def _names(payload: bytes) -> tuple[str, ...]:
    match read_entry(canonical_json.loads(payload)):
        case Alias(names=names) | Evidence(about=names):
            return names
        case Place(id=name):
            return (name,)
        case _:
            return ()


def _edges(store: SqliteStore, step: Step) -> list[tuple[str, str]]:
    """Return the edges (from, into) that an event adds.

    A transformation that its issuer tells in several events (one transformationID) is one
    flow, whenever they are recorded: the inputs of all of them go into the outputs of all of
    them.
    """
    used, made, event = step.used, step.made, step.event
    if isinstance(event, TransformationEvent) and event.transformation_id:
        used, made = store.add_transformation_parts(
            event.transformation_id, issuer=step.issuer, inputs=used, outputs=made
        )
    return [(source, into) for source in used for into in made if source != into]


def seen_of_others(store: SqliteStore, step: Step, *, limit: int) -> list[str]:
    """Return the ids of what is kept here of goods that an event takes up from other issuers.

    For each lot that another issuer stated: that statement, and what the same issuer told of
    the goods. Where that is too much, what was told last.

    Args:
        store: where statements are kept.
        step: what the event touches, which is recorded now.
        limit: how many ids there may be.

    Returns:
        Statement ids in hexadecimal, sorted.
    """
    stating: dict[bytes, None] = {}
    telling: dict[bytes, None] = {}
    for name in (name for name in step.mentioned if name not in step.created):
        lot = _lot_of(name)
        others = store.stated_by_others("batch", lot, step.issuer) if lot else {}
        stating |= dict.fromkeys(each for each in others if not _tells_of_serials(store, each))
        told = store.speaking_of("event", [name], issuers=set(others.values())) if others else []
        own_part = (each.statement.id for each in reversed(told) if belongs(each, {name}))
        telling |= dict.fromkeys(islice(own_part, limit))
    ids = [*stating, *telling][:limit]
    return sorted(each.hex() for each in ids)


def _tells_of_serials(store: SqliteStore, statement_id: bytes) -> bool:
    """Tell whether a statement about a batch says only that serials were issued for it."""
    stored = store.statement(statement_id)
    if stored is None or stored.payload is None:
        return False
    return isinstance(read_entry(canonical_json.loads(stored.payload)), Issuance)


def belongs(stored: Stored, names: set[str]) -> bool:
    """Tell whether an event that speaks of some of the names is part of their lineage.

    What is withheld is found only by names in whose lineage it stood when it came, or was
    erased.
    """
    return stored.payload is None or step_of(stored.statement, stored.payload).belongs(names)


def _lot_of(text: str) -> str | None:
    name = named(text)
    batch = name.batch() if name is not None and name.level in GOODS else None
    return batch.canonical() if batch else None
