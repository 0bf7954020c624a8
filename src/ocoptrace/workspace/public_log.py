"""The workspace's log as the public sees it: the part of its front door for that."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ocoptrace.errors import WorkspaceError
from ocoptrace.signing.bundle import Log
from ocoptrace.store import tiles_at
from ocoptrace.transparency import Checkpoint, LogProof, inclusion_proof
from ocoptrace.transparency.receipt import sign_receipt
from ocoptrace.workspace.cosigning import (
    OutsideWitness,
    cosign_outside,
    outside_witnesses,
    set_outside_witnesses,
)
from ocoptrace.workspace.log_check import check_log
from ocoptrace.workspace.publication import publish, tile_bytes

if TYPE_CHECKING:
    from pathlib import Path

    from ocoptrace.signing.note import VerifierKey
    from ocoptrace.store import Stored
    from ocoptrace.transparency.receipt import Receipt
    from ocoptrace.transparency.tile import Tile
    from ocoptrace.workspace.cosigning import Ask, Cosignature
    from ocoptrace.workspace.log_check import LogCheck
    from ocoptrace.workspace.office import Office
    from ocoptrace.workspace.publication import Publication
    from ocoptrace.workspace.setting import Setting

__all__ = ["PublicLog"]


class PublicLog:
    """What a log shows: its keys, its entries, its tiles; and whether it is whole."""

    _setting: Setting
    _office: Office | None

    def publish_log(self, place: Path | str, *, rebuild: bool = False) -> Publication:
        """Write the log as tiles where the web can read them, and its checkpoint last.

        Only what is new is written, and what is missing. Cut short, it goes on where it stopped.
        From then on nothing is signed that does not continue what stands there.

        Args:
            place: a folder, which is made if it is not there; or ``s3://bucket/folder``, with
                endpoint, region and keys in the environment as for AWS's own tools.
            rebuild: compare every tile with the database, and write anew those that differ.

        Raises:
            WorkspaceError: the log has fewer entries than stand there, or others; or what stands
                there is another log's.
            ProofError: what stands there is no checkpoint, and it is not to be rebuilt.
            InputError: an address that leads nowhere.
            StorageError: the disk or the bucket refuses, somebody else has published there
                meanwhile, or the database has lost or altered something.
        """
        now = self._setting.clock()
        return publish(self._setting.log, tiles_at(place), now=now, rebuild=rebuild)

    def check_log(self, place: Path | str | None = None) -> LogCheck:
        """Compute every hash of the log anew, and compare it with all that was signed.

        Args:
            place: also compare the tiles that were published there; as for ``publish_log``.
        """
        target = None if place is None else tiles_at(place)
        return check_log(self._setting.log, target)

    def public_checkpoint(self) -> str | None:
        """Return the newest checkpoint; None where the log has not been published yet."""
        log = self._setting.log
        return log.store.newest_checkpoint() if log.known_heads.places() else None

    def public_tile(self, tile: Tile) -> bytes | None:
        """Return a tile of the tree that the newest checkpoint covers.

        Args:
            tile: which; where it is full by now, a part of it may be asked for.

        Returns:
            Its bytes; None where the tree has no such tile, or the log is not published.

        Raises:
            StorageError: the database has lost or altered something.
        """
        note = self.public_checkpoint()
        size = 0 if note is None else Checkpoint.parse(note).size
        is_there = size >> tile.tree_level >= tile.start + tile.width
        return tile_bytes(self._setting.store, tile) if is_there else None

    def log_keys(self) -> tuple[VerifierKey, ...]:
        """Return the keys that verify the log's checkpoints: its own, then its witnesses'."""
        log = self._setting.log
        return (log.signer.verifier_key, *(each.verifier_key for each in log.witnesses))

    def outside_witnesses(self) -> tuple[OutsideWitness, ...]:
        """Return the witnesses of the log that others run."""
        return outside_witnesses(self._setting.store)

    def add_witness(self, vkey: str, url: str) -> None:
        """Let an outside witness be asked from now on, at another address where it is known.

        Where the workspace has an office of its own, the next bundle lists the witness.

        Raises:
            SigningError: not the verifier key of a witness.
            WorkspaceError: another witness has this name.
        """
        store = self._setting.store
        with store.writing():
            others = tuple(each for each in outside_witnesses(store) if each.vkey != vkey)
            set_outside_witnesses(store, (*others, OutsideWitness(vkey, url)))
        if self._office is None:
            return
        origin = self._setting.log.origin
        with self._office.acting() as act:
            for place, log in enumerate(act.logs):
                if log.origin == origin and vkey not in log.witnesses:
                    members = {name: getattr(log, name) for name in type(log).model_fields}
                    act.logs[place] = Log.of(**members | {"witnesses": (*log.witnesses, vkey)})

    def drop_witness(self, name: str) -> None:
        """Ask a witness no longer. What it signed stays, and so does what bundles say of it.

        Raises:
            WorkspaceError: no outside witness has this name.
        """
        store = self._setting.store
        with store.writing():
            known = outside_witnesses(store)
            left = tuple(each for each in known if each.name != name)
            if left == known:
                raise WorkspaceError("workspace.no_witness", name=name)
            set_outside_witnesses(store, left)

    def cosign_log(self, ask: Ask) -> list[Cosignature]:
        """Have the outside witnesses sign the newest checkpoint; keep what they sign.

        A witness that has seen more entries, or others, stops the log: nothing more is added to
        it or signed until a newer backup is restored, or that witness is dropped.

        Args:
            ask: sends a request to an address, and returns status and body.

        Raises:
            WorkspaceError: the log is stopped.
        """
        checkpoint = self._setting.log.checkpoint(now=self._setting.clock())
        return cosign_outside(self._setting.store, checkpoint, ask)

    def log_entry(self, position: int) -> tuple[Stored, LogProof | None]:
        """Return an entry of the log, and its proof under the newest checkpoint that covers it.

        Args:
            position: from 0.

        Raises:
            WorkspaceError: the log has no such entry.
            StorageError: the database has lost something.
        """
        store = self._setting.store
        stored = store.log_entry(position)
        if stored is None:
            raise WorkspaceError("workspace.no_entry", position=position, size=store.log_size())
        newest = store.newest_checkpoint()
        checkpoint = None if newest is None else Checkpoint.parse(newest)
        if checkpoint is None or checkpoint.size <= position:
            return stored, None
        path = inclusion_proof(position, checkpoint.size, store.log_node)
        return stored, LogProof(checkpoint, position, tuple(path))

    def log_receipt(self, position: int) -> tuple[Stored, Receipt]:
        """Return an entry of the log, and a COSE receipt (RFC 9942) for it, signed now.

        It is one over the newest checkpoint that covers the entry: no other root is signed.

        Args:
            position: from 0.

        Raises:
            WorkspaceError: the log has no such entry, no checkpoint covers it yet, or the log is
                stopped.
            StorageError: the database has lost something, or the log's key is missing.
            SigningError: the log's key is locked.
        """
        stored, proof = self.log_entry(position)
        if proof is None:
            raise WorkspaceError("workspace.not_covered", position=position)
        log = self._setting.log
        log.check_unforked()
        return stored, sign_receipt(stored.statement.cose, proof, log=log.signer)
