"""COSE_Sign1 (RFC 9052 §4.2), the one message form of ocoptrace.

A message is read strictly and kept as the bytes it came in; what is signed is the
Sig_structure over those bytes, so nothing is ever re-serialised to be verified.

>>> message = Sign1.of({1: -7, 4: bytes(8)}, b"payload", signature=bytes(64))
>>> Sign1.decode(message.encode()) == message
True
>>> message.headers[1]
-7
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from ocoptrace.errors import SigningError
from ocoptrace.signing import cbor

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["ALG", "CONTENT_TYPE", "CWT_CLAIMS", "KID", "SIGNATURE_BYTES", "TYP", "Sign1"]

ALG: Final = 1
CONTENT_TYPE: Final = 3
KID: Final = 4
CWT_CLAIMS: Final = 15
TYP: Final = 16

SIGNATURE_BYTES: Final = 64
"""Both algorithms sign with 64 bytes: r and s of ES256, or an Ed25519 signature."""

_TAG = 18
_PARTS = 4


@dataclass(frozen=True, slots=True)
class Sign1:
    """A COSE_Sign1 message with an empty unprotected map and an attached payload.

    Attributes:
        protected: the protected header, as the bytes that are signed.
        payload: the attached payload.
        signature: 64 bytes.
    """

    protected: bytes
    payload: bytes
    signature: bytes

    @classmethod
    def of(cls, headers: Mapping[int, Any], payload: bytes, *, signature: bytes) -> Sign1:
        """Return a message with these protected headers."""
        return cls(cbor.encode(dict(headers)), payload, signature)

    @classmethod
    def decode(cls, data: bytes) -> Sign1:
        """Return the message that tagged bytes hold (tag 18).

        Raises:
            SigningError: not the deterministic encoding of such a message.
        """
        value = cbor.decode(data)
        if not isinstance(value, cbor.Tag) or value.tag != _TAG:
            raise SigningError("signing.not_sign1", reason="tag 18 is missing")
        parts = value.value
        if not isinstance(parts, list) or len(parts) != _PARTS:
            raise SigningError("signing.not_sign1", reason="it has not four parts")
        protected, unprotected, payload, signature = parts
        if unprotected != {}:
            raise SigningError("signing.not_sign1", reason="the unprotected map is not empty")
        if not (
            isinstance(protected, bytes)
            and isinstance(payload, bytes)
            and isinstance(signature, bytes)
        ):
            raise SigningError("signing.not_sign1", reason="a part is not a byte string")
        if len(signature) != SIGNATURE_BYTES:
            raise SigningError("signing.not_sign1", reason="the signature has not 64 bytes")
        message = cls(protected, payload, signature)
        if not isinstance(cbor.decode(protected), dict):
            raise SigningError("signing.not_sign1", reason="the protected header is not a map")
        return message

    @property
    def headers(self) -> Mapping[int, Any]:
        """The protected headers: label to value."""
        return MappingProxyType(cbor.decode(self.protected))

    def encode(self) -> bytes:
        """Return the tagged bytes: what a log keeps."""
        return cbor.encode(cbor.Tag(_TAG, [self.protected, {}, self.payload, self.signature]))

    def sig_structure(self) -> bytes:
        """Return what is signed (RFC 9052 §4.4), without external data."""
        return cbor.encode(["Signature1", self.protected, b"", self.payload])
