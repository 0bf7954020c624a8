"""Making an origin record: which statements belong into it, with which proofs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ocoptrace import canonical_json
from ocoptrace.epcis import parse_event
from ocoptrace.errors import WorkspaceError
from ocoptrace.gs1 import parse_name
from ocoptrace.origin_record import (
    BundleReference,
    OriginRecord,
    Proof,
    RecordedStatement,
    completeness_payload,
)
from ocoptrace.signing import sign_statement
from ocoptrace.workspace.gate import check_entitled
from ocoptrace.workspace.lineage import belongs, scope
from ocoptrace.workspace.recording import keep

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ocoptrace.gs1 import Name
    from ocoptrace.registry import Batch
    from ocoptrace.signing import TrustBundle
    from ocoptrace.store import Stored
    from ocoptrace.transparency import Checkpoint
    from ocoptrace.workspace.setting import Setting

__all__ = ["batch_of", "make_record", "owner_of"]

_GOODS = {"product", "batch", "item"}


def batch_of(setting: Setting, name: Name) -> Batch:
    """Return the registered batch that a name belongs to.

    Raises:
        WorkspaceError: there is none.
    """
    batch_name = name.batch()
    batch: Batch | None = setting.entry("batch", batch_name.canonical()) if batch_name else None
    if batch is None:
        known = ", ".join(batch.id for batch in setting.entries("batch"))
        raise WorkspaceError("workspace.no_batch", about=name.canonical(), known=known or "–")
    return batch


def owner_of(setting: Setting, batch: Batch) -> str:
    """Return the code of the producer who stated a batch first."""
    return setting.store.statements("batch", batch.id)[0].statement.issuer.rpartition("/")[2]


def make_record(
    setting: Setting, about: str, trust: TrustBundle, *, state_complete: bool
) -> OriginRecord:
    """Return the origin record of a batch or item.

    Raises:
        Gs1Error: not a name.
        WorkspaceError: no such batch here, or a key without the right to state it.
    """
    name = parse_name(about)
    batch = batch_of(setting, name)
    about = name.canonical()
    reference = BundleReference(trust.version, trust.sha256)
    if state_complete:
        # One transaction: nothing is recorded between the collecting and the saying.
        with setting.store.writing():
            stored = _belonging(setting, about, batch)
            said = _said_complete(setting, about, [each.statement.id for each in stored])
            if said is None or said[1] != reference:
                said = _say_complete(setting, about, batch, stored, trust), reference
        setting.log.checkpoint(now=setting.clock())
    else:
        stored = _belonging(setting, about, batch)
        said = _said_complete(setting, about, [each.statement.id for each in stored])
    if said is not None:
        stored.append(said[0])
        # The statement names this bundle, so the record does: it is the one made back then.
        reference = said[1]
    return _assemble(setting, about, reference, stored)


def _belonging(setting: Setting, about: str, batch: Batch) -> list[Stored]:
    """Return all statements that belong into a record, each once."""
    store = setting.store
    names = scope(store, about)
    events = []
    places: set[tuple[str, str]] = set()
    for stored in store.events_about(names):
        event = parse_event(canonical_json.loads(stored.payload or b"{}"))
        if belongs(event, names):
            events.append(stored)
            issuer = stored.statement.issuer
            named = (event.read_point, event.biz_location)
            places |= {(place.id, issuer) for place in named if place}
    parsed = [parse_name(name) for name in names]
    products = {name.product().canonical() for name in parsed if name.level in _GOODS}
    subjects = [("product", product) for product in sorted(products)]
    for place, issuer in sorted(places):
        # As whoever records knows the place; else as anybody here does.
        known = store.registered("place", place, issuer=issuer) or store.registered("place", place)
        subjects += [("place", known[0])] if known else []
    subjects += [("grade", batch.product), ("batch", batch.id)]
    found = [stored for kind, subject in subjects for stored in store.statements(kind, subject)]
    owner = owner_of(setting, batch)
    found += [
        stored
        for stored in store.statements("producer")
        if canonical_json.loads(stored.payload or b"{}").get("id") == owner
    ]
    return list({stored.statement.id: stored for stored in (*found, *events)}.values())


def _said_complete(
    setting: Setting, about: str, ids: list[bytes]
) -> tuple[Stored, BundleReference] | None:
    """Return the newest statement that just these are all, and the bundle that it names."""
    for earlier in reversed(setting.store.statements("record", about)):
        if earlier.payload is None:
            continue
        said = canonical_json.loads(earlier.payload)
        named = said["bundle"]
        reference = BundleReference(named["version"], bytes.fromhex(named["sha256"]))
        if earlier.payload == completeness_payload(about, reference, ids, said["size"]):
            return earlier, reference
    return None


def _say_complete(
    setting: Setting,
    about: str,
    batch: Batch,
    stored: Iterable[Stored],
    trust: TrustBundle,
) -> Stored:
    """State that these are all. Call it inside ``store.writing()``."""
    ids = [each.statement.id for each in stored]
    speaker = setting.speaker(owner_of(setting, batch))
    now = setting.clock()
    check_entitled(trust, "record", [about], issuer=speaker.issuer, at=now, error=WorkspaceError)
    reference = BundleReference(trust.version, trust.sha256)
    payload = completeness_payload(about, reference, ids, setting.store.log_size())
    statement, salt = sign_statement(
        "record", payload, issuer=speaker.issuer, subject=about, signer=speaker.signer, now=now
    )
    keep(setting.store, statement, payload, salt)
    return setting.stated(statement.id)


def _assemble(
    setting: Setting, about: str, reference: BundleReference, stored: Iterable[Stored]
) -> OriginRecord:
    numbers: dict[str, int] = {}
    checkpoints: list[Checkpoint] = []
    recorded = []
    for each in stored:
        checkpoint, path = setting.log.proof(each.position)
        if str(checkpoint) not in numbers:
            numbers[str(checkpoint)] = len(checkpoints)
            checkpoints.append(checkpoint)
        proof = Proof(numbers[str(checkpoint)], each.position, path)
        payload = None if each.payload is None else each.payload.decode()
        recorded.append(RecordedStatement(each.statement, payload, each.salt, (proof,)))
    return OriginRecord.of(about, reference, checkpoints, recorded)
