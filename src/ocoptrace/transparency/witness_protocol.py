r"""What a log and a witness say to each other (C2SP tlog-witness, ``add-checkpoint``).

The rules are pure: what a witness answers follows from what it is asked and what it remembers.
Whoever serves it stores the memory of an answer before the answer leaves.

>>> from ocoptrace.signing.keys import SoftwareSigner
>>> from ocoptrace.signing.note import COSIGNATURE_V1, NoteSigner
>>> log = NoteSigner("id.example/log", SoftwareSigner.generate("Ed25519"))
>>> witness = NoteSigner("w.example", SoftwareSigner.generate("Ed25519"), COSIGNATURE_V1)
>>> asked = AddCheckpoint(0, (), Checkpoint.sign("id.example/log", 3, bytes(32), log))
>>> AddCheckpoint.parse(str(asked)) == asked
True
>>> def say(memory): return answer(asked, memory, log=(log.verifier_key,), witness=witness, time=9)
>>> first = say(NOTHING_SEEN)
>>> first.status, first.memory.size
(200, 3)
>>> again = say(first.memory)
>>> again.status, again.body, again.memory
(409, '3\n', None)
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ocoptrace.errors import ProofError
from ocoptrace.transparency.checkpoint import Checkpoint
from ocoptrace.transparency.merkle import HASH_BYTES
from ocoptrace.transparency.witness import NOTHING_SEEN, Memory, cosign

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ocoptrace.signing.note import NoteSigner, VerifierKey

__all__ = ["MAX_REQUEST_BYTES", "NOTHING_SEEN", "AddCheckpoint", "Answer", "answer"]

MAX_REQUEST_BYTES: Final = 64 * 1024 + 4096
"""A checkpoint and a proof are never longer."""

_MAX_PROOF = 63
_OK, _BAD_REQUEST, _FORBIDDEN, _NOT_FOUND, _CONFLICT, _UNPROCESSABLE = 200, 400, 403, 404, 409, 422
_SIZE_TYPE, _TEXT_TYPE = "text/x.tlog.size", "text/plain; charset=utf-8"
_MAX_DIGITS = 19


@dataclass(frozen=True, slots=True)
class AddCheckpoint:
    """A request: sign this checkpoint, which continues the one of ``old_size`` entries.

    Attributes:
        old_size: of the checkpoint that the witness signed last, as far as the log knows; else 0.
        proof: the consistency proof from there, hashes of 32 bytes, at most 63.
        checkpoint: what is to be signed.
    """

    old_size: int
    proof: tuple[bytes, ...]
    checkpoint: Checkpoint

    @classmethod
    def parse(cls, body: str) -> AddCheckpoint:
        """Return the request of a body, in its one written form.

        Raises:
            ProofError: not a request.
        """
        head, blank, note = body.partition("\n\n")
        first, *lines = head.split("\n")
        digits = first.removeprefix("old ")
        is_number = digits.isascii() and digits.isdigit() and len(digits) <= _MAX_DIGITS
        if not blank or not first.startswith("old ") or not is_number or len(lines) > _MAX_PROOF:
            raise ProofError("proof.not_a_request")
        try:
            proof = tuple(base64.b64decode(line, validate=True) for line in lines)
        except (ValueError, binascii.Error) as error:
            raise ProofError("proof.not_a_request") from error
        request = cls(int(digits), proof, Checkpoint.parse(note))
        if any(len(each) != HASH_BYTES for each in proof) or str(request) != body:
            raise ProofError("proof.not_a_request")
        return request

    def __str__(self) -> str:
        lines = (f"{base64.b64encode(node).decode()}\n" for node in self.proof)
        return f"old {self.old_size}\n{''.join(lines)}\n{self.checkpoint}"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a witness answers.

    Attributes:
        status: of HTTP.
        body: signature lines with 200, a size with 409, else why not.
        content_type: of the body.
        memory: what it has to remember before it answers; None where nothing changes.
    """

    status: int
    body: str
    content_type: str = _TEXT_TYPE
    memory: Memory | None = None


def answer(
    request: AddCheckpoint,
    memory: Memory,
    *,
    log: Sequence[VerifierKey],
    witness: NoteSigner,
    time: int,
) -> Answer:
    """Return what a witness answers.

    Args:
        request: what it is asked.
        memory: what it remembers of the log.
        log: keys that it trusts for the log; none where the log is unknown.
        witness: its signer.
        time: POSIX seconds.
    """
    checkpoint = request.checkpoint
    if not log:
        return _refusal(_NOT_FOUND, "this log is not known here")
    try:
        checkpoint.verify(log)
    except ProofError:
        return _refusal(_FORBIDDEN, "the checkpoint is not signed by its log")
    if request.old_size > checkpoint.size:
        return _refusal(_BAD_REQUEST, "the old size is greater than the new")
    is_other_tree = checkpoint.size == memory.size and checkpoint.root != memory.root
    if request.old_size != memory.size or is_other_tree:
        return Answer(_CONFLICT, f"{memory.size}\n", _SIZE_TYPE)
    try:
        seen, signature = cosign(
            checkpoint, memory, request.proof, log=log, witness=witness, time=time
        )
    except ProofError:
        return _refusal(_UNPROCESSABLE, "the proof does not lead there")
    return Answer(_OK, f"{signature}\n", memory=seen)


def _refusal(status: int, why: str) -> Answer:
    return Answer(status, f"{why}\n")
