"""Checkpoints (C2SP tlog-checkpoint): a log's size and root, signed by the log and witnesses.

>>> from ocoptrace.signing.keys import SoftwareSigner
>>> from ocoptrace.signing.note import NoteSigner
>>> log = NoteSigner("id.example/ocop-log/1", SoftwareSigner.generate("Ed25519"))
>>> checkpoint = Checkpoint.sign("id.example/ocop-log/1", 17, bytes(32), log)
>>> Checkpoint.parse(str(checkpoint)).size
17
>>> checkpoint.verify((log.verifier_key,)) is None    # no witness, so no time
True
>>> checkpoint.verify((log.verifier_key,), quorum=1)
Traceback (most recent call last):
ocoptrace.errors.ProofError: Only 0 of the 1 witnesses needed have signed this \
checkpoint. Fetch a newer checkpoint from the log.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from ocoptrace.errors import ProofError, SigningError
from ocoptrace.signing.note import COSIGNATURE_V1, ED25519, Note, VerifierKey
from ocoptrace.transparency.merkle import HASH_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ocoptrace.signing.note import NoteSignature, NoteSigner

__all__ = ["Checkpoint"]

_MAX_DIGITS = 19


@dataclass(frozen=True)
class Checkpoint:
    """A checkpoint in its one written form; whether it is signed is asked of keys.

    Attributes:
        origin: which log.
        size: how many entries it has.
        root: the Merkle root over them, 32 bytes.
        note: the text and the signatures it came with.
    """

    origin: str
    size: int
    root: bytes
    note: Note

    @classmethod
    def parse(cls, text: str) -> Checkpoint:
        """Return the checkpoint of a signed note; extension lines are kept and not read.

        Raises:
            ProofError: not a checkpoint in its one written form.
        """
        try:
            note = Note.parse(text)
        except SigningError as error:
            raise ProofError(error.code, **error.facts) from error
        origin, size, root64, *_ = (*note.text.split("\n"), "", "", "")
        if not (size.isascii() and size.isdigit() and len(size) <= _MAX_DIGITS):
            raise ProofError("proof.not_a_checkpoint", reason="the size is not a number")
        try:
            root = base64.b64decode(root64, validate=True)
        except (ValueError, binascii.Error) as error:
            raise ProofError("proof.not_a_checkpoint", reason="root is not base64") from error
        if not origin or len(root) != HASH_BYTES:
            raise ProofError("proof.not_a_checkpoint", reason="no origin, or root not 32 bytes")
        checkpoint = cls(origin, int(size), root, note)
        if not note.text.startswith(_body(origin, checkpoint.size, root)):
            raise ProofError("proof.not_a_checkpoint", reason="not in its one written form")
        return checkpoint

    @classmethod
    def sign(cls, origin: str, size: int, root: bytes, *signers: NoteSigner) -> Checkpoint:
        """Return a checkpoint signed by its log."""
        return cls(origin, size, root, Note.sign(_body(origin, size, root), *signers))

    def with_signatures(self, *signatures: NoteSignature) -> Checkpoint:
        """Return the checkpoint with more signatures, those of witnesses."""
        return Checkpoint(self.origin, self.size, self.root, self.note.with_signatures(*signatures))

    def verify(self, vkeys: Iterable[VerifierKey | str], *, quorum: int = 0) -> datetime | None:
        """Check the log's signature and that enough witnesses have signed.

        Args:
            vkeys: keys of the log (named as its origin, Ed25519) and of its witnesses
                (cosignature/v1).
            quorum: how many witnesses are needed.

        Returns:
            The time by which the quorum had seen it (the quorum-th smallest), or None for
            a quorum of 0.

        Raises:
            ProofError: no valid log signature, a false signature, or fewer witnesses.
        """
        times = self.cosigned_at(vkeys)
        if len(times) < quorum:
            raise ProofError("proof.no_quorum", count=len(times), quorum=quorum)
        return times[quorum - 1] if quorum else None

    def cosigned_at(self, vkeys: Iterable[VerifierKey | str]) -> tuple[datetime, ...]:
        """Return when witnesses signed, the earliest first; each key counts once.

        Args:
            vkeys: as for ``verify``.

        Raises:
            ProofError: no valid log signature, or a false signature.
        """
        keys = [VerifierKey.parse(key) if isinstance(key, str) else key for key in vkeys]
        logs = [k for k in keys if k.signature_type == ED25519 and k.name == self.origin]
        witnesses = [k for k in keys if k.signature_type == COSIGNATURE_V1]
        try:
            signed = self.note.signature_times(logs)
            # A key counts once, whatever names it bears.
            times = {
                key.public_key: time
                for key in witnesses
                for time in self.note.signature_times((key,))
            }
        except SigningError as error:
            raise ProofError(error.code, **error.facts) from error
        if not signed:
            raise ProofError("proof.not_signed_by_log", origin=self.origin)
        return tuple(datetime.fromtimestamp(time, UTC) for time in sorted(times.values()))

    def __str__(self) -> str:
        return str(self.note)


def _body(origin: str, size: int, root: bytes) -> str:
    return f"{origin}\n{size}\n{base64.b64encode(root).decode()}\n"
