"""Making an origin record: what belongs into it, with proofs, and that this is all."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from itertools import chain
from typing import TYPE_CHECKING

from ocoptrace import canonical_json
from ocoptrace.errors import RecordError, WorkspaceError
from ocoptrace.gs1 import parse_name
from ocoptrace.origin_record import (
    MAX_CHECKPOINTS,
    MAX_STATEMENTS,
    BundleReference,
    OriginRecord,
    Proof,
    RecordedStatement,
    completeness_payload,
)
from ocoptrace.registry import Batch, read_entry
from ocoptrace.signing import sign_statement
from ocoptrace.signing.statement import KINDS
from ocoptrace.verify.names import GOODS
from ocoptrace.workspace.belonging import belonging
from ocoptrace.workspace.recording import keep

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ocoptrace.gs1 import Name
    from ocoptrace.signing import TrustBundle
    from ocoptrace.store import Stored
    from ocoptrace.transparency import LogProof
    from ocoptrace.workspace.setting import Setting

__all__ = ["batch_of", "make_record", "owner_of"]


def batch_of(setting: Setting, name: Name) -> Batch:
    """Return the batch of this workspace that a name belongs to.

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
    return _code(setting.store.statements("batch", batch.id)[0].statement.issuer)


def _code(issuer: str) -> str:
    return issuer.rpartition("/")[2]


def make_record(
    setting: Setting,
    about: str,
    trust: TrustBundle,
    *,
    state_complete: bool,
    withhold: Iterable[str],
) -> OriginRecord:
    """Return the origin record of a batch or item; see ``Workspace.origin_record``."""
    name = parse_name(about)
    about = name.canonical()
    batch = _known_batch(setting, name)
    reference = BundleReference(trust.version, trust.sha256)
    first = setting.store.statements("batch", batch.id)[0]
    owner = first.statement.issuer
    if state_complete and first.position is not None:
        # One transaction: nothing is recorded between the collecting and the saying.
        with setting.store.writing():
            stored = belonging(setting.store, about, batch, owner=owner)
            said = _said_complete(setting, about, stored, owner=owner)
            if said is None or said[1] != reference:
                said = _say_complete(setting, about, owner, stored, trust), reference
        setting.log.checkpoint(now=setting.clock())
    else:
        stored = belonging(setting.store, about, batch, owner=owner)
        said = _said_complete(setting, about, stored, owner=owner)
    if said is not None:
        stored.append(said[0])
        # The statement names this bundle, so the record does: it is the one made back then.
        reference = said[1]
    record = _assemble(setting, about, reference, stored, trust)
    return record.redact(_withheld(record, withhold))


def _known_batch(setting: Setting, name: Name) -> Batch:
    """Return the batch that a name belongs to, of this workspace or accepted from others."""
    batch = name.batch() if name.level in GOODS else None
    accepted = setting.store.statements("batch", batch.canonical()) if batch else []
    if accepted and accepted[0].position is None:
        for stored in reversed(accepted):
            entry = read_entry(canonical_json.loads(stored.payload)) if stored.payload else None
            if isinstance(entry, Batch):
                return entry
    return batch_of(setting, name)


def _said_complete(
    setting: Setting, about: str, stored: Iterable[Stored], *, owner: str
) -> tuple[Stored, BundleReference] | None:
    """Return the owner's newest statement that just these are all, and the bundle it names."""
    ids = [each.statement.id for each in stored]
    for earlier in reversed(setting.store.statements("record", about)):
        if earlier.payload is None or earlier.statement.issuer != owner:
            continue
        match canonical_json.loads(earlier.payload):
            case {"bundle": {"version": int(version), "sha256": str(digest)}, "size": int(size)}:
                reference = BundleReference(version, bytes.fromhex(digest))
                if earlier.payload == completeness_payload(about, reference, ids, size):
                    return earlier, reference
    return None


def _say_complete(
    setting: Setting,
    about: str,
    owner: str,
    stored: list[Stored],
    trust: TrustBundle,
) -> Stored:
    """State that these are all. Call it inside ``store.writing()``."""
    if len(stored) >= MAX_STATEMENTS:
        # Nothing is stated of a record that nobody could read.
        raise RecordError("record.too_many", statements=len(stored) + 1, limit=MAX_STATEMENTS)
    ids = [each.statement.id for each in stored]
    speaker = setting.speaker(_code(owner))
    now = setting.clock()
    speaker.check_entitled("record", [about], at=now, error=WorkspaceError)
    reference = BundleReference(trust.version, trust.sha256)
    payload = completeness_payload(about, reference, ids, setting.store.log_size())
    statement, salt = sign_statement(
        "record", payload, issuer=speaker.issuer, subject=about, signer=speaker.signer, now=now
    )
    keep(setting.store, statement, payload, salt)
    return setting.stated(statement.id)


def _assemble(
    setting: Setting,
    about: str,
    reference: BundleReference,
    stored: Iterable[Stored],
    trust: TrustBundle,
) -> OriginRecord:
    proven = list(_proven(setting, list(stored), trust))
    notes = {str(proof.checkpoint): proof.checkpoint for _, found in proven for proof in found}
    # In one order, so that the same statements make the same record wherever it is made.
    checkpoints = sorted(notes.values(), key=lambda c: (c.origin, c.size, str(c)))
    numbers = {str(checkpoint): number for number, checkpoint in enumerate(checkpoints)}
    recorded = [
        RecordedStatement(
            each.statement,
            None if each.payload is None else each.payload.decode(),
            each.salt,
            tuple(Proof(numbers[str(p.checkpoint)], p.index, p.path) for p in found),
        )
        for each, found in proven
    ]
    return OriginRecord.of(about, reference, checkpoints, recorded)


def _proven(
    setting: Setting, stored: list[Stored], trust: TrustBundle
) -> Iterator[tuple[Stored, list[LogProof]]]:
    """Yield each statement with its proofs: in the own log first, then as others' logs gave them.

    In the own log it is proven as early as can be, and once more where the office saw the log
    before the statement's key was lost.
    """
    foreign = _limited(stored, [setting.store.foreign_proofs(each.statement.id) for each in stored])
    notes = {str(proof.checkpoint) for proofs in foreign for proof in proofs}
    seen = [_seen_sizes(setting, each, trust) for each in stored]
    room = MAX_CHECKPOINTS - len(notes) - len(set(chain.from_iterable(seen)))
    own = [each.position for each in stored if each.position is not None]
    sizes = _thinned(sorted({setting.log.covering_size(position) for position in own}), room)
    for each, theirs, seen_at in zip(stored, foreign, seen, strict=True):
        ours: dict[int, LogProof] = {}
        if each.position is not None:
            earliest = sizes[bisect_right(sizes, each.position)]
            for size in (earliest, *seen_at):
                proof = setting.log.proof(each.position, size)
                if proof is not None:
                    ours[size] = proof
        yield each, [*ours.values(), *theirs]


def _limited(stored: list[Stored], foreign: list[list[LogProof]]) -> list[list[LogProof]]:
    """Return the proofs in others' logs without those that a record would have no room for.

    Of an own statement, which is proven in the own log as well, only those are left out that lead
    to the checkpoints that prove least.
    """
    uses = Counter(str(proof.checkpoint) for proofs in foreign for proof in proofs)
    room = {note for note, _ in uses.most_common(MAX_CHECKPOINTS // 2)}
    return [
        [proof for proof in proofs if each.position is None or str(proof.checkpoint) in room]
        for each, proofs in zip(stored, foreign, strict=True)
    ]


def _thinned(sizes: list[int], room: int) -> list[int]:
    """Return some of the sizes, evenly and the last among them, where all are too many.

    What a size that is left out covered is proven under the next one: a little later.
    """
    step = -(-len(sizes) // max(room, 1))
    return sizes if step <= 1 else sorted({*sizes[step - 1 :: step], sizes[-1]})


def _seen_sizes(setting: Setting, stored: Stored, trust: TrustBundle) -> list[int]:
    """Return at which sizes the office saw the own log before the key of a statement was lost."""
    entry = trust.by_kid(stored.statement.kid)
    seen = [each.checkpoint for each in trust.revocations_of(entry)] if entry else []
    return sorted({c.size for c in seen if c is not None and c.origin == setting.log.origin})


def _withheld(record: OriginRecord, withhold: Iterable[str]) -> set[bytes]:
    """Return the ids of the statements of some kinds, or with some ids (hexadecimal).

    Raises:
        WorkspaceError: neither a kind nor the id of a statement of the record.
    """
    ids = {recorded.statement.id.hex(): recorded.statement for recorded in record.statements}
    chosen = set()
    for each in withhold:
        if each not in KINDS and each not in ids:
            raise WorkspaceError("workspace.nothing_to_withhold", what=each)
        chosen |= {s.id for id_, s in ids.items() if each in {id_, s.kind}}
    return chosen
