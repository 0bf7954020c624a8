"""What a witness does (C2SP tlog-witness): sign a checkpoint only if it continues the last.

The rules are pure. Whoever runs a witness stores the returned memory before it hands out
the signature, so that a crash can never lead to two histories being signed.

>>> from ocoptrace.signing.keys import SoftwareSigner
>>> from ocoptrace.signing.note import COSIGNATURE_V1, NoteSigner
>>> from ocoptrace.transparency import Checkpoint
>>> log = NoteSigner("id.example/log", SoftwareSigner.generate("Ed25519"))
>>> witness = NoteSigner("w.example", SoftwareSigner.generate("Ed25519"), COSIGNATURE_V1)
>>> checkpoint = Checkpoint.sign("id.example/log", 3, bytes(32), log)
>>> memory, signature = cosign(checkpoint, NOTHING_SEEN, (), log=(log.verifier_key,),
...                            witness=witness, time=1_790_000_000)
>>> memory.size
3
>>> smaller = Checkpoint.sign("id.example/log", 2, bytes(32), log)
>>> cosign(smaller, memory, (), log=(log.verifier_key,), witness=witness, time=1_790_000_001)
Traceback (most recent call last):
ocoptrace.errors.ProofError: The log shows 2 entries, after it had shown 3: it \
was rolled back. Tell the log's operator and its other witnesses.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ocoptrace.errors import ProofError
from ocoptrace.transparency.merkle import EMPTY_ROOT, verify_consistency

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ocoptrace.signing.note import NoteSignature, NoteSigner, VerifierKey
    from ocoptrace.transparency.checkpoint import Checkpoint

__all__ = ["NOTHING_SEEN", "Memory", "cosign"]


@dataclass(frozen=True, slots=True)
class Memory:
    """What a witness remembers of one log: the last size and root that it signed."""

    size: int
    root: bytes


NOTHING_SEEN: Final = Memory(0, EMPTY_ROOT)


def cosign(
    checkpoint: Checkpoint,
    memory: Memory,
    proof: Sequence[bytes],
    *,
    log: Sequence[VerifierKey],
    witness: NoteSigner,
    time: int,
) -> tuple[Memory, NoteSignature]:
    """Return what to remember, then the signature to hand out.

    Args:
        checkpoint: what the log shows now.
        memory: what was remembered of this log.
        proof: consistency proof from the remembered size to the checkpoint's.
        log: keys of the log.
        witness: the witness's signer.
        time: POSIX seconds.

    Raises:
        ProofError: not signed by the log, smaller than before, or not a continuation.
    """
    checkpoint.verify(log)
    if checkpoint.size < memory.size:
        raise ProofError("proof.rolled_back", size=checkpoint.size, seen=memory.size)
    if memory.size == 0:
        if proof:
            raise ProofError("proof.wrong_length", length=len(proof))
    else:
        verify_consistency(memory.size, checkpoint.size, proof, memory.root, checkpoint.root)
    signature = witness.signature(checkpoint.note.text, time=time)
    return Memory(checkpoint.size, checkpoint.root), signature
