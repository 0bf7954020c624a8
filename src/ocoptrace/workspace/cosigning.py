"""Asking outside witnesses: they sign what continues the last that they saw, or say what they saw.

Who they are stands in the database, with the size that each signed last. One that has seen more
than the log has, or another tree, stops the log: from then on nothing is added or signed here,
until a newer backup is restored or that witness is dropped.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any, Final, Literal

from ocoptrace import canonical_json
from ocoptrace.errors import ProofError, SigningError, WorkspaceError
from ocoptrace.signing.note import COSIGNATURE_V1, Note, VerifierKey
from ocoptrace.transparency import Checkpoint, consistency_proof
from ocoptrace.transparency.witness_protocol import AddCheckpoint

if TYPE_CHECKING:
    from ocoptrace.store import SqliteStore

__all__ = [
    "Ask",
    "Cosignature",
    "OutsideWitness",
    "check_not_stopped",
    "cosign_outside",
    "outside_witnesses",
    "set_outside_witnesses",
]

Ask = Callable[[str, str], tuple[int, str]]
"""Sends a request to the witness at an address; returns the status and body of its answer."""

_META: Final = "outside_witnesses"
_OK, _CONFLICT, _UNPROCESSABLE = 200, 409, 422
_MAX_DIGITS = 19


@dataclass(frozen=True, slots=True)
class OutsideWitness:
    """A witness that somebody else runs.

    Attributes:
        vkey: its verifier key.
        url: its address, below which ``add-checkpoint`` is.
        size: entries of the checkpoint that it signed last; 0 where it signed none.
        stopped_at: entries that it has seen, where that is not what the log has; else 0.
    """

    vkey: str
    url: str
    size: int = 0
    stopped_at: int = 0

    @property
    def key(self) -> VerifierKey:
        """Its key."""
        return VerifierKey.parse(self.vkey)

    @property
    def name(self) -> str:
        """What its key is called."""
        return self.key.name


@dataclass(frozen=True, slots=True)
class Cosignature:
    """How a witness answered.

    Attributes:
        name: whose answer it is.
        outcome: ``signed``, ``ahead`` (it has seen more entries), ``forked`` (it has seen others)
            or ``refused``.
        status: of HTTP.
        size: entries signed, or seen by the witness.
    """

    name: str
    outcome: Literal["signed", "ahead", "forked", "refused"]
    status: int
    size: int


def outside_witnesses(store: SqliteStore) -> tuple[OutsideWitness, ...]:
    """Return the outside witnesses of the log."""
    kept = store.meta(_META)
    values: list[dict[str, Any]] = [] if kept is None else canonical_json.loads(kept.encode())
    return tuple(OutsideWitness(**value) for value in values)


def set_outside_witnesses(store: SqliteStore, witnesses: tuple[OutsideWitness, ...]) -> None:
    """Keep the outside witnesses of the log. Call it inside ``writing()``.

    Raises:
        SigningError: a key that is not a witness's.
        WorkspaceError: two of one name.
    """
    for witness in witnesses:
        if witness.key.signature_type != COSIGNATURE_V1:
            raise SigningError("signing.vkey_syntax", vkey=witness.vkey)
    if len({witness.name for witness in witnesses}) < len(witnesses):
        raise WorkspaceError("workspace.witness_twice")
    values = [asdict(witness) for witness in witnesses]
    store.set_meta(_META, canonical_json.dumps(values).decode())


def check_not_stopped(store: SqliteStore) -> None:
    """Refuse to go on where a witness has seen what the log does not have.

    Raises:
        WorkspaceError: which one, and how much.
    """
    for witness in outside_witnesses(store):
        if witness.stopped_at:
            raise WorkspaceError(
                "workspace.witness_disagrees",
                name=witness.name,
                seen=witness.stopped_at,
                size=store.log_size(),
            )


def cosign_outside(store: SqliteStore, checkpoint: Checkpoint, ask: Ask) -> list[Cosignature]:
    """Have each outside witness sign a checkpoint, and keep what it signs at once.

    Args:
        store: where the log's nodes, checkpoints and witnesses are.
        checkpoint: the newest of the log.
        ask: sends a request; what it raises ends the round, and what was signed is kept.
    """
    return [_ask_one(store, checkpoint, each, ask) for each in outside_witnesses(store)]


def _ask_one(
    store: SqliteStore, checkpoint: Checkpoint, witness: OutsideWitness, ask: Ask
) -> Cosignature:
    old, status, body = min(witness.size, checkpoint.size), 0, ""
    # A witness that signed something else last says what, and is asked once more.
    for _ in range(2):
        path = () if old == 0 else consistency_proof(old, checkpoint.size, store.log_node)
        status, body = ask(witness.url, str(AddCheckpoint(old, tuple(path), checkpoint)))
        if status != _CONFLICT:
            break
        seen = _size(body)
        if seen is None:
            return Cosignature(witness.name, "refused", status, 0)
        if checkpoint.size < seen <= store.log_size():
            # Another process was faster, and had it sign more.
            return Cosignature(witness.name, "signed", _OK, seen)
        if seen > checkpoint.size or seen == old:
            outcome: Literal["ahead", "forked"] = "ahead" if seen > checkpoint.size else "forked"
            _note(store, replace(witness, stopped_at=seen or checkpoint.size))
            return Cosignature(witness.name, outcome, status, seen)
        old = seen
    if status == _UNPROCESSABLE:
        _note(store, replace(witness, stopped_at=old or checkpoint.size))
        return Cosignature(witness.name, "forked", status, old)
    if status != _OK or not _keep(store, checkpoint, witness, body):
        return Cosignature(witness.name, "refused", status, 0)
    return Cosignature(witness.name, "signed", status, checkpoint.size)


def _size(body: str) -> int | None:
    digits = body.removesuffix("\n")
    if not (digits.isascii() and digits.isdigit() and len(digits) <= _MAX_DIGITS):
        return None
    return int(digits)


def _keep(store: SqliteStore, checkpoint: Checkpoint, witness: OutsideWitness, body: str) -> bool:
    """Keep a witness's signature, if it is one."""
    try:
        signatures = Note.parse(f"{checkpoint.note.text}\n{body}").signatures
        own = [each for each in signatures if each.name == witness.name]
        with store.writing():
            kept = store.checkpoint_at(checkpoint.size)
            newest = checkpoint if kept is None else Checkpoint.parse(kept)
            cosigned = newest.with_signatures(*own)
            if not cosigned.note.signature_times((witness.key,)):
                return False
            store.replace_checkpoint(checkpoint.size, str(cosigned))
    except (ProofError, SigningError):
        return False
    _note(store, replace(witness, size=checkpoint.size, stopped_at=0))
    return True


def _note(store: SqliteStore, changed: OutsideWitness) -> None:
    with store.writing():
        kept = outside_witnesses(store)
        set_outside_witnesses(
            store, tuple(changed if each.vkey == changed.vkey else each for each in kept)
        )
