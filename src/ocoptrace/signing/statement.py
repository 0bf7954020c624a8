"""Statements: who says what about whom, as SCITT-shaped hash envelopes.

A statement is public and says no more than who, about what, and when; what it says stands
in a payload beside it, which a salted hash binds and which can be withheld or erased.

>>> from datetime import UTC, datetime
>>> from ocoptrace.signing.keys import SoftwareSigner
>>> signer = SoftwareSigner.generate("ES256")
>>> statement, salt = sign_statement(
...     "event", b'{"quantity":6000}', issuer="https://id.example/ocop/7K3M9QAB",
...     subject="urn:uuid:0190a7c5-8a3e-8f00-8000-000000000001", signer=signer,
...     now=datetime(2026, 11, 23, tzinfo=UTC))
>>> Statement.decode(statement.cose) == statement, statement.is_signed_by(signer.public_key)
(True, True)
>>> statement.binds(b'{"quantity":6000}', salt), statement.binds(b'{"quantity":9000}', salt)
(True, False)
"""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Final, Literal, NamedTuple, get_args

from ocoptrace.errors import SigningError
from ocoptrace.signing import cbor
from ocoptrace.signing.cose import ALG, CWT_CLAIMS, KID, TYP, Sign1, sig_structure
from ocoptrace.signing.keys import ACCEPTED_ALGORITHMS, EMITTED_ALGORITHM, signature_of
from ocoptrace.signing.times import is_seconds

if TYPE_CHECKING:
    from ocoptrace.signing.keys import PublicKey, Signer

__all__ = [
    "AUTHORITY_KINDS",
    "KINDS",
    "MAX_ENTRY_BYTES",
    "SALT_BYTES",
    "Kind",
    "Statement",
    "sign_statement",
]

Kind = Literal[
    "key", "producer", "place", "product", "grade", "batch", "event", "evidence",
    "record", "alias", "revocation", "policy", "root", "bundle",
]  # fmt: skip
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
AUTHORITY_KINDS: Final[frozenset[Kind]] = frozenset(
    {"grade", "producer", "key", "revocation", "bundle"}
)
"""What only an authority may state (formats, section 4)."""

MAX_ENTRY_BYTES: Final = 8 * 1024
SALT_BYTES: Final = 16

_PAYLOAD_HASH_ALG, _PREIMAGE_TYPE = 258, 259
_SHA256 = -16
_ISS, _SUB, _IAT = 1, 2, 6
_LABELS = {ALG, KID, CWT_CLAIMS, TYP, _PAYLOAD_HASH_ALG, _PREIMAGE_TYPE}
_ALGORITHMS = frozenset(number for pair in ACCEPTED_ALGORITHMS.values() for number in pair)
_KID_BYTES, _HASH_BYTES = 8, 32

_TYP: Final[dict[Kind, str]] = {k: f"application/vnd.ocoptrace.{k}+cose" for k in KINDS}
_KIND_OF_TYP: Final[dict[str, Kind]] = {typ: kind for kind, typ in _TYP.items()}
_PREIMAGE: Final[dict[Kind, str]] = {k: f"application/vnd.ocoptrace.salted+{k}" for k in KINDS}

_ISSUER = re.compile(r"[!-~]+")
_UUID4 = re.compile(r"urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
_THUMBPRINT = re.compile(r"urn:ietf:params:oauth:ckt:sha-256:[A-Za-z0-9_-]{43}")
_NAME = re.compile(r"https://[!\"$-~]+")
_ID = re.compile(r"[!-~]+")
_SUBJECTS: Final[dict[Kind, re.Pattern[str]]] = {
    "key": _THUMBPRINT,
    "revocation": _THUMBPRINT,
    "producer": _UUID4,
    "place": _UUID4,
    "evidence": _UUID4,
    "product": _NAME,
    "grade": _NAME,
    "batch": _NAME,
    "alias": _NAME,
    "record": _NAME,
    "event": _ID,
    "policy": _ID,
    "root": re.compile(r"root:[1-9][0-9]*"),
    "bundle": re.compile(r"bundle:[1-9][0-9]*"),
}


@dataclass(frozen=True)
class Statement:
    """A statement in its one form; that its signature holds is asked of a key.

    It is made by :meth:`decode` and :func:`sign_statement` alone.

    Attributes:
        cose: the tagged COSE_Sign1 bytes, as logged. All else follows from them.
    """

    cose: bytes
    _message: Sign1 = field(repr=False, compare=False)
    _header: _Header = field(repr=False, compare=False)

    @classmethod
    def decode(cls, cose: bytes) -> Statement:
        """Return the statement of tagged COSE_Sign1 bytes.

        Raises:
            SigningError: anything but exactly the form of docs/spec/statement.md.
        """
        message = Sign1.decode(cose)
        if len(message.payload) != _HASH_BYTES:
            raise SigningError("signing.bad_header", label="payload hash")
        return cls(cose, message, _Header.decode(message.protected))

    @property
    def kind(self) -> Kind:
        """What it states, as its typ says."""
        return self._header.kind

    @property
    def issuer(self) -> str:
        """Who states it (``iss``), a URI."""
        return self._header.issuer

    @property
    def subject(self) -> str:
        """About what (``sub``); its form follows from the kind."""
        return self._header.subject

    @cached_property
    def issued_at(self) -> datetime:
        """When, as the issuer claims (``iat``), in whole seconds, UTC."""
        return datetime.fromtimestamp(self._header.issued_at, UTC)

    @property
    def algorithm(self) -> int:
        """COSE algorithm number."""
        return self._header.algorithm

    @property
    def kid(self) -> bytes:
        """First 8 bytes of the signing key's thumbprint."""
        return self._header.kid

    @property
    def digest(self) -> bytes:
        """SHA-256 of salt and payload."""
        return self._message.payload

    @cached_property
    def id(self) -> bytes:
        """SHA-256 of the Sig_structure, 32 bytes: the same for every signature over it."""
        return hashlib.sha256(self._message.sig_structure()).digest()

    def is_signed_by(self, key: PublicKey) -> bool:
        """Tell whether a key made the signature, under an algorithm that belongs to it."""
        if key.kid != self.kid or self.algorithm not in ACCEPTED_ALGORITHMS[key.algorithm]:
            return False
        return key.verifies(self._message.signature, self._message.sig_structure())

    def binds(self, payload: bytes, salt: bytes) -> bool:
        """Tell whether a payload and its salt are what was stated."""
        return len(salt) == SALT_BYTES and hashlib.sha256(salt + payload).digest() == self.digest


def sign_statement(
    kind: Kind,
    payload: bytes,
    *,
    issuer: str,
    subject: str,
    signer: Signer,
    now: datetime,
    salt: bytes | None = None,
) -> tuple[Statement, bytes]:
    """Return a signed statement over a payload, and the salt that binds them.

    Args:
        kind: what is stated.
        payload: the exact bytes stated; kept beside the statement, never inside.
        issuer: who states it.
        subject: about what, in the form of the kind.
        signer: whose key signs.
        now: the time claimed, aware; kept in whole seconds.
        salt: 16 bytes; new random ones where absent.

    Raises:
        SigningError: an issuer, subject, time or salt of the wrong form, a statement over
            8 KiB, or a signature that does not verify.
    """
    salt = secrets.token_bytes(SALT_BYTES) if salt is None else salt
    if len(salt) != SALT_BYTES:
        raise SigningError("signing.bad_salt", length=len(salt), expected=SALT_BYTES)
    if now.tzinfo is None:
        raise SigningError("signing.bad_header", label="iat")
    key = signer.public_key
    algorithm, issued_at = EMITTED_ALGORITHM[key.algorithm], int(now.timestamp())
    header = _Header(kind, algorithm, key.kid, issuer, subject, issued_at)
    protected = header.encode()
    digest = hashlib.sha256(salt + payload).digest()
    message = Sign1(protected, digest, signature_of(signer, sig_structure(protected, digest)))
    cose = message.encode()
    if len(cose) > MAX_ENTRY_BYTES:
        raise SigningError("signing.too_large", size=len(cose), limit=MAX_ENTRY_BYTES)
    return Statement(cose, message, header), salt


class _Header(NamedTuple):
    """What the protected header of a statement says; all else in it follows from the kind."""

    kind: Kind
    algorithm: int
    kid: bytes
    issuer: str
    subject: str
    issued_at: int

    def encode(self) -> bytes:
        """Return the header in its one form: the deterministic encoding of its map.

        Raises:
            SigningError: a field of another form than a statement's.
        """
        before, behind = _constant_parts(self.kind, self.algorithm, self.kid, self.issuer)
        subject, time = self.subject, self.issued_at
        if not subject or not is_seconds(time):
            raise SigningError("signing.bad_header", label="CWT claims")
        if not _SUBJECTS[self.kind].fullmatch(subject):
            raise SigningError("signing.bad_subject", kind=self.kind, subject=subject)
        return before + cbor.encode_text(subject) + b"\x06" + cbor.encode_int(time) + behind

    @classmethod
    def decode(cls, protected: bytes) -> _Header:
        """Return what a header says.

        The bytes are read leniently, and what they say is written strictly: accepted is what
        comes out as it came in. So no order, length, label or type can be other than ours.

        Raises:
            SigningError: any other bytes than those that :meth:`encode` writes.
        """
        headers = cbor.read(protected)
        try:
            claims = headers[CWT_CLAIMS]
            header = cls(
                _KIND_OF_TYP[headers[TYP]],
                headers[ALG],
                headers[KID],
                claims[_ISS],
                claims[_SUB],
                claims[_IAT],
            )
        except (IndexError, KeyError, TypeError):
            raise _fault(protected) from None
        if tuple(map(type, header)) != _HEADER_TYPES or header.encode() != protected:
            raise _fault(protected)
        return header


_HEADER_TYPES = (str, int, bytes, str, str, int)


@lru_cache(maxsize=256)
def _constant_parts(kind: Kind, algorithm: int, kid: bytes, issuer: str) -> tuple[bytes, bytes]:
    """Return what stands before the subject, and what stands behind the time.

    Labels in the order of their bytes (RFC 8949 §4.2.1), each with its value::

        a6                        map of 6
           01 alg   04 kid
           0f a3                  CWT claims, map of 3
              01 iss   02 sub   06 iat
           10 typ   19 0102 2f    19 0103 preimage content type

    Raises:
        SigningError: one of the four is not what stands in a statement.
    """
    if kind not in KINDS:
        raise SigningError("signing.unknown_kind", typ=kind)
    if len(kid) != _KID_BYTES:
        raise SigningError("signing.bad_header", label="kid")
    if algorithm not in _ALGORITHMS:
        raise SigningError("signing.unknown_algorithm", algorithm=algorithm)
    if not _ISSUER.fullmatch(issuer):
        raise SigningError("signing.bad_header", label="CWT claims")
    text = cbor.encode_text
    before = b"\xa6\x01" + cbor.encode_int(algorithm) + b"\x04" + cbor.encode_bytes(kid)
    claims = b"\x0f\xa3\x01" + text(issuer) + b"\x02"
    behind = b"\x10" + text(_TYP[kind])
    envelope = b"\x19\x01\x02\x2f\x19\x01\x03" + text(_PREIMAGE[kind])
    return before + claims, behind + envelope


def _fault(protected: bytes) -> SigningError:
    """Return what is wrong with a header that is not as a statement's would be written."""
    headers = cbor.decode(protected)
    if not isinstance(headers, dict):
        return SigningError("signing.not_sign1", reason="the protected header is not a map")
    if set(headers) != _LABELS:
        labels = sorted(set(headers) ^ _LABELS, key=str)
        return SigningError("signing.header_labels", labels=labels)
    typ, envelope = headers[TYP], (headers[_PAYLOAD_HASH_ALG], headers[_PREIMAGE_TYPE])
    kind = _KIND_OF_TYP.get(typ) if isinstance(typ, str) else None
    if not isinstance(headers[ALG], int):
        return SigningError("signing.unknown_algorithm", algorithm=headers[ALG])
    if kind is None:
        return SigningError("signing.unknown_kind", typ=typ)
    if not isinstance(headers[KID], bytes):
        label = "kid"
    elif envelope != (_SHA256, _PREIMAGE[kind]):
        label = "hash envelope"
    else:
        label = "CWT claims"
    return SigningError("signing.bad_header", label=label)
