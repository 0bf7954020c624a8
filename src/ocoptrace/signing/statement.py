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
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, Literal, get_args

from ocoptrace.errors import SigningError
from ocoptrace.signing.cose import ALG, CWT_CLAIMS, KID, TYP, Sign1
from ocoptrace.signing.keys import ACCEPTED_ALGORITHMS, EMITTED_ALGORITHM

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
_KID_BYTES, _HASH_BYTES = 8, 32
_UUID4 = r"urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
_THUMBPRINT = r"urn:ietf:params:oauth:ckt:sha-256:[A-Za-z0-9_-]{43}"
_NAME = r"https://[!\"$-~]+"
_SUBJECTS: Final[dict[Kind, str]] = {
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
    "event": r"[!-~]+",
    "policy": r"[!-~]+",
    "root": r"root:[1-9][0-9]*",
    "bundle": r"bundle:[1-9][0-9]*",
}


@dataclass(frozen=True)
class Statement:
    """A statement in its one form; that its signature holds is asked of a key.

    Attributes:
        kind: what it states, as its typ says.
        issuer: who states it (``iss``), a URI.
        subject: about what (``sub``); its form follows from the kind.
        issued_at: when, as the issuer claims (``iat``), in whole seconds, UTC.
        algorithm: COSE algorithm number.
        kid: first 8 bytes of the signing key's thumbprint.
        digest: SHA-256 of salt and payload.
        cose: the tagged COSE_Sign1 bytes, as logged.
    """

    kind: Kind
    issuer: str
    subject: str
    issued_at: datetime
    algorithm: int
    kid: bytes
    digest: bytes
    cose: bytes

    @classmethod
    def decode(cls, cose: bytes) -> Statement:
        """Return the statement of tagged COSE_Sign1 bytes.

        Raises:
            SigningError: anything but exactly the form of formats.md, section 3.
        """
        message = Sign1.decode(cose)
        headers = message.headers
        if set(headers) != _LABELS:
            labels = sorted(set(headers) ^ _LABELS, key=str)
            raise SigningError("signing.header_labels", labels=labels)
        algorithm, kid, claims = headers[ALG], headers[KID], headers[CWT_CLAIMS]
        if not isinstance(kid, bytes) or len(kid) != _KID_BYTES:
            raise SigningError("signing.bad_header", label="kid")
        if algorithm not in [number for pair in ACCEPTED_ALGORITHMS.values() for number in pair]:
            raise SigningError("signing.unknown_algorithm", algorithm=algorithm)
        kind = _kind_of(headers[TYP])
        if headers[_PREIMAGE_TYPE] != _preimage_type(kind) or headers[_PAYLOAD_HASH_ALG] != _SHA256:
            raise SigningError("signing.bad_header", label="hash envelope")
        if len(message.payload) != _HASH_BYTES:
            raise SigningError("signing.bad_header", label="payload hash")
        issuer, subject, issued_at = _claims(claims)
        if not re.fullmatch(_SUBJECTS[kind], subject):
            raise SigningError("signing.bad_subject", kind=kind, subject=subject)
        statement = cls(kind, issuer, subject, issued_at, algorithm, kid, message.payload, cose)
        # What was read just now need not be read again: this fills the cached property.
        statement.__dict__["_message"] = message
        return statement

    @cached_property
    def _message(self) -> Sign1:
        return Sign1.decode(self.cose)

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
        SigningError: a subject of the wrong form, or a signature that does not verify.
    """
    salt = secrets.token_bytes(SALT_BYTES) if salt is None else salt
    key = signer.public_key
    headers = {
        ALG: EMITTED_ALGORITHM[key.algorithm],
        KID: key.kid,
        CWT_CLAIMS: {_ISS: issuer, _SUB: subject, _IAT: int(now.timestamp())},
        TYP: _typ(kind),
        _PAYLOAD_HASH_ALG: _SHA256,
        _PREIMAGE_TYPE: _preimage_type(kind),
    }
    digest = hashlib.sha256(salt + payload).digest()
    unsigned = Sign1.of(headers, digest, signature=bytes(64))
    signature = signer.sign(unsigned.sig_structure())
    if not key.verifies(signature, unsigned.sig_structure()):
        raise SigningError("signing.signer_failed")
    cose = Sign1(unsigned.protected, digest, signature).encode()
    if len(cose) > MAX_ENTRY_BYTES:
        raise SigningError("signing.too_large", size=len(cose), limit=MAX_ENTRY_BYTES)
    return Statement.decode(cose), salt


def _typ(kind: str) -> str:
    return f"application/vnd.ocoptrace.{kind}+cose"


def _preimage_type(kind: str) -> str:
    return f"application/vnd.ocoptrace.salted+{kind}"


def _kind_of(typ: object) -> Kind:
    for kind in KINDS:
        if typ == _typ(kind):
            return kind
    raise SigningError("signing.unknown_kind", typ=typ)


def _claims(claims: Any) -> tuple[str, str, datetime]:
    match claims:
        case {1: str(issuer), 2: str(subject), 6: int(issued_at), **rest} if not rest:
            pass
        case _:
            raise SigningError("signing.bad_header", label="CWT claims")
    if not subject or not re.fullmatch(r"[!-~]+", issuer):
        raise SigningError("signing.bad_header", label="CWT claims")
    try:
        return issuer, subject, datetime.fromtimestamp(issued_at, UTC)
    except (OverflowError, OSError, ValueError) as error:
        raise SigningError("signing.bad_header", label="iat") from error
