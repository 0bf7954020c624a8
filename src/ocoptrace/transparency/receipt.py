"""COSE receipts (RFC 9942): a log's own word for an entry, in the form that SCITT tools read.

>>> from datetime import UTC, datetime
>>> from ocoptrace.signing import SoftwareSigner, sign_statement
>>> from ocoptrace.signing.note import NoteSigner
>>> from ocoptrace.transparency import Checkpoint, LogProof, leaf_hash
>>> from ocoptrace.transparency.merkle import node_hash
>>> statement, _ = sign_statement("event", b"{}", issuer="https://id.example/ocop/7K3M9QAB",
...     subject="urn:uuid:3f0d5a52-6f0e-4d0a-9a55-0c8a7f6f1a11",
...     signer=SoftwareSigner.generate("ES256"), now=datetime(2026, 11, 23, tzinfo=UTC))
>>> log = NoteSigner("id.example/ocop-log/1", SoftwareSigner.generate("Ed25519"))
>>> before = leaf_hash(b"policy")
>>> checkpoint = Checkpoint.sign(log.name, 2, node_hash(before, leaf_hash(statement.cose)), log)
>>> receipt = sign_receipt(statement.cose, LogProof(checkpoint, 1, (before,)), log=log)
>>> Receipt.decode(receipt.encode()) == receipt
True
>>> receipt.verify(statement.cose, [log.verifier_key]) == (log.name, 2, checkpoint.root)
True

A receipt signs the root alone. Its sizes and index are its bearer's word, and no witness stands
behind it: a :class:`LogProof` under a cosigned checkpoint shows more.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from ocoptrace.errors import ProofError, SigningError
from ocoptrace.signing import cbor
from ocoptrace.signing.cose import ALG, CWT_CLAIMS, KID, SIGNATURE_BYTES, sig_structure
from ocoptrace.signing.keys import ACCEPTED_ALGORITHMS, EMITTED_ALGORITHM, signature_of
from ocoptrace.signing.note import ED25519
from ocoptrace.signing.statement import Statement
from ocoptrace.transparency.merkle import (
    HASH_BYTES,
    consistency_root,
    inclusion_root,
    leaf_hash,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ocoptrace.signing.keys import PublicKey
    from ocoptrace.signing.note import NoteSigner, VerifierKey
    from ocoptrace.transparency.proof import ConsistencyProof, LogProof, Tree

__all__ = [
    "Consistency",
    "Inclusion",
    "Receipt",
    "sign_consistency_receipt",
    "sign_receipt",
]

_CRIT, _VDS, _VDP = 2, 395, 396
_INCLUSION, _CONSISTENCY = -1, -2
_RFC9162_SHA256 = 1
_ISS, _SUB = 1, 2
_NUMBERS = frozenset(number for numbers in ACCEPTED_ALGORITHMS.values() for number in numbers)
_COSE_SIGN1 = 18
_PARTS = 4
_MAX_PATH: Final = 64
_TAG_18_ARRAY_OF_4 = b"\xd2\x84"
_NIL = b"\xf6"


@dataclass(frozen=True, slots=True)
class Inclusion:
    """Where an entry is said to stand, and what leads from it to a root (RFC 9942 §5.2).

    Attributes:
        size: of the tree.
        index: of the entry, from 0.
        path: hashes from leaf to root, at least one.
    """

    size: int
    index: int
    path: tuple[bytes, ...]

    def root(self, entry: bytes) -> bytes:
        """Return the root that an entry leads to.

        Raises:
            ProofError: no such place, or a path of another length.
        """
        return inclusion_root(leaf_hash(entry), self.index, self.size, self.path)


@dataclass(frozen=True, slots=True)
class Consistency:
    """What leads from an older tree to a newer one (RFC 9942 §5.3).

    Attributes:
        first_size, size: of the older and of the newer tree.
        path: hashes between them, at least one.
    """

    first_size: int
    size: int
    path: tuple[bytes, ...]

    def root(self, first_root: bytes) -> bytes:
        """Return the newer root that the older one leads to.

        Raises:
            ProofError: no such sizes, a path of another length, or another older root.
        """
        return consistency_root(self.first_size, self.size, self.path, first_root)


Shown: TypeAlias = Inclusion | Consistency

_KINDS: Final[dict[object, type[Shown]]] = {_INCLUSION: Inclusion, _CONSISTENCY: Consistency}


@dataclass(frozen=True)
class Receipt:
    """A receipt: what it shows, and a signature over the root that this leads to.

    Attributes:
        protected: the protected header, as the bytes that are signed.
        shown: one proof; RFC 9942 has room for several, which are not read here.
        signature: 64 bytes.
        algorithm: COSE algorithm number.
        kid: which key, as the header names it; None where it does not.
        issuer, subject: CWT claims ``iss`` (the log) and ``sub`` (what the entry is about);
            None where they are not there.

    Raises:
        ProofError: a header, proof or signature of another form.
    """

    protected: bytes
    shown: Shown
    signature: bytes
    algorithm: int = field(init=False, compare=False)
    kid: bytes | None = field(init=False, compare=False)
    issuer: str | None = field(init=False, compare=False)
    subject: str | None = field(init=False, compare=False)

    def __post_init__(self) -> None:
        header = _header(self.protected)
        claims = header.get(CWT_CLAIMS, {})
        if not isinstance(claims, Mapping):
            raise _not_one("proof.receipt_header")
        told = (header[ALG], header.get(KID), claims.get(_ISS), claims.get(_SUB))
        if not _fit(told, (int, bytes | None, str | None, str | None)):
            raise _not_one("proof.receipt_header")
        for name, value in zip(("algorithm", "kid", "issuer", "subject"), told, strict=True):
            object.__setattr__(self, name, value)
        if len(self.signature) != SIGNATURE_BYTES:
            raise _not_one("proof.receipt_shape")
        path = self.shown.path
        if not 0 < len(path) <= _MAX_PATH or any(len(node) != HASH_BYTES for node in path):
            raise _not_one("proof.receipt_proof")

    @classmethod
    def decode(cls, data: bytes) -> Receipt:
        """Return the receipt of tagged bytes (tag 18).

        The protected header is taken in whatever order its signer wrote it. All that is not
        signed has one form, that of deterministic CBOR, so that nothing can be added to it.

        Raises:
            ProofError: not such a receipt, an attached payload, more than one proof, or another
                algorithm or tree.
        """
        try:
            value = cbor.read(data)
            receipt = cls._of_parts(value)
            is_one = receipt.encode() == data
        except SigningError as error:
            raise ProofError("proof.not_a_receipt", reason=error) from error
        if not is_one:
            raise _not_one("proof.receipt_unsigned")
        return receipt

    @classmethod
    def _of_parts(cls, value: Any) -> Receipt:
        parts = value.value if isinstance(value, cbor.Tag) and value.tag == _COSE_SIGN1 else None
        if not isinstance(parts, list | tuple) or len(parts) != _PARTS:
            raise _not_one("proof.receipt_shape")
        protected, unprotected, payload, signature = parts
        if payload is not None:
            # Checked by itself it would say nothing of the entry.
            raise _not_one("proof.receipt_payload")
        if not isinstance(protected, bytes) or not isinstance(signature, bytes):
            raise _not_one("proof.receipt_shape")
        return cls(protected, _shown(unprotected), signature)

    def encode(self) -> bytes:
        """Return the tagged bytes, with a detached payload."""
        match self.shown:
            case Inclusion(first, second, path):
                label = _INCLUSION
            case Consistency(first, second, path):
                label = _CONSISTENCY
        proof = cbor.encode([first, second, list(path)])
        unprotected = cbor.encode({_VDP: {label: [proof]}})
        protected, signature = map(cbor.encode_bytes, (self.protected, self.signature))
        return _TAG_18_ARRAY_OF_4 + protected + unprotected + _NIL + signature

    def is_signed_by(self, key: PublicKey, root: bytes) -> bool:
        """Tell whether a key signed a root, under an algorithm that belongs to it."""
        if self.algorithm not in ACCEPTED_ALGORITHMS[key.algorithm]:
            return False
        return key.verifies(self.signature, sig_structure(self.protected, root))

    def verify(self, shown_of: bytes, keys: Iterable[VerifierKey]) -> Tree:
        """Check that a log vouches for an entry, or for what continues an older root.

        Args:
            shown_of: the entry, where the receipt is one of inclusion; else the older root.
            keys: of logs that are trusted. Another key than theirs is not asked for.

        Returns:
            Which tree of which log: origin, size, root. The size is not signed.

        Raises:
            ProofError: the proof does not lead to a root, no key of the log that the receipt
                names has signed that root, or the entry is about something else.
        """
        root = self.shown.root(shown_of)
        if isinstance(self.shown, Inclusion) and self.subject is not None:
            _check_subject(shown_of, self.subject)
        for key in keys:
            public = key.public_key
            is_its = key.signature_type == ED25519 and self.issuer == _issuer_of(key.name)
            if is_its and self.kid == public.kid and self.is_signed_by(public, root):
                return key.name, self.shown.size, root
        raise ProofError("proof.receipt_signature", issuer=self.issuer or "–")


def sign_receipt(entry: bytes, proof: LogProof, *, log: NoteSigner) -> Receipt:
    """Return the receipt of a statement that a log holds.

    Args:
        entry: the statement, tagged COSE bytes.
        proof: where it stands, under a checkpoint that the log has signed.
        log: whose key signs, named as the log's origin.

    Raises:
        ProofError: the proof does not hold, is of another log, or of a tree of one entry, which
            RFC 9942 cannot express.
        SigningError: the entry is no statement, or the signer fails.
    """
    checkpoint = proof.checkpoint
    checkpoint.verify((log.verifier_key,))
    proof.verify(entry)
    subject = Statement.decode(entry).subject
    shown = Inclusion(checkpoint.size, proof.index, proof.path)
    return _signed(shown, checkpoint.root, {_SUB: subject}, log)


def sign_consistency_receipt(proof: ConsistencyProof, *, log: NoteSigner) -> Receipt:
    """Return the receipt that one tree of a log continues another.

    Args:
        proof: between two trees that the log has signed.
        log: whose key signs, named as the log's origin.

    Raises:
        ProofError: the proof is of another log, or between equal trees.
        SigningError: the signer fails.
    """
    if proof.origin != log.name:
        raise ProofError("proof.not_signed_by_log", origin=proof.origin)
    shown = Consistency(proof.first_size, proof.second_size, proof.path)
    return _signed(shown, proof.second_root, {}, log)


def _signed(shown: Shown, root: bytes, claims: dict[int, str], log: NoteSigner) -> Receipt:
    if not shown.path:
        raise ProofError("proof.receipt_too_early")
    key = log.signer.public_key
    header = {
        ALG: EMITTED_ALGORITHM[key.algorithm],
        KID: key.kid,
        CWT_CLAIMS: {_ISS: _issuer_of(log.name)} | claims,
        _VDS: _RFC9162_SHA256,
    }
    protected = cbor.encode(header)
    signature = signature_of(log.signer, sig_structure(protected, root))
    return Receipt(protected, shown, signature)


def _issuer_of(origin: str) -> str:
    """Return how a receipt names a log: as a policy names one that runs by itself."""
    return f"https://{origin}"


def _header(protected: bytes) -> Mapping[Any, Any]:
    """Return the protected header: deterministic but for its order, which its signer chose."""
    header = cbor.read(protected)
    if not isinstance(header, Mapping) or len(cbor.encode(header)) != len(protected):
        raise _not_one("proof.receipt_header")
    if _CRIT in header:
        raise _not_one("proof.receipt_crit")
    algorithm = header.get(ALG)
    if not isinstance(algorithm, int) or algorithm not in _NUMBERS:
        raise SigningError("signing.unknown_algorithm", algorithm=algorithm)
    if header.get(_VDS) != _RFC9162_SHA256:
        raise _not_one("proof.receipt_tree")
    return header


def _shown(unprotected: Any) -> Shown:
    """Return the one proof of an unprotected header; that nothing else is there is seen later."""
    proofs = unprotected.get(_VDP) if isinstance(unprotected, Mapping) else None
    if not isinstance(proofs, Mapping) or len(proofs) != 1:
        raise _not_one("proof.receipt_proof")
    ((label, listed),) = proofs.items()
    kind = _KINDS.get(label)
    if kind is None or not isinstance(listed, list | tuple) or len(listed) != 1:
        raise _not_one("proof.receipt_proof")
    match cbor.decode(listed[0]) if isinstance(listed[0], bytes) else None:
        case [int(first), int(second), [*path]] if _fit(path, [bytes] * len(path)):
            return kind(first, second, tuple(path))
        case _:
            raise _not_one("proof.receipt_proof")


def _fit(values: Iterable[Any], kinds: Iterable[Any]) -> bool:
    return all(isinstance(value, kind) for value, kind in zip(values, kinds, strict=True))


def _check_subject(entry: bytes, subject: str) -> None:
    try:
        about = Statement.decode(entry).subject
    except SigningError as error:
        raise ProofError("proof.receipt_subject", subject=subject) from error
    if about != subject:
        raise ProofError("proof.receipt_subject", subject=subject)


def _not_one(reason: str) -> ProofError:
    return ProofError("proof.not_a_receipt", reason=ProofError(reason))
