"""The workspace's own log: entries in the store, checkpoints under witnesses, proofs.

Entries are committed first; then a checkpoint is signed over what is committed, and the
witnesses are asked. A crash in between loses no entry: the next checkpoint covers it. What was
signed before is continued or nothing is signed, wherever it is found: here, with the witnesses,
where the log is published.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from ocoptrace.errors import ProofError, WorkspaceError
from ocoptrace.signing.note import COSIGNATURE_V1, ED25519, NoteSigner, VerifierKey
from ocoptrace.transparency import (
    Checkpoint,
    LogProof,
    consistency_proof,
    inclusion_proof,
    tree_root,
    verify_consistency,
)
from ocoptrace.transparency.witness import cosign
from ocoptrace.workspace.cosigning import check_not_stopped
from ocoptrace.workspace.known_heads import KnownHeads, check_continues

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from ocoptrace.signing import TrustBundle
    from ocoptrace.signing.note import NoteSignature
    from ocoptrace.store import SqliteStore
    from ocoptrace.workspace.keyring import Keyring

__all__ = ["MINIMUM_SIZE", "WITNESSES", "LocalLog"]

WITNESSES = ("witness-1", "witness-2")
"""Names of the keys of the workspace's own witnesses."""

MINIMUM_SIZE = 2
"""No proof is given from a smaller tree: entry 0 is the policy, entry 1 the first root."""


@dataclass(frozen=True)
class LocalLog:
    """A log whose entries are in the workspace's store.

    Attributes:
        store: where its entries are.
        origin: its name.
        keyring: its key and those of its witnesses; touched only where something is signed.
    """

    store: SqliteStore
    origin: str
    keyring: Keyring

    @cached_property
    def signer(self) -> NoteSigner:
        """The log's key, named as its origin."""
        return NoteSigner(self.origin, self.keyring.signer("log"))

    @cached_property
    def witnesses(self) -> tuple[NoteSigner, ...]:
        """The witnesses that this workspace runs itself."""
        prefix = self.origin.partition(".")[0]
        return tuple(self.keyring.witness(name, f"{prefix}.{name}") for name in WITNESSES)

    @cached_property
    def known_heads(self) -> KnownHeads:
        """Where checkpoints of this log stand outside the database."""
        return KnownHeads(self.keyring.folder.parent)

    def verifier_key(self) -> VerifierKey | None:
        """Return the log's key as it is published; None where only a passphrase could tell."""
        return self._published_key("log", self.origin, ED25519)

    def witness_keys(self) -> tuple[VerifierKey, ...]:
        """Return the keys of the own witnesses as they are published, as far as that is known."""
        prefix = self.origin.partition(".")[0]
        keys = (self._published_key(name, f"{prefix}.{name}", COSIGNATURE_V1) for name in WITNESSES)
        return tuple(key for key in keys if key is not None)

    def _published_key(self, name: str, vkey_name: str, kind: int) -> VerifierKey | None:
        key = self.keyring.public_key(name)
        return None if key is None else VerifierKey(vkey_name, kind, key)

    def check_unforked(self) -> None:
        """Refuse to go on where the log is no continuation of what it is known to have signed.

        Raises:
            WorkspaceError: it has fewer entries than were signed, or others.
        """
        check_not_stopped(self.store)
        size = self.store.log_size()
        for place, head in self.heads():
            check_continues(head, size, self.store.log_node, where=place)

    def heads(self) -> Iterator[tuple[str, Checkpoint]]:
        """Yield the newest checkpoint of each place where one can be found, and the place."""
        newest = self.store.newest_checkpoint()
        if newest is not None:
            yield "ocoptrace.db", _checkpoint(newest)
        key = self.verifier_key()
        if key is not None:
            yield from self.known_heads.found(self.origin, (key,))

    def checkpoint(self, *, now: datetime) -> Checkpoint:
        """Return a checkpoint of all that is committed, cosigned; sign one if there is none.

        Raises:
            WorkspaceError: the log is no continuation of what it is known to have signed.
            ProofError: a witness refuses, because the log is no continuation of what it saw.
        """
        # One transaction: a second process cannot slip a larger tree in between, and what the
        # witnesses remember is on disk before their signatures leave.
        with self.store.writing():
            size = self.store.log_size()
            if size < MINIMUM_SIZE:
                raise WorkspaceError("workspace.log_too_small", size=size)
            newest = self.store.newest_checkpoint()
            if newest is not None and Checkpoint.parse(newest).size == size:
                return Checkpoint.parse(newest)
            check_not_stopped(self.store)
            root = tree_root(size, self.store.log_node)
            for place, head in self.heads():
                check_continues(head, size, self.store.log_node, where=place)
                path = consistency_proof(head.size, size, self.store.log_node)
                verify_consistency(head.size, size, path, head.root, root)
            checkpoint = Checkpoint.sign(self.origin, size, root, self.signer)
            signatures = [self._cosign(checkpoint, witness, now=now) for witness in self.witnesses]
            checkpoint = checkpoint.with_signatures(*signatures)
            self.store.add_checkpoint(size, str(checkpoint), made_at=now)
        return checkpoint

    def _cosign(
        self, checkpoint: Checkpoint, witness: NoteSigner, *, now: datetime
    ) -> NoteSignature:
        memory = self.store.witness_memory(witness.name, self.origin)
        proof = (
            consistency_proof(memory.size, checkpoint.size, self.store.log_node)
            if 0 < memory.size <= checkpoint.size
            else ()
        )
        memory, signature = cosign(
            checkpoint,
            memory,
            proof,
            log=(self.signer.verifier_key,),
            witness=witness,
            time=int(now.timestamp()),
        )
        self.store.set_witness_memory(witness.name, self.origin, memory)
        return signature

    def covering_size(self, position: int) -> int:
        """Return the size of the earliest checkpoint that covers an entry.

        Raises:
            WorkspaceError: no checkpoint covers it yet.
        """
        note = self.store.checkpoint_covering(position)
        if note is None:
            raise WorkspaceError("workspace.not_covered", position=position)
        return _checkpoint(note).size

    def accepted_proof(self, position: int, trust: TrustBundle) -> LogProof | None:
        """Return the proof of an entry as verifiers under a bundle accept it.

        It leads to the earliest checkpoint that enough of the bundle's witnesses have signed.
        None where there is no such checkpoint yet.

        Raises:
            WorkspaceError: the bundle does not list this log.
        """
        for note in self.store.checkpoints_covering(position):
            if self.is_accepted(note, trust):
                return self.proof(position, _checkpoint(note).size)
        return None

    def is_accepted(self, note: str, trust: TrustBundle) -> bool:
        """Tell whether verifiers under a bundle accept a checkpoint of this log.

        Raises:
            WorkspaceError: the bundle does not list this log.
        """
        listed = trust.log(self.origin)
        if listed is None:
            raise WorkspaceError("workspace.unknown_log", origin=self.origin)
        return _is_accepted(note, listed.verifier_keys(_checkpoint(note).size), listed.quorum)

    def proof(self, position: int, size: int) -> LogProof | None:
        """Return the proof of an entry under the checkpoint of a size; None without such a one."""
        note = self.store.checkpoint_at(size) if position < size else None
        if note is None:
            return None
        checkpoint = _checkpoint(note)
        path = inclusion_proof(position, checkpoint.size, self.store.log_node)
        return LogProof(checkpoint, position, tuple(path))


@lru_cache(maxsize=1024)
def _checkpoint(note: str) -> Checkpoint:
    return Checkpoint.parse(note)


@lru_cache(maxsize=4096)
def _is_accepted(note: str, keys: tuple[VerifierKey, ...], quorum: int) -> bool:
    try:
        _checkpoint(note).verify(keys, quorum=quorum)
    except ProofError:
        return False
    return True
